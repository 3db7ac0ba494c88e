package main

import (
	"maps"
	"reflect"
	"slices"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// diff compares the inputs of last time with those of now.
func (r resource) diff(olds, news object, ignore []string) *rpc.DiffResponse {
	response := &rpc.DiffResponse{
		Changes: rpc.DiffResponse_DIFF_NONE, HasDetailedDiff: true, DetailedDiff: map[string]*rpc.PropertyDiff{},
	}
	keys := maps.Clone(olds)
	maps.Copy(keys, news)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		before, had := olds[key]
		after, has := news[key]
		if reflect.DeepEqual(before, after) || slices.Contains(ignore, key) {
			continue
		}
		kind := rpc.PropertyDiff_UPDATE
		switch {
		case slices.Contains(r.replace, key):
			kind = rpc.PropertyDiff_UPDATE_REPLACE
			response.Replaces = append(response.Replaces, key)
		case !had:
			kind = rpc.PropertyDiff_ADD
		case !has:
			kind = rpc.PropertyDiff_DELETE
		}
		response.Changes = rpc.DiffResponse_DIFF_SOME
		response.Diffs = append(response.Diffs, key)
		response.DetailedDiff[key] = &rpc.PropertyDiff{Kind: kind, InputDiff: true}
	}
	return response
}
