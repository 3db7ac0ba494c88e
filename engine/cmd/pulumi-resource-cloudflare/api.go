package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/cloudflare/cloudflare-go/v6"
)

// identicalRecord is Cloudflare's code for a DNS record that exists with the same name, type and content.
const identicalRecord = 81058

// pageSize is the most that Cloudflare lists at once for every kind of object used here.
const pageSize = 50

// call sends one request and returns the "result" of its answer.
func (p *provider) call(ctx context.Context, method, path string, body object) (any, error) {
	var params any
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		params = json.RawMessage(data)
	}
	var answer struct{ Result any }
	err := p.api.Execute(ctx, method, path, params, &answer)
	if err != nil {
		return nil, &failure{method + " " + path, err}
	}
	return answer.Result, nil
}

// one is call for an answer that is a single object.
func (p *provider) one(ctx context.Context, method, path string, body object) (object, error) {
	result, err := p.call(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	answer, ok := result.(object)
	if !ok && method != http.MethodDelete {
		return nil, fmt.Errorf("Cloudflare's answer to %s %s is not an object", method, path)
	}
	return answer, nil
}

// list reads all pages of a collection, up to limit objects (0: all).
func (p *provider) list(ctx context.Context, path string, filter object, limit int) ([]any, error) {
	var all []any
	for page := 1; ; page++ {
		found, err := p.call(ctx, http.MethodGet, path+"?"+query(filter, page), nil)
		if err != nil {
			return nil, err
		}
		batch, _ := found.([]any)
		all = append(all, batch...)
		if limit > 0 && len(all) >= limit {
			return all[:limit], nil
		}
		if len(batch) < pageSize {
			return all, nil
		}
	}
}

// query spells a filter as the API wants it: nested as account.id, lists with commas.
func query(filter object, page int) string {
	values := url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(pageSize)}}
	for key, value := range snake(filter) {
		switch value := value.(type) {
		case object:
			for inner, v := range value {
				values.Set(key+"."+inner, fmt.Sprint(v))
			}
		case []any:
			texts := make([]string, len(value))
			for i, v := range value {
				texts[i] = fmt.Sprint(v)
			}
			values.Set(key, strings.Join(texts, ","))
		default:
			values.Set(key, fmt.Sprint(value))
		}
	}
	return values.Encode()
}

// failure is an error of one request, in words.
type failure struct {
	request string
	cause   error
}

func (f *failure) Unwrap() error { return f.cause }

func (f *failure) Error() string {
	var answer *cloudflare.Error
	if !errors.As(f.cause, &answer) {
		return fmt.Sprintf("Cloudflare could not be reached (%s): %v", f.request, f.cause)
	}
	said := http.StatusText(answer.StatusCode)
	for _, e := range answer.Errors {
		said += fmt.Sprintf("; %s (code %d)", e.Message, e.Code)
	}
	if answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden {
		said += "; check CLOUDFLARE_API_TOKEN: is it valid, and may it edit this zone?"
	}
	return fmt.Sprintf("Cloudflare answered %s with %d %s", f.request, answer.StatusCode, said)
}

// gone tells whether the answer to a GET means that the object is no more. A deleted certificate still shows, as revoked.
func gone(answer object, err error) bool {
	var refusal *cloudflare.Error
	if errors.As(err, &refusal) {
		return refusal.StatusCode == http.StatusNotFound
	}
	revoked, _ := answer["revoked_at"].(string)
	return revoked != ""
}

func alreadyThere(err error) bool {
	var answer *cloudflare.Error
	if errors.As(err, &answer) {
		for _, e := range answer.Errors {
			if e.Code == identicalRecord {
				return true
			}
		}
	}
	return false
}
