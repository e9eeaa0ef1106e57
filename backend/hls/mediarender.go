package hls

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Render appends the playlist to dst with the addresses from n and the numbers shifted by s. Ranges without an offset
// become explicit. A sequence number that would become negative is 0.
func (m *Media) Render(dst []byte, n MediaNaming, s Shift) []byte {
	r := mediaRenderer{m: m, n: n, s: s}
	if !m.takesRetained() {
		r.s.Retained = Retained{}
	}
	s = r.s
	return r.span(dst, 0, int32(len(m.doc.text)), m.doc.edits, m.insertions(s))
}

// insertion is text that the upstream's playlist does not have; it is inserted before the byte at pos.
type insertion struct {
	pos  int32
	what inserted
	// key is the index of a key line, segment the one whose number is its IV.
	key, segment int32
	// to is where the text continues after insertSkip.
	to int32
}

type inserted uint8

const (
	insertHead     inserted = iota // the missing tags of the whole playlist
	insertLate                     // tags of the whole playlist that appear after an insertion
	insertBreak                    // EXT-X-DISCONTINUITY
	insertKey                      // the key line, repeated with an explicit IV
	insertIV                       // the IV attribute
	insertRetained                 // the retained segments
	insertSkip                     // a line that is written elsewhere is left out here
)

// insertions returns what s requires and what the playlist lacks, in the order of the text; nothing for the zero Shift
// and a playlist without faults.
func (m *Media) insertions(s Shift) (ins []insertion) {
	if m.lines.addTarget || m.lines.addIFrames || s.msn() != 0 && !m.lines.hasMSN || s.disc() != 0 && !m.lines.hasDisc {
		ins = append(ins, insertion{pos: m.doc.head, what: insertHead})
	}
	if len(m.lines.late) > 0 && len(m.lines.starts) > 0 {
		defer func() { ins = m.moveLate(ins) }()
	}
	if s.Retained.Segments > 0 {
		ins = append(ins, insertion{pos: m.lines.starts[0], what: insertRetained})
	}
	var keys []int
	if s.MSN != 0 {
		for i := range m.lines.keys {
			if k := &m.lines.keys[i]; k.implicit && k.until > k.segment {
				keys = append(keys, i)
			}
		}
	}
	breaks := slices.Clone(s.Breaks)
	slices.Sort(breaks)
	if len(keys) == 0 && len(breaks) == 0 {
		return ins
	}
	if len(keys) > 0 {
		ins = slices.Grow(ins, len(m.Segments)+len(breaks)+2) // usually one key for each segment
	}
	first := 0 // the first key that can still apply
	for i := 0; i <= len(m.Segments); i++ {
		pos := m.lines.openStart
		if i < len(m.Segments) {
			pos = m.lines.starts[i]
		}
		if pos >= 0 && m.breakAt(&breaks, i) {
			ins = append(ins, insertion{pos: pos, what: insertBreak})
		}
		for first < len(keys) && m.lines.keys[keys[first]].until <= i {
			first++
		}
		for _, k := range keys[first:] {
			key := &m.lines.keys[k]
			if key.segment > i {
				break
			}
			switch {
			case key.segment == i:
				ins = append(ins, insertion{pos: key.end, what: insertIV, key: int32(k), segment: int32(i)})
			case pos >= 0 && i < key.until:
				ins = append(ins, insertion{pos: pos, what: insertKey, key: int32(k), segment: int32(i)})
			}
		}
	}
	return ins
}

// moveLate moves the tags of the whole playlist before the first segment's, if something is inserted there or players
// do not read them where they are.
func (m *Media) moveLate(ins []insertion) []insertion {
	start := m.lines.starts[0]
	if !m.lines.move && !slices.ContainsFunc(ins, func(in insertion) bool { return in.pos == start }) {
		return ins
	}
	i := 0
	for i < len(ins) && ins[i].pos < start {
		i++
	}
	ins = slices.Insert(ins, i, insertion{pos: start, what: insertLate})
	for _, l := range m.lines.late {
		ins = append(ins, insertion{pos: int32(l.from), what: insertSkip, to: int32(l.next)})
	}
	slices.SortStableFunc(ins, func(a, b insertion) int { return int(a.pos) - int(b.pos) })
	return ins
}

