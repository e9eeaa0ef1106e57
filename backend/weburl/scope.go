package weburl

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Scope is the set of hosts that secrets may be sent to: a source's headers, Referer, and tokens of a parent playlist. Ports
// and schemes are ignored, as with cookies. The zero Scope covers no host.
type Scope struct {
	home string   // a Site
	more []string // stream_hosts: domains, each with its subdomains
}

// NewScope returns the scope of secrets that were given for home. hosts are the source's stream_hosts: each is a domain
// including its subdomains; a leading "*." is allowed.
func NewScope(home *url.URL, hosts []string) Scope {
	s := Scope{}
	if home != nil {
		s.home = Site(home.Hostname())
	}
	for _, h := range hosts {
		if h = PlainHost(strings.TrimPrefix(h, "*.")); h != "" {
			s.more = append(s.more, h)
		}
	}
	return s
}

// Covers reports whether secrets may be sent to u.
func (s Scope) Covers(u *url.URL) bool {
	host := PlainHost(u.Hostname())
	if host == "" {
		return false
	}
	if s.home != "" && Site(host) == s.home {
		return true
	}
	for _, domain := range s.more {
		if host == domain || strings.HasSuffix(host, "."+domain) && !IsIP(domain) {
			return true
		}
	}
	return false
}

// SameSite reports whether two hosts have the same registrable domain.
func SameSite(a, b *url.URL) bool {
	s := Site(a.Hostname())
	return s != "" && s == Site(b.Hostname())
}

// Site returns the registrable domain of a host by the Public Suffix List including its private part, so that two customers of
// one cloud are two sites. For an IP address, a name of one label or a public suffix, it returns the host itself.
func Site(host string) string {
	host = PlainHost(host)
	if host == "" || IsIP(host) || !strings.Contains(host, ".") {
		return host
	}
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return site
	}
	return host
}

// Domain checks one entry of stream_hosts, and returns it in the form in which it is compared: a domain (with or without a
// leading "*."), which covers its subdomains, or an IP address.
func Domain(entry string) (string, error) {
	name := strings.TrimPrefix(strings.TrimSpace(entry), "*.")
	switch {
	case strings.Contains(name, "/") || strings.Contains(name, "@"):
		return "", errors.New("it must be a host name such as cdn.example, not a whole address")
	case strings.Contains(name, "*"):
		return "", errors.New(`a * is allowed only at the beginning, as in "*.cdn.example"`)
	}
	host := PlainHost(name)
	switch {
	case host == "" && strings.Contains(name, ":"):
		return "", errors.New("it must be a host name without a port")
	case host == "" || strings.HasPrefix(host, ".") || strings.Contains(host, ".."):
		return "", errors.New("it is not a host name")
	case !IsIP(host) && strings.Contains(host, ".") && IsPublicSuffix(host), isICANN(host):
		return "", errors.New("it is a public suffix, under which anyone can have a domain")
	}
	return host, nil
}

// isICANN reports whether name is a top-level domain of the internet, such as com.
func isICANN(name string) bool {
	suffix, icann := publicsuffix.PublicSuffix(name)
	return icann && suffix == name
}

// PlainHost returns a host name in the form in which names are compared.
func PlainHost(host string) string {
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().String()
	}
	if name, err := asciiHost(host); err == nil {
		return name
	}
	return ""
}

func IsIP(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// IsPublicSuffix reports whether sites are registered under domain. Names of one label (localhost, a machine at home) do not
// count.
func IsPublicSuffix(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain
}
