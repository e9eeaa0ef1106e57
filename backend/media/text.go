package media

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// playlist detects an HLS playlist by its first tag.
func playlist(head []byte, end bool) (Kind, answer) {
	switch wide(head) {
	case yes:
		head = narrowed(head)
	case maybe:
		if !end {
			return Playlist, maybe
		}
	}
	_, k, a := firstLine(head, end)
	return k, a
}

// wide reports whether head is in UTF-16, by its byte order mark, or by the zero next to the first '#'.
func wide(head []byte) answer {
	open := no
	for _, begin := range [...]string{"\xff\xfe", "\xfe\xff", "#\x00", "\x00#"} {
		switch prefix(head, begin) {
		case yes:
			return yes
		case maybe:
			open = maybe
		}
	}
	return open
}

// narrowed returns UTF-16 as UTF-8. RFC 8216bis 4.1 demands UTF-8, but some editors on Windows save UTF-16.
func narrowed(body []byte) []byte {
	little := body[0] == 0xff || body[0] == '#'
	units := make([]uint16, 0, len(body)/2)
	for ; len(body) >= 2; body = body[2:] {
		if little {
			units = append(units, uint16(body[0])|uint16(body[1])<<8)
		} else {
			units = append(units, uint16(body[0])<<8|uint16(body[1]))
		}
	}
	return []byte(string(utf16.Decode(units)))
}

// padding may precede the first tag: joined files have a byte order mark each, and a file that a packager is still writing
// contains zeros.
const padding = blanks + "\x00\ufeff"

// firstLine finds the first line of a playlist, after byte order marks, blank lines and comments; rest starts with it.
func firstLine(head []byte, end bool) (rest []byte, k Kind, a answer) {
	rest = bytes.TrimLeft(head, padding)
	if len(rest) < len(bom) && bytes.HasPrefix(bom, rest) {
		return nil, Playlist, maybe
	}
	if len(rest) == 0 {
		return rest, Playlist, maybe
	}
	if bytes.IndexByte(head[:len(head)-len(rest)], 0) >= 0 {
		// Boxes also start with zeros, and their text is not a comment.
		k, a := firstTag(rest)
		return rest, k, a
	}
	for len(rest) > 0 && rest[0] == '#' {
		if k, a := firstTag(rest); a == yes || a == maybe && !end {
			return rest, k, a
		}
		i := bytes.IndexAny(rest, "\r\n")
		if i < 0 {
			return rest, Playlist, maybe
		}
		rest = bytes.TrimLeft(rest[i:], blanks)
	}
	if len(rest) == 0 {
		return rest, Playlist, maybe
	}
	return rest, Playlist, no
}

func firstTag(line []byte) (Kind, answer) {
	open := no
	for _, t := range [...]struct {
		tag  string
		kind Kind
	}{{"#EXTM3U", Playlist}, {"#EXT-X-", BarePlaylist}, {"#EXTINF:", BarePlaylist}} {
		switch foldedPrefix(line, t.tag) {
		case yes:
			return t.kind, yes
		case maybe:
			open = maybe
		}
	}
	return Playlist, open
}

// foldedPrefix is prefix for an upper-case want, ignoring the case of b.
func foldedPrefix(b []byte, want string) answer {
	return prefix(bytes.ToUpper(b[:min(len(b), len(want))]), want)
}

// PlaylistText returns body from #EXTM3U on as UTF-8; ok is false if body is not a playlist. It accepts everything that package
// hls parses.
func PlaylistText(body []byte) (text []byte, ok bool) {
	if wide(body) == yes {
		body = narrowed(body)
	}
	// Any amount of text may precede the first tag.
	if rest := bytes.TrimLeft(body, padding); len(body)-len(rest) >= HeadLen {
		body = rest
	}
	if k, _ := Look(body, true); k != Playlist {
		return nil, false
	}
	text, _, _ = firstLine(body, true)
	return text, true
}

