package cookies

import (
	"cmp"
	"gridwall/backend/weburl"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// maxCookiesPerHost and maxCookies bound the cookies that servers set in one jar, for one domain and in all; beyond them,
	// the cookie set longest ago is dropped. Cookies of the user's own file are not counted and never dropped.
	maxCookiesPerHost = 50
	maxCookies        = 1000
)

// Jar stores cookies and returns them byte for byte as they were set, as browsers and curl do; net/http's jar drops values
// with quotes, backslashes, commas and JSON. RFC 6265bis decides where a cookie is sent: domain, path, Secure, expiry and the
// Public Suffix List. SameSite is ignored. Jar is safe for concurrent use.
type Jar struct {
	mu     sync.Mutex
	sites  map[string][]*kept // by registrable domain
	same   map[sameness]*kept
	count  int // of cookies that servers set
	serial uint64
}

// kept is a cookie in the jar.
type kept struct {
	Cookie
	given   bool   // by the user's file
	created uint64 // its place in a Cookie header
	touched uint64 // when it was set last
}

// New returns an empty jar.
func New() *Jar { return &Jar{sites: map[string][]*kept{}, same: map[sameness]*kept{}} }

// Add stores a cookie of the user's own file.
func (j *Jar) Add(c Cookie) {
	c.Domain = weburl.PlainHost(c.Domain)
	if c.Path == "" {
		c.Path = "/"
	}
	if c.Domain == "" {
		return
	}
	if weburl.IsIP(c.Domain) {
		c.HostOnly = true
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.put(c, true)
}

// Set stores the cookies that u may set with the Set-Cookie lines of its answer.
func (j *Jar) Set(u *url.URL, lines []string) {
	if len(lines) == 0 {
		return
	}
	now, host := time.Now(), weburl.PlainHost(u.Hostname())
	if host == "" {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, line := range lines {
		if c, ok := parseSetCookie(line, now); ok && complete(&c, u, host) {
			if !c.Expires.IsZero() && !c.Expires.After(now) {
				j.remove(c)
				continue
			}
			j.put(c, false)
		}
	}
}

// complete fills in domain and path of a cookie that host set, and reports whether it may set it.
func complete(c *Cookie, u *url.URL, host string) bool {
	c.HostOnly = c.Domain == "" || c.Domain == host && (weburl.IsIP(host) || weburl.IsPublicSuffix(host))
	if c.HostOnly {
		c.Domain = host
	} else if !matchesDomain(host, c.Domain) || weburl.IsPublicSuffix(c.Domain) {
		return false
	}
	if c.Path == "" {
		c.Path = "/"
		if p := weburl.WirePath(u); strings.LastIndexByte(p, '/') > 0 {
			c.Path = p[:strings.LastIndexByte(p, '/')]
		}
	}
	if c.Secure && !isTrusted(u, host) {
		return false
	}
	lower := strings.ToLower(c.Name)
	return !(strings.HasPrefix(lower, "__secure-") && !c.Secure) &&
		!(strings.HasPrefix(lower, "__host-") && !(c.Secure && c.HostOnly && c.Path == "/"))
}

// isTrusted reports whether u may set and receive Secure cookies: over https, and over http on this machine, as in browsers.
func isTrusted(u *url.URL, host string) bool {
	if u.Scheme == "https" || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

func matchesDomain(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain) && !weburl.IsIP(host)
}

func matchesPath(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix) && (strings.HasSuffix(prefix, "/") || path[len(prefix)] == '/')
}

// sameness is the key of a cookie: a later cookie with the same key replaces the earlier one.
type sameness struct {
	name, domain, path string
	hostOnly           bool
}

func (c *Cookie) sameness() sameness { return sameness{c.Name, c.Domain, c.Path, c.HostOnly} }

// put stores a copy of c, whose texts are parts of headers and files. The caller holds j.mu.
func (j *Jar) put(c Cookie, given bool) {
	c.Name, c.Value, c.Domain, c.Path = strings.Clone(c.Name), strings.Clone(c.Value), strings.Clone(c.Domain), strings.Clone(c.Path)
	site := weburl.Site(c.Domain)
	j.serial++
	if k := j.same[c.sameness()]; k != nil {
		k.Cookie, k.touched = c, j.serial
		return
	}
	if !given {
		j.makeRoom(site, c.Domain)
		j.count++
	}
	k := &kept{Cookie: c, given: given, created: j.serial, touched: j.serial}
	j.sites[site], j.same[c.sameness()] = append(j.sites[site], k), k
}

func (j *Jar) remove(c Cookie) {
	if found := j.same[c.sameness()]; found != nil {
		j.drop(weburl.Site(c.Domain), func(k *kept) bool { return k == found })
	}
}

func (j *Jar) drop(site string, which func(*kept) bool) {
	left := slices.DeleteFunc(j.sites[site], func(k *kept) bool {
		if !which(k) {
			return false
		}
		if !k.given {
			j.count--
		}
		delete(j.same, k.sameness())
		return true
	})
	if len(left) == 0 {
		delete(j.sites, site)
		return
	}
	j.sites[site] = left
}

// makeRoom drops the cookie set longest ago if a bound is reached, of that domain or of all.
func (j *Jar) makeRoom(site, domain string) {
	n := 0
	var oldest *kept
	for _, k := range j.sites[site] {
		if !k.given && k.Domain == domain {
			n++
			if oldest == nil || k.touched < oldest.touched {
				oldest = k
			}
		}
	}
	if n < maxCookiesPerHost {
		if j.count < maxCookies {
			return
		}
		oldest = nil
		for _, list := range j.sites {
			for _, k := range list {
				if !k.given && (oldest == nil || k.touched < oldest.touched) {
					oldest = k
				}
			}
		}
	}
	j.drop(weburl.Site(oldest.Domain), func(k *kept) bool { return k == oldest })
}

// matching returns the cookies for u in the order in which they are sent: longer paths first, then older cookies.
func (j *Jar) matching(u *url.URL) (out []*kept) {
	host := weburl.PlainHost(u.Hostname())
	if j == nil || host == "" {
		return nil
	}
	path := weburl.WirePath(u)
	if path == "" {
		path = "/"
	}
	now, trusted, site := time.Now(), isTrusted(u, host), weburl.Site(host)
	j.mu.Lock()
	defer j.mu.Unlock()
	expired := false
	for _, k := range j.sites[site] {
		switch {
		case !k.Expires.IsZero() && !k.Expires.After(now):
			expired = true
		case k.HostOnly && k.Domain != host, !matchesDomain(host, k.Domain), !matchesPath(path, k.Path), k.Secure && !trusted:
		default:
			c := *k
			out = append(out, &c)
		}
	}
	if expired {
		j.drop(site, func(k *kept) bool { return !k.Expires.IsZero() && !k.Expires.After(now) })
	}
	slices.SortFunc(out, func(a, b *kept) int {
		return cmp.Or(len(b.Path)-len(a.Path), cmp.Compare(a.created, b.created))
	})
	return out
}

// Header returns the Cookie header for a request of u: the pairs of own (the source's Cookie header, "" for none), then the
// jar's. A cookie set by a server replaces the one of the same name in own.
func (j *Jar) Header(u *url.URL, own string) string {
	cookies := j.matching(u)
	if len(cookies) == 0 {
		return own
	}
	var b strings.Builder
	add := func(pair string) {
		if pair == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(pair)
	}
	names := map[string]bool{}
	for _, k := range cookies {
		names[k.Name] = true
	}
	for pair := range strings.SplitSeq(own, ";") {
		pair = strings.Trim(pair, " \t")
		name, _, _ := strings.Cut(pair, "=")
		if !names[name] {
			add(pair)
		}
	}
	for _, k := range cookies {
		if k.Name == "" {
			add(k.Value)
		} else {
			add(k.Name + "=" + k.Value)
		}
	}
	return b.String()
}

// Cookies returns the cookies for u with quotes around values removed, for reading and not for sending.
func (j *Jar) Cookies(u *url.URL) (out []*http.Cookie) {
	for _, k := range j.matching(u) {
		c := &http.Cookie{Name: k.Name, Value: k.Value}
		if n := len(c.Value); n > 1 && c.Value[0] == '"' && c.Value[n-1] == '"' {
			c.Value, c.Quoted = c.Value[1:n-1], true
		}
		out = append(out, c)
	}
	return out
}
