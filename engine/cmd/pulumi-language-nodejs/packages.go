package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// manifest is the part of an npm package's package.json by which a provider SDK names its plugin.
type manifest struct {
	Version string
	Pulumi  struct {
		Resource      bool
		Name, Version string
		Server        string
	}
}

// requiredPackages reads the provider SDKs in a node_modules folder.
func requiredPackages(modules string) ([]*rpc.PackageDependency, error) {
	files, err := filepath.Glob(filepath.Join(modules, "@pulumi", "*", "package.json"))
	if err != nil {
		return nil, err
	}
	var packages []*rpc.PackageDependency
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var m manifest
		if err := json.Unmarshal(data, &m); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if !m.Pulumi.Resource {
			continue
		}
		packages = append(packages, &rpc.PackageDependency{
			Kind:    "resource",
			Name:    cmp.Or(m.Pulumi.Name, filepath.Base(filepath.Dir(file))),
			Version: "v" + strings.TrimPrefix(cmp.Or(m.Pulumi.Version, m.Version), "v"),
			Server:  m.Pulumi.Server,
		})
	}
	return packages, nil
}

// findUp returns the path of name in dir or in the nearest folder above it.
func findUp(dir, name string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		path := filepath.Join(at, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("no %s in %s or above it: run npm ci there", name, dir)
		}
	}
}
