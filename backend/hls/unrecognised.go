package hls

import (
	"slices"
	"strings"
)

// UnrecognisedTag is the Tag of a Resource whose address is in an unrecognised place.
const UnrecognisedTag = "unrecognised"

func (p *mediaParser) unrecognisedURI(uri string) (int, bool) {
	if len(p.m.Assets) >= MaxAssets {
		return 0, false
	}
	p.m.Assets = append(p.m.Assets, Resource{URI: uri, Tag: UnrecognisedTag, From: len(p.m.Segments), Range: wholeRange})
	return len(p.m.Assets) - 1, true
}

func (m *Multivariant) unrecognisedURI(uri string) (int, bool) {
	if len(m.Resources) >= MaxAssets {
		return 0, false
	}
	m.Resources = append(m.Resources, Resource{URI: uri, Tag: UnrecognisedTag, Range: wholeRange})
	return len(m.Resources) - 1, true
}

// unrecognised finds unrecognised addresses in a tag: absolute http and https URLs anywhere (a vendor's tag, an application's
// own attribute), and any value that an unknown tag calls URI or URL. Each becomes an edit; the rest of the line stays
// as it is. The edits from mark on are those of the line.
func (p *parser) unrecognised(l line, mark int) {
	text := p.text[l.start:l.end]
	if !p.mayHoldAddress(text, l.start, mark) {
		return
	}
	known := isKnown(text)
	if !known && p.refs && strings.Contains(text, "{$") {
		// Substitute variables, as a client of this tag would: the definition is left out.
		if full, err := p.expand(text); err == nil {
			p.doc.literal(l.start, l.end, full)
		}
	}
	edits := append(p.scratch[:0], p.doc.edits[mark:]...)
	p.scratch = edits
	out := p.doc.edits[:mark]
	whole := !known && !slices.ContainsFunc(edits, func(e edit) bool { return int(e.start) >= l.start })
	f := addressFinder{text: p.text, pos: l.start, floor: l.start, opened: l.start, counted: l.start}
	for _, e := range edits {
		out = p.gap(out, &f, int(e.start), whole)
		f.replaced(int(e.start), int(e.end))
		if e.op != opLiteral {
			out = append(out, e)
			continue
		}
		out = p.literalAddresses(out, e, !known)
	}
	p.doc.edits = p.gap(out, &f, l.end, whole)
}

// gap adds the addresses between f.pos and end. whole reports that this is the entire line of an unknown tag.
func (p *parser) gap(out []edit, f *addressFinder, end int, whole bool) []edit {
	if end <= f.pos {
		return out
	}
	if whole {
		from := f.pos
		for _, s := range addresses(p.text[from:end], true) {
			out = p.addressEdit(out, from+s.from, from+s.to)
		}
		return out
	}
	for f.next(end) {
		out = p.addressEdit(out, f.found.from, f.found.to)
	}
	return out
}

// addressEdit returns the edit of an unrecognised address: beyond MaxAssets it is left out.
func (p *parser) addressEdit(out []edit, from, to int) []edit {
	e := edit{start: int32(from), end: int32(to), op: opDrop}
	if i, ok := p.note(p.text[from:to]); ok {
		e.op, e.a = opUnrecognised, int32(i)
	}
	return append(out, e)
}

// literalAddresses returns the edit of a literal, split where it contains addresses.
func (p *parser) literalAddresses(out []edit, e edit, unknown bool) []edit {
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
		if i, ok := p.note(text[s.from:s.to]); ok {
			out = append(out, edit{start: e.end, end: e.end, a: int32(i), op: opUnrecognised})
		}
		pos = s.to
	}
	if pos == 0 {
		return append(out, e)
	}
	piece(text[pos:])
	return out
}

