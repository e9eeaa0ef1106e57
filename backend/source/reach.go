package source

import (
	"maps"
	"slices"

	"gridwall/backend/weburl"
)

// SameReach reports whether s and o make the same requests to the same hosts. They may differ in their names, their intervals,
// whether they are enabled, and the titles of streams of kind direct.
func (s Source) SameReach(o Source) bool {
	return s.Key == o.Key && s.Kind == o.Kind && s.AllowPrivate == o.AllowPrivate && s.Proxy == o.Proxy &&
		s.Cookies == o.Cookies && s.Path == o.Path && s.URL == o.URL && s.Match == o.Match && s.Query == o.Query &&
		s.Find == o.Find && s.Format == o.Format &&
		maps.Equal(s.Headers, o.Headers) && maps.Equal(s.StreamHeaders, o.StreamHeaders) &&
		slices.Equal(s.StreamHosts, o.StreamHosts) && slices.Equal(s.Follow, o.Follow) &&
		slices.Equal(s.Decode, o.Decode) && slices.Equal(s.Command, o.Command) &&
		slices.EqualFunc(s.Streams, o.Streams, func(a, b Direct) bool { return a.URL == b.URL })
}

// Hosts returns the hosts that the source itself names: those of its addresses, and stream_hosts.
func (s Source) Hosts() []string {
	out := slices.Clone(s.StreamHosts)
	addresses := []string{s.URL}
	for _, d := range s.Streams {
		addresses = append(addresses, d.URL)
	}
	for _, address := range addresses {
		if u, err := weburl.Parse(address); err == nil {
			out = append(out, u.Hostname())
		}
	}
	return out
}
