package proxy

import (
	"net/url"
	"strconv"
	"sync"

	"gridwall/backend/hls"
	"gridwall/backend/httpclient"
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
	dst = append(dst, playlistName...)
	return append(dst, n.suffix...)
}

func (n *masterNames) Resource(dst []byte, i int) []byte {
	res := n.m.multi.Resources[i]
	dst = append(dst, "data-"...)
	dst = append(dst, n.f.dataName(res.URI, sessionKey(&res), n.m.origin, nil, "")...)
	return append(dst, n.suffix...)
}

// mediaNames writes the addresses of a media playlist. prefix stands before those in the rendition's folder, up leads
// to the stream's.
type mediaNames struct {
	f              *feed
	r              *rendition
	l              *listing
	prefix, suffix string
	up             string
}

// write is the text of a snapshot for one way of addressing its children. delta asks for a delta update: whether the
// player may ask is for it to know (RFC 8216bis 6.3.7); the addresses that it has stay good.
func (s *snapshot) write(r *rendition, prefix, suffix string, delta bool) []byte {
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	skip := 0
	if delta {
		skip = s.media.Skippable()
	}
	key := prefix + suffix
	if skip > 0 {
		key += " delta"
	}
	if text, ok := s.pages.text[key]; ok {
		return text
	}
	n := &mediaNames{f: r.f, r: r, l: s.listing, prefix: prefix, suffix: suffix, up: "../"}
	if prefix != "" {
		n.up = ""
	}
	shift := s.shift()
	shift.Lead = r.lead(s.listing, prefix, suffix, n.up)
	var text []byte
	if skip > 0 {
		text = s.media.RenderDelta(nil, n, shift, skip)
	} else {
		text = s.media.Render(nil, n, shift)
	}
	if s.ended && !s.media.End {
		if len(text) > 0 && text[len(text)-1] != '\n' {
			text = append(text, '\n')
		}
		text = append(text, "#EXT-X-ENDLIST\n"...)
	}
	if len(s.pages.text) == 0 || s.pages.bytes+len(text) <= maxPages {
		s.pages.text[key] = text
		s.pages.bytes += len(text)
	}
	return text
}

// maxPages bounds the texts of one playlist that are kept for its short life, in bytes: viewers with a query of their own
// each have one. The first is kept in any case; beyond the bound a text is written for each request.
const maxPages = 4 << 20

// shift is the numbering as the renderer wants it.
func (l *listing) shift() hls.Shift {
	n, first := &l.numbering, l.first()
	sh := hls.Shift{MSN: n.Shift, Discontinuity: n.Discontinuity + n.breaksUpTo(first-1)}
	for _, b := range n.Breaks {
		if b >= first && b <= l.last()+1 {
			sh.Breaks = append(sh.Breaks, int(b-first))
		}
	}
	return sh
}

func (n *mediaNames) leaf(dst []byte, msn int64, part int, uri string) []byte {
	dst = append(dst, n.prefix...)
	dst = strconv.AppendInt(dst, msn, 10)
	if part >= 0 {
		dst = append(dst, '.')
		dst = strconv.AppendInt(dst, int64(part), 10)
	}
	dst = append(dst, '.')
	dst = append(dst, extension(uri, n.l)...)
	return append(dst, n.suffix...)
}

func (n *mediaNames) Segment(dst []byte, i int) []byte {
	return n.leaf(dst, n.l.first()+int64(i), -1, n.l.media.Segments[i].URI)
}

func (n *mediaNames) Part(dst []byte, segment, part int) []byte {
	parts := n.l.parts(n.l.first() + int64(segment))
	return n.leaf(dst, n.l.first()+int64(segment), part, parts[part].URI)
}

func (n *mediaNames) Key(dst []byte, k int) []byte { return n.named(dst, n.l.keys[k]) }

func (n *mediaNames) Map(dst []byte, k int) []byte { return n.named(dst, n.l.maps[k]) }

func (n *mediaNames) named(dst []byte, name string) []byte {
	dst = append(dst, n.prefix...)
	dst = append(dst, name...)
	return append(dst, n.suffix...)
}

func (n *mediaNames) Hint(dst []byte, k int) []byte {
	h := n.l.media.Hints[k]
	if h.Type == hintMap {
		return n.named(dst, n.l.hints[k])
	}
	return n.leaf(dst, n.l.first()+int64(h.Segment), h.Part, h.URI)
}

func (n *mediaNames) Asset(dst []byte, k int) []byte {
	res := n.l.media.Assets[k]
	dst = append(dst, n.up...)
	dst = append(dst, "data-"...)
	dst = append(dst, n.f.dataName(res.URI, dataOf(res.Tag), n.l.origin, n.r, "")...)
	return append(dst, n.suffix...)
}

// Report names another rendition's playlist, where it is one of this stream's.
func (n *mediaNames) Report(dst []byte, k int) ([]byte, int64, bool) {
	ref, err := httpclient.Resolve(n.l.origin.base, n.l.media.Reports[k].URI)
	if err != nil {
		return dst, 0, false
	}
	name, ok := n.f.renditionAt(ref)
	if !ok {
		return dst, 0, false
	}
	shift := int64(0)
	if s := n.f.rendition(name).current(); s != nil {
		shift = s.numbering.Shift
	}
	dst = append(dst, "../"...)
	dst = append(dst, name...)
	dst = append(dst, '/')
	dst = append(dst, playlistName...)
	return append(dst, n.suffix...), shift, true
}

// renditionAt finds the rendition whose playlist stands at u, tokens apart.
func (f *feed) renditionAt(u *url.URL) (string, bool) {
	f.mu.Lock()
	m := f.master
	f.mu.Unlock()
	if m == nil || m.multi == nil {
		return "", false
	}
	return m.places.find(m, identity(u.String()))
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
			at := pathOf(m.multi.Renditions[i].URI, m.origin)
			if _, twice := p.names[at]; !twice {
				p.names[at] = name
			}
		}
	})
	name, ok := p.names[path]
	return name, ok
}
