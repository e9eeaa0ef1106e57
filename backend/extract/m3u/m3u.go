// Package m3u is the source kind for M3U lists: channel lists as IPTV players read them, from an address or from a
// file. The list is read line by line as it comes, and only what `match` lets through is kept.
//
// HLS playlists begin with #EXTM3U as well; one of those, given as a list, is itself the one stream. What is inside
// of HLS playlists is no business of this package.
package m3u

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

const (
	// MaxStreams bounds what one list may yield, after `match`, which is what a listing may hold; a longer one is an
	// error that says so. What does not match costs nothing: lists of 300,000 are read.
	MaxStreams = 50_000
	// maxLine is where a longer line is cut: only logos written as data: URLs grow so long. A URL that long is skipped.
	maxLine = 64 << 10
	// maxGroups bounds the groups whose text is shared, maxLogo the address of a picture.
	maxGroups = 10_000
	maxLogo   = 2 << 10
)

// Extractor is the extractor of kind "m3u".
type Extractor struct{}

var _ extract.Extractor = Extractor{}

// Extract fetches the source's list, or reads its file, and returns the entries that match. The maps in
// Found.Headers may be shared between entries.
func (Extractor) Extract(ctx context.Context, src source.Source, site *extract.Site) ([]extract.Found, error) {
	re, err := regexp.Compile(src.Match)
	if err != nil {
		return nil, src.Errorf("match", "match is no regular expression (RE2): %v", err)
	}
	if src.Match == "" {
		re = nil
	}
	var a *extract.Answer
	if src.Path != "" {
		a, err = site.Open(ctx, src.Path)
	} else {
		a, err = site.Fetch(ctx, src.URL)
	}
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	p := parser{lines: newLines(a.Body), match: re, base: a.URL}
	if err := p.run(); err != nil {
		return nil, err
	}
	site.Note("entries of the list", p.entries)
	if re != nil {
		site.Note("entries that match", p.matched)
	}
	if p.skipped > 0 {
		site.Note("skipped: neither http nor https", p.skipped)
	}
	switch p.verdict {
	case isMarkup:
		return nil, a.WebPageError("an M3U list")
	case isNoList:
		return nil, fmt.Errorf("%s is no M3U list: its first line is neither #EXTM3U nor a URL", a.Shown())
	case isTooLong:
		return nil, fmt.Errorf("%s lists more than %d streams; narrow it down with match", a.Shown(), MaxStreams)
	case isHLS:
		if src.Path != "" {
			return nil, fmt.Errorf("%s is an HLS playlist, which a player needs the URL of: give that as url", a.Shown())
		}
		// Not a.URL: a renewal has to begin where the user began, before any redirect.
		return []extract.Found{{URL: src.URL, Title: src.Name}}, nil
	}
	if len(p.found) == 0 {
		return nil, p.none(src)
	}
	return p.found, nil
}

// none says why a list came to nothing.
func (p *parser) none(src source.Source) error {
	switch {
	case p.entries == 0:
		return fmt.Errorf("%w: the list is empty", stream.ErrNoStreams)
	case p.matched == 0:
		return fmt.Errorf("%w: none of %d entries matches %q", stream.ErrNoStreams, p.entries, src.Match)
	}
	return fmt.Errorf("%w: none of %d entries is http or https", stream.ErrNoStreams, p.matched)
}

// verdict is what an answer is, where it is no list.
type verdict int

const (
	isList verdict = iota
	isMarkup
	isNoList
	isHLS
	isTooLong
)

// parser reads one list.
type parser struct {
	lines *lines
	match *regexp.Regexp
	base  *url.URL

	info    info
	options options
	groups  map[string]string

	found                     []extract.Found
	entries, matched, skipped int
	verdict                   verdict
}