// breakAt consumes i from the sorted breaks and reports whether a discontinuity must be inserted there.
func (m *Media) breakAt(breaks *[]int, i int) bool {
	found := false
	for len(*breaks) > 0 && (*breaks)[0] <= i {
		found = found || (*breaks)[0] == i
		*breaks = (*breaks)[1:]
	}
	if !found {
		return false
	}
	if i == len(m.Segments) {
		return !m.lines.openBreak
	}
	before := m.DiscontinuitySequence
	if i > 0 {
		before = m.Segments[i-1].Discontinuity
	}
	return m.Segments[i].Discontinuity == before
}

type mediaRenderer struct {
	m *Media
	n MediaNaming
	s Shift
	// scratch holds a report's address until it is clear whether its line stays.
	scratch []byte
	// uri and shift are what the hook returned for the report being rendered.
	uri   []byte
	shift int64
}

// span renders the text between from and to.
func (r *mediaRenderer) span(dst []byte, from, to int32, edits []edit, ins []insertion) []byte {
	text := r.m.doc.text
	pos := from
	for i := range edits {
		e := &edits[i]
		for len(ins) > 0 && ins[0].pos <= e.start {
			dst, pos = r.insertAt(dst, pos, &ins[0])
			ins = ins[1:]
		}
		if e.start < pos {
			continue // its line is written elsewhere
		}
		dst = append(dst, text[pos:e.start]...)
		dst = r.edit(dst, e)
		pos = e.end
	}
	for i := range ins {
		dst, pos = r.insertAt(dst, pos, &ins[i])
	}
	return append(dst, text[pos:to]...)
}

// insertAt renders the text from pos up to an insertion, and the insertion; it returns where the text continues.
func (r *mediaRenderer) insertAt(dst []byte, pos int32, in *insertion) ([]byte, int32) {
	if in.pos < pos {
		return dst, pos
	}
	dst = append(dst, r.m.doc.text[pos:in.pos]...)
	if in.what == insertSkip {
		return dst, in.to
	}
	return r.insert(dst, in), in.pos
}

func (r *mediaRenderer) edit(dst []byte, e *edit) []byte {
	m := r.m
	switch e.op {
	case opLine:
		return r.n.Segment(dst, int(e.a))
	case opKeep:
		return append(dst, m.doc.text[e.start:e.end]...)
	case opLiteral:
		return append(dst, m.doc.literals[e.a]...)
	case opMSN:
		return r.sequence(dst, e, m.MSN, r.s.msn())
	case opDiscSeq:
		return r.sequence(dst, e, m.DiscontinuitySequence, r.s.disc())
	case opReportMSN:
		return r.sequence(dst, e, m.Reports[e.a].LastMSN, r.shift)
	case opOffset:
		return appendOffset(dst, m.Segments, int(e.a))
	case opPartOffset:
		p := m.part(int(e.a), int(e.b))
		dst = append(dst, '"')
		dst = strconv.AppendInt(dst, p.Range.Length, 10)
		dst = append(dst, '@')
		dst = strconv.AppendInt(dst, p.Range.Offset, 10)
		return append(dst, '"')
	case opReport:
		return r.report(dst, e)
	case opUnrecognised:
		return r.n.Asset(dst, int(e.a))
	case opPrefetch:
		return r.n.Hint(dst, int(e.a))
	case opDrop:
		return dst
	case opBlank:
		return append(dst, blanked...)
	case opDuration:
		return r.duration(dst, e)
	case opRange:
		if int(e.a) >= len(m.Segments) { // of a segment that is not listed yet
			rng, _ := byteRange(strings.TrimLeft(m.doc.text[e.start:e.end], "\"' \t\v\f"))
			return append(dst, rng.String()...)
		}
		return append(dst, m.Segments[e.a].Range.String()...)
	}
	dst = append(dst, '"')
	switch e.op {
	case opPart:
		dst = r.n.Part(dst, int(e.a), int(e.b))
	case opKey:
		dst = r.n.Key(dst, int(e.a))
	case opMap:
		dst = r.n.Map(dst, int(e.a))
	case opHint:
		dst = r.n.Hint(dst, int(e.a))
	case opAsset:
		dst = r.n.Asset(dst, int(e.a))
	case opReportURI:
		dst = append(dst, r.uri...)
	}
	return append(dst, '"')
}

func appendOffset(dst []byte, s []Segment, i int) []byte {
	if i >= len(s) || s[i].Range.Offset < 0 {
		return dst
	}
	return strconv.AppendInt(append(dst, '@'), s[i].Range.Offset, 10)
}

