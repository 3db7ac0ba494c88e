package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"

	"etage/engine/internal/plugin"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// bridge is the running dynamic bridge, bound to one Terraform provider.
type bridge struct {
	client   rpc.ResourceProviderClient
	process  *exec.Cmd
	sockets  string // folder of the Terraform provider's sockets
	stopping atomic.Bool
}

// startBridge starts the bridge in dir with our own arguments (the engine's address).
func startBridge(dir, name string) (*bridge, error) {
	sockets, err := os.MkdirTemp("", "etage-bridge-")
	if err != nil {
		return nil, err
	}
	process := exec.Command(filepath.Join(dir, "pulumi-resource-terraform-provider"), os.Args[1:]...)
	// The provider is killed and so can't remove its socket: it gets a folder that we remove.
	process.Env = append(os.Environ(), "PLUGIN_UNIX_SOCKET_DIR="+sockets)
	process.Stderr = os.Stderr
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdout, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		os.RemoveAll(sockets)
		return nil, err
	}
	b := &bridge{process: process, sockets: sockets}
	lines := bufio.NewReader(stdout)
	port, err := lines.ReadString('\n')
	if err != nil {
		b.stop()
		return nil, fmt.Errorf("%s: the Terraform bridge ended before it told its port: %w", name, err)
	}
	go b.endTogether(lines)
	if err := b.bind(strings.TrimSpace(port), filepath.Join(dir, "terraform-provider-"+name)); err != nil {
		b.stop()
		return nil, fmt.Errorf("%s: the Terraform bridge refused the provider: %w", name, err)
	}
	return b, nil
}

// bind connects to the bridge and tells it which Terraform provider to serve.
func (b *bridge) bind(port, provider string) error {
	connection, err := grpc.NewClient("127.0.0.1:"+port,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(plugin.MaxMessage)))
	if err != nil {
		return err
	}
	b.client = rpc.NewResourceProviderClient(connection)
	_, err = b.client.Parameterize(context.Background(), &rpc.ParameterizeRequest{
		Parameters: &rpc.ParameterizeRequest_Args{Args: &rpc.ParameterizeRequest_ParametersArgs{Args: []string{provider}}},
	})
	return err
}

// endTogether ends us when the bridge ends by itself: the engine then reports the loss at once instead of waiting.
func (b *bridge) endTogether(output io.Reader) {
	io.Copy(os.Stderr, output) // until the bridge closes it
	b.process.Wait()
	if !b.stopping.Load() {
		fmt.Fprintln(os.Stderr, "the Terraform bridge ended:", b.process.ProcessState)
		b.stop()
		os.Exit(1)
	}
}

// stop kills the bridge's process group. The Terraform provider is a child of the bridge and ignores SIGINT, the engine's
// way to stop a plugin; asked politely it would outlive every run.
func (b *bridge) stop() {
	b.stopping.Store(true)
	syscall.Kill(-b.process.Process.Pid, syscall.SIGKILL)
	os.RemoveAll(b.sockets)
}
