package token

import (
	"strings"
)

// maxRedactions bounds how many URLs within URLs are examined; deeper ones are removed.
const maxRedactions = 4

// maxRounds limits how often the result is redacted again: without what was removed, the rest can look like user info,
// a provider's path or another scheme. Usual URLs need one round, plus one that changes nothing.
const maxRounds = 8

// left replaces removed text.
const left = "…"

// Redact returns rawURL without anything that could be a credential: user info, query, fragment, path elements that are
// tokens by the grammar of this package or look random, and the names and passwords in the paths of IPTV providers. It keeps
// the host, words of the path and names of streams, which logs and errors need. rawURL may be malformed, and have any scheme.
// Redacting a result again does not change it.
func Redact(rawURL string) string {
	for range maxRounds {
		shown := redact(rawURL, maxRedactions)
		if shown == rawURL {
			return shown
		}
		rawURL = shown
	}
	return left
}

func redact(s string, depth int) string {
	if depth == 0 {
		return left
	}
	scheme, rest := cutScheme(s)
	if scheme != "" && !strings.HasPrefix(rest, "//") {
		return scheme + ":" + left
	}
	var out strings.Builder
	if scheme != "" {
		out.WriteString(scheme)
		out.WriteByte(':')
	}
	if strings.HasPrefix(rest, "//") {
		rest = cutUserInfo(rest[2:])
		end := strings.IndexAny(rest, `/?#\`)
		if end < 0 {
			end = len(rest)
		}
		out.WriteString("//")
		out.WriteString(rest[:end])
		rest = rest[end:]
	}
	path, query := rest, false
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		query = path[i] == '?' && i+1 < len(path)
		path = path[:i]
	}
	writePath(&out, path, depth)
	if query {
		out.WriteString("?" + left)
	}
	return out.String()
}

// RedactPath returns a path without its tokens, by the grammar alone. Text that only looks random stays: it may be a file
// name.
func RedactPath(path string) string {
	if len(path) > maxText {
		return left
	}
	var elRoom [maxElementsOnStack]string
	var markRoom [maxElementsOnStack]mark
	els, marks := elements(path, elRoom[:0], markRoom[:0])
	var r reader
	r.path(els, marks)
	var out strings.Builder
	for i, el := range els {
		if marks[i] == gone && i > 0 && marks[i-1] == gone {
			continue
		}
		if i > 0 {
			out.WriteByte('/')
		}
		switch base, _, _ := strings.Cut(el, ";"); marks[i] {
		case gone, starred:
			out.WriteString(left)
		case trimmed:
			out.WriteString(base + ";" + left)
		default:
			out.WriteString(el)
		}
	}
	return out.String()
}

// cutScheme cuts a scheme and its colon off. A Windows drive is not a scheme, nor is a host with its port.
func cutScheme(s string) (scheme, rest string) {
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		case c == ':' && i > 1:
			if rest := s[i+1:]; rest != "" && (rest[0] < '0' || rest[0] > '9') {
				return s[:i], rest
			}
			return "", s
		default:
			return "", s
		}
	}
	return "", s
}

// cutUserInfo removes a name and a password after "//", also if the password contains characters that end an authority: then
// the text after the colon is not a port.
func cutUserInfo(s string) string {
	for range maxRedactions {
		end := strings.IndexAny(s, `/?#\`)
		if end < 0 {
			end = len(s)
		}
		authority := s[:end]
		if i := strings.LastIndexByte(authority, '@'); i >= 0 {
			s = s[i+1:]
			if s != "" && strings.IndexByte(`/?#\`, s[0]) < 0 {
				return s
			}
		}
		i := strings.LastIndexByte(authority, ':')
		at := strings.IndexByte(s, '@')
		if at < 0 || i < 0 && s != "" && strings.IndexByte(`/?#\`, s[0]) < 0 || i >= 0 && (port(authority[i+1:]) || strings.HasSuffix(authority, "]")) {
			return s
		}
		s = s[at+1:]
	}
	return s
}

func port(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) <= 5
}

// writePath writes a path without its tokens.
func writePath(out *strings.Builder, path string, depth int) {
	if i := strings.IndexByte(path, '|'); i >= 0 {
		// Headers appended to a URL, as Kodi and others do.
		writePath(out, path[:i], depth)
		out.WriteString("|" + left)
		return
	}
	cut := len(path) > maxText
	if cut {
		path = path[:maxText]
	}
	if i := strings.Index(path, "://"); i > 0 {
		// A URL within the path, with user info and tokens of its own.
		begin := i
		for begin > 0 && (path[begin-1] >= 'a' && path[begin-1] <= 'z' || path[begin-1] >= 'A' && path[begin-1] <= 'Z') {
			begin--
		}
		if begin < i {
			writePath(out, path[:begin], depth)
			out.WriteString(redact(path[begin:], depth-1))
			if cut {
				out.WriteString(left)
			}
			return
		}
	}
	var elRoom [maxElementsOnStack]string
	var markRoom [maxElementsOnStack]mark
	els, marks := elements(path, elRoom[:0], markRoom[:0])
	var r reader
	r.path(els, marks)
	provider(els, marks)
	for i, el := range els {
		if i > 0 && !(marks[i] == gone && marks[i-1] == gone) {
			out.WriteByte('/')
		}
		switch {
		case marks[i] == gone && i > 0 && marks[i-1] == gone:
		case marks[i] == gone, marks[i] == starred:
			out.WriteString(left)
		case marks[i] == trimmed:
			base, _, _ := strings.Cut(el, ";")
			writeElement(out, base)
			out.WriteString(";" + left)
		default:
			writeElement(out, el)
		}
	}
	if cut {
		out.WriteString(left)
	}
}

// writeElement writes an element of a path that does not have the form of a token, without the parts that look random, but
// with its file extension.
func writeElement(out *strings.Builder, el string) {
	if len(el) < 6 {
		out.WriteString(el)
		return
	}
	plain := unescape(el)
	if strings.IndexByte(plain, '?') >= 0 || strings.Contains(plain, "://") || strings.Contains(plain, "@") && strings.Contains(plain, ":") {
		out.WriteString(left)
		return
	}
	base, extension := plain, ""
	if i := strings.LastIndexByte(plain, '.'); i > 0 && len(plain)-i <= 5 {
		base, extension = plain[:i], plain[i:]
		for _, c := range []byte(extension[1:]) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				base, extension = plain, ""
				break
			}
		}
	}
	if random(base) || hashLike(base) || uuid(base) || randomPart(base) {
		out.WriteString(left + extension)
		return
	}
	out.WriteString(el)
}