// mayHoldAddress reports whether the text can contain an address: a quick check, nearly always false.
func (p *parser) mayHoldAddress(text string, from, mark int) bool {
	if strings.Contains(text, "//") || p.refs && strings.Contains(text, "{$") {
		return true
	}
	// The address already has an edit; a substituted variable still has to be searched.
	if n := len(p.doc.edits); n > mark && int(p.doc.edits[n-1].start) >= from {
		for i := mark; i < len(p.doc.edits); i++ {
			if p.doc.edits[i].op == opLiteral {
				return true
			}
		}
		return false
	}
	for i := 0; ; i++ {
		k := strings.IndexByte(text[i:], '=')
		if k < 0 {
			return false
		}
		i += k
		switch text[i-1] | ' ' { // a blank, or the last letter of URI and URL
		case 'i', 'l', ' ', '\t' | ' ':
			if namesAddress(strings.TrimRight(text[:i], " \t")) {
				return true
			}
		}
	}
}

// blankAddresses replaces the addresses in text that no player reads as an address: a comment, a title. They often
// contain tokens. from and to enclose the text.
func (p *parser) blankAddresses(from, to int) {
	for i := from; ; {
		k := strings.Index(p.text[i:to], "//")
		if k < 0 {
			return
		}
		i += k
		start := i
		if start > from && p.text[start-1] == ':' {
			start--
			for start > from && isSchemeByte(p.text[start-1]) {
				start--
			}
		} else if start > from && strings.IndexByte(" \t=\"'(<", p.text[start-1]) < 0 {
			i += 2 // a path with two slashes
			continue
		}
		end := i + 2
		for end < to && strings.IndexByte(" \t\v\f\"<>", p.text[end]) < 0 {
			end++
		}
		if end == i+2 && start == i {
			i = end
			continue
		}
		p.doc.add(opBlank, start, end, 0, 0)
		i = end
	}
}

func isSchemeByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'
}

// span is part of a text.
type span struct{ from, to int }

// addresses returns where addresses are in a line or in an attribute's value, in order, without quotes. unknown reports
// that the line's tag is unknown: then any value called URI or URL is an address.
func addresses(text string, unknown bool) []span {
	var absolute []span
	f := addressFinder{text: text}
	for f.next(len(text)) {
		absolute = append(absolute, f.found)
	}
	if !unknown || !strings.HasPrefix(text, "#EXT") {
		return absolute
	}
	return merge(named(text, absolute), absolute)
}

