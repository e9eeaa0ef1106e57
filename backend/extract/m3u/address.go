package m3u

import (
	"bytes"
	"errors"
	"net/url"
	"strings"

	"gridwall/backend/chanlist"
	"gridwall/backend/weburl"
)

// fault is the reason why an address is left out.
type fault int

const (
	noFault fault = iota
	// isForeign is an address that is neither http nor https: rtmp, udp, plugin, a file.
	isForeign
	// isRelative is a relative address in a file, where there is no base.
	isRelative
	// isBroken is not an address, or a truncated one.
	isBroken
)

// resolve returns the absolute address, with its bytes unchanged if they can be sent, because the token may sign them.
func (p *parser) resolve(address []byte) (string, fault) {
	s := string(address)
	base := p.base
	switch {
	case chanlist.IsWebAddress(address):
		base = nil
	case strings.HasPrefix(s, `\\`), len(s) > 2 && s[1] == ':':
		return "", isForeign // a Windows path
	case strings.Contains(s, "://") && strings.IndexByte(s, ' ') >= 0 && strings.IndexByte(s, ' ') < strings.Index(s, "://"):
		return "", isForeign // a command: ffmpeg -i http://…
	}
	if chanlist.IsWebAddress(address) && sendable(s) {
		// Nearly every address of a list needs no repair, and net/url is faster.
		if u, err := url.Parse(s); err == nil && u.Hostname() != "" {
			return withScheme(s, u.Scheme), noFault
		}
	}
	u, err := weburl.Resolve(base, s)
	switch {
	case errors.Is(err, weburl.ErrScheme):
		return "", isForeign
	case err != nil && base == nil && !chanlist.IsWebAddress(address):
		return "", isRelative
	case err != nil:
		return "", isBroken
	}
	if chanlist.IsWebAddress(address) && sendable(s) {
		return withScheme(s, u.Scheme), noFault
	}
	return weburl.Text(u), noFault
}

// bare returns an address without quotes, Streamlink's protocol prefixes, a repeated scheme and character references.
func bare(line []byte) []byte {
	if !chanlist.IsWebAddress(line) {
		line = unwrapped(line)
	}
	for _, scheme := range [...]string{"http://", "https://"} {
		if len(line) > len(scheme) && line[len(scheme)]|0x20 == 'h' {
			if rest, ok := cutTag(line, scheme); ok && hasWebScheme(rest) {
				line = rest
			}
		}
	}
	if bytes.IndexByte(line, ';') >= 0 && bytes.Contains(line, []byte("&amp;")) {
		line = bytes.ReplaceAll(line, []byte("&amp;"), []byte("&"))
	}
	return line
}

// unwrapped is the part of bare for a line that does not begin with http: or https:.
func unwrapped(line []byte) []byte {
	for _, pair := range [...]string{`""`, "<>", "''"} {
		if len(line) > 2 && line[0] == pair[0] && line[len(line)-1] == pair[1] {
			line = bytes.TrimSpace(line[1 : len(line)-1])
		}
	}
	for _, protocol := range [...]string{"hls://", "hlsvariant://", "httpstream://"} {
		rest, ok := cutTag(line, protocol)
		if !ok {
			continue
		}
		if blank := bytes.IndexByte(rest, ' '); blank >= 0 { // options of Streamlink
			rest = rest[:blank]
		}
		if line = rest; !chanlist.IsWebAddress(line) {
			line = append([]byte("https://"), line...)
		}
	}
	if hasPort(line) || len(line) > 4 && equalFold(line[:4], "www.") {
		line = append([]byte("http://"), line...)
	}
	return line
}

// hasWebScheme reports whether an address, or its rest after http://, begins with http:// or https://.
func hasWebScheme(address []byte) bool {
	for _, scheme := range [...]string{"http://", "https://"} {
		if _, ok := cutTag(address, scheme); ok {
			return true
		}
	}
	return false
}

// hasPort reports whether an address without a scheme begins with HOST:PORT/, which cannot be a folder's name.
func hasPort(line []byte) bool {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || bytes.IndexByte(line[:colon], '.') < 0 {
		return false
	}
	for _, c := range line[:colon] {
		if c != '.' && c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	end := colon + 1
	for end < len(line) && line[end] >= '0' && line[end] <= '9' {
		end++
	}
	return end > colon+1 && end-colon <= len(":65535") && end < len(line) && line[end] == '/'
}

// withScheme returns s with its scheme in lower case.
func withScheme(s, scheme string) string {
	if strings.HasPrefix(s, scheme) {
		return s
	}
	return scheme + s[len(scheme):]
}

// unsendable are the bytes that a request cannot contain unescaped.
var unsendable = byteSet(func(c byte) bool {
	return c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\'
})

// sendable reports whether a valid address can be sent unchanged.
func sendable(s string) bool {
	_, rest, _ := strings.Cut(s, ":")
	if len(rest) < 3 || rest[:2] != "//" || rest[2] == '/' || rest[2] == '?' || rest[2] == '#' {
		return false // no host, or wrong slashes
	}
	for n := range len(s) {
		if unsendable[s[n]] {
			return false
		}
	}
	return true
}
