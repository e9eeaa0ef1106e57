package health

import (
	"bytes"
	"errors"
	"strings"

	"gridwall/backend/hls"
)

// outline is the part of a playlist that a health check needs.
type outline struct {
	multivariant bool
	variants     []variant
	// segments are the newest two segments, the newest first.
	segments []segment
}

type variant struct {
	uri       string
	bandwidth int64  // bit/s
	codecs    string // RFC 6381; "" if it declares none
}

type segment struct {
	uri    string
	offset int64 // of the segment's first byte in its resource
}

var (
	errUnreadable = errors.New("an invalid playlist")
	errNothing    = errors.New("a playlist without variants or segments")
)

// Variables cannot be resolved here, because their definitions may be in another playlist. The parser must not report
// references to them as errors, so it gets escapedReference in their place.
const (
	reference        = "{$"
	escapedReference = "{%24"
)

// hasVariable reports whether uri contains a reference to a variable (EXT-X-DEFINE).
func hasVariable(uri string) bool { return strings.Contains(uri, reference) }

// inspect reads a playlist, which may be truncated.
func inspect(body []byte) (outline, error) {
	text, multivariant := excerpt(body)
	out := outline{multivariant: multivariant}
	uri := func(u string) string { return strings.ReplaceAll(u, escapedReference, reference) }
	if multivariant {
		p, err := hls.ParseMultivariant(text, hls.Env{})
		if err != nil {
			return outline{}, errUnreadable
		}
		for _, r := range p.Renditions {
			if r.Kind == hls.Variant && r.URI != "" {
				out.variants = append(out.variants, variant{uri(r.URI), r.Bandwidth, r.Codecs})
			}
		}
	} else {
		p, err := hls.ParseMedia(text, hls.Env{})
		if err != nil {
			return outline{}, errUnreadable
		}
		for _, s := range p.Segments {
			if s.URI != "" {
				out.segments = append([]segment{{uri(s.URI), max(s.Range.Offset, 0)}}, out.segments...)
			}
		}
	}
	if len(out.variants)+len(out.segments) == 0 {
		return outline{}, errNothing
	}
	return out, nil
}

// maxInspectedVariants is the most variants that are read; the largest playlists have a few dozen.
const maxInspectedVariants = 200

// excerpt returns a playlist with only the variants of a multivariant playlist, or only the newest two segments of a media
// playlist. So a playlist can be checked even if it is longer than package hls accepts, was not fetched completely, or has a
// mistake elsewhere.
func excerpt(body []byte) (text []byte, multivariant bool) {
	var variants, segment, before, newest []byte
	var inf []byte
	n := 0
	for line := range bytes.Lines(withLF(body)) {
		complete := bytes.HasSuffix(line, []byte("\n")) || len(body) < checkPlaylist
		line = bytes.TrimSpace(line)
		tag := func(name string) bool { return bytes.HasPrefix(line, []byte(name)) }
		switch {
		case len(line) == 0 || !complete:
		case tag("#EXT-X-STREAM-INF:"):
			inf = line
		case tag("#EXTINF:"), tag("#EXT-X-BYTERANGE:"):
			segment = append(append(segment, line...), '\n')
		case line[0] == '#':
		case inf != nil:
			multivariant = true
			if n++; n <= maxInspectedVariants {
				variants = append(append(append(append(variants, inf...), '\n'), line...), '\n')
			}
			inf = nil
		case segment != nil:
			before, newest = newest, append(append(segment, line...), '\n')
			segment = nil
		}
	}
	text = []byte("#EXTM3U\n")
	if multivariant {
		text = append(text, variants...)
	} else {
		text = append(append(text, before...), newest...)
	}
	return bytes.ReplaceAll(text, []byte(reference), []byte(escapedReference)), multivariant
}

// withLF converts line endings to LF; some servers write CR.
func withLF(body []byte) []byte {
	if bytes.IndexByte(body, '\r') < 0 {
		return body
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
}
