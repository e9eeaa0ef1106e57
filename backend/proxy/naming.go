package proxy

import (
	"net/url"
	"sync"
	"time"

	"gridwall/backend/assets"
	"gridwall/backend/httpclient"
	"gridwall/backend/timeline"
)

// masterNames writes the addresses of a multivariant playlist, relative to it.
type masterNames struct {
	f      *feed
	m      *master
	suffix string
}

func (n *masterNames) Rendition(dst []byte, i int) []byte {
	dst = append(dst, n.m.names[i]...)
	dst = append(dst, '/')
	dst = append(dst, timeline.PlaylistName...)
	return append(dst, n.suffix...)
}

func (n *masterNames) Resource(dst []byte, i int) []byte {
	res := n.m.multi.Resources[i]
	dst = append(dst, "data-"...)
	side := assets.Asset{URI: res.URI, Parent: n.m.origin, Kind: sessionKey(&res)}
	dst = append(dst, n.f.assets.Name(side, "", time.Now())...)
	return append(dst, n.suffix...)
}

// links names what a media playlist names outside of its rendition. rendition is the one whose playlist it is.
type links struct {
	f         *feed
	rendition string
}

func (l links) Asset(p *timeline.Playlist, k int) string {
	res := &p.Media.Assets[k]
	side := assets.Asset{URI: res.URI, Parent: p.Parent, Kind: assets.KindOf(res.Tag), Rendition: l.rendition}
	return "data-" + l.f.assets.Name(side, "", time.Now())
}

func (l links) Report(p *timeline.Playlist, k int) (name string, shift int64, ok bool) {
	ref, err := httpclient.Resolve(p.Parent.URL, p.Media.Reports[k].URI)
	if err != nil {
		return "", 0, false
	}
	name, ok = l.f.renditionAt(ref)
	if !ok {
		return "", 0, false
	}
	if s := l.f.rendition(name).current(); s != nil {
		shift = s.Shift()
	}
	return name, shift, true
}

// renditionAt finds the rendition whose playlist stands at u, tokens apart.
func (f *feed) renditionAt(u *url.URL) (string, bool) {
	f.mu.Lock()
	m := f.master
	f.mu.Unlock()
	if m == nil || m.multi == nil {
		return "", false
	}
	return m.places.find(m, timeline.Identity(u.String()))
}

// places are the names of a multivariant playlist's renditions by where their playlists stand, tokens apart. They are
// looked up once it is known that somebody asks: for each report of each media playlist.
type places struct {
	once  sync.Once
	names map[string]string
}

func (p *places) find(m *master, path string) (string, bool) {
	p.once.Do(func() {
		p.names = make(map[string]string, len(m.names))
		for i, name := range m.names {
			at := identityOf(m.multi.Renditions[i].URI, m.origin)
			if _, twice := p.names[at]; !twice {
				p.names[at] = name
			}
		}
	})
	name, ok := p.names[path]
	return name, ok
}
