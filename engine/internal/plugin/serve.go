// Package plugin holds what every Pulumi plugin here does alike: serve gRPC on a free port of loopback, tell the engine
// that port on standard output, and end with the engine.
package plugin

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
)

// MaxMessage is the size of a gRPC message that the engine allows, in bytes.
const MaxMessage = 400 << 20

// Serve registers the plugin's service, prints its port and answers calls until the engine says stop or is gone.
// stopped, which may be nil, runs once before Serve returns.
func Serve(register func(*grpc.Server), stopped func()) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(MaxMessage), grpc.WaitForHandlers(true))
	register(server)
	go func() {
		waitForEnd()
		server.Stop() // cancels the calls in flight
	}()
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	err = server.Serve(listener)
	if stopped != nil {
		stopped()
	}
	return err
}

// waitForEnd returns when the engine asks us to stop (SIGINT) or is gone. A killed engine asks nobody, but its children
// then get another parent.
func waitForEnd() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	for parent := os.Getppid(); os.Getppid() == parent; {
		select {
		case <-signals:
			return
		case <-time.After(time.Second):
		}
	}
}

// Main runs a plugin and turns its error into a line on standard error and exit code 1.
func Main(run func() error) {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