// randomPart reports whether a part of an element between characters that base64 does not use looks random:
// token:<hash>,exp:<unix>.
func randomPart(s string) bool {
	from := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && (kinds[s[i]]&isOpaque != 0 && s[i] != '=' || s[i] == '.') {
			continue
		}
		if part := s[from:i]; from > 0 || i < len(s) {
			if random(part) || hashLike(part) {
				return true
			}
		}
		from = i + 1
	}
	return false
}

// provider marks the name and the password in the paths of IPTV providers' streams (Xtream Codes):
// /live/NAME/PASSWORD/123.m3u8, /NAME/PASSWORD/123, /timeshift/NAME/PASSWORD/60/2026-11-24:04-00/123.ts. The last element
// may be a name instead of the number, where the password looks like one.
func provider(els []string, marks []mark) {
	if len(els) < 4 || els[0] != "" {
		return
	}
	first, prefix := 1, els[1]
	switch prefix {
	case "live", "movie", "series", "hls", "hlsr", "timeshift":
		first = 2
	case "streaming":
		if els[2] == "timeshift" {
			prefix, first = "timeshift", 3
		}
	}
	if first+2 >= len(els) || marks[first] != place || marks[first+1] != place {
		return
	}
	name, password, last := els[first], els[first+1], els[len(els)-1]
	if name == "" || password == "" || name == left || password == left {
		return
	}
	secret := false
	switch {
	case prefix == "hlsr" && len(els) >= 7: // /hlsr/TOKEN/NAME/PASSWORD/ID/HASH/1.ts
		if marks[4] == place {
			marks[4] = starred
		}
		secret = true
	case prefix == "timeshift" && first > 1:
		secret = len(els)-first >= 4
	case len(els)-first != 3:
	case numbered(last) && first > 1:
		secret = !placeLike(password)
	case numbered(last) && strings.IndexByte(last, '.') < 0:
		secret = !placeLike(password) && !placeLike(name) // a number alone is a channel
	case numbered(last):
		secret = credential(password) || credential(name) && !placeLike(password)
	case first > 1:
		secret = credential(password)
	default:
		secret = credential(password) && credential(name)
	}
	if secret {
		marks[first], marks[first+1] = starred, starred
	}
}

// numbered reports whether a file's name is a number.
func numbered(el string) bool {
	base, extension, _ := strings.Cut(el, ".")
	switch extension {
	case "", "ts", "m3u8", "mp4", "mkv", "avi", "flv", "mpd":
	default:
		return false
	}
	for i := range len(base) {
		if base[i] < '0' || base[i] > '9' {
			return false
		}
	}
	return base != ""
}

// placeLike reports whether an element names a quality, a rendition or a folder, as no password does.
func placeLike(s string) bool {
	switch strings.ToLower(s) {
	case "hd", "sd", "uhd", "fhd", "4k", "8k", "low", "mid", "med", "medium", "high", "best", "main", "source", "src", "auto", "audio", "video", "hls", "dash",
		"abr", "ts", "mpegts", "live", "chunk", "chunks", "seg", "segs", "segment", "segments", "media", "stream", "streams", "index", "playlist", "tracks", "hevc",
		"avc", "h264", "h265", "aac", "en", "de", "fr", "es", "it", "pt", "nl", "default", "primary", "backup", "alt":
		return true
	}
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	if digits == 0 && len(s) > 1 && (s[0] == 'v' || s[0] == 'a' || s[0] == 'q') && port(s[1:]) {
		return true // v3, a1
	}
	if digits == 0 || digits > 5 {
		return false
	}
	switch rest := strings.ToLower(s[digits:]); {
	case rest == "", rest == "k", rest == "kbps", rest == "m", rest == "mbps":
		return true
	case rest[0] == 'p' || rest[0] == 'i' || rest[0] == 'x': // 1080p, 1080p60, 1920x1080
		return port(rest[1:])
	}
	return false
}

// credential reports whether an element looks like a name or a password rather than a place.
func credential(s string) bool {
	lower := strings.ToLower(s)
	for _, word := range []string{"user", "pass", "secret", "pwd", "login"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	if len(s) < 6 || placeLike(s) {
		return false
	}
	changes, letters, digits := 0, 0, 0
	last := byte(0)
	for i := range len(s) {
		kind := byte('l')
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			kind = 'd'
			digits++
		case c >= 'a' && c <= 'z':
			letters++
		case c >= 'A' && c <= 'Z':
			kind = 'u'
			letters++
		default:
			return false // words with hyphens, names with dots
		}
		if last != 0 && kind != last && !(last == 'u' && kind == 'l' && i == 1) && !(last == 'l' && kind == 'u' && i+1 < len(s) && s[i+1] >= 'a') && !(last == 'u' && kind == 'l') {
			changes++
		}
		last = kind
	}
	return letters > 0 && digits > 0 && changes >= 2 || letters == 0 && digits >= 6
}
