package m3u

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"

	"gridwall/backend/chanlist"
	"gridwall/backend/charset"
	"gridwall/backend/extract"
)

// parser reads one list.
type parser struct {
	lines *lines
	match *regexp.Regexp
	base  *url.URL
	// contentType may name a charset, as may the list itself (#EXTENC). It applies to lines that are not UTF-8.
	contentType string
	declared    encoding.Encoding
	sample      sample

	judge  chanlist.Judge
	judged bool

	info    info
	options options
	// pending is set between an #EXTINF and its address.
	pending bool
	// section is the group of the entries after an #EXTGRP that comes before their #EXTINF.
	section []byte
	groups  map[string]string
	// asked is the group that was compared with match last, and fits is the result: thousands of entries share a group.
	asked []byte
	fits  bool

	// markup is the head of a document that was sent in place of a list.
	markup []byte

	found            []extract.Found
	entries, matched int
	skipped          [isBroken + 1]int
	verdict          verdict
}

// run reads to the end, or until it is certain that the text is not a list.
func (p *parser) run() error {
	p.declared = charset.OfType(p.contentType)
	begun, noise := false, 0
	for {
		line, whole, err := p.lines.next()
		if err != nil {
			return err
		}
		if line == nil {
			break
		}
		if line = p.readable(line); len(line) == 0 {
			continue
		}
		if !begun {
			v := firstVerdict(line)
			if p.verdict == isList {
				p.verdict = v // the kind of the answer, if no list follows
			}
			if begun = v == isList; begun {
				p.verdict = isList
			} else if noise++; noise > maxNoise || isPLS(line) {
				return nil
			} else if isDocument(line) {
				return p.readMarkup(line)
			} else {
				continue
			}
		}
		if !p.judged && p.decide(p.judge.Line(line)) {
			return nil
		}
		if line[0] == '#' {
			p.tag(line)
		} else if line[0] == ':' && p.pending && bytes.IndexByte(line, '=') > 0 {
			p.options.add(append([]byte(vlcOption), line...))
		} else if name, address, ok := p.named(line); ok {
			p.entry(address, name, whole)
		} else if address != nil {
			p.setSection(name)
		} else {
			p.entry(line, p.info.name(), whole)
		}
		if len(p.found) > MaxStreams {
			p.verdict = isTooLong
			return nil
		}
	}
	p.inline()
	if !p.judged {
		p.decide(p.judge.End())
	}
	return nil
}

// readMarkup records the head of a document that begins with this line.
func (p *parser) readMarkup(line []byte) error {
	p.verdict = isMarkup
	for {
		p.markup = append(append(p.markup, line...), '\n')
		if len(p.markup) >= extract.MarkupHead {
			return nil
		}
		next, _, err := p.lines.next()
		if next == nil || err != nil {
			return err
		}
		line = next
	}
}

// decide handles the judge's verdict, and returns true if the text is not a list.
func (p *parser) decide(v chanlist.Verdict) bool {
	switch v {
	case chanlist.ChannelList:
		p.judged = true
	case chanlist.HLSPlaylist:
		p.verdict, p.found = isHLS, nil
		return true
	}
	return false
}

// maxNoise is how many lines may precede a list: servers print the warnings of their scripts there.
const maxNoise = 20

// isDocument reports whether a line begins a complete web page or XML document, which contains no list.
func isDocument(line []byte) bool {
	for _, tag := range []string{"<!doctype", "<html", "<head", "<body", "<?xml", "<mpd", "<smoothstreamingmedia", "<playlist", "<asx", "<rss", "<smil"} {
		if _, ok := cutTag(line, tag); ok {
			return true
		}
	}
	return false
}

// firstVerdict returns isList for a line with which a list may begin, otherwise what the answer is if no list follows.
func firstVerdict(line []byte) verdict {
	switch {
	case extract.IsMarkup(line):
		return isMarkup
	case isPLS(line):
		return isNoList
	case line[0] == '#', chanlist.IsWebAddress(line), bytes.Contains(line[:min(len(line), chanlist.MaxScheme)], []byte("://")):
		return isList
	}
	if _, address, _ := (&parser{}).named(line); address != nil {
		return isList
	}
	return isNoList
}

