package m3u

import (
	"errors"
	"net/url"
	"strings"

	"gridwall/backend/httpclient"
)

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
