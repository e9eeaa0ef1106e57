package proxy

import (
	"errors"
	"net/url"
	"strings"

	"gridwall/backend/httpclient"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// originOf is the origin of what a playlist that was asked for at u, and came from base, names. parent is the playlist
// that named it, nil for the stream's own.
func originOf(parent *timeline.Parent, up stream.Upstream, base, u *url.URL) *timeline.Parent {
	o := &timeline.Parent{URL: detached(base), Scope: httpclient.Scope{}, Generation: up.Generation}
	if home, err := httpclient.Parse(up.URL); err == nil {
		o.Scope = httpclient.NewScope(home, up.StreamHosts)
	}
	inherited := ""
	if parent != nil && shares(parent, base) {
		inherited = parent.Tokens
	}
	us := []*url.URL{base}
	if shares(o, u) {
		us = append(us, u)
	}
	o.Tokens = strings.Clone(httpclient.Inheritable(inherited, us...)) // and not the playlist's text with it
	return o
}

// detached is a copy of u that does not hold on to the playlist in which u stood: what a playlist names can outlive it.
func detached(u *url.URL) *url.URL {
	c := *u
	for _, s := range [...]*string{&c.Scheme, &c.Opaque, &c.Host, &c.Path, &c.RawPath, &c.RawQuery, &c.Fragment, &c.RawFragment} {
		*s = strings.Clone(*s)
	}
	return &c
}

// childOf is the origin of what a playlist names that o names.
func childOf(o *timeline.Parent, up stream.Upstream, base, u *url.URL) *timeline.Parent {
	return originOf(o, up, base, u)
}

// shares reports whether what was given to the host of o's playlist may go to u: within one registrable domain, and
// between the hosts that the stream's secrets go to.
func shares(o *timeline.Parent, u *url.URL) bool {
	return httpclient.SameSite(o.URL, u) || o.Scope.Covers(o.URL) && o.Scope.Covers(u)
}

// resolve turns an address as written into the one to ask for, as a browser would, with the parent's token parameters
// where the host is known to demand them and may have them.
func (f *feed) resolve(o *timeline.Parent, uri string) (*url.URL, error) {
	u, err := httpclient.Resolve(o.URL, uri)
	if err != nil {
		return nil, badAddress(uri, err)
	}
	f.mu.Lock()
	inherit := f.inherit[u.Host]
	f.mu.Unlock()
	if inherit && shares(o, u) {
		return httpclient.WithParameters(u, o.Tokens), nil
	}
	return u, nil
}

// inherited is u with its parent's token parameters, where that could help after err: a child that is named without
// the token which the CDN demands. nil where it could not, or where u's host may not have them: then a refusal says what
// to do about it.
func (f *feed) inherited(err error, o *timeline.Parent, u *url.URL) *url.URL {
	var r *refused
	if !errors.As(err, &r) || o.Tokens == "" {
		return nil
	}
	v := httpclient.WithParameters(u, o.Tokens)
	if v.RawQuery == u.RawQuery {
		return nil
	}
	if !shares(o, u) {
		if denied(r.Status) {
			r.withheld = u.Hostname()
		}
		return nil
	}
	return v
}

// inherits remembers that the host's children need the parent's token parameters.
func (f *feed) inherits(host string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.inherit[host] && len(f.inherit) < maxInherit {
		host = strings.Clone(host)
		f.inherit[host], f.dirty, f.urgent = true, true, true
		f.p.log.Info("children of this host need their parent's token", "stream", f.id, "host", host)
	}
}
