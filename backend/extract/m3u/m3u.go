// Package m3u is the source kind for M3U lists: channel lists as IPTV players read them, from an address or from a
// file. The list is read line by line as it comes, and only what `match` lets through is kept.
//
// HLS playlists begin with #EXTM3U as well; one of those, given as a list, is itself the one stream. What is inside
// of HLS playlists is not the business of this package.
package m3u

import (
	"context"
	"fmt"
	"regexp"

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
		return nil, src.Errorf("match", "match is not a regular expression (RE2): %v", err)
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
	p := parser{lines: newLines(a.Text()), match: re, base: a.URL, contentType: a.ContentType}
	if err := p.run(); err != nil {
		return nil, err
	}
	site.Note("entries of the list", p.entries)
	if re != nil {
		site.Note("entries that match", p.matched)
	}
	for _, n := range []struct {
		what  string
		count int
	}{
		{"skipped: neither http nor https", p.skipped[isForeign]},
		{"skipped: relative, which means nothing in a file", p.skipped[isRelative]},
		{"skipped: no address, or longer than 64 KiB", p.skipped[isBroken]},
	} {
		if n.count > 0 {
			site.Note(n.what, n.count)
		}
	}
	switch p.verdict {
	case isMarkup:
		return nil, a.MarkupError(p.markup, "an M3U list")
	case isNoList:
		return nil, fmt.Errorf("%s is not an M3U list: its first line is neither #EXTM3U nor a URL", a.Shown())
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
	if p.skipped[isRelative] == p.matched {
		return fmt.Errorf("%w: the %d addresses of the list are relative (no http:// in front), which means nothing in a file: write them whole", stream.ErrNoStreams, p.matched)
	}
	return fmt.Errorf("%w: none of %d entries is http or https", stream.ErrNoStreams, p.matched)
}

// verdict is what an answer is, where it is not a list.
type verdict int

const (
	isList verdict = iota
	isMarkup
	isNoList
	isHLS
	isTooLong
)
