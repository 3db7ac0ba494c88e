package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
)

// mostZones is the SDK's default for getZones' maxItems.
const mostZones = 1000

// Invoke answers the SDK's functions: their arguments, and beside them what the API says.
func (p *provider) Invoke(ctx context.Context, r *rpc.InvokeRequest) (*rpc.InvokeResponse, error) {
	arguments := r.GetArgs().AsMap()
	var found object
	var err error
	switch r.GetTok() {
	case "cloudflare:index/getZone:getZone":
		found, err = p.zone(ctx, arguments)
	case "cloudflare:index/getZones:getZones":
		found, err = p.zones(ctx, arguments)
	case "cloudflare:index/getIpRanges:getIpRanges":
		found, err = p.ipRanges(ctx, arguments)
	default:
		err = status.Errorf(codes.Unimplemented,
			"%s is not served by this build of the Cloudflare provider; install Pulumi's own to use it", r.GetTok())
	}
	if err != nil {
		return nil, err
	}
	all := maps.Clone(arguments)
	maps.Copy(all, found)
	result, err := structpb.NewStruct(all)
	return &rpc.InvokeResponse{Return: result}, err
}

func (p *provider) zone(ctx context.Context, arguments object) (object, error) {
	id, _ := arguments["zoneId"].(string)
	if id == "" {
		filter, _ := arguments["filter"].(object)
		matching, err := p.list(ctx, "zones", filter, 2)
		if err != nil {
			return nil, err
		}
		if len(matching) != 1 {
			return nil, fmt.Errorf("getZone: expected one zone that matches %v, Cloudflare has %s; "+
				"check the domain, and that the API token may read its zone", filter, []string{"none", "", "several"}[len(matching)])
		}
		first, _ := matching[0].(object)
		id, _ = first["id"].(string)
	}
	answer, err := p.one(ctx, http.MethodGet, "zones/"+url.PathEscape(id), nil)
	if err != nil {
		return nil, err
	}
	found := camel(answer)
	found["zoneId"] = found["id"]
	return found, nil
}

func (p *provider) zones(ctx context.Context, arguments object) (object, error) {
	filter := maps.Clone(arguments)
	delete(filter, "maxItems")
	limit := mostZones
	if most, ok := arguments["maxItems"].(float64); ok {
		limit = int(most)
	}
	answers, err := p.list(ctx, "zones", filter, limit)
	if err != nil {
		return nil, err
	}
	results := make([]any, len(answers))
	for i, answer := range answers {
		zone, _ := answer.(object)
		results[i] = camel(zone)
	}
	return object{"results": results}, nil
}

// ipRanges lists the addresses from which Cloudflare's edge connects to origins.
func (p *provider) ipRanges(ctx context.Context, arguments object) (object, error) {
	path := "ips"
	if networks, ok := arguments["networks"].(string); ok {
		path += "?networks=" + url.QueryEscape(networks)
	}
	answer, err := p.one(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	found := camel(answer)
	for _, list := range []string{"ipv4Cidrs", "ipv6Cidrs", "jdcloudCidrs"} {
		if found[list] == nil { // the SDK promises lists
			found[list] = []any{}
		}
	}
	return found, nil
}
