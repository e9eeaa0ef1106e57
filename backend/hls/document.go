package hls

import (
	"strings"
)

// op says what takes the place of an edit's span.
type op uint8

const (
	opKeep       op = iota // the source's own bytes
	opLiteral              // literals[a]
	opDrop                 // nothing
	opLine                 // the address of a URI line: segment or variant a
	opAttr                 // the address of rendition a, in quotes
	opResource             // … of resource a
	opPart                 // … of part b of segment a
	opKey                  // … of key a
	opMap                  // … of map a
	opHint                 // … of hint a
	opAsset                // … of asset a
	opReportURI            // … of report a
	opOffset               // "@offset" of segment a's byte range
	opPartOffset           // "@offset" of part b of segment a
	opMSN                  // the media sequence number
	opDiscSeq              // the discontinuity sequence number
	opReportMSN            // LAST-MSN of report a
	opReport               // the line of report a; its own edits are reports[b]
	opStray                // the address of asset (of a multivariant playlist: resource) a, without quotes
	opPrefetch             // the address of hint a, without quotes
)

// edit is a span of the text that does not go out as it is.
type edit struct {
	start, end int32
	a, b       int32
	op         op
}

// document is a playlist's text and its edits, in the order of the text.
type document struct {
	text     string
	lineEnd  string
	edits    []edit
	literals []string
	// head is where tags of the whole playlist can be inserted: behind #EXTM3U.
	head int32
}

func (d *document) add(op op, start, end, a, b int) {
	d.edits = append(d.edits, edit{start: int32(start), end: int32(end), a: int32(a), b: int32(b), op: op})
}

func (d *document) literal(start, end int, s string) {
	d.literals = append(d.literals, s)
	d.add(opLiteral, start, end, len(d.literals)-1, 0)
}

func (d *document) drop(l line) { d.add(opDrop, l.from, l.next, 0, 0) }

// parser is what both kinds of playlists need to be read.
type parser struct {
	scanner
	doc document
	env Env
	// vars are the variables defined so far; nil: none. refs tells whether the text refers to any.
	vars  map[string]string
	refs  bool
	added int
	// header is the line of #EXTM3U.
	header line
	// note takes in a stray address, and says which resource it is.
	note func(uri string) int
}

func newParser(body []byte, env Env, want Kind) (*parser, error) {
	if len(body) > MaxPlaylist {
		return nil, ErrTooLarge
	}
	if Sniff(body) != want {
		return nil, ErrNotPlaylist
	}
	text := string(body)
	p := &parser{scanner: newScanner(text), env: env, refs: strings.Contains(text, "{$")}
	p.doc.text, p.doc.lineEnd = text, p.lineEnd()
	var err error
	if p.header, err = p.skipHeader(); err != nil {
		return nil, err
	}
	p.doc.head = int32(p.pos)
	return p, nil
}

// tag cuts a tag's name off; at is where its value begins, past blanks.
func (p *parser) tag(l line) (name string, at int) {
	i := strings.IndexByte(p.text[l.start:l.end], ':')
	if i < 0 {
		return p.text[l.start:l.end], l.end
	}
	at = l.start + i + 1
	for at < l.end && isSpace(p.text[at]) {
		at++
	}
	return p.text[l.start : l.start+i], at
}

// visit is called for each attribute and answers what its value becomes; a and b are the edit's. opKeep: nothing.
type visit func(at *attribute) (o op, a, b int)

// walk visits the attributes from at to the end of the line, substitutes variables and notes the edits. An address
// that is empty, data: or skd: stays whatever visit says. Not ok: the list is so broken that an address could hide in
// it; the line was dropped, and what visit collected is void.
func (p *parser) walk(l line, at int, v visit) (ok bool, err error) {
	mark := len(p.doc.edits)
	list := attributes{text: p.text, pos: at, end: l.end}
	var x attribute
	for list.next(&x) {
		raw := x.value
		if p.refs {
			if x.value, err = p.expand(raw); err != nil {
				return false, atLine(p.number, tagName(p.text[l.start:l.end]), err)
			}
		}
		o, a, b := v(&x)
		replaced := o != opKeep && (!isAddress(x.name) || x.value != "" && !isInline(x.value))
		switch {
		case o == opDrop:
			p.doc.literal(x.from, x.to, `""`)
		case replaced:
			p.doc.add(o, x.from, x.to, a, b)
		case x.leaks(p.text), x.value != raw && x.breaksOut():
			p.undo(mark, l)
			return false, nil
		case x.value != raw && x.quoted:
			p.doc.literal(x.from, x.to, `"`+x.value+`"`)
		case x.value != raw:
			p.doc.literal(x.from, x.to, x.value)
		}
	}
	return true, nil
}

// address notes a URI line as the i-th thing's; an inline one stays, variables substituted.
func (p *parser) address(l line, uri string, i int) {
	switch {
	case !isInline(uri):
		p.doc.add(opLine, l.start, l.end, i, 0)
	case uri != p.text[l.start:l.end]:
		p.doc.literal(l.start, l.end, uri)
	}
}

// undo takes back the edits since mark and leaves the line out.
func (p *parser) undo(mark int, l line) {
	p.doc.edits = p.doc.edits[:mark]
	p.doc.drop(l)
}

// tagName is the name of a tag for an error: no '#', no value.
func tagName(s string) string {
	s, _, _ = strings.Cut(s, ":")
	return strings.TrimPrefix(s, "#")
}
