package timeline

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/hls"
)

const (
	// maxBuffered bounds the described segments of a rendition, and maxBufferedBytes all their texts together: enough for
	// hours of the shortest segments. The oldest are dropped first, even if the upstream still lists them.
	maxBuffered      = 16_384
	maxBufferedBytes = 8 << 20
)

// Window is the time-shift buffer that a player is offered: segments that the upstream no longer lists, before those that
// it lists.
type Window struct {
	// Length is how long a segment is offered after it was first listed; 0 offers none.
	Length time.Duration
	// Retained reports whether the segment of that name is retained. It is called while the Timeline is locked, and must not
	// call it.
	Retained func(leaf string) bool
	Now      time.Time
}

// buffered is one segment of the buffer.
type buffered struct {
	Entry
	leaf      string   // its last path element, without the extension
	tooLarge  bool     // to be retained
	resources []string // the names of its keys and its init section
	at        time.Time
}

// buffer holds the described segments of a rendition, listed or not.
type buffer struct {
	segments map[int64]buffered
	newest   int64 // the greatest described number
	floor    int64 // a playlist began here, so none may begin earlier again (RFC 8216bis 6.2.2); -1: none was shown
}

// Describe records the texts of the playlist's new segments, for a Window of that length. links is called while the Timeline
// is not locked.
func (t *Timeline) Describe(p *Playlist, length time.Duration, links Links, now time.Time) {
	if !p.Shiftable(length) {
		return
	}
	t.mu.Lock()
	if t.buffer.segments == nil {
		t.buffer.segments, t.buffer.newest, t.buffer.floor = map[int64]buffered{}, -1, -1
	}
	from := max(p.First(), t.buffer.newest+1)
	t.mu.Unlock()
	n := marked(p, links)
	described := map[int64]buffered{}
	entry := p.entries(n, p.renumbering())
	for msn := from; msn <= p.Last(); msn++ {
		i := int(msn - p.First())
		described[msn] = buffered{Entry: entry(i), leaf: strconv.FormatInt(msn, 10), resources: p.governing(i), at: now}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.buffer.segments == nil || t.numbering.Epoch != p.numbering.Epoch { // existing numbers became invalid meanwhile
		return
	}
	for msn, b := range described {
		if msn > t.buffer.newest {
			t.buffer.segments[msn] = b
		}
	}
	t.buffer.newest = max(t.buffer.newest, p.Last())
	for msn, b := range t.buffer.segments {
		if msn < p.First() && now.Sub(b.at) > length {
			delete(t.buffer.segments, msn)
		}
	}
	t.buffer.trim()
}

// trim drops the oldest segments until the buffer is within its bounds.
func (b *buffer) trim() {
	bytes := 0
	for _, s := range b.segments {
		bytes += s.size()
	}
	if len(b.segments) <= maxBuffered && bytes <= maxBufferedBytes {
		return
	}
	for _, msn := range slices.Sorted(maps.Keys(b.segments)) {
		if len(b.segments) <= maxBuffered && bytes <= maxBufferedBytes {
			return
		}
		s := b.segments[msn]
		bytes -= s.size()
		delete(b.segments, msn)
	}
}

// size returns roughly how many bytes of memory b takes.
func (b *buffered) size() int { return len(b.Lines) + len(b.Keys) + len(b.Map) + 256 }

// Shiftable reports whether segments that have left the playlist can precede those that it lists: it is live, lists less than
// length, and is no delta update.
func (p *Playlist) Shiftable(length time.Duration) bool {
	if length <= 0 || p.Media.PlaylistType != "" || p.Media.Skipped > 0 || p.Media.IFramesOnly || len(p.Media.Segments) == 0 {
		return false
	}
	for i := range p.Media.Segments {
		if length -= p.Media.Segments[i].Duration; length <= 0 {
			return false
		}
	}
	return true
}

// governing returns the names of the keys and the init section that a player needs for segment i.
func (p *Playlist) governing(i int) (names []string) {
	keys, maps := p.Media.Governing(i)
	for _, k := range keys {
		names = append(names, p.Keys[k])
	}
	for _, k := range maps {
		names = append(names, p.Maps[k])
	}
	return names
}

// Candidate is a listed segment that can be retained.
type Candidate struct {
	MSN int64
	// Leaf names it, Resources its keys and its init section.
	Leaf      string
	Resources []string
}

// Candidates returns the listed segments that a Window could offer once they have left the playlist, oldest first.
func (t *Timeline) Candidates(p *Playlist) (out []Candidate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for msn := p.First(); msn <= p.Last(); msn++ {
		if b, ok := t.buffer.segments[msn]; ok && !b.Gap && !b.tooLarge {
			out = append(out, Candidate{MSN: msn, Leaf: b.leaf, Resources: b.resources})
		}
	}
	return out
}

// SetTooLarge records that a segment is too large to be retained: it is no longer a Candidate.
func (t *Timeline) SetTooLarge(msn int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b, ok := t.buffer.segments[msn]; ok {
		b.tooLarge = true
		t.buffer.segments[msn] = b
	}
}

// retained returns the retained segments that directly precede those that the playlist lists, addressed as a says.
func (t *Timeline) retained(p *Playlist, a *Addressing, w Window) hls.Retained {
	if !p.Shiftable(w.Length) {
		return hls.Retained{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	first := p.First()
	b := &t.buffer
	if b.floor < 0 {
		b.floor = first
	}
	msn := first
	for msn > b.floor && b.offered(msn-1, w) {
		msn--
	}
	b.floor = msn
	if msn == first {
		return hls.Retained{}
	}
	return b.write(msn, p, a)
}

// offered reports whether a window offers the segment, which the upstream no longer lists.
func (b *buffer) offered(msn int64, w Window) bool {
	s, ok := b.segments[msn]
	return ok && !s.at.Before(w.Now.Add(-w.Length)) && (s.Gap || w.Retained(s.leaf))
}

// write returns the lines of the segments from msn to the last before the playlist's first.
func (b *buffer) write(msn int64, p *Playlist, a *Addressing) hls.Retained {
	list := make([]Entry, 0, p.First()-msn)
	for ; msn < p.First(); msn++ {
		list = append(list, b.segments[msn].Entry)
	}
	return p.before(list, 0, a)
}

// before returns the lines of list, the segments before the playlist's first one, if disc is added to its discontinuity sequence.
func (p *Playlist) before(list []Entry, disc int64, a *Addressing) hls.Retained {
	if len(list) == 0 {
		return hls.Retained{}
	}
	last := &list[len(list)-1]
	listed := p.Media.DiscontinuitySequence + p.renumbering().Discontinuity + disc // the playlist's own EXT-X-DISCONTINUITY-SEQUENCE
	extra := listed - last.Discontinuity                                           // after the last one, besides those that the playlist has itself
	retained := hls.Retained{Segments: int64(len(list)), Discontinuities: listed - list[0].Discontinuity}
	if extra < 0 || extra > mostDiscontinuities || retained.Discontinuities < 0 {
		return hls.Retained{}
	}
	text := strings.Builder{}
	text.WriteString(WriteEntries(list))
	if !p.Media.Encrypted(0) {
		writeKeys(&text, last.Keys, "")
	}
	writeDiscontinuities(&text, extra)
	retained.Text = []byte(a.replace(text.String()))
	return retained
}
