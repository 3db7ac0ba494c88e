package main

import (
	"cmp"
	"context"
	"os/exec"
	"path/filepath"
	"strings"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// host answers the engine's questions about Node programs. What it does not answer, the engine treats as not supported.
type host struct {
	rpc.UnimplementedLanguageRuntimeServer
	version string // of the engine that we were built with
	engine  string // address of the engine
}

func (h *host) Handshake(_ context.Context, r *rpc.LanguageHandshakeRequest) (*rpc.LanguageHandshakeResponse, error) {
	h.engine = cmp.Or(r.GetEngineAddress(), h.engine)
	return &rpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*rpc.PluginInfo, error) {
	return &rpc.PluginInfo{Version: h.version}, nil
}

// About tells `pulumi about` which Node runs the programs.
func (h *host) About(ctx context.Context, _ *rpc.AboutRequest) (*rpc.AboutResponse, error) {
	path, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	version, err := exec.CommandContext(ctx, path, "--version").Output()
	return &rpc.AboutResponse{Executable: path, Version: strings.TrimSpace(string(version))}, err
}

// GetRequiredPackages lists the provider SDKs that are installed for the program, with the plugin version each wants.
func (h *host) GetRequiredPackages(_ context.Context, r *rpc.GetRequiredPackagesRequest) (*rpc.GetRequiredPackagesResponse, error) {
	modules, err := findUp(r.GetInfo().GetProgramDirectory(), "node_modules")
	if err != nil {
		return nil, err
	}
	packages, err := requiredPackages(modules)
	return &rpc.GetRequiredPackagesResponse{Packages: packages}, err
}

// InstallDependencies serves `pulumi install`: exactly what the lock file says.
func (h *host) InstallDependencies(r *rpc.InstallDependenciesRequest, out rpc.LanguageRuntime_InstallDependenciesServer) error {
	lock, err := findUp(r.GetInfo().GetProgramDirectory(), "package-lock.json")
	if err != nil {
		return err
	}
	npm := exec.CommandContext(out.Context(), "npm", "ci")
	npm.Dir = filepath.Dir(lock)
	said, err := npm.CombinedOutput()
	if sent := out.Send(&rpc.InstallDependenciesResponse{Stdout: said}); sent != nil {
		return sent
	}
	return err
}
