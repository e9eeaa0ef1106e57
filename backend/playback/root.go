package playback

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gridwall/backend/cookies"
	"gridwall/backend/fetch"
	"gridwall/backend/hls"
	"gridwall/backend/renditions"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
	"gridwall/backend/token"
	"gridwall/backend/weburl"
)

const (
	// MainRendition is the rendition of a stream that is itself a media playlist.
	MainRendition = "main"
	// rootAge is how long a multivariant playlist is served to further viewers without requesting it again.
	rootAge = time.Second
	// minReload is the minimum time between reloads whose only reason is an expiry.
	minReload = 2 * time.Second
	// maxMargin bounds how long before the expiry of a child's token the multivariant playlist is read again. It is longer
	// than the margin of backend/refresh (a quarter of the lifetime, at most a minute): if reading again helps, the token is
	// not renewed.
	maxMargin = 90 * time.Second
)

// rootPlaylist is the playlist at a stream's URL: a multivariant playlist, or a media playlist.
type rootPlaylist struct {
	Multi   *hls.Multivariant // nil: the stream is itself a media playlist
	Names   []string          // of Multi.Renditions
	byPath  pathIndex         // of these names
	origin  *timeline.Parent
	at      time.Time
	expires time.Time // the earliest expiry of its children's tokens (in a URL or a cookie); zero: none found
	fixed   bool      // reading it again under this generation does not extend expires
	body    []byte    // of a media playlist, for the rendition main
}

// Load returns the playlist at the stream's URL, as read under up's generation and not before fresh. Concurrent calls share one
// fetch; one that started before fresh does not count (see LoadPlaylist).
func (f *Stream) Load(ctx context.Context, up stream.Upstream, fresh time.Time) (*rootPlaylist, error) {
	key := "root/" + strconv.FormatUint(up.Generation, 10)
	for joined := false; ; joined = true {
		f.mu.Lock()
		m := f.root
		f.mu.Unlock()
		current := m != nil && m.serves(up.Generation, fresh)
		if current && !m.expiring(time.Now()) {
			return m, nil
		}
		if joined {
			key = fmt.Sprintf("root/%d/%d", up.Generation, fresh.UnixNano())
		}
		v, err := f.Once(ctx, key, func(ctx context.Context) (any, error) { return f.fetchRoot(ctx, up) })
		if err != nil {
			if _, off := fetch.AsRefused(err); !off && current { // it was read again early: the old one is still valid
				return m, nil
			}
			return nil, fetch.Annotate(err, fetch.LevelRoot, time.Time{})
		}
		if m := v.(*rootPlaylist); m.serves(up.Generation, fresh) || joined {
			return m, nil
		}
	}
}

// serves reports whether m is good enough for a request, as timeline.Snapshot.Serves does.
func (m *rootPlaylist) serves(generation uint64, fresh time.Time) bool {
	return m.origin.Generation > generation || m.origin.Generation == generation && !m.at.Before(fresh)
}

// fetchRoot requests the playlist at the stream's URL and makes it the current one.
func (f *Stream) fetchRoot(ctx context.Context, up stream.Upstream) (*rootPlaylist, error) {
	at := time.Now()
	u, err := weburl.Parse(up.URL)
	if err != nil {
		return nil, fetch.BadAddress(up.URL, err)
	}
	t, err := f.FetchPlaylist(ctx, up, u, "", fetch.PlaylistTimeout)
	if err != nil {
		return nil, err
	}
	body, base := t.Body, t.Base
	m := &rootPlaylist{at: at, origin: fetch.ParentOf(nil, up, base, u)}
	if hls.Sniff(body) == hls.KindMedia {
		m.body = body
	} else {
		m.Multi, err = hls.ParseMultivariant(body, hls.Env{URL: base})
		if err != nil {
			return nil, badPlaylist(base, err)
		}
	}
	if err := f.replaced(m, up); err != nil {
		return nil, err
	}
	if m.Multi != nil {
		f.LogFaults("", m.Multi.Faults)
		f.name(m)
	}
	m.expires = f.firstExpiry(m, f.Jar(up))
	f.mu.Lock()
	if old := f.root; old == nil || !old.serves(up.Generation, at.Add(1)) {
		m.fixed = old != nil && old.origin.Generation == up.Generation && !m.expires.After(old.expires.Add(minReload))
		f.root = m
	}
	f.mu.Unlock()
	if !m.expires.IsZero() {
		f.Streams.Expires(f.ID, up.Generation, m.expires)
	}
	return m, nil
}

func badPlaylist(base *url.URL, err error) error {
	return fetch.Failf(http.StatusBadGateway, "bad_playlist", "%s: %v", stream.RedactURL(base.String()), err)
}

// name names the renditions, and records the names.
func (f *Stream) name(m *rootPlaylist) {
	f.naming.Lock()
	defer f.naming.Unlock()
	f.mu.Lock()
	known := f.names // replaced, never changed
	f.mu.Unlock()
	names, all := renditions.Names(known, m.Multi.Renditions)
	m.Names = names
	f.mu.Lock()
	defer f.mu.Unlock()
	for n, d := range all {
		if old, ok := known[n]; !ok || old != d {
			f.dirty, f.urgent = true, f.urgent || !ok
		}
	}
	f.names = all
}

// targets returns the addresses of a rendition: identical variants are each other's failover.
func (m *rootPlaylist) targets(name string) (uris []string) {
	for i, n := range m.Names {
		if uri := m.Multi.Renditions[i].URI; n == name && (len(uris) == 0 || uris[len(uris)-1] != uri) {
			uris = append(uris, uri)
		}
	}
	return uris
}

// kind returns the kind of a rendition; "" if the stream is itself a media playlist.
func (m *rootPlaylist) kind(name string) hls.RenditionKind {
	for i, n := range m.Names {
		if n == name {
			return m.Multi.Renditions[i].Kind
		}
	}
	return ""
}

// firstExpiry returns the earliest expiry of the tokens that m gave its children; zero if none can be read.
func (f *Stream) firstExpiry(m *rootPlaylist, jar *cookies.Jar) (first time.Time) {
	take := func(l token.Life, ok bool) {
		if ok && l.Ends.After(m.at) && (first.IsZero() || l.Ends.Before(first)) {
			first = l.Ends
		}
	}
	if m.Multi != nil {
		for i := range m.Multi.Renditions {
			take(token.URL(m.Multi.Renditions[i].URI))
		}
	}
	for _, c := range jar.Cookies(m.origin.URL) {
		take(token.Cookie(c.Name, c.Value))
	}
	return first
}

// expiring reports whether the children's tokens expire so soon that the playlist should be read again now.
func (m *rootPlaylist) expiring(now time.Time) bool {
	if m.expires.IsZero() || m.fixed || now.Sub(m.at) < minReload {
		return false
	}
	return now.After(m.expires.Add(-min(m.expires.Sub(m.at)/3, maxMargin)))
}
