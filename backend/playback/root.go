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
	// masterAge is for how long a multivariant playlist is shown to the next viewer without asking for it again.
	masterAge = time.Second
	// minReload keeps reloads that are made for an expiry alone apart.
	minReload = 2 * time.Second
	// maxMargin bounds how long before the end of a child's token the multivariant playlist is read again. It is longer
	// than the renewer's margin (a quarter of the life, at most a minute): where reading again helps, nothing is renewed.
	maxMargin = 90 * time.Second
)

// master is what stands at a stream's URL: a multivariant playlist, or a media playlist.
type master struct {
	Multi   *hls.Multivariant // nil: the stream is itself a media playlist
	Names   []string          // of multi.Renditions
	places  places            // where these stand
	origin  *timeline.Parent
	at      time.Time
	expires time.Time // when the first token ends that it gave its children (in a URL or a cookie); zero: none seen
	fixed   bool      // reading it again under this generation brings no later end
	body    []byte    // of a media playlist, for the rendition main
}

// Load returns what stands at the stream's URL, as read under up's generation and not before fresh. Requests at the same
// time share one fetch; one that began before fresh does not count (see rendition.load).
func (f *Stream) Load(ctx context.Context, up stream.Upstream, fresh time.Time) (*master, error) {
	key := "master/" + strconv.FormatUint(up.Generation, 10)
	for joined := false; ; joined = true {
		f.mu.Lock()
		m := f.master
		f.mu.Unlock()
		current := m != nil && m.serves(up.Generation, fresh)
		if current && !m.expiring(time.Now()) {
			return m, nil
		}
		if joined {
			key = fmt.Sprintf("master/%d/%d", up.Generation, fresh.UnixNano())
		}
		v, err := f.Once(ctx, key, func(ctx context.Context) (any, error) { return f.fetchMaster(ctx, up) })
		if err != nil {
			if _, off := fetch.AsRefused(err); !off && current { // it was read ahead of time: the old one still holds
				return m, nil
			}
			return nil, fetch.Annotate(err, fetch.LevelRoot, time.Time{})
		}
		if m := v.(*master); m.serves(up.Generation, fresh) || joined {
			return m, nil
		}
	}
}

// serves reports whether m may be relied on, as snapshot.serves does.
func (m *master) serves(generation uint64, fresh time.Time) bool {
	return m.origin.Generation > generation || m.origin.Generation == generation && !m.at.Before(fresh)
}

func (f *Stream) fetchMaster(ctx context.Context, up stream.Upstream) (*master, error) {
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
	m := &master{at: at, origin: fetch.ParentOf(nil, up, base, u)}
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
	if old := f.master; old == nil || !old.serves(up.Generation, at.Add(1)) {
		m.fixed = old != nil && old.origin.Generation == up.Generation && !m.expires.After(old.expires.Add(minReload))
		f.master = m
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

// name gives the renditions their names, and remembers them.
func (f *Stream) name(m *master) {
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
func (m *master) targets(name string) (uris []string) {
	for i, n := range m.Names {
		if uri := m.Multi.Renditions[i].URI; n == name && (len(uris) == 0 || uris[len(uris)-1] != uri) {
			uris = append(uris, uri)
		}
	}
	return uris
}

// kind returns the kind of a rendition; "" where the stream is itself a media playlist.
func (m *master) kind(name string) hls.RenditionKind {
	for i, n := range m.Names {
		if n == name {
			return m.Multi.Renditions[i].Kind
		}
	}
	return ""
}

// firstExpiry returns the earliest end that can be read from what this master gave its children.
func (f *Stream) firstExpiry(m *master, jar *cookies.Jar) (first time.Time) {
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

// expiring reports whether the children's tokens end so soon that the master is better read again now.
func (m *master) expiring(now time.Time) bool {
	if m.expires.IsZero() || m.fixed || now.Sub(m.at) < minReload {
		return false
	}
	return now.After(m.expires.Add(-min(m.expires.Sub(m.at)/3, maxMargin)))
}
