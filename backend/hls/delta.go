package hls

import (
	"slices"
	"strconv"
	"time"
)

// Skippable returns how many of the playlist's first segments a delta update may skip (RFC 8216bis, section 6.2.5.1):
// those before the skip boundary. It returns 0 if the playlist does not allow delta updates, is one itself, or is too
// short.
func (m *Media) Skippable() int {
	if m.CanSkipUntil <= 0 || m.Skipped > 0 || m.End || len(m.Segments) == 0 || len(m.lines.late) > 0 {
		return 0
	}
	left, k := time.Duration(0), len(m.Segments)
	for k > 0 && left < m.CanSkipUntil {
		k--
		left += m.Segments[k].Duration
	}
	return k
}

// RenderDelta appends a delta update: EXT-X-SKIP replaces the retained segments and the first k segments (at most
// Skippable). Date ranges stay, and the key and the init section of the first remaining segment are repeated.
func (m *Media) RenderDelta(dst []byte, n MediaNaming, s Shift, k int) []byte {
	r := mediaRenderer{m: m, n: n, s: s}
	if !m.takesRetained() {
		r.s.Retained = Retained{}
	}
	skipped := r.s.Retained.Segments + int64(k)
	ins := m.insertions(r.s)
	from, to := m.lines.starts[0], m.lines.starts[k]
	edits := m.doc.edits
	head, _ := slices.BinarySearchFunc(edits, from, func(e edit, at int32) int { return int(e.start) - int(at) })
	tail, _ := slices.BinarySearchFunc(edits, to, func(e edit, at int32) int { return int(e.start) - int(at) })
	var before, behind []insertion
	for _, in := range ins {
		switch {
		case in.what == insertHead:
			before = append(before, in)
		case in.pos >= to:
			behind = append(behind, in)
		}
	}
	dst = r.span(dst, 0, from, edits[:head], before)
	dst = append(dst, tagSkip...)
	dst = append(dst, ":SKIPPED-SEGMENTS="...)
	dst = append(strconv.AppendInt(dst, skipped, 10), m.doc.lineEnd...)
	lines := scanner{text: m.doc.text[:to], pos: int(from), loneCR: true}
	for {
		l, ok, err := lines.next()
		if !ok || err != nil {
			break
		}
		if hasPrefixFold(m.doc.text[l.start:l.end], tagDateRange) {
			dst = r.line(dst, int32(l.from), int32(l.end))
		}
	}
	keys := m.keysOf(k)
	if l := m.mapOf(k); l != nil {
		if own := m.inForce(l.keys); !slices.Equal(own, keys) {
			dst = append(dst, r.keyLines(own, k)...)
			dst = r.line(dst, l.from, l.end)
			if len(keys) == 0 {
				dst = append(dst, tagKey+":METHOD=NONE\n"...)
			}
			dst = append(dst, r.keyLines(keys, k)...)
		} else {
			dst = append(dst, r.keyLines(keys, k)...)
			dst = r.line(dst, l.from, l.end)
		}
	} else {
		dst = append(dst, r.keyLines(keys, k)...)
	}
	return r.span(dst, to, int32(len(m.doc.text)), edits[tail:], behind)
}
