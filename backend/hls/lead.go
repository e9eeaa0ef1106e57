package hls

import (
	"sort"
	"strings"
)

// Lead are segments that the upstream's playlist does not list any more, to stand before those that it lists.
type Lead struct {
	// Segments is how many they are; 0: none.
	Segments int64
	// Discontinuities is how many discontinuities lie between the first of them and the upstream's first segment, that
	// right before the latter included only where the playlist does not count it as its own.
	Discontinuities int64
	// Text are their lines, each ended.
	Text []byte
}

func (s *Shift) msn() int64  { return s.MSN - s.Lead.Segments }
func (s *Shift) disc() int64 { return s.Discontinuity - s.Lead.Discontinuities }

// takesLead tells playlists before whose segments others can stand: not a delta update, nor one that says of itself
// that nothing is ever taken away from it.
func (m *Media) takesLead() bool {
	return len(m.Segments) > 0 && m.Skipped == 0 && m.PlaylistType == ""
}

// Excerpt is what a playlist says of one segment, for a Lead.
type Excerpt struct {
	// Lines are the segment's own, its address the last; without its discontinuity, key and init section.
	Lines string
	// Keys are the lines of the keys that govern it (with an explicit IV where the shift demands it), Map that of its
	// init section; empty for none.
	Keys, Map string
	// Dated tells that Lines hold an EXT-X-PROGRAM-DATE-TIME.
	Dated bool
}

// Excerpt takes the i-th segment out of the playlist, written as Render writes it.
func (m *Media) Excerpt(n MediaNaming, s Shift, i int) Excerpt {
	r := mediaRenderer{m: m, n: n, s: s}
	var x Excerpt
	var b []byte
	at, end := m.lines.starts[i], m.lines.ends[i]
	lines := scanner{text: m.doc.text[:end], pos: int(at), loneCR: true}
	for {
		l, ok, err := lines.next()
		if !ok || err != nil {
			break
		}
		text := m.doc.text[l.start:l.end]
		if text == "" || text[0] == '#' && !ofSegment(text, i) {
			continue
		}
		x.Dated = x.Dated || strings.HasPrefix(text, tagPDT)
		b = r.line(b, int32(l.from), int32(l.end))
	}
	x.Lines = string(b)
	x.Keys = r.keysOf(i)
	for k := len(m.lines.maps) - 1; k >= 0; k-- {
		if l := &m.lines.maps[k]; l.segment <= i {
			x.Map = string(r.line(nil, l.from, l.end))
			break
		}
	}
	return x
}

// ofSegment tells the tags that say something of one segment. An unknown one before the first could as well be the
// playlist's.
func ofSegment(text string, i int) bool {
	name, _, _ := strings.Cut(text, ":")
	switch name {
	case tagExtInf, tagByteRange, tagPDT, tagGap, tagDateRange, "#EXT-X-BITRATE":
		return true
	}
	return i > 0 && strings.HasPrefix(text, "#EXT") && !isKnown(text) && name != "#EXT-X-VERSION" && name != "#EXT-X-INDEPENDENT-SEGMENTS"
}

// keysOf are the lines of the keys that govern a segment: the newest of each format.
func (r *mediaRenderer) keysOf(i int) string {
	var govern []*keyLine
	for k := range r.m.lines.keys {
		l := &r.m.lines.keys[k]
		if l.segment > i {
			break
		}
		if l.none {
			govern = govern[:0]
			continue
		}
		// The first of a segment ends those of the segments before.
		if len(govern) > 0 && govern[0].segment < l.segment {
			govern = govern[:0]
		}
		govern = append(govern, l)
	}
	var b []byte
	for _, l := range govern {
		from := len(b)
		b = r.line(b, l.from, l.end)
		if l.implicit && r.s.MSN != 0 {
			b = r.m.appendIV(b[:len(b)-1], i)
			b = append(b, '\n')
		}
		if len(b) == from+1 {
			b = b[:from]
		}
	}
	return string(b)
}

// line renders one line, and ends it.
func (r *mediaRenderer) line(dst []byte, from, end int32) []byte {
	edits := r.m.doc.edits
	i := sort.Search(len(edits), func(k int) bool { return edits[k].start >= from })
	j := i
	for j < len(edits) && edits[j].end <= end && edits[j].start < end {
		j++
	}
	if j < len(edits) && edits[j].start < end { // it is dropped, end of line and all
		return dst
	}
	return append(r.span(dst, from, end, edits[i:j], nil), '\n')
}
