package fetch

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"gridwall/backend/httpclient"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
	"gridwall/backend/weburl"
)

// ParentOf returns the playlist context of a playlist that was requested at u and came from base. above is the playlist
// that names it; nil for the one at the stream's URL.
func ParentOf(above *timeline.Parent, up stream.Upstream, base, u *url.URL) *timeline.Parent {
	o := &timeline.Parent{URL: detached(base), Scope: weburl.Scope{}, Generation: up.Generation}
	if home, err := weburl.Parse(up.URL); err == nil {
		o.Scope = weburl.NewScope(home, up.StreamHosts)
	}
	inherited := ""
	if above != nil && httpclient.Shares(above.Scope, above.URL, base) {
		inherited = above.Tokens
	}
	us := []*url.URL{base}
	if httpclient.Shares(o.Scope, base, u) {
		us = append(us, u)
	}
	o.Tokens = strings.Clone(httpclient.Inheritable(inherited, us...)) // without keeping the playlist's text in memory
	return o
}

// detached returns a copy of u that does not keep the playlist in memory in which u stood: what a playlist names can
// outlive it.
func detached(u *url.URL) *url.URL {
	c := *u
	for _, s := range [...]*string{&c.Scheme, &c.Opaque, &c.Host, &c.Path, &c.RawPath, &c.RawQuery, &c.Fragment, &c.RawFragment} {
		*s = strings.Clone(*s)
	}
	return &c
}

// FetchChild fetches what a playlist names as uri. Some CDNs demand the token of a playlist from its children without
// writing it there: a child that is refused is requested again with the playlist's parameters, and the host is
// remembered if that helps. from is the address that was requested.
func FetchChild[T any](f *Fetcher, parent *timeline.Parent, uri string, fetch func(u *url.URL) (T, error)) (child T, from *url.URL, err error) {
	u, err := weburl.Resolve(parent.URL, uri)
	if err != nil {
		return child, nil, BadAddress(uri, err)
	}
	with, withheld := httpclient.Inherit(parent.Scope, parent.URL, parent.Tokens, u)
	if with != nil && f.demandsToken(u.Host) {
		child, err = fetch(with)
		return child, with, err
	}
	child, err = fetch(u)
	r, was := AsRefused(err)
	switch {
	case !was:
	case withheld && httpclient.Denied(r.Status):
		r.Withheld = u.Hostname()
	case with != nil:
		if second, err := fetch(with); err == nil {
			f.noteTokenDemand(u.Host)
			return second, with, nil
		}
	}
	return child, u, err
}

// demandsToken reports whether a host is known to demand the parent's token from children.
func (f *Fetcher) demandsToken(host string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inherit[host]
}

// noteTokenDemand records that a host demands the parent's token from children.
func (f *Fetcher) noteTokenDemand(host string) {
	f.mu.Lock()
	noted := !f.inherit[host] && len(f.inherit) < maxInherit
	if noted {
		f.inherit[strings.Clone(host)], f.noted = true, true
	}
	f.mu.Unlock()
	if noted {
		f.Log.Info("children of this host need their parent's token", "stream", f.ID, "host", host)
	}
}

// maxInherit bounds the hosts of a feed of which is remembered that their children need the parent's token.
const maxInherit = 64

// Inheriting returns the hosts whose children need the parent's token parameters, for RestoreInheriting after a restart.
func (f *Fetcher) Inheriting() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.noted = false
	return slices.Sorted(maps.Keys(f.inherit))
}

// InheritingChanged reports whether a host was added since the last call of Inheriting.
func (f *Fetcher) InheritingChanged() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.noted
}

// RestoreInheriting adds the hosts that an earlier process had noted.
func (f *Fetcher) RestoreInheriting(hosts []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range hosts[:min(len(hosts), maxInherit)] {
		f.inherit[h] = true
	}
}
