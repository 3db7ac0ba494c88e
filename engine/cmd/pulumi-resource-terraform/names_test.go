package main

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
)

const urn = "urn:pulumi:shared::etage::etage:host$"

func TestDialect(t *testing.T) {
	docker := dialects["docker"]
	table := []struct{ name, urn, token, wantURN, wantToken string }{
		{"renamed", urn + "docker:index/remoteImage:RemoteImage::db", "docker:index/remoteImage:RemoteImage",
			urn + "docker:index/image:Image::db", "docker:index/image:Image"},
		{"renamed, URN only", urn + "docker:index/remoteImage:RemoteImage::db", "", urn + "docker:index/image:Image::db", ""},
		{"same", urn + "docker:index/network:Network::n", "docker:index/network:Network",
			urn + "docker:index/network:Network::n", "docker:index/network:Network"},
	}
	for _, c := range table {
		gotURN, gotToken, _ := docker.resource(c.urn, c.token)
		if gotURN != c.wantURN || gotToken != c.wantToken {
			t.Errorf("%s: got %s, %s", c.name, gotURN, gotToken)
		}
	}
	if !docker.deletesFirst(urn+"docker:index/container:Container::c") || docker.deletesFirst(urn+"docker:index/network:Network::n") {
		t.Error("of Docker's resources, containers alone are deleted before their replacement is created")
	}
	if got := docker.function("docker:index/getRemoteImage:getRemoteImage"); got != "docker:index/getImage:getImage" {
		t.Errorf("function: got %s", got)
	}
	if got := dialects["hcloud"].function("hcloud:index/getServer:getServer"); got != "hcloud:index/getServer:getServer" {
		t.Errorf("a provider without a dialect: got %s", got)
	}
}

func TestNames(t *testing.T) {
	_, _, n := dialects["docker"].resource("", "docker:index/container:Container")
	for sdk, bridge := range map[string]string{
		"networksAdvanced[0].name": "networksAdvanceds[0].name",
		"networksAdvanced":         "networksAdvanceds",
		"command[1]":               "commands[1]",
		"envs":                     "envs",
		"labels.command":           "labels.command",
	} {
		if got := n.path(sdk); got != bridge {
			t.Errorf("to the bridge: %s became %s", sdk, got)
		}
		if got := n.back().path(bridge); got != sdk {
			t.Errorf("back: %s became %s", bridge, got)
		}
	}
	if got := n.paths([]string{"command", "image"}); !slices.Equal(got, []string{"commands", "image"}) {
		t.Errorf("paths: %v", got)
	}
	if got := pathKeys(n.back(), map[string]int{"commands[0]": 1}); got["command[0]"] != 1 {
		t.Errorf("pathKeys: %v", got)
	}
}

func TestFieldsRenameOnlyTheTop(t *testing.T) {
	_, _, n := dialects["docker"].resource("", "docker:index/container:Container")
	in, _ := structpb.NewStruct(map[string]any{"command": []any{"a"}, "healthcheck": map[string]any{"command": "x"}})
	out := n.fields(in)
	if out.Fields["commands"] == nil || out.Fields["command"] != nil {
		t.Errorf("the top was not renamed: %v", out)
	}
	if out.Fields["healthcheck"].GetStructValue().Fields["command"] == nil {
		t.Errorf("a nested property was renamed: %v", out)
	}
	if n.fields(nil) != nil {
		t.Error("nil must stay nil: it means that nothing was sent")
	}
}

func TestTrueID(t *testing.T) {
	number, _ := structpb.NewStruct(map[string]any{"id": 104512345.0})
	text, _ := structpb.NewStruct(map[string]any{"id": "abc"})
	table := []struct {
		id      string
		outputs *structpb.Struct
		want    string
	}{
		{missingID, number, "104512345"},
		{missingID, text, missingID},
		{missingID, nil, missingID},
		{"7", number, "7"},
	}
	for _, c := range table {
		if got := trueID(c.id, c.outputs); got != c.want {
			t.Errorf("trueID(%q, %v) = %q", c.id, c.outputs, got)
		}
	}
}
