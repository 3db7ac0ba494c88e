package main

import (
	"net/http"
	"net/url"
	"regexp"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// resource says where a kind of object lives in the API and how it behaves.
type resource struct {
	path     string   // of the collection; {zoneId} is filled in from the inputs
	fixed    string   // the input that names an object which always exists: it is set, never created or deleted
	update   string   // the HTTP method that changes it; "" when nothing about it can change
	replace  []string // inputs that cannot be changed in place
	local    []string // inputs that are not sent
	computed []string // outputs that only the API knows; unknown in a preview
}

var resources = map[string]resource{
	"cloudflare:index/dnsRecord:DnsRecord": {
		path: "zones/{zoneId}/dns_records", update: http.MethodPut,
		replace: []string{"zoneId", "type"}, local: []string{"includeShadowMetadata"},
		computed: []string{"commentModifiedOn", "createdOn", "meta", "modifiedOn", "proxiable", "tagsModifiedOn"},
	},
	"cloudflare:index/zoneSetting:ZoneSetting": {
		path: "zones/{zoneId}/settings", fixed: "settingId", update: http.MethodPatch,
		replace: []string{"zoneId", "settingId"}, computed: []string{"editable", "modifiedOn", "timeRemaining"},
	},
	"cloudflare:index/originCaCertificate:OriginCaCertificate": {
		path: "certificates", replace: []string{"csr", "hostnames", "requestType", "requestedValidity"},
		computed: []string{"certificate", "expiresOn"},
	},
}

func find(token string) (resource, error) {
	kind, ok := resources[token]
	if !ok {
		return kind, status.Errorf(codes.Unimplemented,
			"%s is not served by this build of the Cloudflare provider; install Pulumi's own to use it", token)
	}
	return kind, nil
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// collection returns the API path for these inputs.
func (r resource) collection(inputs object) string {
	return placeholder.ReplaceAllStringFunc(r.path, func(match string) string {
		id, _ := inputs[match[1:len(match)-1]].(string)
		return url.PathEscape(id)
	})
}

// member returns the API path of one object.
func (r resource) member(inputs object, id string) string {
	return r.collection(inputs) + "/" + url.PathEscape(id)
}

// body returns the JSON to send for these inputs.
func (r resource) body(inputs object) object {
	body := snake(inputs)
	for _, match := range placeholder.FindAllStringSubmatch(r.path, -1) {
		delete(body, snakeKey(match[1]))
	}
	for _, key := range r.local {
		delete(body, snakeKey(key))
	}
	delete(body, snakeKey(r.fixed))
	return body
}
