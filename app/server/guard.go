package server

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gridwall/app/api/fault"
	"gridwall/app/server/client"
	"gridwall/app/server/logins"
	"gridwall/app/server/reply"
)

// Paths for which the guard has special rules.
const (
	loginPath  = "/login"
	pagePath   = "/page/" // the files of the login page
	logoutPath = "/logout"
	playPath   = "/hls/"
)

// corsAge is how long a browser may cache the response to a CORS preflight, in seconds.
const corsAge = "600"

// webviews are the origins of our own windows: Wails on Linux and macOS, and on Windows.
var webviews = []string{"wails://wails", "http://wails.localhost"}

// guard decides which requests are served. It checks in this order: the Host header must be ours (a page that rebound its name to
// our address sends its own name); a request that changes something must come from our own origin or from no page at all; if there
// is a token, the request must have it; and a request for playback must have acceptable Fetch Metadata (fetchmetadata.go).
type guard struct {
	port    string
	listen  netip.Addr
	trusted []string
	// origins are further origins that are ours, besides that of the requested host.
	origins []string
	// token is server.token; play is server.play_token, which permits only playback and the calendar. nil: none.
	token, play []byte
	// random is set if token cannot be guessed.
	random   bool
	cookie   string // the cookie's name
	sessions *logins.Sessions
	wrong    *logins.Throttle
	log      *slog.Logger
	// open are the paths of files that need no token.
	open []string
	// paired reports whether a session is that of a paired phone. It is set for the remote of a window, which only paired phones
	// use.
	paired func(session string) bool
	// window is set for the server of a window: its pages have another origin, and requests from this machine need no token.
	window bool
}

func newGuard(addr net.Addr, o Options) *guard {
	g := &guard{origins: slices.Clone(developmentOrigins), wrong: logins.NewThrottle(), log: o.Log}
	if a, ok := addr.(*net.TCPAddr); ok {
		g.port = strconv.Itoa(a.Port)
		g.listen = a.AddrPort().Addr().Unmap()
	}
	for _, h := range o.TrustedHosts {
		g.trusted = append(g.trusted, strings.ToLower(h))
	}
	// All ports of a host share cookies; two servers on one machine must not log each other out.
	g.cookie = "gridwall_" + g.port
	if o.Token != "" {
		g.token, g.random = []byte(o.Token), o.RandomToken
		g.sessions = logins.NewSessions(o.Token, o.Sessions, o.Log)
	}
	if o.PlayToken != "" {
		g.play = []byte(o.PlayToken)
	}
	return g
}

// wrap returns a handler that passes permitted requests to next.
func (g *guard) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.headers(w.Header(), r)
		if !g.ourHost(r) {
			reply.Fail(w, fault.Errorf(fault.CodeUntrustedHost, "unrecognised Host %q; add it to trusted_hosts under [server] in config.toml", r.Host))
			return
		}
		h, origin := w.Header(), r.Header.Get("Origin")
		if slices.Contains(g.origins, origin) {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", "Content-Length, Content-Range, Retry-After")
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
				preflight(w, r)
				return
			}
		}
		if changes(r.Method) && !g.ourOrigin(r, origin) {
			reply.Fail(w, foreignPage(r, origin))
			return
		}
		bearer, err := g.authorise(r)
		if err != nil {
			g.refuse(w, r, err)
			return
		}
		if strings.HasPrefix(r.URL.Path, playPath) {
			if err := g.checkFetchMetadata(r, origin, bearer); err != nil {
				reply.Fail(w, err)
				return
			}
			if bearer && g.accepts(r.URL.Query().Get("token"), r) {
				// A page of another site that has the token may play with it in a <video>, which sends requests without CORS.
				h.Set("Cross-Origin-Resource-Policy", "cross-origin")
			} else {
				withoutToken(r)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// foreignPage returns the error for a page whose origin is not the requested host. Usually that is our own page behind a reverse
// proxy that replaces the Host header.
func foreignPage(r *http.Request, origin string) error {
	if origin == "" {
		return fault.Errorf(fault.CodeForbidden, "a page of another site may not change anything here")
	}
	return fault.Errorf(fault.CodeForbidden, "this page was loaded from %.*q, but its request arrived for %.*q: a page of another site may not change anything here; "+
		"behind a reverse proxy pass the name on (nginx: proxy_set_header Host $http_host) and add it to trusted_hosts", maxNameShown, origin, maxNameShown, r.Host)
}

// maxNameShown limits the names that an error repeats from a request, in characters.
const maxNameShown = 100

// preflight responds to a CORS preflight for a window's page.
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

// ourHost reports whether the Host header is a name or an address of ours. Any address at which the request arrived is accepted,
// because DNS rebinding needs a name.
func (g *guard) ourHost(r *http.Request) bool {
	host := strings.ToLower(r.Host)
	name, port := client.SplitHost(host)
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

// ourOrigin reports whether a request that changes something comes from our own page, from one of our windows, or from
// no page (a script sends no Origin).
func (g *guard) ourOrigin(r *http.Request, origin string) bool {
	if origin == "" {
		return r.Header.Get("Sec-Fetch-Site") != "cross-site"
	}
	if slices.Contains(g.origins, origin) {
		return true
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return false
	}
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Scheme+"://"+u.Host != origin {
		return false
	}
	// A trusted host without a port means only the default port of its scheme: other ports may belong to other servers.
	host := withoutPort(u.Scheme, u.Host)
	return host == withoutPort(u.Scheme, r.Host) || slices.ContainsFunc(g.trusted, func(h string) bool { return withoutPort(u.Scheme, h) == host })
}

// withoutPort returns a host in lower case, without the port if it is the default of the scheme: browsers omit that in an Origin,
// but some reverse proxies and players send it in Host.
func withoutPort(scheme, host string) string {
	port := ":80"
	if scheme == "https" {
		port = ":443"
	}
	return strings.TrimSuffix(strings.ToLower(host), port)
}
