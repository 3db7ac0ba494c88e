// pulumi-resource-cloudflare serves the part of @pulumi/cloudflare that hosting needs, straight from the Cloudflare API.
//
// Every resource here is one JSON object of that API, and its snake_case fields are the SDK's camelCase properties. So a
// table (resources.go) says where each lives, and everything else is shared.
package main

import (
	"etage/engine/internal/plugin"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func main() {
	plugin.Main(func() error {
		version, err := plugin.Version("cloudflare")
		if err != nil {
			return err
		}
		p := &provider{version: version}
		return plugin.Serve(func(s *grpc.Server) { rpc.RegisterResourceProviderServer(s, p) }, nil)
	})
}
