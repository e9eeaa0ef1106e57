package hls

import (
	"bytes"
	"net/url"
	"slices"
	"sort"
	"strings"
	"unicode"
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
	opBlank                // a word in the place of an address that nobody fetches
	opDuration             // the duration of segment a and a comma
	opRange                // the byte range of segment a
)

// blanked stands in the place of an address in a comment or in a title.
const blanked = "(address)"

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

// drop leaves a line out, whatever was to change on it.
func (d *document) drop(l line) {
	for n := len(d.edits); n > 0 && d.edits[n-1].start >= int32(l.from); n = len(d.edits) {
		d.edits = d.edits[:n-1]
	}
	d.add(opDrop, l.from, l.next, 0, 0)
}

// dropLater returns drop for a line that others follow already. It says by how many the edits have grown.
func (d *document) dropLater(l line) int {
	i := sort.Search(len(d.edits), func(i int) bool { return int(d.edits[i].start) >= l.from })
	j := i
	for j < len(d.edits) && (int(d.edits[j].start) < l.next || int(d.edits[j].start) == l.end) {
		j++
	}
	d.edits = slices.Replace(d.edits, i, j, edit{start: int32(l.from), end: int32(l.next), op: opDrop})
	return i + 1 - j
}

// cut leaves a part of a line out.
func (d *document) cut(start, end int) { d.add(opDrop, start, end, 0, 0) }

// parser is what both kinds of playlists need to be read.
type parser struct {
	scanner
	doc document
	env Env
	// vars are the variables defined so far; nil: none. refs reports whether the text refers to any.
	vars  map[string]string
	refs  bool
	added int
	query url.Values // of env.URL, once it is asked for
	// header is the line of #EXTM3U.
	header line
	// mark is how many edits there were before the line that is being read.
	mark int
	// note takes an unrecognised address in, and says which resource it is; not ok beyond MaxAssets.
	note    func(uri string) (i int, ok bool)
	scratch []edit
	faults  []string
}

// What ends a line in JavaScript, and nowhere else: hls.js would take the rest of a title for an address.
const (
	lineSeparator      = "\u2028"
	paragraphSeparator = "\u2029"
)

func newParser(body []byte, env Env, want Kind) (*parser, error) {
	if len(body) > MaxPlaylist {
		return nil, ErrTooLarge
	}
	if body = decoded(body); bytes.IndexByte(body, 0) >= 0 {
		body = bytes.ReplaceAll(body, []byte{0}, nil) // no text holds a NUL: it is padding, or damage
	}
	if Sniff(body) != want {
		return nil, ErrNotPlaylist
	}
	text := string(body)
	if strings.Contains(text, lineSeparator[:2]) { // nearly never
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

// writeHeader makes the text begin with #EXTM3U and a line end: players refuse one that has anything before it, or
// behind it on its line.
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

// trimBehind cuts the blanks off the end of a line.
func (p *parser) trimBehind(l line) {
	end := l.end
	for end < l.next && p.text[end] != '\r' && p.text[end] != '\n' {
		end++
	}
	if end > l.end {
		p.doc.cut(l.end, end)
	}
}

// fault notes that something in the playlist is wrong and how it is read. Values of the playlist never enter it.
func (p *parser) fault(tag, text string) {
	const most = 16
	s := strings.TrimPrefix(tag, "#") + " " + text
	if len(p.faults) < most && !slices.Contains(p.faults, s) {
		p.faults = append(p.faults, s)
	}
}

// startLine notes where the edits of a line begin. A player takes a tag with blanks before it for an address: they go.
func (p *parser) startLine(l line) {
	p.mark = len(p.doc.edits)
	if l.start > l.from && p.text[l.start] == '#' {
		p.doc.cut(l.from, l.start)
	}
}

// isTag reports whether a line that begins with '#' is a tag; otherwise it is a comment. Lower-case letters make a tag of
// what is known as one alone.
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

// rename writes the name that a misspelt tag means, and returns it; "" where nobody knows the tag.
func (p *parser) rename(l line, name string) string {
	c := canonical(name)
	if c != "" {
		p.doc.literal(l.start, l.start+len(name), c)
	}
	return c
}

// tidy cuts the blanks between a tag's colon and its value.
func (p *parser) tidy(l line, at int) {
	from := at
	for from > l.start && p.text[from-1] != ':' {
		from--
	}
	if from > l.start && from < at {
		p.doc.cut(from, at)
	}
}

// visit is called for each attribute and answers what its value becomes; a and b are the edit's. opKeep: what it left in
// at.value.
type visit func(at *attribute) (o op, a, b int)

// walk visits the attributes from at to the end of the line, substitutes variables and notes the edits. A list as people
// write it goes out as the RFC has it, so that every player reads the same. An address that is empty, data: or skd: stays
// whatever visit says.
func (p *parser) walk(l line, at int, v visit) error {
	list := attributes{text: p.text, pos: at, end: l.end}
	var x attribute
	behind := at // the attribute before
	n := 0
	for list.next(&x) {
		if !isWord(x.name) {
			continue // words without a value, or an address outside of an attribute: what follows takes their place
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
		// It is read as it will be written, without quotes that enclose nothing.
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

// separate makes a comma, and blanks behind it at most, stand between an attribute and the one before.
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

// clean reports whether the value stands in the text as every player reads it.
func (at *attribute) clean() bool {
	switch at.quote {
	case '"':
		return at.to-at.from == len(at.value)+2
	case 0:
		return at.to-at.from == len(at.value) && !strings.ContainsAny(at.value, "\",") && !strings.HasPrefix(at.value, "'") && !isAddress(at.name)
	}
	return false
}

// written returns the value as it goes out: in quotes where it had any, or needs them. A quote within it would end it early.
func (at *attribute) written() string {
	v := at.bare()
	if at.quote != 0 && !(at.quote == '\'' && isPlain(at.name)) || strings.ContainsAny(v, ", \t") || v == "" {
		return `"` + v + `"`
	}
	return v
}

// bare returns the value without the quotes that stand in it, and without the blanks and single quotes that would then be read as
// standing around it: a value without quotes begins with none.
func (at *attribute) bare() string {
	v := at.value
	if strings.IndexByte(v, '"') < 0 && (at.quote != 0 || !strings.HasPrefix(v, "'")) {
		return v
	}
	return strings.TrimFunc(strings.ReplaceAll(v, `"`, ""), func(r rune) bool { return r == '\'' || unicode.IsSpace(r) })
}

// isPlain reports whether the values of an attribute have no quotes.
func isPlain(name string) bool {
	switch name {
	case "BANDWIDTH", "AVERAGE-BANDWIDTH", "RESOLUTION", "FRAME-RATE", "IV", "DURATION", "PROGRAM-ID", "LAST-MSN", "LAST-PART", "TIME-OFFSET":
		return true
	}
	return isEnumerated(name)
}

// address notes a URI line as the i-th thing's; an inline one stays, variables substituted.
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

// cutUnseen removes blanks that players do not treat as white space, between from and to.
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

// tagName returns the name of a tag for an error: no '#', no value.
func tagName(s string) string {
	s, _, _ = strings.Cut(s, ":")
	s = strings.TrimPrefix(s, "#")
	return strings.Clone(strings.ToValidUTF8(s[:min(len(s), maxTagName)], "\ufffd"))
}
