package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strconv"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// alreadyReported is the exit code of @pulumi/pulumi's runner after it has shown the program's error through the engine.
const alreadyReported = 32

// Run runs the program to its end. Cancelling the call kills it.
func (h *host) Run(ctx context.Context, r *rpc.RunRequest) (*rpc.RunResponse, error) {
	runner, err := findUp(r.GetInfo().GetProgramDirectory(), "node_modules/@pulumi/pulumi/cmd/run/index.js")
	if err != nil {
		return nil, err
	}
	settings, err := environment(r)
	if err != nil {
		return nil, err
	}
	node := exec.CommandContext(ctx, "node", append([]string{runner}, h.arguments(r)...)...)
	node.Dir = r.GetInfo().GetProgramDirectory()
	node.Env = append(os.Environ(), settings...)
	node.Stdout, node.Stderr = os.Stdout, os.Stderr
	return outcome(node.Run()), nil
}

// arguments are those of @pulumi/pulumi/cmd/run, which parses them itself.
func (h *host) arguments(r *rpc.RunRequest) []string {
	info := r.GetInfo()
	args := []string{
		"--monitor", r.GetMonitorAddress(), "--engine", h.engine,
		"--organization", r.GetOrganization(), "--project", r.GetProject(), "--stack", r.GetStack(),
		"--root-directory", info.GetRootDirectory(), "--pwd", r.GetPwd(),
		"--parallel", strconv.Itoa(int(r.GetParallel())),
	}
	if r.GetDryRun() {
		args = append(args, "--dry-run")
	}
	return append(append(args, info.GetEntryPoint()), r.GetArgs()...)
}

// environment hands over the stack's configuration, which may be secret and is therefore not an argument.
func environment(r *rpc.RunRequest) ([]string, error) {
	values, secrets := r.GetConfig(), r.GetConfigSecretKeys()
	if values == nil {
		values = map[string]string{}
	}
	if secrets == nil {
		secrets = []string{}
	}
	config, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	keys, err := json.Marshal(secrets)
	return []string{"PULUMI_CONFIG=" + string(config), "PULUMI_CONFIG_SECRET_KEYS=" + string(keys)}, err
}

func outcome(err error) *rpc.RunResponse {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &rpc.RunResponse{}
	case errors.As(err, &exit) && exit.ExitCode() == alreadyReported:
		return &rpc.RunResponse{Bail: true}
	default:
		return &rpc.RunResponse{Error: "the program failed: " + err.Error()}
	}
}
