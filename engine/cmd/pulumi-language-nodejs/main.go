// pulumi-language-nodejs runs Pulumi programs with the `node` on PATH and nothing else: Node strips TypeScript's types
// itself, so there is no loader and no build step.
package main

import (
	"os"

	"etage/engine/internal/plugin"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func main() {
	plugin.Main(func() error {
		version, err := plugin.Version("pulumi")
		if err != nil {
			return err
		}
		h := &host{version: "v" + version}
		if len(os.Args) > 1 {
			h.engine = os.Args[len(os.Args)-1] // after options for the old host, such as -typescript=false
		}
		return plugin.Serve(func(s *grpc.Server) { rpc.RegisterLanguageRuntimeServer(s, h) }, nil)
	})
}
