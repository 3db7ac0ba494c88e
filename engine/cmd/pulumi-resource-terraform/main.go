// pulumi-resource-terraform serves a Terraform provider as the Pulumi provider that an npm SDK expects.
//
// It is built once and linked as pulumi-resource-<name>; the name it is started by chooses the provider. Beside it must lie
// Pulumi's dynamic Terraform bridge, which it starts and points at terraform-provider-<name>, and to which it passes every
// call. Where bridge and npm SDK name something differently (dialects.go), the call is renamed on its way and back.
package main

import (
	"os"
	"path/filepath"
	"strings"

	"etage/engine/internal/plugin"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func main() { plugin.Main(run) }

func run() error {
	name := strings.TrimPrefix(filepath.Base(os.Args[0]), "pulumi-resource-")
	version, err := plugin.Version(name)
	if err != nil {
		return err
	}
	self, err := os.Executable() // the file itself, not the link
	if err != nil {
		return err
	}
	bridge, err := startBridge(filepath.Dir(self), name)
	if err != nil {
		return err
	}
	forwarder := &forwarder{version: version, dialect: dialects[name], bridge: bridge.client}
	return plugin.Serve(func(s *grpc.Server) { rpc.RegisterResourceProviderServer(s, forwarder) }, bridge.stop)
}
