package jsonapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"gridwall/backend/chanlist"
	"gridwall/backend/extract"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

// quoted finds the data that jq quotes in an error: `string ("…")`, `object ({…})`, `array ([…])`.
var quoted = regexp.MustCompile(`\((?:["{\[]).*\)`)

// outcome is what happened to a yielded value.
type outcome int

const (
	isStream outcome = iota
	noURL
	foreignURL
)

// convert converts a yielded value: {url, title, quality, headers?}, or a string that is a URL. An object with an empty
// or null url is a feed that has not begun, and is skipped.
func convert(v any, base *url.URL) (extract.Found, outcome, error) {
	var f extract.Found
	var raw string
	switch v := v.(type) {
	case string:
		if !looksLikeURL(v) {
			return f, noURL, wrong(v)
		}
		raw = v
	case map[string]any:
		address, has := v["url"]
		s, isText := address.(string)
		if !has || address != nil && !isText {
			return f, noURL, wrong(v)
		}
		raw = s
		var err error
		if f.Title, err = text(v, "title"); err != nil {
			return f, noURL, err
		}
		if f.Quality, err = text(v, "quality"); err != nil {
			return f, noURL, err
		}
		if f.Headers, err = headers(v["headers"]); err != nil {
			return f, noURL, err
		}
	default:
		return f, noURL, wrong(v)
	}
	if raw, f.Headers = chanlist.AddressAndHeaders(raw, f.Headers); raw == "" {
		return f, noURL, nil
	}
	u, err := weburl.Resolve(base, raw)
	if err != nil {
		return f, foreignURL, nil
	}
	f.URL = weburl.Written(raw, u)
	return f, isStream, nil
}

// looksLikeURL reports whether s may be an address rather than a word such as "live".
func looksLikeURL(s string) bool {
	return s != "" && !strings.ContainsAny(s, " \t\n") && strings.ContainsAny(s, "/.")
}

// text returns a field as text; a number becomes its digits, null becomes "".
func text(v map[string]any, key string) (string, error) {
	switch s := v[key].(type) {
	case nil:
		return "", nil
	case string:
		return extract.CleanTitle(s), nil
	case int:
		return strconv.Itoa(s), nil
	case float64:
		return strconv.FormatFloat(s, 'f', -1, 64), nil
	case json.Number:
		return s.String(), nil
	default:
		return "", fmt.Errorf("the query yielded a %s that is %s; it must be a string", key, typeName(s))
	}
}

func headers(v any) (map[string]string, error) {
	if v == nil {
		return nil, nil
	}
	fields, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf(`the query yielded headers that are %s; they must be an object {"Name": "value"}`, typeName(v))
	}
	if len(fields) > chanlist.MaxHeaders {
		return nil, fmt.Errorf("the query yielded %d headers; a stream may have at most %d", len(fields), chanlist.MaxHeaders)
	}
	out := make(map[string]string, len(fields))
	for name, value := range fields {
		s, ok := value.(string)
		switch {
		case value == nil:
		case !ok:
			return nil, fmt.Errorf("the query yielded a header %q that is %s; it must be a string", stream.Truncate(name, 40), typeName(value))
		case !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(s):
			return nil, fmt.Errorf("the query yielded a header %q that cannot be sent", stream.Truncate(name, 40))
		default:
			if name, s, ok := chanlist.UsableHeader(name, s); ok {
				out[name] = s
			}
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// wrong returns the error for a value that is not a stream. It shows the value's structure only: texts may be tokens.
func wrong(v any) error {
	hint := ""
	if _, isList := v.([]any); isList {
		hint = "; end the query with .[] to yield the items of the list"
	}
	return fmt.Errorf("the query yielded %s where {url, title, quality} objects are expected%s", shape(v), hint)
}

// shape describes v for an error: an object by its keys and their types, a long text by its length, a short one by itself.
func shape(v any) string {
	const mostKeys, mostText = 8, 16
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if len(parts) == mostKeys {
				parts = append(parts, "…")
				break
			}
			parts = append(parts, fmt.Sprintf("%s: %s", stream.Truncate(key, mostText), typeName(v[key])))
		}
		return "an object {" + strings.Join(parts, ", ") + "}"
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	case string:
		if len(v) > mostText && !strings.ContainsAny(v, " \n") {
			return fmt.Sprintf("a text of %d characters", len(v))
		}
		return fmt.Sprintf("the text %q", stream.Truncate(stream.RedactText(v), mostText))
	case bool, int, float64, json.Number:
		return fmt.Sprintf("%v, %s,", v, typeName(v))
	}
	return typeName(v)
}

func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	}
	return "a number"
}
