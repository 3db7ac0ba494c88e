package main

import (
	"cmp"
	"slices"
	"strings"
)

// dialect is what one npm SDK's own provider does differently from the bridge, which derives all from the Terraform provider.
type dialect struct {
	tokens      map[string]string // SDK token → bridge token
	properties  map[string]names  // SDK token → its properties
	deleteFirst []string          // SDK tokens of what is deleted before its replacement is created
}

var dialects = map[string]dialect{
	"docker": {
		tokens: map[string]string{
			"docker:index/remoteImage:RemoteImage":       "docker:index/image:Image",
			"docker:index/serviceConfig:ServiceConfig":   "docker:index/config:Config",
			"docker:index/getRemoteImage:getRemoteImage": "docker:index/getImage:getImage",
		},
		properties: map[string]names{
			"pulumi:providers:docker":          {"registryAuth": "registryAuths"},
			"docker:index/container:Container": {"command": "commands", "networksAdvanced": "networksAdvanceds"},
		},
		deleteFirst: []string{"docker:index/container:Container"}, // two would want the same name and ports
	},
}

// resource returns the bridge's URN and token for a resource of the SDK, and its property names. An engine that sends only
// the URN is served as well.
func (d dialect) resource(urn, token string) (bridgeURN, bridgeToken string, properties names) {
	sdk := cmp.Or(token, tokenOf(urn))
	if to, ok := d.tokens[sdk]; ok {
		urn = strings.Replace(urn, sdk+"::", to+"::", 1)
		if token != "" {
			token = to
		}
	}
	return urn, token, d.properties[sdk]
}

// tokenOf returns the resource's own type in urn:pulumi:<stack>::<project>::<parents>$<type>::<name>.
func tokenOf(urn string) string {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) < 4 {
		return ""
	}
	return parts[2][strings.LastIndex(parts[2], "$")+1:]
}

func (d dialect) function(token string) string {
	if to, ok := d.tokens[token]; ok {
		return to
	}
	return token
}

func (d dialect) deletesFirst(urn string) bool { return slices.Contains(d.deleteFirst, tokenOf(urn)) }
