package main

import (
	"context"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

func (f *forwarder) Create(ctx context.Context, r *rpc.CreateRequest) (*rpc.CreateResponse, error) {
	var n names
	r.Urn, r.Type, n = f.dialect.resource(r.Urn, r.Type)
	r.Properties = n.fields(r.Properties)
	response, err := f.bridge.Create(ctx, r)
	if err != nil {
		return nil, err
	}
	response.Id = trueID(response.Id, response.Properties)
	response.Properties = n.back().fields(response.Properties)
	return response, nil
}

func (f *forwarder) Read(ctx context.Context, r *rpc.ReadRequest) (*rpc.ReadResponse, error) {
	var n names
	r.Urn, r.Type, n = f.dialect.resource(r.Urn, r.Type)
	r.Properties, r.Inputs = n.fields(r.Properties), n.fields(r.Inputs)
	response, err := f.bridge.Read(ctx, r)
	if err != nil {
		return nil, err
	}
	response.Id = trueID(response.Id, response.Properties)
	response.Properties = n.back().fields(response.Properties)
	response.Inputs = n.back().fields(response.Inputs)
	return response, nil
}

func (f *forwarder) Update(ctx context.Context, r *rpc.UpdateRequest) (*rpc.UpdateResponse, error) {
	var n names
	r.Urn, r.Type, n = f.dialect.resource(r.Urn, r.Type)
	r.Olds, r.News, r.OldInputs = n.fields(r.Olds), n.fields(r.News), n.fields(r.OldInputs)
	r.IgnoreChanges = n.paths(r.IgnoreChanges)
	response, err := f.bridge.Update(ctx, r)
	if err != nil {
		return nil, err
	}
	response.Properties = n.back().fields(response.Properties)
	return response, nil
}

func (f *forwarder) Delete(ctx context.Context, r *rpc.DeleteRequest) (*emptypb.Empty, error) {
	var n names
	r.Urn, r.Type, n = f.dialect.resource(r.Urn, r.Type)
	r.Properties, r.OldInputs = n.fields(r.Properties), n.fields(r.OldInputs)
	return f.bridge.Delete(ctx, r)
}
