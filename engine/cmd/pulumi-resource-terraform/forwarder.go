package main

import (
	"context"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// forwarder passes each call to the bridge. What is missing here is answered "unimplemented", which the engine understands.
type forwarder struct {
	rpc.UnimplementedResourceProviderServer
	version string // of the npm SDK
	dialect dialect
	bridge  rpc.ResourceProviderClient
}

func (f *forwarder) GetPluginInfo(context.Context, *emptypb.Empty) (*rpc.PluginInfo, error) {
	return &rpc.PluginInfo{Version: f.version}, nil
}

func (f *forwarder) GetSchema(ctx context.Context, r *rpc.GetSchemaRequest) (*rpc.GetSchemaResponse, error) {
	return f.bridge.GetSchema(ctx, r)
}

func (f *forwarder) Cancel(ctx context.Context, r *emptypb.Empty) (*emptypb.Empty, error) {
	return f.bridge.Cancel(ctx, r)
}

func (f *forwarder) Configure(ctx context.Context, r *rpc.ConfigureRequest) (*rpc.ConfigureResponse, error) {
	r.Args = f.dialect.properties[r.GetType()].fields(r.Args)
	return f.bridge.Configure(ctx, r)
}

func (f *forwarder) Invoke(ctx context.Context, r *rpc.InvokeRequest) (*rpc.InvokeResponse, error) {
	r.Tok = f.dialect.function(r.Tok)
	return f.bridge.Invoke(ctx, r)
}

// call is one method of the bridge.
type call[Request, Response any] func(context.Context, Request, ...grpc.CallOption) (Response, error)

func (f *forwarder) CheckConfig(ctx context.Context, r *rpc.CheckRequest) (*rpc.CheckResponse, error) {
	return f.check(ctx, r, f.bridge.CheckConfig)
}

func (f *forwarder) Check(ctx context.Context, r *rpc.CheckRequest) (*rpc.CheckResponse, error) {
	return f.check(ctx, r, f.bridge.Check)
}

func (f *forwarder) check(
	ctx context.Context, r *rpc.CheckRequest, bridge call[*rpc.CheckRequest, *rpc.CheckResponse],
) (*rpc.CheckResponse, error) {
	var n names
	r.Urn, r.Type, n = f.dialect.resource(r.Urn, r.Type)
	r.Olds, r.News = n.fields(r.Olds), n.fields(r.News)
	response, err := bridge(ctx, r)
	if err != nil {
		return nil, err
	}
	response.Inputs = n.back().fields(response.Inputs)
	for _, failure := range response.Failures {
		failure.Property = n.back().path(failure.Property)
	}
	return response, nil
}

func (f *forwarder) DiffConfig(ctx context.Context, r *rpc.DiffRequest) (*rpc.DiffResponse, error) {
	return f.diff(ctx, r, f.bridge.DiffConfig)
}

func (f *forwarder) Diff(ctx context.Context, r *rpc.DiffRequest) (*rpc.DiffResponse, error) {
	return f.diff(ctx, r, f.bridge.Diff)
}

func (f *forwarder) diff(
	ctx context.Context, r *rpc.DiffRequest, bridge call[*rpc.DiffRequest, *rpc.DiffResponse],
) (*rpc.DiffResponse, error) {
	var n names
	deleteFirst := f.dialect.deletesFirst(r.Urn)
	r.Urn, r.Type, n = f.dialect.resource(r.Urn, r.Type)
	r.Olds, r.News, r.OldInputs = n.fields(r.Olds), n.fields(r.News), n.fields(r.OldInputs)
	r.IgnoreChanges = n.paths(r.IgnoreChanges)
	response, err := bridge(ctx, r)
	if err != nil {
		return nil, err
	}
	response.DeleteBeforeReplace = response.DeleteBeforeReplace || deleteFirst && len(response.Replaces) > 0
	back := n.back()
	response.Replaces, response.Stables = back.paths(response.Replaces), back.paths(response.Stables)
	response.Diffs = back.paths(response.Diffs)
	response.DetailedDiff = pathKeys(back, response.DetailedDiff)
	return response, nil
}