// merge merges two ordered lists of spans. Where broken text makes them overlap, both are kept as one span.
func merge(a, b []span) (out []span) {
	for len(a) > 0 || len(b) > 0 {
		from := &a
		if len(a) == 0 || len(b) > 0 && b[0].from < a[0].from {
			from = &b
		}
		s := (*from)[0]
		*from = (*from)[1:]
		if n := len(out); n > 0 && s.from < out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// addressFinder walks over a text once and finds the absolute addresses in it.
type addressFinder struct {
	text string
	// pos is how far the text has been read; floor is the end of the last text that cannot be part of an address.
	pos, floor int
	// quoted is true if pos is within double quotes; opened is the byte behind the last opening quote.
	quoted  bool
	opened  int
	counted int
	found   span
}

// count tracks the quotes before to.
func (f *addressFinder) count(to int) {
	for f.counted < to {
		k := strings.IndexByte(f.text[f.counted:to], '"')
		if k < 0 {
			break
		}
		f.counted += k + 1
		f.quoted, f.opened = !f.quoted, f.counted
	}
	f.counted = max(f.counted, to)
}

// skip skips text that cannot contain an address.
func (f *addressFinder) skip(to int) {
	f.pos, f.floor = max(f.pos, to), max(f.floor, to)
}

// replaced skips text that an edit replaces. Quotes in it enclose nothing in the rendered line.
func (f *addressFinder) replaced(from, to int) {
	f.count(from)
	f.counted = max(f.counted, to)
	if f.opened == from {
		f.opened = to
	}
	f.skip(to)
}

// next finds the next address before end.
func (f *addressFinder) next(end int) bool {
	for f.pos < end {
		k := strings.Index(f.text[f.pos:end], "//")
		if k < 0 {
			f.pos = end
			return false
		}
		i := f.pos + k
		from := f.start(i, end)
		if from < 0 {
			f.pos = i + 2
			continue
		}
		f.count(from)
		if f.quoted && isInline(f.text[f.opened:end]) {
			// A quote that is never closed encloses nothing, and may be left out when the line is written.
			if k := strings.IndexByte(f.text[i:end], '"'); k >= 0 {
				f.pos = i + k
				continue
			}
		}
		f.found = span{from, f.end(from, i+2, end)}
		f.skip(f.found.to)
		return true
	}
	return false
}

// start returns where the address with "//" at i begins: at its scheme, or at i if it has no scheme and is the whole
// value or text; -1 if it is not an address that can be fetched.
func (f *addressFinder) start(i, end int) int {
	before := f.text[:i]
	for _, scheme := range [...]string{"https:", "http:"} {
		if n := len(before) - len(scheme); n >= 0 && strings.EqualFold(before[n:], scheme) {
			return max(n, f.floor)
		}
	}
	if before == "" || before == `"` || strings.HasSuffix(before, `="`) || strings.HasSuffix(before, "=") || strings.HasSuffix(before, `='`) {
		if i+2 < end && isHostByte(f.text[i+2]) {
			return i
		}
	}
	return -1
}

// end returns where an address ends whose host begins at p: at a blank or a quote; outside of quotes also at the comma
// before the next attribute.
func (f *addressFinder) end(from, p, most int) int {
	end := most
	if i := strings.IndexAny(f.text[p:most], "\" \t\v\f"); i >= 0 {
		if end = p + i; f.text[end] != '"' { // prose goes on behind it
			end = from + len(strings.TrimRight(f.text[from:end], ".,;"))
		}
	}
	if !f.quoted {
		list := attributes{text: f.text, end: end}
		return list.beforeNext(min(p, end))
	}
	return end
}

func isHostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '[' || c >= 0x80
}

// named returns the values that an unknown tag calls URI or URL. The colon of an address does not begin the tag's
// value.
func named(text string, addresses []span) (spans []span) {
	colon := 0
	for {
		k := strings.IndexByte(text[colon:], ':')
		if k < 0 {
			return nil
		}
		colon += k
		for len(addresses) > 0 && addresses[0].to <= colon {
			addresses = addresses[1:]
		}
		if len(addresses) == 0 || addresses[0].from > colon {
			break
		}
		colon = addresses[0].to
	}
	list := attributes{text: text, pos: colon + 1, end: len(text)}
	var x attribute
	for list.next(&x) {
		if x.value == "" || isInline(x.value) || !namesAddress(x.name) {
			continue
		}
		from, to := x.from, x.to
		if x.quote != 0 {
			from++
			to = from + len(x.value)
		} else if k := strings.IndexAny(x.value, "\" \t\v\f"); k >= 0 {
			to = from + k // an address contains no quote or blank: they belong to the broken text around it
		}
		if from == to {
			continue
		}
		spans = append(spans, span{from, to})
	}
	return spans
}

// namesAddress reports whether an unknown tag's attribute is an address by its name.
func namesAddress(name string) bool {
	if n := len(name); n >= 3 {
		end := name[n-3:]
		return strings.EqualFold(end, "URI") || strings.EqualFold(end, "URL")
	}
	return false
}

// prefetch records an EXT-X-PREFETCH: its value is the address of the next segment, or of the one after it.
func (p *mediaParser) prefetch(l line, at int) {
	uri := p.text[at:l.end]
	if full, err := p.expand(uri); err == nil {
		uri = full
	}
	if uri == "" || isInline(uri) {
		return
	}
	if len(p.m.Hints) >= MaxHints {
		p.doc.drop(l)
		return
	}
	p.prefetched = max(p.prefetched+1, len(p.m.Segments))
	p.doc.add(opPrefetch, at, l.end, len(p.m.Hints), 0)
	p.m.Hints = append(p.m.Hints, Hint{Type: HintSegment, URI: uri, Range: wholeRange, Segment: p.prefetched, Part: -1})
}
