package httpclient

import (
	"net/url"
	"strings"
)

// WithParameters is u with those parameters of a raw query that u does not have. They are written as they came: a token
// that is encoded again is another token.
func WithParameters(u *url.URL, query string) *url.URL {
	have := u.Query()
	out := u.RawQuery
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if pair == "" || have.Has(name) {
			continue
		}
		if out != "" {
			out += "&"
		}
		out += pair
	}
	v := *u
	v.RawQuery = out
	return &v
}

// Inheritable are the parameters that children of a playlist may need: its own, and its parent's where it has none of
// that name. Delivery directives (RFC 8216bis 6.2.5) are no permission.
func Inheritable(parent string, us ...*url.URL) string {
	out := &url.URL{}
	add := func(raw string) {
		var keep []string
		for pair := range strings.SplitSeq(raw, "&") {
			if pair != "" && !strings.HasPrefix(pair, "_HLS_") {
				keep = append(keep, pair)
			}
		}
		out = WithParameters(out, strings.Join(keep, "&"))
	}
	for _, u := range us {
		add(u.RawQuery)
	}
	add(parent)
	return out.RawQuery
}
