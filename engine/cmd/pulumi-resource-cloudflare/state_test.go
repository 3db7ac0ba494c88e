package main

import (
	"reflect"
	"testing"

	"github.com/cloudflare/cloudflare-go/v6"
)

func TestOutputs(t *testing.T) {
	table := []struct {
		name                   string
		inputs, answer, wanted object
	}{
		{"the answer wins", object{"name": "www"}, object{"name": "www.example.com"}, object{"name": "www.example.com"}},
		{"not said: as asked", object{"csr": "x"}, object{}, object{"csr": "x"}},
		{"null: not set", object{"comment": "x"}, object{"comment": nil}, object{}},
		{"the id is apart", object{}, object{"id": "1", "created_on": "now"}, object{"createdOn": "now"}},
		{"meta is text", object{}, object{"meta": object{"auto_added": true}}, object{"meta": `{"autoAdded":true}`}},
		{"a setting's value as it is", object{}, object{"value": object{"max_age": 1.0}}, object{"value": object{"max_age": 1.0}}},
	}
	for _, c := range table {
		if got := outputs(c.inputs, c.answer); !reflect.DeepEqual(got, c.wanted) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.wanted)
		}
	}
}

func TestCurrent(t *testing.T) {
	table := []struct {
		name                    string
		inputs, outputs, wanted object
	}{
		{"drift", object{"content": "1.2.3.4"}, object{"content": "5.6.7.8"}, object{"content": "5.6.7.8"}},
		{"removed", object{"comment": "x"}, object{}, object{}},
		{"apex", object{"name": "@"}, object{"name": "example.com"}, object{"name": "@"}},
		{"wildcard", object{"name": "*"}, object{"name": "*.example.com"}, object{"name": "*"}},
		{"another name", object{"name": "www"}, object{"name": "web.example.com"}, object{"name": "web.example.com"}},
		{"quoted text", object{"content": "v=spf1"}, object{"content": `"v=spf1"`}, object{"content": "v=spf1"}},
		{"set", object{"hostnames": []any{"a", "*.a"}}, object{"hostnames": []any{"*.a", "a"}}, object{"hostnames": []any{"a", "*.a"}}},
		{"other set", object{"hostnames": []any{"a"}}, object{"hostnames": []any{"b"}}, object{"hostnames": []any{"b"}}},
		{"csr's last line", object{"csr": "x\n"}, object{"csr": "x"}, object{"csr": "x\n"}},
		{"ttl", object{"ttl": 300.0}, object{"ttl": 60.0}, object{"ttl": 60.0}},
		{"the engine's marks", object{"__defaults": []any{}}, object{}, object{"__defaults": []any{}}},
	}
	for _, c := range table {
		if got := current(c.inputs, c.outputs); !reflect.DeepEqual(got, c.wanted) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.wanted)
		}
	}
}

func TestPlanned(t *testing.T) {
	kind, _ := find("cloudflare:index/originCaCertificate:OriginCaCertificate")
	got := kind.planned(object{"csr": "x"})
	if got["csr"] != "x" || got["certificate"] != unknown || got["expiresOn"] != unknown {
		t.Errorf("got %v", got)
	}
}

func TestGone(t *testing.T) {
	failed := &failure{"GET x", &cloudflare.Error{StatusCode: 500}}
	missing := &failure{"GET x", &cloudflare.Error{StatusCode: 404}}
	table := []struct {
		name   string
		answer object
		err    error
		want   bool
	}{
		{"there", object{"id": "1"}, nil, false},
		{"no such object", nil, missing, true},
		{"revoked", object{"revoked_at": "2026-01-01T00:00:00Z"}, nil, true},
		{"not revoked", object{"revoked_at": nil}, nil, false},
		{"out of order", nil, failed, false},
	}
	for _, c := range table {
		if got := gone(c.answer, c.err); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}
