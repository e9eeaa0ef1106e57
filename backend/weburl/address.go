package weburl

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// maxAddress bounds an address, in bytes, like a line of a playlist; a longer one is an error. Most servers refuse far
// shorter ones.
const maxAddress = 1 << 20

var (
	// ErrScheme is returned for an address with a scheme that is neither http nor https.
	ErrScheme = errors.New("only http and https are followed")
	// ErrAddress is returned for anything else that is not an address. Errors never contain the address, which may include a
	// token.
	ErrAddress = errors.New("not a web address")
)

// Parse reads an absolute address as a browser's address bar does (WHATWG URL): spaces around it are trimmed, backslashes count
// as slashes, `http:/host` and `HTTP://HOST` mean http://host, spaces and non-ASCII text in path and query are percent-encoded
// as UTF-8, and a host name is converted to ASCII. All other bytes of path and query are unchanged, even a % that starts no
// escape. The fragment is dropped.
//
// RawPath of the result is the path as it is sent, even if net/url could not write it so; Text and httpclient.Client use it.
func Parse(raw string) (*url.URL, error) { return Resolve(nil, raw) }

// Resolve reads ref as a browser does on a page, or a player in a playlist, at base; with a nil base it must be absolute. A
// colon in the first segment of a name (`seg-15:49.ts`) ends a scheme only after http, https and the few schemes that are
// written without slashes (data, skd, …), or before `//`. Resolve takes time linear in the length of ref.
func Resolve(base *url.URL, ref string) (*url.URL, error) {
	if len(ref) > maxAddress {
		return nil, fmt.Errorf("%w: longer than %d KiB", ErrAddress, maxAddress>>10)
	}
	ref = Clean(ref)
	scheme, rest := CutScheme(ref)
	switch scheme {
	case "http", "https":
		if base == nil || base.Scheme != scheme || startsWithSlashes(rest) {
			return parseAuthority(scheme, strings.TrimLeft(rest, `/\`))
		}
		ref = rest // http:path is relative to an http base
	case "":
		if base == nil {
			return nil, fmt.Errorf("%w: it begins with neither http:// nor https://", ErrAddress)
		}
	default:
		return nil, ErrScheme
	}
	if base.Scheme != "http" && base.Scheme != "https" {
		return nil, ErrScheme
	}
	if startsWithSlashes(ref) {
		return parseAuthority(base.Scheme, strings.TrimLeft(ref, `/\`))
	}
	return parseRelative(base, ref)
}

// Text returns u as text: Parse(Text(u)) equals u and has the same request line. u.String() differs if net/url would encode the
// path again.
func Text(u *url.URL) string {
	p := WirePath(u)
	if p == u.EscapedPath() && u.Opaque == "" {
		return u.String()
	}
	var b strings.Builder
	b.WriteString(u.Scheme)
	b.WriteString("://")
	if u.User != nil {
		b.WriteString(u.User.String())
		b.WriteByte('@')
	}
	b.WriteString(strings.Replace(u.Host, "%", "%25", 1)) // of a zone
	b.WriteString(p)
	if u.ForceQuery || u.RawQuery != "" {
		b.WriteByte('?')
		b.WriteString(u.RawQuery)
	}
	return b.String()
}

// Written returns raw if it can be sent as u unchanged, otherwise Text(u), so that addresses keep their source's spelling.
func Written(raw string, u *url.URL) string {
	if !strings.HasPrefix(raw, u.Scheme+"://") {
		return Text(u)
	}
	for i := 0; i < len(raw); i++ {
		if needsEscape(raw[i], " \"#<>'\\") {
			return Text(u)
		}
	}
	return raw
}

// WirePath returns u's path as it is sent.
func WirePath(u *url.URL) string {
	if strings.HasPrefix(u.Opaque, "//") {
		return strings.TrimPrefix(u.Opaque, "//"+u.Host)
	} else if u.Opaque != "" {
		return u.Opaque
	}
	if u.RawPath != "" {
		return u.RawPath
	}
	return u.EscapedPath()
}

// Clean trims control characters and spaces around s, and removes tabs and line breaks inside, as browsers do.
func Clean(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' || r == '\ufeff' })
	if strings.ContainsAny(s, "\t\r\n") {
		s = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(s)
	}
	return s
}

// slashless are schemes that are written without slashes. Except for data and skd, they do not count as schemes if the rest
// ends like a media file (tel:1.ts).
var slashless = []string{"about", "blob", "data", "file", "intent", "javascript", "magnet", "mailto", "skd", "tel", "urn"}

// CutScheme splits the scheme, in lower case, off an address; "" if it has none.
func CutScheme(s string) (scheme, rest string) {
	n := 0
	for n < len(s) && s[n] != ':' {
		c := s[n] | 0x20
		if !('a' <= c && c <= 'z' || n > 0 && (s[n] >= '0' && s[n] <= '9' || s[n] == '+' || s[n] == '-' || s[n] == '.')) {
			return "", s
		}
		n++
	}
	if n == 0 || n == len(s) {
		return "", s
	}
	scheme, rest = strings.ToLower(s[:n]), s[n+1:]
	if scheme == "http" || scheme == "https" || startsWithSlashes(rest) {
		return scheme, rest
	}
	if slices.Contains(slashless, scheme) && (scheme == "data" || scheme == "skd" || !isMediaFile(rest)) {
		return scheme, rest
	}
	return "", s
}

// mediaFiles are the file extensions in playlists.
var mediaFiles = []string{".aac", ".ac3", ".cmfa", ".cmfv", ".ec3", ".key", ".m2ts", ".m3u8", ".m4a", ".m4s", ".m4v", ".mp3", ".mp4", ".ts", ".vtt", ".webvtt"}

// isMediaFile reports whether a relative address ends with one of mediaFiles.
func isMediaFile(s string) bool {
	path, _, _ := splitPath(s)
	dot := strings.LastIndexByte(path, '.')
	return dot > 0 && !isSlash(path[0]) && slices.Contains(mediaFiles, strings.ToLower(path[dot:]))
}

func isSlash(c byte) bool { return c == '/' || c == '\\' }

func startsWithSlashes(s string) bool { return len(s) > 1 && isSlash(s[0]) && isSlash(s[1]) }

// parseAuthority reads the text after scheme://.
func parseAuthority(scheme, s string) (*url.URL, error) {
	authority, rest := s, ""
	if i := strings.IndexAny(s, `/\?#`); i >= 0 {
		authority, rest = s[:i], s[i:]
	}
	u := &url.URL{Scheme: scheme}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		name, password, has := strings.Cut(authority[:at], ":")
		switch {
		case has:
			u.User = url.UserPassword(unescape(name), unescape(password))
		case name != "":
			u.User = url.User(unescape(name))
		}
		authority = authority[at+1:]
	}
	host, err := ParseHost(scheme, authority)
	if err != nil {
		return nil, err
	}
	u.Host = host
	path, query, has := splitPath(rest)
	setPath(u, "/", path)
	setQuery(u, query, has)
	return u, nil
}

// parseRelative resolves a reference without scheme and host.
func parseRelative(base *url.URL, ref string) (*url.URL, error) {
	if base.Host == "" {
		return nil, fmt.Errorf("%w: its base address has no host", ErrAddress)
	}
	u := &url.URL{Scheme: base.Scheme, User: base.User, Host: base.Host}
	path, query, has := splitPath(ref)
	folder := WirePath(base)
	if path == "" {
		u.Path, u.RawPath = base.Path, base.RawPath
		if u.Path == "" {
			u.Path = "/"
		}
		if !has {
			query, has = base.RawQuery, base.ForceQuery || base.RawQuery != ""
		}
		setQuery(u, query, has)
		return u, nil
	}
	folder = folder[:strings.LastIndexByte(folder, '/')+1]
	setPath(u, folder, path)
	setQuery(u, query, has)
	return u, nil
}

// splitPath splits path and query, and drops the fragment.
func splitPath(s string) (path, query string, hasQuery bool) {
	s, _, _ = strings.Cut(s, "#")
	return strings.Cut(s, "?")
}

// setPath sets u's path to written, relative to folder (encoded, with a trailing slash).
func setPath(u *url.URL, folder, written string) {
	if strings.IndexByte(written, '\\') >= 0 {
		written = strings.ReplaceAll(written, `\`, "/")
	}
	raw := escape(written, pathUnsafe)
	if !strings.HasPrefix(raw, "/") {
		if folder == "" {
			folder = "/"
		}
		raw = folder + raw
	}
	raw = withoutDots(raw)
	u.Path = unescape(raw)
	u.RawPath = ""
	if u.EscapedPath() != raw {
		u.RawPath = raw
	}
}

func setQuery(u *url.URL, query string, has bool) {
	u.RawQuery = escape(query, queryUnsafe)
	u.ForceQuery = has && u.RawQuery == ""
}

// withoutDots resolves the segments "." and ".." of an absolute path, also percent-encoded ones.
func withoutDots(path string) string {
	if !strings.Contains(path, "/.") && !strings.Contains(path, "/%2e") && !strings.Contains(path, "/%2E") {
		return path
	}
	out := make([]byte, 0, len(path))
	rest := path[1:]
	for more := true; more; {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		switch dots(segment) {
		case 2:
			if i := bytes.LastIndexByte(out, '/'); i >= 0 {
				out = out[:i]
			}
			if !more {
				out = append(out, '/')
			}
		case 1:
			if !more {
				out = append(out, '/')
			}
		default:
			out = append(append(out, '/'), segment...)
		}
	}
	if len(out) == 0 {
		return "/"
	}
	return string(out)
}

// dots returns 1 or 2 for a segment of one or two dots, 0 for any other.
func dots(segment string) (n int) {
	for segment != "" {
		switch {
		case segment[0] == '.':
			segment = segment[1:]
		case len(segment) >= 3 && strings.EqualFold(segment[:3], "%2e"):
			segment = segment[3:]
		default:
			return 0
		}
		if n++; n > 2 {
			return 0
		}
	}
	return n
}

// The printable ASCII characters that a browser percent-encodes in a path and in the query of an http address. Control
// characters and bytes beyond ASCII always are; a % never is.
const (
	pathUnsafe  = " \"#<>?^`{}"
	queryUnsafe = " \"#<>'"
)

// escape percent-encodes the bytes that a request line cannot contain, and no others. Bytes that are not UTF-8 keep their
// value, because they may be part of a token.
func escape(s, unsafe string) string {
	n := 0
	for i := 0; i < len(s); i++ {
		if needsEscape(s[i], unsafe) {
			n++
		}
	}
	if n == 0 {
		return s
	}
	const hex = "0123456789ABCDEF"
	out := make([]byte, 0, len(s)+2*n)
	for i := 0; i < len(s); i++ {
		if c := s[i]; needsEscape(c, unsafe) {
			out = append(out, '%', hex[c>>4], hex[c&15])
		} else {
			out = append(out, c)
		}
	}
	return string(out)
}

func needsEscape(c byte, unsafe string) bool {
	return c < ' ' || c >= 0x7f || strings.IndexByte(unsafe, c) >= 0
}

// unescape decodes percent-encoding, and keeps a % that starts no escape.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if hi, lo := unhex(s[i+1]), unhex(s[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// unhex returns the value of a hexadecimal digit, -1 for any other character.
func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
