package httpclient

import (
	"gridwall/backend/weburl"
	"net/url"
	"strings"
)

// WithParameters returns u with those parameters of a raw query that u does not have. They are not encoded again, which would
// change a token.
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

// Covering is a set of hosts that secrets may be sent to, such as a Scope.
type Covering interface{ Covers(u *url.URL) bool }

// Shares reports whether secrets given to the host of a playlist may be sent to u: within one registrable domain, and between
// the hosts that scope covers.
func Shares(scope Covering, playlist, u *url.URL) bool {
	return weburl.SameSite(playlist, u) || scope.Covers(playlist) && scope.Covers(u)
}

// Inherit returns u, an address in a playlist, with the playlist's parameters that it lacks: some CDNs require the token of a
// playlist for its children without writing it there. It returns nil if there are none, or if they may not be sent to u's
// host; withheld reports the latter.
func Inherit(scope Covering, playlist *url.URL, parameters string, u *url.URL) (v *url.URL, withheld bool) {
	v = WithParameters(u, parameters)
	switch {
	case v.RawQuery == u.RawQuery:
		return nil, false
	case !Shares(scope, playlist, u):
		return nil, true
	}
	return v, false
}

// Inheritable returns the parameters that children of a playlist may need: its own, and those of its parent with other names.
// Delivery directives (RFC 8216bis 6.2.5) are left out.
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
