package main

import (
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// names maps a property of the npm SDK to the same one of the bridge. The nil map renames nothing.
type names map[string]string

// back returns the map for the way from the bridge to the SDK.
func (n names) back() names {
	flipped := make(names, len(n))
	for sdk, bridge := range n {
		flipped[bridge] = sdk
	}
	return flipped
}

// path renames the first segment of a property path such as networksAdvanced[0].name.
func (n names) path(path string) string {
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		end = len(path)
	}
	if to, ok := n[path[:end]]; ok {
		return to + path[end:]
	}
	return path
}

func (n names) paths(paths []string) []string {
	if len(n) == 0 {
		return paths
	}
	renamed := make([]string, len(paths))
	for i, path := range paths {
		renamed[i] = n.path(path)
	}
	return renamed
}

// fields renames the top-level properties of a resource.
func (n names) fields(properties *structpb.Struct) *structpb.Struct {
	if properties == nil || len(n) == 0 {
		return properties
	}
	renamed := &structpb.Struct{Fields: make(map[string]*structpb.Value, len(properties.Fields))}
	for key, value := range properties.Fields {
		renamed.Fields[n.path(key)] = value
	}
	return renamed
}

func pathKeys[V any](n names, values map[string]V) map[string]V {
	if len(n) == 0 {
		return values
	}
	renamed := make(map[string]V, len(values))
	for path, value := range values {
		renamed[n.path(path)] = value
	}
	return renamed
}