// Unwritten returns Empty or BarePlaylist if body looks like a playlist that is still being written: zeros, a byte order mark,
// comments, or its first letters. It returns Unknown for anything else.
func Unwritten(body []byte) Kind {
	if wide(body) == yes {
		body = narrowed(body)
	}
	body = bytes.TrimLeft(body, padding)
	if len(body) == 0 || bytes.HasPrefix(bom, body) {
		return Empty
	}
	for len(body) > 0 {
		if body[0] != '#' {
			return Unknown
		}
		i := bytes.IndexAny(body, "\r\n")
		if i < 0 {
			break
		}
		body = bytes.TrimLeft(body[i:], padding)
	}
	return BarePlaylist
}

// cue matches the time line of a subtitle, with an optional number before it.
var cue = regexp.MustCompile(`^(\d{1,9}[ \t]*\r?\n)?(\d{1,3}:)?\d{1,2}:\d\d[.,]\d{1,3}[ \t]*-->`)

// cueLen bounds the text that cue is matched with, in bytes.
const cueLen = 64

// subtitles detects WebVTT, also without its header, and SubRip.
func subtitles(head []byte, end bool) (Kind, answer) {
	b := bare(head)
	for _, magic := range [...]string{"WEBVTT", "X-TIMESTAMP-MAP"} {
		switch prefix(b, magic) {
		case maybe:
			return WebVTT, maybe
		case yes:
			if len(b) == len(magic) && !end {
				return WebVTT, maybe
			}
			if len(b) == len(magic) || strings.IndexByte(" \t\r\n=", b[len(magic)]) >= 0 {
				return WebVTT, yes
			}
			return WebVTT, no
		}
	}
	if len(b) == 0 {
		return WebVTT, maybe
	}
	if b[0] < '0' || b[0] > '9' {
		return WebVTT, no
	}
	if m := cue.FindIndex(b[:min(len(b), cueLen)]); m != nil {
		if bytes.IndexByte(b[:m[1]], ',') >= 0 {
			return SRT, yes
		}
		return WebVTT, yes
	}
	if len(b) < cueLen {
		return WebVTT, maybe
	}
	return WebVTT, no
}

// htmlTags are elements at the start of a page, or of a part of one.
var htmlTags = []string{"html", "head", "body", "title", "meta", "script", "style", "link", "div", "span", "center", "table", "form", "iframe",
	"h1", "h2", "h3", "h4", "p", "br", "b", "a", "i", "pre", "font", "img", "hr", "strong", "em", "section", "main", "noscript", "base", "svg", "video"}

// markup detects pages and XML by their first element.
func markup(head []byte, end bool) (Kind, answer) {
	if i := bytes.IndexFunc(head, control); i >= 0 && Binary(head) {
		// Only the text before the first binary byte counts.
		if k, a := markup(head[:i], false); a == yes {
			return k, yes
		}
		return XML, no
	}
	b := bare(head)
	if len(b) == 0 {
		return XML, maybe
	}
	if b[0] != '<' {
		return XML, no
	}
	xml := false
	for {
		b = bytes.TrimLeft(b, blanks)
		if len(b) > 0 && b[0] != '<' { // a declaration with no element after it
			return written(head, XML, end)
		}
		close := ">"
		switch {
		case begins(b, "<?"):
			close, xml = "?>", true
		case begins(b, "<!--"):
			close = "-->"
		case begins(b, "<!doctype"):
			if begins(b, "<!doctype html") {
				return HTML, yes
			}
		default:
			return element(head, b, xml, end)
		}
		i := bytes.Index(b, []byte(close))
		if i < 0 {
			return written(head, XML, end)
		}
		b = b[i+len(close):]
	}
}

func begins(b []byte, low string) bool {
	return len(b) >= len(low) && strings.EqualFold(string(b[:len(low)]), low)
}

