package hls

import (
	"bytes"
	"encoding/binary"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is one of the two kinds of playlist.
type Kind int

// The kinds of playlists.
const (
	NotPlaylist Kind = iota
	KindMultivariant
	KindMedia
)

// Env is what a playlist's variables can refer to outside of it.
type Env struct {
	// URL is the playlist's own URL after redirects, for EXT-X-DEFINE:QUERYPARAM; nil if it has no query.
	URL *url.URL
	// Import are the variables of the multivariant playlist, for EXT-X-DEFINE:IMPORT.
	Import map[string]string
	// IFrames is true if an EXT-X-I-FRAME-STREAM-INF refers to the playlist: players then require EXT-X-I-FRAMES-ONLY,
	// which is added if missing.
	IFrames bool
}

const (
	bom    = "\xef\xbb\xbf"
	header = "#EXTM3U"
)

// Sniff returns the kind of playlist that body is. It accepts byte order marks and blanks before #EXTM3U, and #extm3u.
// The first tag that belongs to only one kind decides; a playlist without such a tag is a media playlist that is still
// empty.
func Sniff(body []byte) Kind {
	body = bytes.TrimLeft(decoded(body), " \t\r\n\v\f\x00\ufeff")
	if len(body) < len(header) || !bytes.EqualFold(body[:len(header)], []byte(header)) {
		return NotPlaylist
	}
	for len(body) > 0 {
		line := body
		if i := bytes.IndexAny(body, "\r\n"); i >= 0 {
			line, body = body[:i], body[i+1:]
		} else {
			body = nil
		}
		line = bytes.TrimLeft(line, " \t\v\f\x00\ufeff\u00a0\u200b")
		if len(line) < 4 || line[0] != '#' || !bytes.EqualFold(line[:4], []byte("#EXT")) {
			continue
		}
		if k := kindOf(line); k != NotPlaylist {
			return k
		}
	}
	return KindMedia
}

// kindOf returns the only kind of playlist that may contain the tag; NotPlaylist if both may, or the tag is unknown.
func kindOf(line []byte) Kind {
	if i := bytes.IndexByte(line, ':'); i >= 0 {
		line = line[:i]
	}
	if len(line) > maxTagName {
		return NotPlaylist
	}
	name := string(line)
	if c := canonical(name); c != "" {
		name = c
	}
	switch name {
	case tagStreamInf, tagMedia, tagIFrame, tagImage, tagSessionKey, tagSessionData, tagSteering:
		return KindMultivariant
	case tagExtInf, tagPart:
		return KindMedia
	}
	return NotPlaylist
}

// decoded converts UTF-16 to UTF-8; anything else stays as it is. RFC 8216bis, section 4.1 requires UTF-8, but editors
// on Windows write UTF-16.
func decoded(body []byte) []byte {
	order, ok := utf16Order(body)
	if !ok {
		return body
	}
	units := make([]uint16, 0, len(body)/2)
	for ; len(body) >= 2; body = body[2:] {
		units = append(units, order.Uint16(body))
	}
	out := make([]byte, 0, len(units)+len(units)/8)
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out
}

// utf16Order returns the byte order of a text in UTF-16: by its byte order mark, or by the zero beside its first '#'.
func utf16Order(body []byte) (binary.ByteOrder, bool) {
	if len(body) < 4 {
		return nil, false
	}
	switch [2]byte{body[0], body[1]} {
	case [2]byte{0xff, 0xfe}, [2]byte{'#', 0}:
		return binary.LittleEndian, true
	case [2]byte{0xfe, 0xff}, [2]byte{0, '#'}:
		return binary.BigEndian, true
	}
	return nil, false
}

// line is one line of the text: from is its beginning, next that of the next line; start and end enclose its content
// without white space around it.
type line struct {
	from, start, end, next int
}

// scanner walks over lines. A lone CR also ends a line, since players treat it so: an address behind it would otherwise
// pass as part of a comment.
type scanner struct {
	text   string
	pos    int
	number int
	loneCR bool
	lf     int // position of the next LF; before pos: not searched yet
}

func newScanner(text string) scanner {
	s := scanner{text: text}
	for i := 0; ; {
		k := strings.IndexByte(text[i:], '\r')
		if k < 0 {
			return s
		}
		i += k + 1
		if i >= len(text) || text[i] != '\n' {
			s.loneCR = true
			return s
		}
	}
}

// next returns the next line; ok is false at the end of the text.
func (s *scanner) next() (l line, ok bool, err error) {
	if s.pos >= len(s.text) {
		return line{}, false, nil
	}
	s.number++
	l.from, l.start = s.pos, s.pos
	if s.lf < s.pos || s.lf == 0 {
		if i := strings.IndexByte(s.text[s.pos:], '\n'); i >= 0 {
			s.lf = s.pos + i
		} else {
			s.lf = len(s.text)
		}
	}
	l.end, l.next = s.lf, min(s.lf+1, len(s.text))
	if s.loneCR {
		if i := strings.IndexByte(s.text[s.pos:l.end], '\r'); i >= 0 && s.pos+i+1 < l.end {
			l.end = s.pos + i
			l.next = l.end + 1
		}
	}
	s.pos = l.next
	if l.end-l.from > MaxLine {
		return line{}, false, atLine(s.number, "", ErrLineTooLong)
	}
	for l.start < l.end {
		n := blank(s.text[l.start:l.end], s.text[l.start], strings.HasPrefix)
		if n == 0 {
			break
		}
		l.start += n
	}
	for l.end > l.start {
		n := blank(s.text[l.start:l.end], s.text[l.end-1], strings.HasSuffix)
		if n == 0 {
			break
		}
		l.end -= n
	}
	return l, true, nil
}

// unseen are invisible characters: byte order marks inside a playlist that was joined from two files, and spaces copied
// from a web page.
var unseen = [...]string{bom, "\u00a0", "\u200b"}

// blank returns the length in bytes of the blank at one end of s, whose byte there is c; 0 if there is none.
func blank(s string, c byte, has func(s, part string) bool) int {
	if c < 0x80 {
		if isSpace(c) {
			return 1
		}
		return 0
	}
	for _, u := range unseen {
		if has(s, u) {
			return len(u)
		}
	}
	return 0
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f'
}

// skipHeader skips byte order marks, blank lines and #EXTM3U, and returns the line of the latter.
func (s *scanner) skipHeader() (line, error) {
	for {
		l, ok, err := s.next()
		if err != nil {
			return line{}, err
		}
		if !ok {
			return line{}, ErrNotPlaylist
		}
		if l.start == l.end {
			continue
		}
		if !hasPrefixFold(s.text[l.start:l.end], header) {
			return line{}, ErrNotPlaylist
		}
		return l, nil
	}
}

// lineEnd returns the line end that the text uses, for inserted lines.
func (s *scanner) lineEnd() string {
	i := strings.IndexAny(s.text, "\r\n")
	switch {
	case i < 0 || s.text[i] == '\n':
		return "\n"
	case i+1 < len(s.text) && s.text[i+1] == '\n':
		return "\r\n"
	}
	return "\r"
}
