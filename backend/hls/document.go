package hls

import (
	"bytes"
	"net/url"
	"slices"
	"sort"
	"strings"
	"unicode"
)

// op is what replaces the span of an edit.
type op uint8

const (
	opKeep         op = iota // the source's own bytes
	opLiteral                // literals[a]
	opDrop                   // nothing
	opLine                   // the address of a URI line: segment or variant a
	opAttr                   // the address of rendition a, in quotes
	opResource               // … of resource a
	opPart                   // … of part b of segment a
	opKey                    // … of key a
	opMap                    // … of map a
	opHint                   // … of hint a
	opAsset                  // … of asset a
	opReportURI              // … of report a
	opOffset                 // "@offset" of segment a's byte range
	opPartOffset             // "@offset" of part b of segment a
	opMSN                    // the media sequence number
	opDiscSeq                // the discontinuity sequence number
	opReportMSN              // LAST-MSN of report a
	opReport                 // the line of report a; its own edits are reports[b]
	opUnrecognised           // the address of asset (of a multivariant playlist: resource) a, without quotes
	opPrefetch               // the address of hint a, without quotes
	opBlank                  // a placeholder for an address that no player requests
	opDuration               // the duration of segment a and a comma
	opRange                  // the byte range of segment a
)

// blanked replaces an address in a comment or a title.
const blanked = "(address)"

// edit is a span of the text that is not copied as it is.
type edit struct {
	start, end int32
	a, b       int32
	op         op
}

// document is the text of a playlist with its edits, in the order of the text.
type document struct {
	text     string
	lineEnd  string
	edits    []edit
	literals []string
	// head is where tags of the whole playlist can be inserted: after the line of #EXTM3U.
	head int32
}

func (d *document) add(op op, start, end, a, b int) {
	d.edits = append(d.edits, edit{start: int32(start), end: int32(end), a: int32(a), b: int32(b), op: op})
}

func (d *document) literal(start, end int, s string) {
	d.literals = append(d.literals, s)
	d.add(opLiteral, start, end, len(d.literals)-1, 0)
}

// drop leaves out a line, and discards earlier edits on it.
func (d *document) drop(l line) {
	for n := len(d.edits); n > 0 && d.edits[n-1].start >= int32(l.from); n = len(d.edits) {
		d.edits = d.edits[:n-1]
	}
	d.add(opDrop, l.from, l.next, 0, 0)
}

// dropLater returns drop for a line that is already followed by others. It returns by how many the edits have grown.
func (d *document) dropLater(l line) int {
	i := sort.Search(len(d.edits), func(i int) bool { return int(d.edits[i].start) >= l.from })
	j := i
	for j < len(d.edits) && (int(d.edits[j].start) < l.next || int(d.edits[j].start) == l.end) {
		j++
	}
	d.edits = slices.Replace(d.edits, i, j, edit{start: int32(l.from), end: int32(l.next), op: opDrop})
	return i + 1 - j
}

// cut leaves out part of a line.
func (d *document) cut(start, end int) { d.add(opDrop, start, end, 0, 0) }

// parser holds what parsing either kind of playlist needs.
type parser struct {
	scanner
	doc document
	env Env
	// vars are the variables defined so far, or nil. refs reports whether the text refers to any.
	vars  map[string]string
	refs  bool
	added int
	query url.Values // of env.URL, parsed on first use
	// header is the line of #EXTM3U.
	header line
	// mark is the number of edits before the current line.
	mark int
	// note records an unrecognised address and returns the index of its resource; ok is false beyond MaxAssets.
	note    func(uri string) (i int, ok bool)
	scratch []edit
	faults  []string
}

// Line ends in JavaScript only: hls.js would take the rest of a title for an address.
const (
	lineSeparator      = "\u2028"
	paragraphSeparator = "\u2029"
)

