package hls

import (
	"slices"
	"sort"
	"strings"
)

// Retained holds retained segments: the upstream no longer lists them, and they are written before those that it lists.
type Retained struct {
	// Segments is their number.
	Segments int64
	// Discontinuities is the number of discontinuities between the first of them and the upstream's first segment. One
	// directly before the latter counts only if the playlist does not count it as its own.
	Discontinuities int64
	// Text is their lines, each with its line end.
	Text []byte
}

func (s *Shift) msn() int64  { return s.MSN - s.Retained.Segments }
func (s *Shift) disc() int64 { return s.Discontinuity - s.Retained.Discontinuities }

// takesRetained reports whether retained segments can be written before the playlist's own: not before a delta update, nor
// in a playlist that promises never to remove a segment.
func (m *Media) takesRetained() bool {
	return len(m.Segments) > 0 && m.Skipped == 0 && m.PlaylistType == ""
}

// SegmentText is the text of one segment, to be retained.
type SegmentText struct {
	// Lines are the segment's own lines, its address last; without its discontinuity, key and init section.
	Lines string
	// Keys are the lines of the keys that apply to it (with an explicit IV if the shift requires it), Map is the line
	// of its init section; "" if there is none.
	Keys, Map string
	// MapKeys are the lines of the keys that apply to the init section, if they differ from Keys.
	MapKeys string
	Own     bool
	// Dated is true if Lines contain an EXT-X-PROGRAM-DATE-TIME.
	Dated bool
}

// SegmentText returns the text of segment i, written as Render writes it.
func (m *Media) SegmentText(n MediaNaming, s Shift, i int) SegmentText {
	return m.SegmentTexts(n, s)(i)
}

// SegmentTexts returns SegmentText for many segments of one playlist: lines that several of them share are written once.
func (m *Media) SegmentTexts(n MediaNaming, s Shift) func(i int) SegmentText {
	r := &mediaRenderer{m: m, n: n, s: s}
	keys, mapKeys, section := &written{r: r}, &written{r: r}, &written{r: r}
	return func(i int) SegmentText {
		x := r.segment(i)
		governing := m.keysOf(i)
		x.Keys = keys.keys(governing, i)
		if k := m.mapOf(i); k != nil {
			x.Map = section.line(k)
			if own := m.inForce(k.keys); !slices.Equal(own, governing) {
				x.MapKeys, x.Own = mapKeys.keys(own, i), true
			}
		}
		return x
	}
}

// segment returns an excerpt without keys and init section.
func (r *mediaRenderer) segment(i int) (x SegmentText) {
	m := r.m
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
		x.Dated = x.Dated || hasPrefixFold(text, tagPDT)
		b = r.line(b, int32(l.from), int32(l.end))
	}
	x.Lines = string(b)
	return x
}

// written caches the lines that were written last.
type written struct {
	r    *mediaRenderer
	of   []int32
	from int32
	text string
}

func (w *written) keys(of []int32, i int) string {
	if w.text == "" || !slices.Equal(w.of, of) || w.r.s.MSN != 0 && w.r.implicit(of) {
		w.of, w.text = of, w.r.keyLines(of, i)
	}
	return w.text
}

func (w *written) line(k *mapLine) string {
	if w.text == "" || w.from != k.from {
		w.from, w.text = k.from, string(w.r.line(nil, k.from, k.end))
	}
	return w.text
}

// implicit reports whether one of the keys takes its IV from the segment's number.
func (r *mediaRenderer) implicit(lines []int32) bool {
	return slices.ContainsFunc(lines, func(k int32) bool { return r.m.lines.keys[k].implicit })
}

// ofSegment reports whether a tag describes one segment. An unknown tag before the first segment could describe the
// playlist.
func ofSegment(text string, i int) bool {
	name, _, _ := strings.Cut(text, ":")
	switch name {
	case tagExtInf, tagByteRange, tagPDT, tagGap, tagDateRange, tagBitrate:
		return true
	}
	if c := canonical(name); c != "" {
		return ofSegment(c, i)
	}
	return i > 0 && strings.HasPrefix(text, "#EXT") && !isKnown(text)
}

// keyLines returns the key lines with the IV that segment i implies.
func (r *mediaRenderer) keyLines(lines []int32, i int) string {
	var b []byte
	for _, k := range lines {
		l := &r.m.lines.keys[k]
		if l.implicit && r.s.MSN != 0 {
			b = r.span(b, l.from, l.end, l.edits, nil)
			b = append(r.m.appendIV(b, i), '\n')
			continue
		}
		b = r.line(b, l.from, l.end)
	}
	return string(b)
}

// line renders one line and ends it.
func (r *mediaRenderer) line(dst []byte, from, end int32) []byte {
	edits := r.m.doc.edits
	i := sort.Search(len(edits), func(k int) bool { return edits[k].start >= from })
	j := i
	for j < len(edits) && edits[j].end <= end && edits[j].start < end {
		j++
	}
	if j < len(edits) && edits[j].start < end { // it is left out, including its line end
		return dst
	}
	return append(r.span(dst, from, end, edits[i:j], nil), '\n')
}
