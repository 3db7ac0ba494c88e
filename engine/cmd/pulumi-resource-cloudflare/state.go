package main

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// unknown stands for a value that a preview cannot know (UnknownStringValue of Pulumi's plugin protocol).
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

// outputs merges an answer of the API into the inputs. What the API does not mention keeps the value that was asked for;
// what it says is null is not set.
func outputs(inputs, answer object) object {
	merged := maps.Clone(inputs)
	for key, value := range camel(answer) {
		switch {
		case key == "id": // kept apart by the engine
		case value == nil:
			delete(merged, key)
		case key == "meta": // a JSON text in the SDK
			text, _ := json.Marshal(value)
			merged[key] = string(text)
		default:
			merged[key] = value
		}
	}
	return merged
}

// planned returns the outputs that a preview of the creation can promise.
func (r resource) planned(inputs object) object {
	promised := maps.Clone(inputs)
	for _, key := range r.computed {
		if _, given := promised[key]; !given {
			promised[key] = unknown
		}
	}
	return promised
}

// current returns the inputs as the API now has them, so that a refresh shows drift and nothing but drift.
func current(inputs, outputs object) object {
	now := maps.Clone(inputs)
	for key, asked := range inputs {
		got, ok := outputs[key]
		switch {
		case strings.HasPrefix(key, "__") || same(key, asked, got):
		case !ok:
			delete(now, key)
		default:
			now[key] = got
		}
	}
	return now
}

// same tells whether the API's value is what was asked for, in the API's own spelling.
func same(key string, asked, got any) bool {
	if reflect.DeepEqual(asked, got) {
		return true
	}
	a, isText := asked.(string)
	g, _ := got.(string)
	switch {
	case isText && key == "name": // @ and www are answered with the zone's name
		return got != nil && (a == "@" || strings.HasPrefix(g, a+"."))
	case isText && key == "content": // a TXT record's is answered in quotes
		return g == `"`+a+`"`
	case isText && key == "csr":
		return strings.TrimSpace(a) == strings.TrimSpace(g)
	case key == "hostnames" || key == "tags": // sets
		return slices.Equal(sorted(asked), sorted(got))
	}
	return false
}

func sorted(value any) []string {
	list, _ := value.([]any)
	var texts []string
	for _, v := range list {
		text, _ := v.(string)
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return texts
}