func newParser(body []byte, env Env, want Kind) (*parser, error) {
	if len(body) > MaxPlaylist {
		return nil, ErrTooLarge
	}
	if body = decoded(body); bytes.IndexByte(body, 0) >= 0 {
		body = bytes.ReplaceAll(body, []byte{0}, nil) // no text contains NUL bytes: they are padding, or damage
	}
	if Sniff(body) != want {
		return nil, ErrNotPlaylist
	}
	text := string(body)
	if strings.Contains(text, lineSeparator[:2]) { // rare
		text = strings.NewReplacer(lineSeparator, " ", paragraphSeparator, " ").Replace(text)
	}
	p := &parser{scanner: newScanner(text), env: env, refs: strings.Contains(text, "{$")}
	p.doc.text, p.doc.lineEnd = text, p.lineEnd()
	var err error
	if p.header, err = p.skipHeader(); err != nil {
		return nil, err
	}
	p.doc.head = int32(p.pos)
	p.writeHeader()
	return p, nil
}

// writeHeader makes the text begin with #EXTM3U and a line end: players refuse text before or behind it.
func (p *parser) writeHeader() {
	h := p.header
	if h.start > 0 {
		p.doc.cut(0, h.start)
	}
	if p.text[h.start:h.end] != header {
		p.doc.literal(h.start, h.end, header)
	}
	p.trimBehind(h)
}

// trimBehind removes the blanks at the end of a line.
func (p *parser) trimBehind(l line) {
	end := l.end
	for end < l.next && p.text[end] != '\r' && p.text[end] != '\n' {
		end++
	}
	if end > l.end {
		p.doc.cut(l.end, end)
	}
}

// fault records what is wrong with the playlist and how it is read. It never contains a value of the playlist.
func (p *parser) fault(tag, text string) {
	const most = 16
	s := strings.TrimPrefix(tag, "#") + " " + text
	if len(p.faults) < most && !slices.Contains(p.faults, s) {
		p.faults = append(p.faults, s)
	}
}

// startLine records where the edits of a line begin, and removes blanks before a tag: a player would take the tag for
// an address.
func (p *parser) startLine(l line) {
	p.mark = len(p.doc.edits)
	if l.start > l.from && p.text[l.start] == '#' {
		p.doc.cut(l.from, l.start)
	}
}

// isTag reports whether a line that begins with '#' is a tag and not a comment. A lower-case name counts only if it is
// a known tag.
func (p *parser) isTag(l line) bool {
	text := p.text[l.start:l.end]
	if strings.HasPrefix(text, "#EXT") {
		return true
	}
	if !hasPrefixFold(text, "#EXT") {
		return false
	}
	name, _, _ := strings.Cut(text, ":")
	return canonical(name) != ""
}

// tag returns a tag's name and the index of its value, past blanks.
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

// rename replaces a misspelt tag name and returns the right one; "" for an unknown tag.
func (p *parser) rename(l line, name string) string {
	c := canonical(name)
	if c != "" {
		p.doc.literal(l.start, l.start+len(name), c)
	}
	return c
}

// tidy removes the blanks between a tag's colon and its value.
func (p *parser) tidy(l line, at int) {
	from := at
	for from > l.start && p.text[from-1] != ':' {
		from--
	}
	if from > l.start && from < at {
		p.doc.cut(from, at)
	}
}

// visit is called for each attribute and returns how its value is written; a and b are the operands of the edit. With
// opKeep it writes at.value, which visit may have changed.
type visit func(at *attribute) (o op, a, b int)

// walk visits the attributes from at to the end of the line, substitutes variables and records the edits. It normalises
// the list to the RFC's grammar, so that every player reads the same. Empty, data: and skd: addresses stay, whatever
// visit returns.
func (p *parser) walk(l line, at int, v visit) error {
	list := attributes{text: p.text, pos: at, end: l.end}
	var x attribute
	behind := at // end of the previous attribute
	n := 0
	for list.next(&x) {
		if !isWord(x.name) {
			continue // text without a value, or an address outside of an attribute: the next attribute overwrites it
		}
		if n++; n > MaxAttributes {
			p.fault(tagName(p.text[l.start:l.end]), "has too many attributes: the rest is left out")
			break
		}
		p.separate(&x, behind, n == 1)
		behind = x.to
		raw, name := x.value, x.name
		if x.name = readName(name); x.name != name {
			p.doc.literal(x.begin, x.from, x.name+"=")
		} else if x.from-x.begin != len(name)+1 {
			p.doc.literal(x.begin, x.from, name+"=")
		}
		if p.refs {
			full, err := p.expand(raw)
			if err != nil {
				return atLine(p.number, tagName(p.text[l.start:l.end]), err)
			}
			x.value = full
		}
		// Read the value as it will be written, without quotes that enclose nothing.
		x.value = x.bare()
		if isEnumerated(x.name) && hasLower(x.value) && isWord(x.value) {
			x.value = strings.ToUpper(x.value)
		}
		o, a, b := v(&x)
		switch {
		case o == opDrop:
			p.doc.literal(x.from, x.to, `""`)
		case o != opKeep && (!isAddress(x.name) || x.value != "" && !isInline(x.value)):
			p.doc.add(o, x.from, x.to, a, b)
		case x.value != raw || !x.clean():
			p.doc.literal(x.from, x.to, x.written())
		}
	}
	for n == 0 && behind > l.start && isSpace(p.text[behind-1]) {
		behind--
	}
	if behind < l.end && (n > MaxAttributes || strings.IndexByte(p.text[behind:l.end], '=') >= 0) {
		p.doc.cut(behind, l.end)
	}
	p.trimBehind(l)
	return nil
}

