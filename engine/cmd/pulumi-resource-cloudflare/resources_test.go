package main

import (
	"reflect"
	"testing"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestPathsAndBodies(t *testing.T) {
	table := []struct {
		token        string
		inputs, body object
		member       string
	}{
		{"cloudflare:index/dnsRecord:DnsRecord",
			object{"zoneId": "z", "name": "@", "privateRouting": false, "includeShadowMetadata": true, "__defaults": []any{}},
			object{"name": "@", "private_routing": false}, "zones/z/dns_records/7"},
		{"cloudflare:index/zoneSetting:ZoneSetting",
			object{"zoneId": "z", "settingId": "security_header", "value": object{"strictTransport": true}},
			object{"value": object{"strictTransport": true}}, "zones/z/settings/7"},
		{"cloudflare:index/originCaCertificate:OriginCaCertificate",
			object{"csr": "c", "hostnames": []any{"a"}, "requestType": "origin-ecc"},
			object{"csr": "c", "hostnames": []any{"a"}, "request_type": "origin-ecc"}, "certificates/7"},
	}
	for _, c := range table {
		kind, err := find(c.token)
		if err != nil {
			t.Fatal(err)
		}
		if got := kind.body(c.inputs); !reflect.DeepEqual(got, c.body) {
			t.Errorf("%s: body %v", c.token, got)
		}
		if got := kind.member(c.inputs, "7"); got != c.member {
			t.Errorf("%s: path %s", c.token, got)
		}
	}
	if _, err := find("cloudflare:index/ruleset:Ruleset"); err == nil {
		t.Error("an unknown resource was accepted")
	}
}

func TestKeys(t *testing.T) {
	for snake, camel := range map[string]string{"zone_id": "zoneId", "ipv4_cidrs": "ipv4Cidrs", "name": "name", "a_b_c": "aBC"} {
		if got := camelKey(snake); got != camel {
			t.Errorf("camelKey(%s) = %s", snake, got)
		}
		if got := snakeKey(camel); got != snake {
			t.Errorf("snakeKey(%s) = %s", camel, got)
		}
	}
}

func TestDiff(t *testing.T) {
	kind, _ := find("cloudflare:index/dnsRecord:DnsRecord")
	olds := object{"zoneId": "z", "content": "1", "comment": "x"}
	table := []struct {
		name   string
		news   object
		ignore []string
		want   map[string]rpc.PropertyDiff_Kind
	}{
		{"nothing", olds, nil, nil},
		{"in place", object{"zoneId": "z", "content": "2", "comment": "x"}, nil,
			map[string]rpc.PropertyDiff_Kind{"content": rpc.PropertyDiff_UPDATE}},
		{"replaced", object{"zoneId": "y", "content": "1", "comment": "x"}, nil,
			map[string]rpc.PropertyDiff_Kind{"zoneId": rpc.PropertyDiff_UPDATE_REPLACE}},
		{"gone and new", object{"zoneId": "z", "content": "1", "ttl": 1.0}, nil,
			map[string]rpc.PropertyDiff_Kind{"comment": rpc.PropertyDiff_DELETE, "ttl": rpc.PropertyDiff_ADD}},
		{"ignored", object{"zoneId": "z", "content": "2", "comment": "x"}, []string{"content"}, nil},
	}
	for _, c := range table {
		got := kind.diff(olds, c.news, c.ignore)
		if (got.Changes == rpc.DiffResponse_DIFF_SOME) != (len(c.want) > 0) || len(got.DetailedDiff) != len(c.want) {
			t.Errorf("%s: got %v", c.name, got)
		}
		for key, kind := range c.want {
			if got.DetailedDiff[key].GetKind() != kind {
				t.Errorf("%s: %s is %v", c.name, key, got.DetailedDiff[key])
			}
		}
	}
}

func TestQuery(t *testing.T) {
	got := query(object{"name": "example.com", "account": object{"id": "a"}, "types": []any{"full", "partial"}}, 2)
	if want := "account.id=a&name=example.com&page=2&per_page=50&types=full%2Cpartial"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestFaults(t *testing.T) {
	table := []struct {
		inputs object
		count  int
	}{
		{object{"ttl": 300.0, "proxied": true}, 1},
		{object{"ttl": 1.0, "proxied": true}, 0},
		{object{"ttl": 300.0, "proxied": false}, 0},
		{object{"ttl": unknown, "proxied": true}, 0},
	}
	for _, c := range table {
		if got := faults(c.inputs); len(got) != c.count {
			t.Errorf("%v: got %v", c.inputs, got)
		}
	}
}
