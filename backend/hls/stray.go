package hls

import (
	"cmp"
	"slices"
	"strings"
)

// StrayTag is the Tag of a Resource whose address stands where this package knows none.
const StrayTag = "stray"

func (p *mediaParser) stray(uri string) int {
	p.m.Assets = append(p.m.Assets, Resource{URI: uri, Tag: StrayTag, From: len(p.m.Segments), Range: wholeRange})
	return len(p.m.Assets) - 1
}

func (m *Multivariant) stray(uri string) int {
	m.Resources = append(m.Resources, Resource{URI: uri, Tag: StrayTag, Range: wholeRange})
	return len(m.Resources) - 1
}

// strays finds the addresses in a line that begins with '#' which no rule for its tag has found: absolute http and
// https URLs wherever they stand (a vendor's tag, an attribute of the application's own, a title, a comment), and
// whatever an unknown tag calls URI or URL. Each becomes an edit of its own; the rest of the line stays as it is.
// The edits from mark on are those of the line.
func (p *parser) strays(l line, mark int) {
	text := p.text[l.start:l.end]
	if !p.mayStray(text, mark) {
		return
	}
	known := isKnown(text)
	if !known && p.refs && strings.HasPrefix(text, "#EXT") && strings.Contains(text, "{$") {
		// What a client of this tag would substitute: the definition does not go out.
		if full, err := p.expand(text); err == nil {
			p.doc.literal(l.start, l.end, full)
		}
	}
	edits := slices.Clone(p.doc.edits[mark:])
	out := p.doc.edits[:mark]
	pos := l.start
	stray := func(from, to int) {
		out = append(out, edit{start: int32(from), end: int32(to), a: int32(p.note(p.text[from:to])), op: opStray})
	}
	gap := func(to int) {
		if to <= pos {
			return
		}
		for _, s := range addresses(text, !known) {
			from, end := max(s.from+l.start, pos), min(s.to+l.start, to)
			switch {
			case from >= end:
			case end-from == s.to-s.from:
				stray(from, end)
			default: // it reaches into what a rule has found: what is left of it is read anew
				before := l.start // with what stands before it, which may make it an address
				if from > s.from+l.start {
					before = from
				}
				for _, x := range addresses(p.text[before:end], false) {
					if before+x.from >= from {
						stray(before+x.from, before+x.to)
					}
				}
			}
		}
	}
	for _, e := range edits {
		gap(int(e.start))
		pos = max(pos, int(e.end))
		if e.op != opLiteral {
			out = append(out, e)
			continue
		}
		out = p.literalStrays(out, e, !known)
	}
	gap(l.end)
	p.doc.edits = out
}

// literalStrays is the edit of a literal, in pieces where addresses stand in it.
func (p *parser) literalStrays(out []edit, e edit, unknown bool) []edit {
	text := p.doc.literals[e.a]
	at := e.start
	piece := func(s string) {
		p.doc.literals = append(p.doc.literals, s)
		out = append(out, edit{start: at, end: e.end, a: int32(len(p.doc.literals) - 1), op: opLiteral})
		at = e.end
	}
	pos := 0
	for _, s := range addresses(text, unknown) {
		piece(text[pos:s.from])
		out = append(out, edit{start: e.end, end: e.end, a: int32(p.note(text[s.from:s.to])), op: opStray})
		pos = s.to
	}
	if pos == 0 {
		return append(out, e)
	}
	piece(text[pos:])
	return out
}

// mayStray is a quick look whether there can be something to find: nearly always there is not.
func (p *parser) mayStray(text string, mark int) bool {
	if strings.Contains(text, "//") || p.refs && strings.Contains(text, "{$") {
		return true
	}
	if len(p.doc.edits) > mark { // a rule has found the address; what a variable brought in is looked at
		return slices.ContainsFunc(p.doc.edits[mark:], func(e edit) bool { return e.op == opLiteral })
	}
	return strings.Contains(text, "URI") || strings.Contains(text, "URL")
}

// span is a part of a text.
type span struct{ from, to int }

