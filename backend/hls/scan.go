package hls

import (
	"bytes"
	"net/url"
	"strings"
)

// Kind tells the two kinds of playlists apart.
type Kind int

// The kinds of playlists.
const (
	NotPlaylist Kind = iota
	KindMultivariant
	KindMedia
)

// Env is what a playlist's variables may refer to outside of it.
type Env struct {
	// URL is the playlist's own after redirects, for EXT-X-DEFINE:QUERYPARAM; nil: it has no query.
	URL *url.URL
	// Import are the variables of the multivariant playlist, for EXT-X-DEFINE:IMPORT.
	Import map[string]string
}

const (
	bom    = "\xef\xbb\xbf"
	header = "#EXTM3U"
)

// Sniff says what kind of playlist body is. A byte order mark and blank lines before #EXTM3U are tolerated. The first
// tag that only one kind may have decides; a playlist with none of them is a media playlist that is still empty.
func Sniff(body []byte) Kind {
	body = bytes.TrimLeft(bytes.TrimPrefix(body, []byte(bom)), " \t\r\n")
	if !bytes.HasPrefix(body, []byte(header)) {
		return NotPlaylist
	}
	for len(body) > 0 {
		line := body
		if i := bytes.IndexAny(body, "\r\n"); i >= 0 {
			line, body = body[:i], body[i+1:]
		} else {
			body = nil
		}
		line = bytes.TrimLeft(line, " \t")
		if !bytes.HasPrefix(line, []byte("#EXT")) {
			continue
		}
		name, _, _ := bytes.Cut(line, []byte(":"))
		switch string(name) {
		case tagStreamInf, tagMedia, tagIFrame, tagImage, tagSessionKey, tagSessionData, tagSteering:
			return KindMultivariant
		case tagExtInf, tagPart:
			return KindMedia
		}
	}
	return KindMedia
}

// line is one line of the text: from and next are where it and its successor begin, start and end enclose what is on
// it without the white space around.
type line struct {
	from, start, end, next int
}

// scanner walks over lines. A lone CR ends a line as well, since players take it for one: an address behind it would
// otherwise pass as part of a comment.
type scanner struct {
	text   string
	pos    int
	number int
	loneCR bool
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

// next reads a line; not ok at the end of the text.
func (s *scanner) next() (l line, ok bool, err error) {
	if s.pos >= len(s.text) {
		return line{}, false, nil
	}
	s.number++
	l.from, l.start = s.pos, s.pos
	if i := strings.IndexByte(s.text[s.pos:], '\n'); i >= 0 {
		l.end = s.pos + i
		l.next = l.end + 1
	} else {
		l.end, l.next = len(s.text), len(s.text)
	}
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
	for l.start < l.end && isSpace(s.text[l.start]) {
		l.start++
	}
	for l.end > l.start && isSpace(s.text[l.end-1]) {
		l.end--
	}
	return l, true, nil
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f'
}

// skipHeader passes over a byte order mark, blank lines and #EXTM3U, whose line it returns.
func (s *scanner) skipHeader() (line, error) {
	if strings.HasPrefix(s.text, bom) {
		s.pos = len(bom)
	}
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
		if !strings.HasPrefix(s.text[l.start:l.end], header) {
			return line{}, ErrNotPlaylist
		}
		return l, nil
	}
}

// lineEnd is how the text ends its lines: what is inserted ends its lines likewise.
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

// The tags that are looked at. All others are passed on as they are.
const (
	tagDefine        = "#EXT-X-DEFINE"
	tagSteering      = "#EXT-X-CONTENT-STEERING"
	tagStart         = "#EXT-X-START"
	tagStreamInf     = "#EXT-X-STREAM-INF"
	tagMedia         = "#EXT-X-MEDIA"
	tagIFrame        = "#EXT-X-I-FRAME-STREAM-INF"
	tagImage         = "#EXT-X-IMAGE-STREAM-INF"
	tagSessionKey    = "#EXT-X-SESSION-KEY"
	tagSessionData   = "#EXT-X-SESSION-DATA"
	tagExtInf        = "#EXTINF"
	tagByteRange     = "#EXT-X-BYTERANGE"
	tagDiscontinuity = "#EXT-X-DISCONTINUITY"
	tagKey           = "#EXT-X-KEY"
	tagMap           = "#EXT-X-MAP"
	tagPDT           = "#EXT-X-PROGRAM-DATE-TIME"
	tagGap           = "#EXT-X-GAP"
	tagPart          = "#EXT-X-PART"
	tagTarget        = "#EXT-X-TARGETDURATION"
	tagMSN           = "#EXT-X-MEDIA-SEQUENCE"
	tagDiscSeq       = "#EXT-X-DISCONTINUITY-SEQUENCE"
	tagEndList       = "#EXT-X-ENDLIST"
	tagType          = "#EXT-X-PLAYLIST-TYPE"
	tagIFramesOnly   = "#EXT-X-I-FRAMES-ONLY"
	tagPartInf       = "#EXT-X-PART-INF"
	tagControl       = "#EXT-X-SERVER-CONTROL"
	tagSkip          = "#EXT-X-SKIP"
	tagHint          = "#EXT-X-PRELOAD-HINT"
	tagReport        = "#EXT-X-RENDITION-REPORT"
	tagDateRange     = "#EXT-X-DATERANGE"
	// Not in the RFC: the whole segments that will come next, which the upstream sends while it makes them.
	tagPrefetch       = "#EXT-X-PREFETCH"
	tagTwitchPrefetch = "#EXT-X-TWITCH-PREFETCH"
)
