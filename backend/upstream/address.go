package upstream

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// PrivateAddressError is returned for an address that is not of the public internet, under a policy that does not
// allow it.
type PrivateAddressError struct {
	// Host is what was asked for: a name or an address.
	Host string
	// Addr is the address that it stands for; invalid for a name that never leaves the local network.
	Addr netip.Addr
	// Never says that no policy allows it.
	Never bool
}

func (e *PrivateAddressError) Error() string {
	what := e.Host
	if e.Addr.IsValid() && e.Addr.String() != e.Host {
		what = fmt.Sprintf("%s (%s)", e.Host, e.Addr)
		if e.Host == "" {
			what = e.Addr.String()
		}
	}
	if e.Never {
		return what + " is an address at which cloud providers give secrets away; no source may use it"
	}
	return what + " is a private address; set allow_private = true in the source's file to allow it"
}

// PrivateAddress is how packages that do not import this one tell the error.
func (e *PrivateAddressError) PrivateAddress() string { return e.Host }

// special lists what netip.Addr's own methods do not name: the rest of the IANA special-purpose registries that is
// not globally reachable (RFC 6890 and its updates).
var special = prefixes(
	"0.0.0.0/8",        // this network; Linux takes 0.0.0.0 for itself
	"100.64.0.0/10",    // carrier-grade NAT (RFC 6598); Tailscale too
	"192.0.0.0/24",     // IETF protocol assignments
	"192.0.2.0/24",     // documentation
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"240.0.0.0/4",      // reserved, and the broadcast address
	"100::/64",         // discard
	"2001::/23",        // IETF protocol assignments, Teredo among them
	"2001:db8::/32",    // documentation
	"3fff::/20",        // documentation
	"5f00::/16",        // segment routing
	"64:ff9b:1::/48",   // local NAT64 (RFC 8215)
	"fec0::/10",        // site-local, deprecated
	"168.63.129.16/32", // Azure's own services, though the address is a public one
)

// metadata lists the addresses at which cloud providers give a machine's own secrets to anyone who asks from it. No source
// means them, whatever its file says.
var metadata = prefixes(
	"169.254.0.0/16",     // IPv4 link-local, where most have it (169.254.169.254)
	"fd00:ec2::254/128",  // AWS
	"fd20:ce::254/128",   // Google Cloud
	"100.100.100.200/32", // Alibaba Cloud
	"168.63.129.16/32",   // Azure
	"192.0.0.192/32",     // Oracle Cloud
)

// isMetadata reports whether addr is one of metadata, also where an IPv6 address stands for it.
func isMetadata(addr netip.Addr) bool {
	addr = addr.WithZone("").Unmap()
	if addr.Is6() {
		b := addr.As16()
		for _, e := range embedding {
			if e.prefix.Contains(addr) {
				addr = netip.AddrFrom4([4]byte(b[e.at : e.at+4]))
				break
			}
		}
	}
	return slices.ContainsFunc(metadata, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// refusal is why a policy does not permit addr, by which host is known; nil where it does.
func refusal(host string, addr netip.Addr, allowPrivate bool) error {
	plain := addr.WithZone("").Unmap()
	switch {
	case isMetadata(addr):
		return &PrivateAddressError{Host: host, Addr: plain, Never: true}
	case !allowPrivate && isPrivate(addr):
		return &PrivateAddressError{Host: host, Addr: plain}
	}
	return nil
}

// embedding lists the IPv6 ranges that hold an IPv4 address, with the byte at which it begins.
var embedding = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12}, // NAT64 (RFC 6052)
	{netip.MustParsePrefix("2002::/16"), 2},     // 6to4 (RFC 3056)
	{netip.MustParsePrefix("::/96"), 12},        // IPv4-compatible, deprecated
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12},
}

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// isPrivate reports whether addr is not an address of the public internet. An IPv6 address that stands for an IPv4 one is
// judged as that.
func isPrivate(addr netip.Addr) bool {
	addr = addr.WithZone("").Unmap()
	switch {
	case !addr.IsValid(), addr.IsUnspecified(), addr.IsLoopback(), addr.IsPrivate(), addr.IsLinkLocalUnicast(),
		addr.IsMulticast(), addr.IsInterfaceLocalMulticast(), addr.IsLinkLocalMulticast():
		return true
	}
	for _, p := range special {
		if p.Contains(addr) {
			return true
		}
	}
	if addr.Is6() {
		b := addr.As16()
		for _, e := range embedding {
			if e.prefix.Contains(addr) {
				return isPrivate(netip.AddrFrom4([4]byte(b[e.at : e.at+4])))
			}
		}
	}
	return false
}

// literal reads a host that is an address rather than a name. Resolvers take the spellings of inet_aton as well
// (2130706433, 0x7f.1, 0177.0.0.1), and so does this.
func literal(host string) (netip.Addr, bool) {
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

// isLocalName tells names that never mean a host of the public internet (RFC 6761, RFC 6762, RFC 8375 and ICANN's
// .internal): a forward proxy may resolve them although we cannot.
func isLocalName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if !strings.Contains(host, ".") {
		return true
	}
	for _, suffix := range []string{".localhost", ".local", ".internal", ".lan", ".home.arpa"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}