// duration writes a segment's duration, and the comma before its title.
func (r *mediaRenderer) duration(dst []byte, e *edit) []byte {
	d, text := defaultDuration, r.m.doc.text
	if int(e.a) < len(r.m.Segments) {
		d = r.m.Segments[e.a].Duration
	}
	dst = strconv.AppendFloat(dst, d.Seconds(), 'f', -1, 64)
	if i := int(e.end); d%time.Second == 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' {
		dst = append(dst, ".0"...) // so that the title is not read as a fraction
	}
	return append(dst, ',')
}

// part returns a part; segment len(Segments) is the open one.
func (m *Media) part(segment, part int) *Part {
	if segment == len(m.Segments) {
		return &m.Open[part]
	}
	return &m.Segments[segment].Parts[part]
}

// sequence writes a shifted number; an unshifted one keeps its digits.
func (r *mediaRenderer) sequence(dst []byte, e *edit, v, shift int64) []byte {
	if shift == 0 {
		return append(dst, r.m.doc.text[e.start:e.end]...)
	}
	return strconv.AppendInt(dst, max(v+shift, 0), 10)
}

// report renders an EXT-X-RENDITION-REPORT line, or leaves it out. LAST-MSN counts in the other rendition's numbers; if
// absent, it means this playlist's own last number, which may be shifted differently: then it is written.
func (r *mediaRenderer) report(dst []byte, e *edit) []byte {
	m := r.m
	out, shift, ok := r.n.Report(r.scratch[:0], int(e.a))
	r.scratch = out
	if !ok {
		return dst
	}
	r.uri, r.shift = out, shift
	edits := m.lines.reports[e.b]
	end := edits[len(edits)-1].end
	dst = r.span(dst, e.start, end, edits, nil)
	if m.Reports[e.a].LastMSN < 0 && shift != r.s.MSN {
		last := m.MSN + m.Skipped + int64(len(m.Segments)) - 1
		if len(m.Open) > 0 {
			last++
		}
		dst = append(dst, ",LAST-MSN="...)
		dst = strconv.AppendInt(dst, max(last+shift, 0), 10)
	}
	return append(dst, m.doc.text[end:e.end]...)
}

func (r *mediaRenderer) insert(dst []byte, in *insertion) []byte {
	m := r.m
	switch in.what {
	case insertHead:
		if h := m.doc.head; h > 0 && m.doc.text[h-1] != '\n' && m.doc.text[h-1] != '\r' {
			dst = append(dst, m.doc.lineEnd...)
		}
		if m.lines.addTarget {
			dst = r.tag(dst, tagTarget, int64(m.TargetDuration.Seconds()))
		}
		if v := r.s.msn(); v != 0 && !m.lines.hasMSN {
			dst = r.tag(dst, tagMSN, m.MSN+v)
		}
		if v := r.s.disc(); v != 0 && !m.lines.hasDisc {
			dst = r.tag(dst, tagDiscSeq, m.DiscontinuitySequence+v)
		}
		if m.lines.addIFrames {
			dst = append(append(dst, tagIFramesOnly...), m.doc.lineEnd...)
		}
	case insertLate:
		for _, l := range m.lines.late {
			n := len(dst)
			dst = r.line(dst, int32(l.from), int32(l.end))
			if len(dst) > n { // with the line end of its playlist
				dst = append(dst[:len(dst)-1], m.doc.lineEnd...)
			}
		}
	case insertRetained:
		dst = append(dst, r.s.Retained.Text...)
	case insertBreak:
		dst = append(append(dst, tagDiscontinuity...), m.doc.lineEnd...)
	case insertIV:
		dst = m.appendIV(dst, int(in.segment))
	case insertKey:
		k := &m.lines.keys[in.key]
		dst = r.span(dst, k.from, k.end, k.edits, nil)
		dst = m.appendIV(dst, int(in.segment))
		dst = append(dst, m.doc.lineEnd...)
	}
	return dst
}

func (r *mediaRenderer) tag(dst []byte, name string, v int64) []byte {
	dst = append(append(dst, name...), ':')
	dst = strconv.AppendInt(dst, max(v, 0), 10)
	return append(dst, r.m.doc.lineEnd...)
}

// appendIV writes the IV implied by the upstream's number: 16 bytes, big endian (RFC 8216bis, section 5.2).
func (m *Media) appendIV(dst []byte, segment int) []byte {
	const hex = "0123456789ABCDEF"
	v := uint64(m.MSN + m.Skipped + int64(segment))
	dst = append(dst, ",IV=0x0000000000000000"...)
	for shift := 60; shift >= 0; shift -= 4 {
		dst = append(dst, hex[v>>uint(shift)&15])
	}
	return dst
}