// tag handles a line that begins with '#'. It ignores unknown ones.
func (p *parser) tag(line []byte) {
	if len(line) > 1 && isBlank(line[1]) {
		if rest := bytes.TrimLeft(line[1:], " \t"); len(rest) > 3 && equalFold(rest[:3], "EXT") {
			line = append([]byte{'#'}, rest...) // "# EXTINF"
		}
	}
	if rest, ok := cutTag(line, "#EXTINF"); ok {
		p.inline()
		if p.pending {
			// The previous entry has no address. Its options must not be sent to another host.
			p.options.reset()
		}
		p.pending = true
		p.info.read(rest, &p.options)
	} else if rest, ok := cutTag(line, "#EXTGRP:"); ok {
		if p.pending {
			p.info.setGroup(inQuotes(rest))
		} else {
			p.setSection(inQuotes(rest))
		}
	} else if isOption(line) {
		p.options.add(line)
	} else if rest, ok := cutTag(line, "#EXTM3U"); ok {
		p.head(rest)
	} else if rest, ok := cutTag(line, "#EXTENC:"); ok {
		p.declared = charset.Named(string(rest))
	}
}

// inQuotes returns a text without the quotes around it.
func inQuotes(text []byte) []byte {
	text = bytes.TrimSpace(text)
	if n := len(text); n > 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] && bytes.IndexByte(text[1:n-1], text[0]) < 0 {
		text = bytes.TrimSpace(text[1 : n-1])
	}
	return text
}

// maxSection bounds the name of a section, in bytes, because each of its entries is compared with it.
const maxSection = 1 << 10

func (p *parser) setSection(name []byte) {
	p.section = append(p.section[:0], name[:min(len(name), maxSection)]...)
}

// head handles the attributes of #EXTM3U: headers for every entry, and a charset for the text. A list that was joined from
// several has several heads, each of which ends the current section.
func (p *parser) head(rest []byte) {
	p.section = p.section[:0]
	a := attributes{text: rest}
	for a.next() {
		if chanlist.HeaderNamed(a.name) != "" {
			p.options.addHeader(a.name, a.value)
		} else if isCharset(a.name) {
			p.declared = charset.Named(string(a.value))
		}
	}
	p.options.forAll()
}

// isCharset reports whether an attribute names the list's charset.
func isCharset(name []byte) bool {
	return equalFold(name, "charset") || equalFold(name, "encoding") || equalFold(name, "x-charset") || equalFold(name, "codepage")
}

// inline adds an entry whose address is in the #EXTINF line itself, if no address follows.
func (p *parser) inline() {
	if p.pending && len(p.info.address) > 0 {
		p.info.title = p.info.title[:p.info.short]
		p.entry(p.info.address, p.info.name(), true)
	}
}

// entry handles a line that is an address. whole is false if it was truncated.
func (p *parser) entry(line, name []byte, whole bool) {
	p.entries++
	if p.match == nil || p.matchesText(name) || p.matchesGroup() || p.matches(p.info.tvgID) {
		p.matched++
		if why := p.add(line, name, whole); why != noFault {
			p.skipped[why]++
		}
	}
	p.info.reset()
	p.options.reset()
	p.pending = false
}

// add adds the stream of an entry that matches.
func (p *parser) add(line, name []byte, whole bool) fault {
	if !whole {
		return isBroken
	}
	address, suffix := chanlist.SplitAddress(p.withoutOptions(bare(line)))
	abs, why := p.resolve(address)
	if why != noFault {
		return why
	}
	title := clean(name)
	if title == "" {
		title = extract.CleanTitle(lastElement(abs))
	}
	if p.found == nil {
		p.found = make([]extract.Found, 0, 64)
	}
	p.found = append(p.found, extract.Found{
		URL: abs, Title: title, Quality: Quality(title), Group: p.group(), Logo: logo(p.info.logo), Headers: p.options.headers(suffix),
	})
	return noFault
}

