package main

import (
	"strings"
	"unicode"
)

type object = map[string]any

// snake returns the SDK's properties as the API spells them, without those that are not set.
func snake(properties object) object { return rename(properties, snakeKey, false).(object) }

// camel returns an answer of the API as the SDK spells it. Null stays, at the top, to tell "not set" from "not said".
func camel(answer object) object { return rename(answer, camelKey, true).(object) }

func rename(value any, key func(string) string, keepNull bool) any {
	switch value := value.(type) {
	case object:
		renamed := object{}
		for k, v := range value {
			switch {
			case strings.HasPrefix(k, "__"): // the engine's own marks
			case v == nil && !keepNull:
			case k == "value": // of a zone setting: any JSON, whose keys are not ours to rename
				renamed[k] = v
			default:
				renamed[key(k)] = rename(v, key, false)
			}
		}
		return renamed
	case []any:
		renamed := make([]any, len(value))
		for i, v := range value {
			renamed[i] = rename(v, key, false)
		}
		return renamed
	}
	return value
}

func snakeKey(camel string) string {
	var b strings.Builder
	for _, c := range camel {
		if unicode.IsUpper(c) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

func camelKey(snake string) string {
	first, rest, _ := strings.Cut(snake, "_")
	for part := range strings.SplitSeq(rest, "_") {
		if part != "" {
			first += strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return first
}
