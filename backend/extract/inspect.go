package extract

import (
	"bytes"
	"errors"
	"strings"

	"github.com/grafov/m3u8"
)

// look is what a health check needs to know of a playlist.
type look struct {
	multivariant bool
	variants     []variant
	// segments are the newest two, the newest first.
	segments []segment
}

type variant struct {
	uri       string
	bandwidth int64  // bit/s
	codecs    string // RFC 6381; "" where it declares none
}

type segment struct {
	uri    string
	offset int64 // of the segment's first byte in its resource
}

var (
	errUnreadable = errors.New("a playlist that cannot be read")
	errNothing    = errors.New("a playlist without variants or segments")
)

// hasVariable reports whether uri waits for an EXT-X-DEFINE.
func hasVariable(uri string) bool { return strings.Contains(uri, "{$") }

// inspect reads a playlist, cut off or not.
//
// The decoder gets only those lines that are asked about, in the form it expects. It would take the square of a
// hostile list of renditions, take EXT-X-VERSION for the mark of a media playlist, and index an empty slice at an
// EXT-X-KEY without segments.
func inspect(body []byte) (look, error) {
	digest, multivariant := digest(body)
	list, kind, err := decode(digest)
	if err != nil {
		return look{}, err
	}
	out := look{multivariant: multivariant}
	switch p := list.(type) {
	case *m3u8.MasterPlaylist:
		for _, v := range p.Variants {
			if v != nil && v.URI != "" && !v.Iframe {
				out.variants = append(out.variants, variant{v.URI, int64(v.Bandwidth), v.Codecs})
			}
		}
	case *m3u8.MediaPlaylist:
		for _, s := range p.Segments {
			if s != nil && s.URI != "" {
				out.segments = append([]segment{{s.URI, s.Offset}}, out.segments...)
			}
		}
	}
	if (kind == m3u8.MASTER) != multivariant || len(out.variants)+len(out.segments) == 0 {
		return look{}, errNothing
	}
	return out, nil
}

// decode is the decoder without its panics.
func decode(text []byte) (list m3u8.Playlist, kind m3u8.ListType, err error) {
	defer func() {
		if recover() != nil {
			err = errUnreadable
		}
	}()
	list, kind, err = m3u8.DecodeFrom(bytes.NewReader(text), false)
	if err != nil {
		// Its texts are for programmers; the one that occurs is "Can't detect playlist type".
		return nil, kind, errNothing
	}
	return list, kind, nil
}

// maxDigestVariants bounds the variants that are looked at; the largest ladders have some dozens.
const maxDigestVariants = 200

// digest keeps of a multivariant playlist the variants, of a media playlist the newest two segments with their tags.
func digest(body []byte) (text []byte, multivariant bool) {
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
			multivariant, inf = true, line
		case tag("#EXTINF:"), tag("#EXT-X-BYTERANGE:"):
			segment = append(append(segment, line...), '\n')
		case line[0] == '#':
		case inf != nil:
			if n++; n <= maxDigestVariants {
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
		return append(text, variants...), true
	}
	return append(append(text, before...), newest...), false
}

// withLF ends the lines of a text with LF alone: some servers write CR.
func withLF(body []byte) []byte {
	if bytes.IndexByte(body, '\r') < 0 {
		return body
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
}
