package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gridwall/app/api"
)

// Paths that the guard treats apart.
const (
	eventsPath = "/api/v1/events"
	loginPath  = "/login"
	pagePath   = "/page/" // what the login page is made of
	healthPath = "/healthz"
)

// corsAge is how long a browser may remember a preflight's answer, in seconds.
const corsAge = "600"

// webviews are the origins of our own windows: Wails on Linux and macOS, on Windows, and its development servers.
func webviews() []string {
	return []string{"wails://wails", "http://wails.localhost", "http://localhost:5173", "http://localhost:34115"}
}

// guard decides who may ask. It is what DESIGN's section on security says, in this order: the Host header must be
// ours (a web page that had its name rebound to our address sends its own), a request that changes something must
// come from our own origin or from no page at all, and where there is a token, the request must bear it.
type guard struct {
	port    string
	listen  netip.Addr
	trusted []string
	token   []byte
	cookie  string // the cookie's name
	session string // the cookie's value
	// open are the paths of files that anybody may have.
	open []string
	// openToLocal lets what comes from this machine to this machine go without the token.
	openToLocal bool
}

func newGuard(addr net.Addr, trusted []string, token string) *guard {
	g := &guard{}
	if a, ok := addr.(*net.TCPAddr); ok {
		g.port = strconv.Itoa(a.Port)
		g.listen = a.AddrPort().Addr().Unmap()
	}
	for _, h := range trusted {
		g.trusted = append(g.trusted, strings.ToLower(h))
	}
	// Cookies are shared by all ports of a host; two servers on one machine must not log each other out.
	g.cookie = "gridwall_" + g.port
	if token != "" {
		g.token = []byte(token)
		// The cookie proves that its bearer knew the token, and does not hold it.
		mac := hmac.New(sha256.New, g.token)
		mac.Write([]byte("gridwall session"))
		g.session = hex.EncodeToString(mac.Sum(nil))
	}
	return g
}

// wrap guards next.
func (g *guard) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Add("Vary", "Origin")
		if !g.ourHost(r) {
			fail(w, api.Errorf(api.CodeUntrustedHost, "the host %q is none of ours; add it to trusted_hosts under [server] in config.toml", r.Host))
			return
		}
		origin := r.Header.Get("Origin")
		if slices.Contains(webviews(), origin) {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", "Content-Length, Content-Range, Retry-After")
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
				preflight(w, r)
				return
			}
		}
		if changes(r.Method) && !g.ourOrigin(r, origin) {
			fail(w, api.Errorf(api.CodeForbidden, "a page of another site may not change anything here"))
			return
		}
		if !g.permitted(r) {
			g.refuse(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// preflight answers a browser that asks what a window's page may send.
func preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Range")
	h.Set("Access-Control-Max-Age", corsAge)
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	w.WriteHeader(http.StatusNoContent)
}

// ourHost tells whether the Host header is a name or an address of ours. Rebinding needs a name; so any address at
// which the request in fact arrived will do.
func (g *guard) ourHost(r *http.Request) bool {
	host := strings.ToLower(r.Host)
	name, port := splitHost(host)
	if slices.Contains(g.trusted, host) || slices.Contains(g.trusted, name) {
		return true
	}
	if port != g.port {
		return false
	}
	if name == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(name)
	if err != nil {
		return false
	}
	ip = ip.Unmap()
	if ip.IsLoopback() || (ip == g.listen && !ip.IsUnspecified()) {
		return true
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && local.AddrPort().Addr().Unmap() == ip
}

// splitHost splits a Host header; the port of plain HTTP is 80.
func splitHost(host string) (name, port string) {
	if n, p, err := net.SplitHostPort(host); err == nil {
		return n, p
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), "80"
}

// ourOrigin tells whether a request that changes something comes from our own page, from one of our windows, or from
// no page (a script sends no Origin).
func (g *guard) ourOrigin(r *http.Request, origin string) bool {
	if origin == "" {
		return r.Header.Get("Sec-Fetch-Site") != "cross-site"
	}
	if slices.Contains(webviews(), origin) {
		return true
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return false
	}
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return false
	}
	host := strings.ToLower(u.Host)
	// A trusted host without a port stands for its scheme's own port alone: what else runs there is not ours.
	return host == strings.ToLower(r.Host) || slices.Contains(g.trusted, host)
}

// permitted tells whether the request bears the token, or needs none.
func (g *guard) permitted(r *http.Request) bool {
	if g.token == nil || (g.openToLocal && local(r)) {
		return true
	}
	p := r.URL.Path
	switch {
	case p == healthPath, p == loginPath, strings.HasPrefix(p, pagePath), slices.Contains(g.open, p):
		return true
	}
	if scheme, bearer, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return g.isToken(bearer)
	}
	if c, err := r.Cookie(g.cookie); err == nil && subtle.ConstantTimeCompare([]byte(c.Value), []byte(g.session)) == 1 {
		return true
	}
	// Players, EventSource and calendar apps send no headers. Elsewhere a token in a URL would only be a token in a history.
	if !changes(r.Method) && (strings.HasPrefix(p, "/hls/") || p == eventsPath || p == feedPath) {
		return g.isToken(r.URL.Query().Get("token"))
	}
	return false
}

// local tells whether a request comes from this machine, and names it so: over loopback, or, where playback listens at
// an address of the network alone, from that very address.
func local(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	from := peer.Addr().Unmap()
	name, _ := splitHost(r.Host)
	if strings.EqualFold(name, "localhost") {
		return from.IsLoopback()
	}
	to, err := netip.ParseAddr(name)
	if err != nil {
		return false
	}
	if to = to.Unmap(); from.IsLoopback() {
		return to.IsLoopback()
	}
	here, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && from == to && from == here.AddrPort().Addr().Unmap()
}

// isToken compares in constant time; hashing first hides the length too.
func (g *guard) isToken(s string) bool {
	a, b := sha256.Sum256([]byte(s)), sha256.Sum256(g.token)
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// refuse answers a request without the token: a browser that opens the page is led to the login.
func (g *guard) refuse(w http.ResponseWriter, r *http.Request) {
	if !changes(r.Method) && r.URL.Path == "/" {
		http.Redirect(w, r, loginPath, http.StatusSeeOther)
		return
	}
	w.Header().Set("WWW-Authenticate", `Bearer realm="gridwall"`)
	fail(w, api.Errorf(api.CodeUnauthorized, "this server wants its token: send the header Authorization: Bearer …, or log in at /login; players and event streams may say ?token=…"))
}
