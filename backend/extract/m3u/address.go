package m3u

import (
	"bytes"
	"errors"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"gridwall/backend/httpclient"
)

// agent finds a User-Agent that stands behind an address without a name: Player/1.0, or words.
var agent = regexp.MustCompile(`^[A-Za-z][^/\s=?&|]*/v?[0-9]|^[A-Za-z][^=?&|]* `)

// mediaEndings are the endings of paths after which no further path is to be expected.
var mediaEndings = []string{".m3u8", ".m3u", ".ts", ".mp4", ".mpd", ".m4s", ".aac", ".mp3", ".flv", ".mkv", ".php"}

// split parts an entry's line into the address and the headers that players write behind it:
//
//	URL|User-Agent=…&Referer=…   URL|Player/1.0   URL|A=…|B=…   URL&h_Referer=…   URL#User-Agent=…
//
// Of several addresses with bars or blanks between, the first counts, with the headers that follow it at once; those
// at the line's end, where none follow the first.
func split(line []byte) (address, suffix []byte) {
	address = line
	if bytes.IndexByte(line, '|') >= 0 {
		address, suffix = splitBars(line)
	} else if at := encodedBar(line); at >= 0 {
		if plain, err := url.PathUnescape(string(line[at:])); err == nil {
			address, suffix = line[:at], []byte(plain[1:])
		}
	}
	if colon := bytes.IndexByte(address, ':'); colon >= 0 && bytes.Contains(address[colon+1:], []byte("://")) {
		address = firstAddress(address)
	}
	if hash := bytes.IndexByte(address, '#'); hash >= 0 && isPair(address[hash+1:]) && headerOf(address[hash+1:hash+1+bytes.IndexByte(address[hash+1:], '=')]) != "" {
		address, suffix = address[:hash], join(address[hash+1:], suffix)
	}
	if bytes.Contains(address, []byte("h_")) {
		var headers []byte
		address, headers = splitParameters(address)
		suffix = join(headers, suffix)
	}
	return address, suffix
}

// maxParts bounds the parts between bars that are looked at; what comes after is left out.
const maxParts = 32

// splitBars goes through the parts between bars.
func splitBars(line []byte) (address, suffix []byte) {
	end := 0 // of the address; 0 until the first bar that ends it
	other := false
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
			if other = true; end == 0 {
				end = at - 1
			}
			if !isWeb(line[:end]) && isWeb(part) && len(suffix) == 0 {
				// The first that can be played counts.
				line, at, next, end, other = line[at:], 0, next-at, 0, false
			}
		case isPair(part), isAgent(line[:at-1], part):
			if end == 0 {
				end = at - 1
			}
			if other && len(suffix) > 0 {
				return bytes.TrimSpace(line[:end]), suffix // those of another address
			}
			suffix = join(suffix, part)
		}
		at = next + 1
	}
	if end == 0 {
		return line, nil
	}
	return bytes.TrimSpace(line[:end]), suffix
}

// isAgent reports whether text behind a bar is a User-Agent. It may be the rest of a path that has a bar in it, too.
func isAgent(address, text []byte) bool {
	ending := strings.ToLower(path.Ext(string(text)))
	if slices.Contains(mediaEndings, ending) {
		return false
	}
	if agent.Match(text) {
		return true
	}
	if end := bytes.IndexAny(address, "?#"); end >= 0 {
		address = address[:end]
	}
	return slices.Contains(mediaEndings, strings.ToLower(path.Ext(string(address))))
}

// encodedBar is where a percent-encoded bar stands that headers follow; -1 where none does. Tokens have such bars, too:
// so the name has to be one that is certain.
func encodedBar(line []byte) int {
	for at := 0; ; {
		n := bytes.Index(line[at:], []byte("%7"))
		if n < 0 {
			return -1
		}
		at += n
		if rest := line[at+2:]; len(rest) > 0 && lower(rest[0]) == 'c' {
			name := rest[1:]
			if end := bytes.IndexAny(name, "=%"); end >= 0 && headerOf(name[:end]) != "" {
				return at
			}
		}
		at += 2
	}
}

// firstAddress cuts an address where another one begins, behind a blank, a '#', or, outside of a query, a comma or
// semicolon.
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

// splitParameters takes the parameters h_NAME=VALUE off an address: headers, as some players write them. A proxy that is
// given the address as a parameter reads them itself.
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
	for part := range bytes.SplitSeq(address[begin+1:], []byte("&")) {
		if header, ok := bytes.CutPrefix(part, []byte("h_")); ok && isPair(header) {
			headers = append(append(headers, header...), '&')
			continue
		}
		rest = append(append(rest, mark), part...)
		mark = '&'
	}
	return rest, bytes.TrimSuffix(headers, []byte("&"))
}

// join puts a bar between two suffixes.
func join(a, b []byte) []byte {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	return append(append(a[:len(a):len(a)], '|'), b...)
}

// fault is why an address is left out.
type fault int

const (
	noFault fault = iota
	// isForeign is an address that is neither http nor https: rtmp, udp, plugin, a file.
	isForeign
	// isRelative is a relative address where there is nothing to resolve it against: in a file.
	isRelative
	// isBroken is no address at all, or one that was cut.
	isBroken
)

// resolve makes address absolute. It goes on as it is written, for its token may be signed over the bytes, unless it cannot
// be sent so.
func (p *parser) resolve(address []byte) (string, fault) {
	s := string(address)
	base := p.base
	switch {
	case isWeb(address):
		base = nil
	case strings.HasPrefix(s, `\\`), len(s) > 2 && s[1] == ':':
		return "", isForeign // a file of a Windows machine
	}
	if isWeb(address) && sendable(s) {
		// Nearly every address of a list ends here: net/url is the quicker judge of what needs no repair.
		if u, err := url.Parse(s); err == nil && u.Hostname() != "" {
			return withScheme(s, u.Scheme), noFault
		}
	}
	u, err := httpclient.Resolve(base, s)
	switch {
	case errors.Is(err, httpclient.ErrScheme):
		return "", isForeign
	case err != nil && base == nil && !isWeb(address):
		return "", isRelative
	case err != nil:
		return "", isBroken
	}
	if isWeb(address) && sendable(s) {
		return withScheme(s, u.Scheme), noFault
	}
	return httpclient.Text(u), noFault
}

// withScheme is s with its scheme in lower case.
func withScheme(s, scheme string) string {
	if strings.HasPrefix(s, scheme) {
		return s
	}
	return scheme + s[len(scheme):]
}

// unsendable are the bytes that an address cannot have on the wire.
var unsendable = byteSet(func(c byte) bool {
	return c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\'
})

// sendable reports whether an address that can be read can be sent as it is written.
func sendable(s string) bool {
	_, rest, _ := strings.Cut(s, ":")
	if len(rest) < 3 || rest[:2] != "//" || rest[2] == '/' || rest[2] == '?' || rest[2] == '#' {
		return false // no host, or slashes that want repair
	}
	for n := range len(s) {
		if unsendable[s[n]] {
			return false
		}
	}
	return true
}
