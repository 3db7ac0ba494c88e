package main

import (
	"context"
	"fmt"
	"os"

	"github.com/cloudflare/cloudflare-go/v6"
	"github.com/cloudflare/cloudflare-go/v6/option"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

type provider struct {
	rpc.UnimplementedResourceProviderServer
	version string // of the npm SDK
	api     *cloudflare.Client
}

func (p *provider) GetPluginInfo(context.Context, *emptypb.Empty) (*rpc.PluginInfo, error) {
	return &rpc.PluginInfo{Version: p.version}, nil
}

func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Configure reads the token and the address of the API from the stack's configuration, else from the environment
// (CLOUDFLARE_API_TOKEN, CLOUDFLARE_BASE_URL). In Args secrets would be wrapped; Variables has them plain.
func (p *provider) Configure(_ context.Context, r *rpc.ConfigureRequest) (*rpc.ConfigureResponse, error) {
	options := []option.RequestOption{option.WithMaxRetries(4)} // the client has read the environment already
	token := r.GetVariables()["cloudflare:config:apiToken"]
	if token != "" {
		options = append(options, option.WithAPIToken(token))
	} else if os.Getenv("CLOUDFLARE_API_TOKEN") == "" && os.Getenv("CLOUDFLARE_API_KEY") == "" {
		return nil, status.Error(codes.InvalidArgument, "no API token for Cloudflare: set CLOUDFLARE_API_TOKEN, "+
			"or run `pulumi config set --secret cloudflare:apiToken TOKEN`")
	}
	if base := r.GetVariables()["cloudflare:config:baseUrl"]; base != "" {
		options = append(options, option.WithBaseURL(base))
	}
	p.api = cloudflare.NewClient(options...)
	return &rpc.ConfigureResponse{SupportsPreview: true}, nil
}

func (p *provider) Check(_ context.Context, r *rpc.CheckRequest) (*rpc.CheckResponse, error) {
	if _, err := find(r.GetType()); err != nil {
		return nil, err
	}
	return &rpc.CheckResponse{Inputs: r.GetNews(), Failures: faults(r.GetNews().AsMap())}, nil
}

// faults finds what the API would accept and then not keep.
func faults(inputs object) []*rpc.CheckFailure {
	if ttl, ok := inputs["ttl"].(float64); ok && ttl != 1 && inputs["proxied"] == true {
		return []*rpc.CheckFailure{{Property: "ttl", Reason: fmt.Sprintf("a proxied record has ttl 1 (automatic), not %v", ttl)}}
	}
	return nil
}

func (p *provider) Diff(_ context.Context, r *rpc.DiffRequest) (*rpc.DiffResponse, error) {
	kind, err := find(r.GetType())
	if err != nil {
		return nil, err
	}
	return kind.diff(r.GetOldInputs().AsMap(), r.GetNews().AsMap(), r.GetIgnoreChanges()), nil
}
