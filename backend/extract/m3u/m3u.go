// Package m3u is the source kind for M3U lists: channel lists of IPTV players, from an address or a file. It reads the list line by
// line as it arrives, and keeps only the entries that `match` selects.
//
// HLS playlists begin with #EXTM3U as well; an HLS playlist given as a list is a single stream.
//
// What does not live here: reading HLS playlists (backend/hls), and the conventions that other kinds share (backend/chanlist).
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
	// MaxStreams bounds the matching entries of a list; more are an error. Other entries cost nothing: lists of 300,000 can
	// be read.
	MaxStreams = 50_000
	// maxLine is the length at which lines are truncated, in bytes: only logos as data: URLs are longer. A longer URL is
	// skipped.
	maxLine = 64 << 10
	// maxGroups bounds the groups whose text is shared, maxLogo the address of a logo, in bytes.
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
		{"skipped: relative addresses in a file", p.skipped[isRelative]},
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
			return nil, fmt.Errorf("%s is an HLS playlist, and a player needs its URL: set url to that", a.Shown())
		}
		// Not a.URL: a renewal has to start with the user's address, before any redirect.
		return []extract.Found{{URL: src.URL, Title: src.Name}}, nil
	}
	if len(p.found) == 0 {
		return nil, p.none(src)
	}
	return p.found, nil
}

// none returns the error for a list without streams.
func (p *parser) none(src source.Source) error {
	switch {
	case p.entries == 0:
		return fmt.Errorf("%w: the list is empty", stream.ErrNoStreams)
	case p.matched == 0:
		return fmt.Errorf("%w: none of %d entries matches %q", stream.ErrNoStreams, p.entries, src.Match)
	}
	if p.skipped[isRelative] == p.matched {
		return fmt.Errorf("%w: the %d addresses of the list are relative (no http:// in front), which is not possible in a file: write the whole addresses", stream.ErrNoStreams, p.matched)
	}
	return fmt.Errorf("%w: none of %d entries is http or https", stream.ErrNoStreams, p.matched)
}

// verdict is the kind of an answer that is not a list.
type verdict int

const (
	isList verdict = iota
	isMarkup
	isNoList
	isHLS
	isTooLong
)
