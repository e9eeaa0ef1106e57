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

// ParentOf returns the context of a playlist that was requested at u and answered at base, after redirects. above is the
// playlist that lists it; nil for the one at the stream's URL.
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
	o.Tokens = strings.Clone(httpclient.Inheritable(inherited, us...)) // so that the playlist's text can be freed
	return o
}

// detached returns a copy of u that shares no memory with the playlist that contained u, so that the playlist can be freed.
func detached(u *url.URL) *url.URL {
	c := *u
	for _, s := range [...]*string{&c.Scheme, &c.Opaque, &c.Host, &c.Path, &c.RawPath, &c.RawQuery, &c.Fragment, &c.RawFragment} {
		*s = strings.Clone(*s)
	}
	return &c
}

// FetchChild fetches the child that a playlist lists as uri. Some CDNs require the playlist's token for its children without
// writing it into their addresses: a refused child is requested again with the playlist's parameters, and the host is
// remembered if that helps. from is the requested address.
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

// demandsToken reports whether a host is known to require the parent's token for children.
func (f *Fetcher) demandsToken(host string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inherit[host]
}

// noteTokenDemand records that a host requires the parent's token for children.
func (f *Fetcher) noteTokenDemand(host string) {
	f.mu.Lock()
	noted := !f.inherit[host] && len(f.inherit) < maxInherit
	if noted {
		f.inherit[strings.Clone(host)], f.inheritChanged = true, true
	}
	f.mu.Unlock()
	if noted {
		f.Log.Info("children of this host need their parent's token", "stream", f.ID, "host", host)
	}
}

// maxInherit bounds the remembered hosts of a stream whose children need the parent's token.
const maxInherit = 64

// Inheriting returns the hosts whose children need the parent's token parameters, for RestoreInheriting after a restart.
func (f *Fetcher) Inheriting() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inheritChanged = false
	return slices.Sorted(maps.Keys(f.inherit))
}

// InheritingChanged reports whether a host was added since the last call of Inheriting.
func (f *Fetcher) InheritingChanged() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inheritChanged
}

// RestoreInheriting adds the hosts that an earlier process had recorded.
func (f *Fetcher) RestoreInheriting(hosts []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range hosts[:min(len(hosts), maxInherit)] {
		f.inherit[h] = true
	}
}
