package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

func (p *provider) Create(ctx context.Context, r *rpc.CreateRequest) (*rpc.CreateResponse, error) {
	kind, err := find(r.GetType())
	if err != nil {
		return nil, err
	}
	inputs := r.GetProperties().AsMap()
	if r.GetPreview() {
		properties, err := structpb.NewStruct(kind.planned(inputs))
		return &rpc.CreateResponse{Properties: properties}, err
	}
	answer, err := p.create(ctx, kind, inputs)
	if err != nil {
		return nil, err
	}
	id, _ := answer["id"].(string)
	if kind.fixed != "" {
		id, _ = inputs[kind.fixed].(string)
	}
	if id == "" {
		return nil, fmt.Errorf("POST %s: Cloudflare's answer has no id", kind.collection(inputs))
	}
	properties, err := structpb.NewStruct(outputs(inputs, answer))
	return &rpc.CreateResponse{Id: id, Properties: properties}, err
}

func (p *provider) create(ctx context.Context, kind resource, inputs object) (object, error) {
	if kind.fixed != "" {
		id, _ := inputs[kind.fixed].(string)
		return p.one(ctx, kind.update, kind.member(inputs, id), kind.body(inputs))
	}
	answer, err := p.one(ctx, http.MethodPost, kind.collection(inputs), kind.body(inputs))
	if alreadyThere(err) {
		return p.adopt(ctx, kind, inputs, err)
	}
	return answer, err
}

// adopt finds the identical DNS record that the API refuses to create a second time. It is there when an earlier answer
// was lost on its way to us; without this, no later run could mend that.
func (p *provider) adopt(ctx context.Context, kind resource, inputs object, refused error) (object, error) {
	records, err := p.list(ctx, kind.collection(inputs), object{"type": inputs["type"]}, 0)
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		found, _ := record.(object)
		if same("name", inputs["name"], found["name"]) && same("content", inputs["content"], found["content"]) {
			id, _ := found["id"].(string)
			return p.one(ctx, kind.update, kind.member(inputs, id), kind.body(inputs))
		}
	}
	return nil, refused
}

func (p *provider) Read(ctx context.Context, r *rpc.ReadRequest) (*rpc.ReadResponse, error) {
	kind, err := find(r.GetType())
	if err != nil {
		return nil, err
	}
	id, inputs := r.GetId(), r.GetInputs().AsMap()
	if zone, rest, ok := strings.Cut(id, "/"); ok && len(inputs) == 0 { // an import: <zone id>/<id>
		id, inputs = rest, object{"zoneId": zone}
	}
	answer, err := p.one(ctx, http.MethodGet, kind.member(inputs, id), nil)
	if gone(answer, err) {
		return &rpc.ReadResponse{}, nil
	}
	if err != nil {
		return nil, err
	}
	merged := outputs(inputs, answer)
	properties, err := structpb.NewStruct(merged)
	if err != nil {
		return nil, err
	}
	now, err := structpb.NewStruct(current(inputs, merged))
	return &rpc.ReadResponse{Id: id, Properties: properties, Inputs: now}, err
}

func (p *provider) Update(ctx context.Context, r *rpc.UpdateRequest) (*rpc.UpdateResponse, error) {
	kind, err := find(r.GetType())
	if err != nil {
		return nil, err
	}
	inputs := r.GetNews().AsMap()
	merged := kind.planned(inputs)
	if !r.GetPreview() {
		answer, err := p.one(ctx, kind.update, kind.member(inputs, r.GetId()), kind.body(inputs))
		if err != nil {
			return nil, err
		}
		merged = outputs(inputs, answer)
	}
	properties, err := structpb.NewStruct(merged)
	return &rpc.UpdateResponse{Properties: properties}, err
}

func (p *provider) Delete(ctx context.Context, r *rpc.DeleteRequest) (*emptypb.Empty, error) {
	kind, err := find(r.GetType())
	if err != nil || kind.fixed != "" {
		return &emptypb.Empty{}, err
	}
	path := kind.member(r.GetProperties().AsMap(), r.GetId())
	if _, err = p.one(ctx, http.MethodDelete, path, nil); err != nil {
		// Somebody, or an earlier try whose answer was lost, may have been faster.
		if gone(p.one(ctx, http.MethodGet, path, nil)) {
			err = nil
		}
	}
	return &emptypb.Empty{}, err
}
