package upstream

import (
	"fmt"
	"gridwall/backend/weburl"
	"net/netip"
	"slices"
	"strings"
)

// PrivateAddressError is returned for an address that is not of the public internet, under a policy that does not
// allow it.
type PrivateAddressError struct {
	// Host is the requested host: a name or an address.
	Host string
	// Addr is the address of Host; invalid for a name that is local by definition.
	Addr netip.Addr
	// Never is set if no policy allows the address.
	Never bool
	// LinkLocal is set if allow_private alone does not allow it.
	LinkLocal bool
}

func (e *PrivateAddressError) Error() string {
	what := e.Host
	if e.Addr.IsValid() && e.Addr.String() != e.Host {
		what = fmt.Sprintf("%s (%s)", e.Host, e.Addr)
		if e.Host == "" {
			what = e.Addr.String()
		}
	}
	switch {
	case e.Never:
		return what + " is an address at which cloud providers give secrets away; no source may use it"
	case e.LinkLocal:
		return what + " is a link-local address; only a source that names its host (in url, in a stream's url or in stream_hosts) and says allow_private = true reaches it"
	}
	return what + " is a private address; set allow_private = true in the source's file to allow it"
}

// PrivateAddress lets packages that do not import this one recognise the error.
func (e *PrivateAddressError) PrivateAddress() string { return e.Host }

// special lists the prefixes in the IANA special-purpose registries that are not globally reachable (RFC 6890 and its updates)
// and that the methods of netip.Addr do not cover.
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
	"168.63.129.16/32", // Azure's own services, although the address is public
)

// metadata lists the addresses at which cloud providers give a machine's secrets to every program on it. No source may use
// them.
var metadata = prefixes(
	"169.254.169.0/24",    // nearly all: 169.254.169.254
	"169.254.170.0/24",    // credentials of containers, AWS
	"169.254.128.0/22",    // managed identities of Azure App Service
	"169.254.42.42/32",    // Scaleway
	"169.254.0.0/24",      // Tencent Cloud; reserved, like the next (RFC 3927, section 2.1)
	"169.254.255.0/24",    // reserved
	"fe80::a9fe:a9fe/128", // OpenStack
	"fd00:ec2::/32",       // AWS: fd00:ec2::254
	"fd20:ce::/32",        // Google Cloud: fd20:ce::254
	"100.100.100.200/32",  // Alibaba Cloud
	"168.63.129.16/32",    // Azure
	"192.0.0.192/32",      // Oracle Cloud
)

// isMetadata reports whether addr is one of metadata, or an IPv6 address that embeds one.
func isMetadata(addr netip.Addr) bool {
	return containsAddr(metadata, weburl.Meant(addr))
}

// refusal returns why a policy does not permit addr, an address of host; nil if it does.
func (p *Pool) refusal(host string, addr netip.Addr, allowPrivate bool) error {
	plain := addr.WithZone("").Unmap()
	switch {
	case isMetadata(addr):
		return &PrivateAddressError{Host: host, Addr: plain, Never: true}
	case !allowPrivate && isPrivate(addr):
		return &PrivateAddressError{Host: host, Addr: plain}
	case weburl.Meant(addr).IsLinkLocalUnicast() && !p.meansLinkLocal(host):
		return &PrivateAddressError{Host: host, Addr: plain, LinkLocal: true}
	}
	return nil
}

// meansLinkLocal reports whether a host with a link-local address was named on purpose: an address, or a name that the public
// internet does not have. The owner of any other name decides where it leads.
func (p *Pool) meansLinkLocal(host string) bool {
	p.mu.Lock()
	named := p.linkLocal
	p.mu.Unlock()
	_, literal := weburl.Literal(host)
	return named != nil && (literal || isLocalName(host)) && named(host)
}

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// isPrivate reports whether addr is not an address of the public internet. An IPv6 address that embeds an IPv4 one counts as
// that one.
func isPrivate(addr netip.Addr) bool {
	addr = addr.WithZone("").Unmap()
	switch {
	case !addr.IsValid(), addr.IsUnspecified(), addr.IsLoopback(), addr.IsPrivate(), addr.IsLinkLocalUnicast(),
		addr.IsMulticast(), addr.IsInterfaceLocalMulticast(), addr.IsLinkLocalMulticast():
		return true
	}
	if containsAddr(special, addr) {
		return true
	}
	meant := weburl.Meant(addr)
	return meant != addr && isPrivate(meant)
}

// containsAddr reports whether one of the prefixes contains addr, which has no zone and embeds no IPv4 address.
func containsAddr(list []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// isLocalName reports whether host is a name that never means a host of the public internet (RFC 6761, RFC 6762, RFC 8375 and
// ICANN's .internal): a forward proxy may resolve it although we cannot.
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
