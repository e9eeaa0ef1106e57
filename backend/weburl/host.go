package weburl

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// hostProfile maps a host name as browsers do (UTS #46, non-transitional). Underscores, which DNS allows and STD3 does not,
// are kept.
var hostProfile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.BidiRule())

// ParseHost reads HOST or HOST:PORT. The scheme's default port is dropped, as in browsers.
func ParseHost(scheme, s string) (string, error) {
	name, port := s, ""
	if end := strings.LastIndexByte(s, ']'); strings.HasPrefix(s, "[") && end > 0 {
		name, port = s[:end+1], s[end+1:]
		if port != "" && port[0] != ':' {
			return "", fmt.Errorf("%w: its host is invalid", ErrAddress)
		}
		port = strings.TrimPrefix(port, ":")
	} else if i := strings.IndexByte(s, ':'); i >= 0 {
		name, port = s[:i], s[i+1:]
	}
	host, err := asciiHost(name)
	if err != nil {
		return "", err
	}
	if port == "" {
		return host, nil
	}
	n := 0
	for i := 0; i < len(port); i++ {
		if port[i] < '0' || port[i] > '9' {
			return "", fmt.Errorf("%w: its port is not a number", ErrAddress)
		}
		if n = n*10 + int(port[i]-'0'); n > 65535 {
			return "", fmt.Errorf("%w: its port is out of range (0 to 65535)", ErrAddress)
		}
	}
	if scheme == "http" && n == 80 || scheme == "https" && n == 443 {
		return host, nil
	}
	return host + ":" + strconv.Itoa(n), nil
}

// asciiHost returns a host in the form of DNS and the Host header.
func asciiHost(name string) (string, error) {
	if strings.HasPrefix(name, "[") {
		plain := unescapeZone(strings.TrimSuffix(name[1:], "]"))
		addr, err := netip.ParseAddr(plain)
		if err != nil || !addr.Is6() || strings.ContainsFunc(addr.Zone(), isNoZone) {
			return "", fmt.Errorf("%w: its host is not an IPv6 address", ErrAddress)
		}
		return "[" + plain + "]", nil
	}
	name = unescape(name)
	if name == "" {
		return "", fmt.Errorf("%w: it has no host", ErrAddress)
	}
	ascii := true
	for i := 0; i < len(name); i++ {
		ascii = ascii && name[i] < utf8.RuneSelf
	}
	if ascii {
		name = strings.ToLower(name)
	} else {
		mapped, err := hostProfile.ToASCII(name)
		if err != nil {
			return "", fmt.Errorf("%w: its host is not a name", ErrAddress)
		}
		name = mapped
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("#/:<>?@[\\]^|%", c) >= 0 {
			return "", fmt.Errorf("%w: its host is not a name", ErrAddress)
		}
	}
	if name == "" || len(name) > 255 {
		return "", fmt.Errorf("%w: its host is not a name", ErrAddress)
	}
	return name, nil
}

// isNoZone reports whether r is invalid in a zone, which is the name of a network interface.
func isNoZone(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._~-", r))
}

// unescapeZone returns the zone of an IPv6 address as net/url stores it.
func unescapeZone(s string) string { return strings.Replace(strings.ToLower(s), "%25", "%", 1) }
