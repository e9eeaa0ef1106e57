package timeline

import (
	"net/url"
	"slices"
	"sync"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/numbering"
)

// Parent is the playlist in which an address was read: relative references resolve against it, and tokens are inherited
// from it.
type Parent struct {
	// URL is the playlist's address after redirects.
	URL *url.URL
	// Tokens is the raw query that children inherit if the CDN requires it.
	Tokens string
	// Scope covers the hosts that the stream's secrets may be sent to.
	Scope interface{ Covers(u *url.URL) bool }
	// Generation is that of the stream's token.
	Generation uint64
}

// Playlist is one fetched media playlist, with the player's numbers and names of its entries. It does not change once Update
// has returned it.
type Playlist struct {
	Media  *hls.Media
	Parent *Parent
	// At is when it was requested.
	At time.Time
	// Kind is the rendition's; "" if the stream has no multivariant playlist.
	Kind hls.RenditionKind
	// Keys, Maps and Hints are the names of Media.Keys, Media.Maps and Media.Hints; "" for a hint that is no init section.
	Keys, Maps, Hints []string

	numbering numbering.Numbering
}

// First returns the player's number of the oldest listed segment.
func (p *Playlist) First() int64 { return p.Media.MSN + p.Media.Skipped + p.numbering.Shift }

// Last returns the player's number of the newest whole segment; First()-1 if there is none.
func (p *Playlist) Last() int64 { return p.First() + int64(len(p.Media.Segments)) - 1 }

// Shift returns the offset that was added to the upstream's media sequence numbers.
func (p *Playlist) Shift() int64 { return p.numbering.Shift }

// Anchor returns the player's number of the newest segment of all earlier playlists; ok is false for the first playlist.
func (p *Playlist) Anchor() (msn int64, ok bool) {
	if a := p.numbering.Anchor; a != nil {
		return a.MSN, true
	}
	return 0, false
}

// Parts returns the listed partial segments of the segment msn.
func (p *Playlist) Parts(msn int64) []hls.Part {
	if s := p.segment(msn); s != nil {
		return s.Parts
	}
	if msn == p.Last()+1 {
		return p.Media.Open
	}
	return nil
}

// Mentions reports whether the playlist lists, or hints at, a key or an init section of that name.
func (p *Playlist) Mentions(name string) bool {
	return slices.Contains(p.Keys, name) || slices.Contains(p.Maps, name) || slices.Contains(p.Hints, name)
}

// Lists reports whether the playlist lists a key or an init section of that name.
func (p *Playlist) Lists(name string) bool {
	return slices.Contains(p.Keys, name) || slices.Contains(p.Maps, name)
}

// Key returns the key of that name.
func (p *Playlist) Key(name string) (hls.Resource, bool) {
	if k := slices.Index(p.Keys, name); k >= 0 && k < len(p.Media.Keys) {
		return p.Media.Keys[k], true
	}
	return hls.Resource{}, false
}

func (p *Playlist) segment(msn int64) *hls.Segment {
	if i := msn - p.First(); i >= 0 && i < int64(len(p.Media.Segments)) {
		return &p.Media.Segments[i]
	}
	return nil
}

// recent reports whether a segment, which may still be incomplete, is among the newest.
func (p *Playlist) recent(msn int64) bool { return msn > p.Last()-RecentSegments }

// renumbering returns the numbering in the form that package hls renders with.
func (p *Playlist) renumbering() hls.Shift {
	n, first := &p.numbering, p.First()
	sh := hls.Shift{MSN: n.Shift, Discontinuity: n.Discontinuity + n.BreaksUpTo(first-1)}
	for _, b := range n.Breaks {
		if b >= first && b <= p.Last()+1 {
			sh.Breaks = append(sh.Breaks, int(b-first))
		}
	}
	return sh
}

// Snapshot is the playlist that players are shown, and when and under which token it was last confirmed as current.
type Snapshot struct {
	*Playlist
	// At is the time of the request that last confirmed it: its own, or a later one that returned nothing newer.
	At time.Time
	// Generation is that of the token of this request.
	Generation uint64
	// Repeated is true if it is shown again because the last answer was another server's playlist, or one that lags behind
	// it under the same token.
	Repeated bool

	ended    bool // it is over, although the playlist has no EXT-X-ENDLIST
	rendered *rendered
}

// Serves reports whether s is good enough for a request that is served under generation and needs a playlist requested at
// notBefore or later. One of a newer generation is always good enough: its addresses hold the newer token.
func (s *Snapshot) Serves(generation uint64, notBefore time.Time) bool {
	return s.Generation > generation || s.Generation == generation && !s.At.Before(notBefore)
}

// Over reports whether no segment will be added.
func (s *Snapshot) Over() bool { return s.ended || s.Media.End }

// rendered holds the texts of one playlist, keyed by how its children are addressed.
type rendered struct {
	mu    sync.Mutex
	texts map[string][]byte
	bytes int // of all texts together
}

func newRendered() *rendered { return &rendered{texts: map[string][]byte{}} }

// RenderedBytes returns the size of the playlist's cached texts, in bytes.
func (s *Snapshot) RenderedBytes() (n int) {
	s.rendered.mu.Lock()
	defer s.rendered.mu.Unlock()
	for _, text := range s.rendered.texts {
		n += len(text)
	}
	return n
}