// run reads to the end, or to where it is plain that this is no list.
func (p *parser) run() error {
	begun := false
	for {
		line, whole, err := p.lines.next()
		if err != nil {
			return err
		}
		if line == nil {
			return nil
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if !begun {
			begun = true
			if p.verdict = judge(line); p.verdict != isList {
				return nil
			}
		}
		if line[0] == '#' {
			if p.entries == 0 && isHLSTag(line) {
				p.verdict = isHLS
				return nil
			}
			p.tag(line)
			continue
		}
		p.entry(line, whole)
		p.info.reset()
		p.options.reset()
		if len(p.found) > MaxStreams {
			p.verdict = isTooLong
			return nil
		}
	}
}

// judge looks at the first line that is not empty.
func judge(line []byte) verdict {
	switch {
	case extract.IsMarkup(line):
		return isMarkup
	case line[0] == '#', bytes.Contains(line[:min(len(line), 20)], []byte("://")):
		return isList
	}
	return isNoList
}

// isHLSTag tells the tags that every HLS playlist has one of, before its first URI (RFC 8216, 4.3).
func isHLSTag(line []byte) bool {
	for _, tag := range []string{"#EXT-X-STREAM-INF:", "#EXT-X-TARGETDURATION:", "#EXT-X-MEDIA-SEQUENCE:"} {
		if len(line) >= len(tag) && string(line[:len(tag)]) == tag {
			return true
		}
	}
	return false
}

// tag takes a line that begins with '#'. What it does not know it passes over.
func (p *parser) tag(line []byte) {
	if rest, ok := cutTag(line, "#EXTINF:"); ok {
		p.info.read(rest)
	} else if rest, ok := cutTag(line, "#EXTGRP:"); ok {
		p.info.group = append(p.info.group[:0], bytes.TrimSpace(rest)...)
	} else if _, ok := cutTag(line, "#EXTVLCOPT:"); ok {
		p.options.add(line)
	} else if _, ok := cutTag(line, "#KODIPROP:"); ok {
		p.options.add(line)
	} else if _, ok := cutTag(line, "#EXTHTTP:"); ok {
		p.options.add(line)
	}
}

// entry takes a line that is a URL. whole tells that it was not cut.
func (p *parser) entry(line []byte, whole bool) {
	p.entries++
	if p.match != nil && !p.match.Match(p.info.name()) && !p.matches(p.info.group) && !p.matches(p.info.tvgID) {
		return
	}
	p.matched++
	address, suffix := splitSuffix(line)
	abs, ok := p.resolve(address)
	if !ok || !whole {
		p.skipped++
		return
	}
	title := extract.CleanTitle(string(p.info.name()))
	if title == "" {
		title = extract.CleanTitle(lastElement(abs))
	}
	if p.found == nil {
		p.found = make([]extract.Found, 0, 64)
	}
	p.found = append(p.found, extract.Found{
		URL: abs, Title: title, Quality: Quality(title), Group: p.group(), Logo: logo(p.info.logo), Headers: p.options.headers(suffix),
	})
}

// matches tells whether a field that the entry has is what the user wants.
func (p *parser) matches(field []byte) bool { return len(field) > 0 && p.match.Match(field) }

// group is the entry's group. Lists have some hundred of them for thousands of entries, which share the text.
func (p *parser) group() string {
	if len(p.info.group) == 0 {
		return ""
	}
	if g, ok := p.groups[string(p.info.group)]; ok {
		return g
	}
	g := extract.CleanTitle(string(p.info.group))
	if p.groups == nil {
		p.groups = map[string]string{}
	}
	if len(p.groups) < maxGroups {
		p.groups[string(p.info.group)] = g
	}
	return g
}

// logo keeps the address of a picture where it is one: some lists write the picture itself, as a data: URL.
func logo(address []byte) string {
	if len(address) > maxLogo || len(address) < len("http://x") || !equalFold(address[:4], "http") {
		return ""
	}
	u, err := url.Parse(string(address))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return string(address)
}

// resolve makes address absolute; not ok where it is neither http nor https.
func (p *parser) resolve(address []byte) (string, bool) {
	s := string(address)
	u, err := url.Parse(s)
	if err != nil {
		return "", false
	}
	if !u.IsAbs() {
		if p.base == nil {
			return "", false
		}
		u = p.base.ResolveReference(u)
		s = u.String()
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", false
	}
	// A URL goes on as it is written, for its token may be signed over the bytes, unless it cannot be sent so.
	if strings.ContainsAny(s, " \t\"<>") || s[:4] != "http" {
		s = u.String()
	}
	return s, true
}

// lastElement names a stream without a title: the last element of its path.
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
