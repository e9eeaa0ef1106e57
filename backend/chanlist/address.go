package chanlist

import (
	"bytes"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// AddressAndHeaders splits an address from the headers after it (see SplitAddress), and adds the given ones, which take
// precedence. The headers are nil if there are none.
func AddressAndHeaders(raw string, given map[string]string) (address string, headers map[string]string) {
	a, suffix := SplitAddress([]byte(strings.TrimSpace(raw)))
	if len(suffix) == 0 {
		return string(a), given
	}
	h := HeaderSet{}
	h.AddSuffix(string(suffix))
	maps.Copy(h, given)
	if len(h) == 0 {
		return string(a), nil
	}
	return string(a), h
}

// agent matches a User-Agent that follows an address without a name: Player/1.0, or words.
var agent = regexp.MustCompile(`^[A-Za-z][^/\s=?&|]*/v?[0-9]|^[A-Za-z][^=?&|]* `)

// versioned matches a user agent, as opposed to base64 that contains a '/': its version has a dot, or words follow it.
var versioned = regexp.MustCompile(`^[A-Za-z][^/\s=?&|]*/v?[0-9]+(?:\.[0-9]+)+(?:[\s;,(]|$)|^[A-Za-z][^=?&]* `)

// mediaExtensions are the extensions of complete paths.
var mediaExtensions = []string{".m3u8", ".m3u", ".ts", ".mp4", ".mpd", ".m4s", ".aac", ".mp3", ".flv", ".mkv", ".php"}

// SplitAddress splits an entry's line into the address and the headers that players append to it (for HeaderSet.AddSuffix):
//
//	URL|User-Agent=…&Referer=…   URL|Player/1.0   URL|A=…|B=…   URL|A: …   URL|{"A":"…"}   URL&h_Referer=…   URL#User-Agent=…
//
// Of several addresses separated by bars or spaces, the first counts, with the headers that follow it directly, or those at the
// end of the line if none follow the first.
func SplitAddress(line []byte) (address, suffix []byte) {
	address = line
	if bytes.IndexByte(line, '|') >= 0 {
		address, suffix = splitBars(line)
	} else if at := encodedBar(line); at >= 0 {
		address, suffix = line[:at], line[at+len("%7C"):]
		if equals := bytes.IndexByte(suffix, '='); equals < 0 || bytes.IndexByte(suffix[:equals], '%') >= 0 {
			// The whole suffix is encoded, so its values are encoded twice.
			if plain, err := url.PathUnescape(string(suffix)); err == nil {
				suffix = []byte(plain)
			}
		}
	}
	if colon := bytes.IndexByte(address, ':'); colon >= 0 && bytes.Contains(address[colon+1:], []byte("://")) {
		address = firstAddress(address)
	}
	if hash := bytes.IndexByte(address, '#'); hash >= 0 && isPair(address[hash+1:]) && HeaderNamed(address[hash+1:hash+1+bytes.IndexByte(address[hash+1:], '=')]) != "" {
		address, suffix = address[:hash], join(address[hash+1:], suffix)
	}
	if bytes.Contains(address, []byte("h_")) {
		var headers []byte
		address, headers = splitParameters(address)
		suffix = join(headers, suffix)
	}
	return address, suffix
}

// maxParts bounds the parts between bars that are read.
const maxParts = 32

// splitBars is SplitAddress for a line with bars.
func splitBars(line []byte) (address, suffix []byte) {
	end := 0 // of the address; 0 until the first bar that ends it
	parts := 0
	for at := 0; at <= len(line) && parts < maxParts; parts++ {
		next := len(line)
		if n := bytes.IndexByte(line[at:], '|'); n >= 0 {
			next = at + n
		}
		part := bytes.TrimSpace(line[at:next])
		switch {
		case at == 0, len(part) == 0:
		case hasScheme(part):
			if len(suffix) > 0 {
				return bytes.TrimRight(line[:end], "| \t"), suffix // what follows belongs to another address
			}
			if end == 0 {
				end = at - 1
			}
			if !IsWebAddress(line[:end]) && IsWebAddress(part) {
				// The first address that can be played counts.
				line, at, next, end = line[at:], 0, next-at, 0
			}
		case isColonPair(part), bytes.HasPrefix(part, []byte(`{"`)), isHeaderPair(line[:at-1], part, len(suffix) > 0), isAgent(line[:at-1], part), len(suffix) > 0:
			if end == 0 {
				end = at - 1
			}
			suffix = join(suffix, part)
		}
		at = next + 1
	}
	if end == 0 {
		return bytes.TrimRight(line, "| \t"), nil
	}
	return bytes.TrimRight(line[:end], "| \t"), suffix
}

// isHeaderPair reports whether text after a bar is NAME=VALUE with a header's name. begun is set after the first header. Tokens and
// paths may contain bars too: inside a query, or before more of a path, the first name must be one that only headers have.
func isHeaderPair(address, text []byte, begun bool) bool {
	if !isPair(text) {
		return false
	}
	name := text[:bytes.IndexByte(text, '=')]
	if begun || bytes.IndexByte(address, '?') < 0 && !continuesPath(address, text) {
		return name[0] == '!' || 'a' <= name[0]|0x20 && name[0]|0x20 <= 'z'
	}
	lower := strings.ToLower(string(name))
	return name[0] == '!' || HeaderNamed(name) != "" || switches[lower] || bytes.IndexByte(name, '-') > 0 || plainHeaders[lower]
}

// continuesPath reports whether text after a bar continues the address's path: /live/a|id=5/index.m3u8.
func continuesPath(address, text []byte) bool {
	value, _, _ := bytes.Cut(text, []byte("&"))
	return bytes.IndexByte(value, '/') >= 0 && !bytes.Contains(value, []byte("://")) && !hasMediaExtension(address)
}

// hasMediaExtension reports whether the path of an address, or of the rest of one, has an extension of mediaExtensions.
func hasMediaExtension(address []byte) bool {
	if end := bytes.IndexAny(address, "?#"); end >= 0 {
		address = address[:end]
	}
	return slices.Contains(mediaExtensions, strings.ToLower(path.Ext(string(address))))
}

// plainHeaders are the headers without a '-' in their name that occur after addresses.
var plainHeaders = map[string]bool{"authorization": true, "accept": true, "host": true, "range": true, "connection": true, "x": true}

// isAgent reports whether text after a bar is a User-Agent rather than the rest of a path with a bar in it.
func isAgent(address, text []byte) bool {
	if hasMediaExtension(text) {
		return false
	}
	if bytes.ContainsAny(address, "?#") {
		return versioned.Match(text) // a word may be part of a token
	}
	// A single word is a User-Agent only after a file extension.
	return agent.Match(text) || bytes.IndexByte(text, '=') < 0 && hasMediaExtension(address)
}

// encodedBar returns the index of a percent-encoded bar before headers, -1 if there is none. Tokens contain such bars too, so
// the name must be one that only headers have.
func encodedBar(line []byte) int {
	for at := 0; ; {
		n := bytes.Index(line[at:], []byte("%7"))
		if n < 0 {
			return -1
		}
		at += n
		if rest := line[at+2:]; len(rest) > 0 && rest[0]|0x20 == 'c' {
			name := rest[1:]
			if end := bytes.IndexAny(name, "=%"); end >= 0 && HeaderNamed(name[:end]) != "" {
				return at
			}
		}
		at += 2
	}
}

// firstAddress cuts an address before another one: at a space, a '#', or, outside a query, a comma or semicolon.
func firstAddress(address []byte) []byte {
	query := false
	for n, c := range address {
		switch c {
		case '?':
			query = true
		case ' ', '\t', '#', ',', ';':
			if (c == ' ' || c == '\t' || c == '#' || !query) && hasScheme(bytes.TrimLeft(address[n+1:], " \t")) {
				return address[:n]
			}
		}
	}
	return address
}

// splitParameters removes the parameters h_NAME=VALUE, in which some players write headers, from an address. A query may have
// such parameters of its own, so only names that are certainly headers are removed from it. An address that has another address
// as a parameter belongs to a proxy, which reads these parameters itself.
func splitParameters(address []byte) (rest, headers []byte) {
	begin := bytes.IndexAny(address, "?&")
	if begin < 0 || !bytes.Contains(address[begin:], []byte("h_")) {
		return address, nil
	}
	for _, name := range []string{"d=", "url=", "u="} {
		for _, mark := range []string{"?", "&"} {
			if bytes.Contains(address[begin:], []byte(mark+name)) {
				return address, nil
			}
		}
	}
	rest = append([]byte{}, address[:begin]...)
	mark := address[begin]
	query := mark == '?'
	for part := range bytes.SplitSeq(address[begin+1:], []byte("&")) {
		if header, ok := bytes.CutPrefix(part, []byte("h_")); ok && isPair(header) && (!query || isCertain(header)) {
			headers = append(append(headers, header...), '&')
			continue
		}
		rest = append(append(rest, mark), part...)
		mark = '&'
		query = query || bytes.IndexByte(part, '?') >= 0
	}
	return rest, bytes.TrimSuffix(headers, []byte("&"))
}

// isCertain reports whether the name of a pair is a header's rather than a parameter's.
func isCertain(pair []byte) bool {
	name, _, _ := bytes.Cut(pair, []byte("="))
	return HeaderNamed(name) != "" || bytes.IndexByte(name, '-') >= 0 || bytes.EqualFold(name, []byte("authorization")) || bytes.EqualFold(name, []byte("accept"))
}

// join joins two suffixes with a bar.
func join(a, b []byte) []byte {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	return append(append(a[:len(a):len(a)], '|'), b...)
}

// isPair reports whether b begins with NAME=, as the pairs after an address do.
func isPair(b []byte) bool {
	name, _, ok := bytes.Cut(b, []byte("="))
	return ok && isHeaderName(string(name))
}

// hasScheme reports whether b begins with a scheme and "://" (or "http:\\", as some Windows programs write it).
func hasScheme(b []byte) bool {
	for n, c := range b {
		switch {
		case c == ':':
			return n > 1 && (bytes.HasPrefix(b[n+1:], []byte("//")) || bytes.HasPrefix(b[n+1:], []byte(`\\`)))
		case n == MaxScheme || !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
			return false
		}
	}
	return false
}

// MaxScheme bounds the length of a scheme's name, in bytes.
const MaxScheme = 20

// IsWebAddress reports whether b begins with http: or https:.
func IsWebAddress(b []byte) bool {
	if len(b) < len("https:") {
		return false
	}
	return bytes.EqualFold(b[:5], []byte("http:")) || bytes.EqualFold(b[:6], []byte("https:"))
}
