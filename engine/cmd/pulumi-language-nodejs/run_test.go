package main

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestArguments(t *testing.T) {
	h := &host{engine: "127.0.0.1:2"}
	r := &rpc.RunRequest{
		MonitorAddress: "127.0.0.1:1", Organization: "organization", Project: "etage", Stack: "shared", Pwd: "/p/stacks",
		Parallel: 16, DryRun: true, Args: []string{"extra"},
		Info: &rpc.ProgramInfo{RootDirectory: "/p", ProgramDirectory: "/p/stacks", EntryPoint: "index.ts"},
	}
	want := "--monitor 127.0.0.1:1 --engine 127.0.0.1:2 --organization organization --project etage --stack shared " +
		"--root-directory /p --pwd /p/stacks --parallel 16 --dry-run index.ts extra"
	if got := strings.Join(h.arguments(r), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEnvironment(t *testing.T) {
	got, err := environment(&rpc.RunRequest{})
	want := []string{"PULUMI_CONFIG={}", "PULUMI_CONFIG_SECRET_KEYS=[]"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	got, err = environment(&rpc.RunRequest{Config: map[string]string{"etage:a": "b"}, ConfigSecretKeys: []string{"etage:a"}})
	want = []string{`PULUMI_CONFIG={"etage:a":"b"}`, `PULUMI_CONFIG_SECRET_KEYS=["etage:a"]`}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestOutcome(t *testing.T) {
	if got := outcome(nil); got.GetError() != "" || got.GetBail() {
		t.Errorf("success: %v", got)
	}
	if got := outcome(exec.Command("sh", "-c", "exit 32").Run()); !got.GetBail() {
		t.Errorf("an error that Node has shown is shown again: %v", got)
	}
	if got := outcome(errors.New("no node")); got.GetBail() || !strings.Contains(got.GetError(), "no node") {
		t.Errorf("failure: %v", got)
	}
}