// separate leaves exactly one comma, followed by blanks at most, between an attribute and the previous one.
func (p *parser) separate(x *attribute, behind int, first bool) {
	between := p.text[behind:x.begin]
	switch {
	case first && between != "":
		p.doc.cut(behind, x.begin)
	case first, between == ",", strings.HasPrefix(between, ",") && strings.TrimSpace(between[1:]) == "":
	default:
		p.doc.literal(behind, x.begin, ",")
	}
}

// clean reports whether the value is written in a form that every player reads alike.
func (at *attribute) clean() bool {
	switch at.quote {
	case '"':
		return at.to-at.from == len(at.value)+2
	case 0:
		return at.to-at.from == len(at.value) && !strings.ContainsAny(at.value, "\",") && !strings.HasPrefix(at.value, "'") && !isAddress(at.name)
	}
	return false
}

// written returns the value as it is rendered: quoted if it was quoted or needs to be. It contains no quote, which
// would end it early.
func (at *attribute) written() string {
	v := at.bare()
	if at.quote != 0 && !(at.quote == '\'' && isPlain(at.name)) || strings.ContainsAny(v, ", \t") || v == "" {
		return `"` + v + `"`
	}
	return v
}

// bare returns the value without quotes inside it, and without blanks and single quotes at its ends, which an unquoted
// value must not begin or end with.
func (at *attribute) bare() string {
	v := at.value
	if strings.IndexByte(v, '"') < 0 && (at.quote != 0 || !strings.HasPrefix(v, "'")) {
		return v
	}
	return strings.TrimFunc(strings.ReplaceAll(v, `"`, ""), func(r rune) bool { return r == '\'' || unicode.IsSpace(r) })
}

// isPlain reports whether an attribute's values are unquoted.
func isPlain(name string) bool {
	switch name {
	case "BANDWIDTH", "AVERAGE-BANDWIDTH", "RESOLUTION", "FRAME-RATE", "IV", "DURATION", "PROGRAM-ID", "LAST-MSN", "LAST-PART", "TIME-OFFSET":
		return true
	}
	return isEnumerated(name)
}

// address records a URI line as the address of segment or variant i; an inline one stays, with its variables
// substituted.
func (p *parser) address(l line, uri string, i int) {
	p.cutUnseen(l.from, l.start)
	switch {
	case !isInline(uri):
		p.doc.add(opLine, l.start, l.end, i, 0)
	case uri != p.text[l.start:l.end]:
		p.doc.literal(l.start, l.end, uri)
	}
	p.cutUnseen(l.end, l.next)
}

// cutUnseen removes invisible characters between from and to that players do not treat as white space.
func (p *parser) cutUnseen(from, to int) {
	s := p.text[from:to]
	if s == "" || s == "\n" || s == "\r\n" {
		return
	}
	if s = strings.TrimRight(s, "\r\n"); strings.ContainsFunc(s, beyondASCII) {
		p.doc.cut(from, from+len(s))
	}
}

func beyondASCII(r rune) bool { return r >= 0x80 }

// tagName returns a tag's name for an error message: without '#' and value.
func tagName(s string) string {
	s, _, _ = strings.Cut(s, ":")
	s = strings.TrimPrefix(s, "#")
	return strings.Clone(strings.ToValidUTF8(s[:min(len(s), maxTagName)], "\ufffd"))
}