// clean returns a title as it is shown. Scripts that make lists for pages leave character references in them.
func clean(text []byte) string {
	return extract.CleanTitle(charset.Unescape(string(text)))
}

// matches reports whether match finds a field that is not empty.
func (p *parser) matches(field []byte) bool { return len(field) > 0 && p.matchesText(field) }

// matchesText reports whether match finds a text, as written or as shown.
func (p *parser) matchesText(text []byte) bool {
	return p.match.Match(text) || bytes.IndexByte(text, '&') >= 0 && p.match.MatchString(charset.Unescape(string(text)))
}

// matchesGroup reports whether match finds the entry's group, or one of several written as "A;B".
func (p *parser) matchesGroup() bool {
	group := p.ownGroup()
	if len(group) == 0 {
		return false
	}
	if !bytes.Equal(group, p.asked) {
		p.asked, p.fits = append(p.asked[:0], group...), p.groupFits(group)
	}
	return p.fits
}

func (p *parser) groupFits(group []byte) bool {
	if p.matches(group) {
		return true
	}
	if bytes.IndexByte(group, ';') >= 0 {
		for one := range bytes.SplitSeq(group, []byte(";")) {
			if p.matches(bytes.TrimSpace(one)) {
				return true
			}
		}
	}
	return false
}

// ownGroup returns the entry's own group, otherwise the section's.
func (p *parser) ownGroup() []byte {
	if p.info.grouped {
		return p.info.group
	}
	return p.section
}

// group returns the entry's group. Lists have some hundred of them for thousands of entries, which share the text.
func (p *parser) group() string {
	group := p.ownGroup()
	if len(group) == 0 {
		return ""
	}
	if g, ok := p.groups[string(group)]; ok {
		return g
	}
	g := clean(group)
	if p.groups == nil {
		p.groups = map[string]string{}
	}
	if len(p.groups) < maxGroups {
		p.groups[string(group)] = g
	}
	return g
}

// logo stores the address of a logo. Some lists contain the picture itself as a data: URL, which is ignored.
func logo(address []byte) string {
	if len(address) > maxLogo || !chanlist.IsWebAddress(address) {
		return ""
	}
	s := string(address)
	if !sendable(s) || strings.IndexByte(s, '%') >= 0 {
		if u, err := url.Parse(s); err != nil || u.Host == "" {
			return ""
		}
	}
	return s
}

// lastElement returns the name of a stream without a title: the last element of its path.
func lastElement(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	path := strings.Trim(u.Path, "/")
	if path == "" {
		return u.Host
	}
	return path[strings.LastIndexByte(path, '/')+1:]
}

// genre ends the line of a group in lists with lines "name,address".
var genre = []byte("#genre#")

// named reads a line of such lists. It returns the name and the address of an entry; for a group it returns the name, a non-nil
// address, and ok is false.
func (p *parser) named(line []byte) (name, address []byte, ok bool) {
	comma := bytes.IndexByte(line, ',')
	if p.pending || comma <= 0 || bytes.IndexByte(line[:comma], '/') >= 0 && bytes.Contains(line[:comma], []byte("://")) {
		return nil, nil, false
	}
	name, address = bytes.TrimSpace(line[:comma]), bytes.TrimSpace(line[comma+1:])
	switch {
	case bytes.Equal(address, genre):
		return name, address, false
	case !chanlist.IsWebAddress(address):
		return nil, nil, false
	}
	// More addresses of the same channel follow after a '#'.
	if more := bytes.IndexByte(address, '#'); more >= 0 && chanlist.IsWebAddress(address[more+1:]) {
		address = address[:more]
	}
	return name, address, true
}

// isPLS reports whether a line begins a PLS list, whose lines are not plain addresses.
func isPLS(line []byte) bool { return equalFold(line, "[playlist]") }
