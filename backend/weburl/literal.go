package weburl

import (
	"net/netip"
	"strconv"
	"strings"
)

// embedding lists the IPv6 prefixes that embed an IPv4 address, with the byte at which it begins.
var embedding = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12},   // NAT64 (RFC 6052)
	{netip.MustParsePrefix("64:ff9b:1::/48"), 12}, // local NAT64 (RFC 8215), in the form that most networks use
	{netip.MustParsePrefix("2002::/16"), 2},       // 6to4 (RFC 3056)
	{netip.MustParsePrefix("::/96"), 12},          // IPv4-compatible, deprecated
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12},
}

// Meant returns the address that addr means: without its zone, and the IPv4 address that an IPv6 one embeds.
func Meant(addr netip.Addr) netip.Addr {
	addr = addr.WithZone("").Unmap()
	if addr.Is6() && !addr.IsUnspecified() && !addr.IsLoopback() {
		b := addr.As16()
		for _, e := range embedding {
			if e.prefix.Contains(addr) {
				return netip.AddrFrom4([4]byte(b[e.at : e.at+4]))
			}
		}
	}
	return addr
}

// Literal reads a host that is an address rather than a name. Like resolvers, it accepts the spellings of inet_aton
// (2130706433, 0x7f.1, 0177.0.0.1).
func Literal(host string) (netip.Addr, bool) {
	plain := strings.TrimSuffix(host, ".")
	for _, h := range [...]string{host, plain, strings.Trim(plain, "[]")} { // a zone may end with a dot or a bracket
		if addr, err := netip.ParseAddr(h); err == nil {
			return addr, true
		}
	}
	host = plain
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var value uint64
	for i, p := range parts {
		n, ok := atonPart(p)
		last := i == len(parts)-1
		room := uint64(1) << (8 * (4 - i))
		if !ok || !last && n > 255 || last && n >= room {
			return netip.Addr{}, false
		}
		if last {
			value |= n
		} else {
			value |= n << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(value >> 24), byte(value >> 16), byte(value >> 8), byte(value)}), true
}

// atonPart reads one number as inet_aton does: hexadecimal after 0x, octal after 0.
func atonPart(p string) (uint64, bool) {
	base := 10
	switch {
	case len(p) > 2 && (p[:2] == "0x" || p[:2] == "0X"):
		base, p = 16, p[2:]
	case len(p) > 1 && p[0] == '0':
		base, p = 8, p[1:]
	}
	n, err := strconv.ParseUint(p, base, 32)
	return n, err == nil
}
