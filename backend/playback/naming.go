package playback

import (
	"net/url"
	"sync"
	"time"

	"gridwall/backend/assets"
	"gridwall/backend/fetch"
	"gridwall/backend/timeline"
	"gridwall/backend/weburl"
)

// RootNames writes the addresses of a multivariant playlist, relative to it.
type RootNames struct {
	Stream *Stream
	Root   *rootPlaylist
	Suffix string
}

// Rendition implements hls.MultivariantNaming.
func (n *RootNames) Rendition(dst []byte, i int) []byte {
	dst = append(dst, n.Root.Names[i]...)
	dst = append(dst, '/')
	dst = append(dst, timeline.PlaylistName...)
	return append(dst, n.Suffix...)
}

// Resource implements hls.MultivariantNaming.
func (n *RootNames) Resource(dst []byte, i int) []byte {
	res := n.Root.Multi.Resources[i]
	dst = append(dst, "data-"...)
	asset := assets.Asset{URI: res.URI, Parent: n.Root.origin, Kind: fetch.SessionKey(&res)}
	dst = append(dst, n.Stream.Assets.Name(asset, "", time.Now())...)
	return append(dst, n.Suffix...)
}

// links implements timeline.Links for the playlist of a rendition.
type links struct {
	f         *Stream
	rendition string
}

func (l links) Asset(p *timeline.Playlist, k int) string {
	res := &p.Media.Assets[k]
	asset := assets.Asset{URI: res.URI, Parent: p.Parent, Kind: assets.KindOf(res.Tag), Rendition: l.rendition}
	return "data-" + l.f.Assets.Name(asset, "", time.Now())
}

func (l links) Report(p *timeline.Playlist, k int) (name string, shift int64, ok bool) {
	ref, err := weburl.Resolve(p.Parent.URL, p.Media.Reports[k].URI)
	if err != nil {
		return "", 0, false
	}
	name, ok = l.f.renditionAt(ref)
	if !ok {
		return "", 0, false
	}
	if s := l.f.Rendition(name).Current(); s != nil {
		shift = s.Shift()
	}
	return name, shift, true
}

// renditionAt returns the name of the rendition whose playlist is at u, regardless of tokens.
func (f *Stream) renditionAt(u *url.URL) (string, bool) {
	f.mu.Lock()
	m := f.root
	f.mu.Unlock()
	if m == nil || m.Multi == nil {
		return "", false
	}
	return m.byPath.find(m, timeline.Identity(u.String()))
}

// pathIndex maps the token-free paths of a multivariant playlist's renditions to their names. It is built when first needed,
// for the rendition reports of media playlists.
type pathIndex struct {
	once  sync.Once
	names map[string]string
}

func (p *pathIndex) find(m *rootPlaylist, path string) (string, bool) {
	p.once.Do(func() {
		p.names = make(map[string]string, len(m.Names))
		for i, name := range m.Names {
			at := identityOf(m.Multi.Renditions[i].URI, m.origin)
			if _, twice := p.names[at]; !twice {
				p.names[at] = name
			}
		}
	})
	name, ok := p.names[path]
	return name, ok
}