// addresses are where addresses stand in a line or in an attribute's value, in order, without quotes. unknown tells that
// the line's tag is not known: then what it calls URI or URL is one, however it looks.
func addresses(text string, unknown bool) (spans []span) {
	var absolute []span
	for i := 0; ; {
		k := strings.Index(text[i:], "//")
		if k < 0 {
			break
		}
		i += k
		from := addressStart(text, i)
		if from < 0 {
			i += 2
			continue
		}
		s := span{from, addressEnd(text, from, i+2)}
		i = s.to
		if v, to := quotedAround(text, s.from); to > 0 && isInline(v) {
			i = to
			continue
		}
		absolute = append(absolute, s)
	}
	if unknown && strings.HasPrefix(text, "#EXT") {
		spans = named(text, absolute)
	}
	for _, s := range absolute {
		// A list so broken that two readings of it overlap: both go.
		spans = slices.DeleteFunc(spans, func(o span) bool {
			meets := s.from < o.to && o.from < s.to
			if meets {
				s = span{min(s.from, o.from), max(s.to, o.to)}
			}
			return meets
		})
		spans = append(spans, s)
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return spans
}

// addressStart is where the address begins whose "//" stands at i: at its scheme, or there where it has none and is all
// of a value; -1: it is none that is fetched.
func addressStart(text string, i int) int {
	before := text[:i]
	for _, scheme := range [...]string{"https:", "http:"} {
		if n := len(before) - len(scheme); n >= 0 && strings.EqualFold(before[n:], scheme) {
			return n
		}
	}
	if strings.HasSuffix(before, `="`) || strings.HasSuffix(before, "=") {
		if i+2 < len(text) && isHostByte(text[i+2]) {
			return i
		}
	}
	return -1
}

func isHostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '[' || c >= 0x80
}

// addressEnd is where an address ends whose host begins at p: at a blank or a quote; outside of quotes also at the comma
// before the next attribute.
func addressEnd(text string, from, p int) int {
	end := len(text)
	if i := strings.IndexAny(text[p:], "\" \t\v\f"); i >= 0 {
		if end = p + i; text[end] != '"' { // prose goes on behind it
			end = from + len(strings.TrimRight(text[from:end], ".,;"))
		}
	}
	if strings.Count(text[:from], `"`)%2 == 0 {
		list := attributes{text: text, end: end}
		return list.beforeNext(min(p, end))
	}
	return end
}

// quotedAround is the quoted value in which the byte at i stands, and where it ends; 0: it stands in none.
func quotedAround(text string, i int) (value string, to int) {
	if strings.Count(text[:i], `"`)%2 == 0 {
		return "", 0
	}
	from := strings.LastIndexByte(text[:i], '"') + 1
	to = len(text)
	if k := strings.IndexByte(text[i:], '"'); k >= 0 {
		to = i + k
	}
	return text[from:to], to
}

// named are the values of an unknown tag's attributes that are called URI or URL. The colon of an address is not the
// one at which the tag's value begins.
func named(text string, addresses []span) (spans []span) {
	colon := 0
	for {
		k := strings.IndexByte(text[colon:], ':')
		if k < 0 {
			return nil
		}
		colon += k
		i := slices.IndexFunc(addresses, func(s span) bool { return s.from <= colon && colon < s.to })
		if i < 0 {
			break
		}
		colon = addresses[i].to
	}
	list := attributes{text: text, pos: colon + 1, end: len(text)}
	var x attribute
	for list.next(&x) {
		if x.value == "" || isInline(x.value) || !strings.HasSuffix(x.name, "URI") && !strings.HasSuffix(x.name, "URL") {
			continue
		}
		from, to := x.from, x.to
		if x.quoted {
			from++
			to = from + len(x.value)
		} else if k := strings.IndexAny(x.value, "\" \t\v\f"); k >= 0 {
			to = from + k // no address holds a quote or a blank: they belong to what is broken around it
		}
		if from == to {
			continue
		}
		spans = append(spans, span{from, to})
	}
	return spans
}

// prefetch notes an EXT-X-PREFETCH: its value is the address of the next segment, or of the one after it.
func (p *mediaParser) prefetch(l line, at int) {
	uri := p.text[at:l.end]
	if full, err := p.expand(uri); err == nil {
		uri = full
	}
	if uri == "" || isInline(uri) {
		return
	}
	n := len(p.m.Segments)
	for i := range p.m.Hints {
		if h := &p.m.Hints[i]; h.Type == HintSegment && h.Segment >= n {
			n = h.Segment + 1
		}
	}
	p.doc.add(opPrefetch, at, l.end, len(p.m.Hints), 0)
	p.m.Hints = append(p.m.Hints, Hint{Type: HintSegment, URI: uri, Range: wholeRange, Segment: n, Part: -1})
}

// isKnown tells the tags whose addresses have rules.
func isKnown(text string) bool {
	name, _, _ := strings.Cut(text, ":")
	switch name {
	case tagDefine, tagSteering, tagStart, tagStreamInf, tagMedia, tagIFrame, tagImage, tagSessionKey, tagSessionData,
		tagExtInf, tagByteRange, tagDiscontinuity, tagKey, tagMap, tagPDT, tagGap, tagPart, tagTarget, tagMSN, tagDiscSeq,
		tagEndList, tagType, tagIFramesOnly, tagPartInf, tagControl, tagSkip, tagHint, tagReport, tagDateRange,
		tagPrefetch, tagTwitchPrefetch:
		return true
	}
	return false
}