// element returns the kind of a document by its first element.
func element(head, b []byte, xml, end bool) (Kind, answer) {
	name := b[min(1, len(b)):]
	i := bytes.IndexFunc(name, func(r rune) bool {
		return r != '-' && r != '_' && r != '.' && r != ':' && (r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' || r > 'z')
	})
	if i < 0 {
		if len(name) > 64 {
			return written(head, XML, end)
		}
		if !end {
			return XML, maybe
		}
		i = len(name)
	}
	full := strings.ToLower(string(name[:i]))
	local := full[strings.LastIndexByte(full, ':')+1:]
	kind := XML
	switch {
	case local == "mpd":
		kind = DASH
	case local == "smoothstreamingmedia":
		kind = Smooth
	case local == "tt":
		kind = TTML
	case full == "html" || !xml && slices.Contains(htmlTags, full):
		kind = HTML
	}
	if kind != XML && len(full) > 2 {
		return kind, yes
	}
	return written(head, kind, end)
}

// written returns kind if head is text throughout.
func written(head []byte, kind Kind, end bool) (Kind, answer) {
	switch {
	case Binary(head):
		return kind, no
	case !end:
		return kind, maybe
	case !legible(head):
		return kind, no
	}
	return kind, yes
}

// prose detects JSON and texts.
func prose(head []byte, end bool) (Kind, answer) {
	if bytes.HasPrefix(head, utf16LE) || bytes.HasPrefix(head, utf16BE) {
		if !end {
			return Text, maybe
		}
		// The first 256 letters have a zero byte each.
		if bytes.Count(head, []byte{0})*3 < len(head) {
			return Text, no
		}
		return Text, yes
	}
	b := bare(head)
	if Binary(head) { // nearly all media, before their words are looked for
		return Text, no
	}
	if len(b) > 0 && b[0] == syncByte && !refuses(b[:min(len(b), packets[0].size)]) {
		// A text that starts with the sync byte of MPEG-TS counts as media unless it contains a refusal.
		if len(b) >= packets[0].size || end {
			return Text, no
		}
		return Text, maybe
	}
	if jsonBegins(b) {
		return written(head, JSON, end)
	}
	if k, a := written(head, Text, end); a != yes || says(b) {
		return k, a
	}
	return Text, no
}

// says reports whether a text is a message: more than one word, or a word that refuses or comes from a program. Non-ASCII
// letters can be many words without a space.
func says(b []byte) bool {
	return len(bytes.Fields(b)) > 1 || bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 ||
		bytes.ContainsAny(b, "{=") || refuses(b) || terse.Match(bytes.TrimSpace(b))
}

func jsonBegins(b []byte) bool {
	if len(b) < 2 || b[0] != '{' && b[0] != '[' {
		return false
	}
	next := bytes.TrimLeft(b[1:], blanks)
	if len(next) == 0 {
		return true
	}
	return next[0] == '"' || next[0] == b[0]+2 || b[0] == '[' && strings.IndexByte("{[-0123456789tfn", next[0]) >= 0
}

// refusals are words, and parts of words, of messages in place of media: "token_expired", "AccessDenied".
var refusals = regexp.MustCompile(`(?i)expir|forbid|denied|\bdeny|token|error|fail|block|\bban(ned)?\b|invalid|unauthori|unavailable|offline|` +
	`log[ _-]?in\b|sign[ _-]?in\b|session|restrict|not[ _-]?(found|allowed|available|authori|live|exist)|\bgone\b|\bgo away\b|gateway|\bgeo|` +
	`limit|\bclosed\b|\bended\b|\b[45]\d\d\b`)

// terse are answers of one word.
var terse = regexp.MustCompile(`(?i)^(ok|no|nope|none|null|nil|false|true|undefined|bad|wrong|stop|0|-1)[.!]?$`)

// blunt are words that no chosen key contains.
var blunt = regexp.MustCompile(`(?i)expired|denied|forbidden|unauthori|invalid`)

// refuses reports whether a text contains one of these words.
func refuses(b []byte) bool { return refusals.Match(b) }

// legible reports whether head, which has no control characters, is text: UTF-8, or an older encoding with mostly ASCII bytes.
func legible(head []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(head); cut++ { // the last letter may be incomplete
		if utf8.Valid(head[:len(head)-cut]) {
			return true
		}
	}
	plain := 0
	for _, c := range head {
		if c < utf8.RuneSelf {
			plain++
		}
	}
	return plain*8 >= len(head)*7
}

// denials are words of which every text that refuses a token contains one, and no text about a server error.
var denials = regexp.MustCompile(`(?i)\b(expired?|expiry|tokens?|forbidden|denied|unauthori[sz]ed|not authori[sz]ed|signature|sessions?)\b`)

// Denies reports whether the text of a server error is about an expired or missing permission.
func Denies(text []byte) bool { return denials.Match(text) }
