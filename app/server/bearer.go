package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gridwall/app/api"
)

// permitted reports why a request may not be answered, nil if it may: it carries the token, a login or, for what the
// play token is for, that one; or it needs none. bearer is true if the request itself says a token.
func (g *guard) permitted(r *http.Request) (bearer bool, err error) {
	p := r.URL.Path
	said, byHeader, ok := g.said(r)
	if g.token == nil {
		return false, nil
	}
	switch {
	case g.window && local(r):
		// A right token is still one: it stands behind the addresses that a playlist hands on.
		return ok && g.accepts(said, r), nil
	case p == healthPath, p == loginPath, strings.HasPrefix(p, pagePath), slices.Contains(g.open, p):
		return false, nil
	}
	if !byHeader && g.loggedIn(r) {
		return false, nil
	}
	if !ok || said == "" {
		return false, errNoToken
	}
	addr, right := clientAddr(r), g.accepts(said, r)
	wait := g.wrong.Paused(addr, said)
	switch {
	case !right && g.wrong.Seen(addr, said):
		g.failed(addr, said, false)
		return false, errNoToken
	case wait > 0 && right && g.wrong.Holds(addr, said):
		return true, nil // the pause goes on for everybody else
	case wait > 0:
		return false, tooMany(wait)
	case right:
		// Failed attempts from this address still count: otherwise a player behind the same address would let someone keep guessing.
		g.wrong.Accepted(addr, said)
		return true, nil
	}
	if isToken(said, g.play) {
		return false, api.Errorf(api.CodeForbidden, "server.play_token plays and reads the calendar; this needs server.token")
	}
	g.failed(addr, said, false)
	return false, errNoToken
}

// loggedIn reports whether a request carries a login.
func (g *guard) loggedIn(r *http.Request) bool {
	c, err := r.Cookie(g.cookie)
	return err == nil && g.sessions != nil && g.sessions.Valid(c.Value)
}

var errNoToken = api.Errorf(api.CodeUnauthorized, "authentication required: send Authorization: Bearer <token>, or log in at /login; players and event streams may send it as the query parameter token")

// said returns the token that the request itself names. In a query it counts only where players, EventSource and calendar apps
// ask, which send no headers: elsewhere a token in a URL would only be a token in a history.
func (g *guard) said(r *http.Request) (token string, byHeader, ok bool) {
	// A header of another scheme may be a reverse proxy's own.
	if scheme, bearer, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return bearer, true, true
	}
	if p := r.URL.Path; !changes(r.Method) && (strings.HasPrefix(p, playPath) || p == eventsPath || p == feedPath) {
		if q := r.URL.Query(); q.Has("token") {
			return q.Get("token"), false, true
		}
	}
	return "", false, false
}

// accepts reports whether token permits the request.
func (g *guard) accepts(token string, r *http.Request) bool {
	if isToken(token, g.token) {
		return true
	}
	plays := !changes(r.Method) && (strings.HasPrefix(r.URL.Path, playPath) || r.URL.Path == feedPath)
	return plays && isToken(token, g.play)
}

// failed counts a wrong token.
func (g *guard) failed(addr, token string, each bool) {
	if pause := g.wrong.Failed(addr, token, each); pause > 0 {
		g.log.Warn("too many wrong tokens; the address has to pause", "address", addr, "pause", pause)
	}
}

// pauseError is answered with Retry-After.
type pauseError struct {
	err  *api.Error
	wait time.Duration
}

func tooMany(wait time.Duration) error {
	wait = max(wait.Round(time.Second), time.Second)
	return &pauseError{api.Errorf(api.CodeTooMany, "too many wrong tokens from this address; try again in %s", wait), wait}
}

// Error returns the message.
func (e *pauseError) Error() string { return e.err.Error() }

// Unwrap returns the error of the contract.
func (e *pauseError) Unwrap() error { return e.err }

// isToken compares in constant time; hashing first hides the length too. A token that is not set is no one's.
func isToken(s string, token []byte) bool {
	a, b := sha256.Sum256([]byte(s)), sha256.Sum256(token)
	return len(token) > 0 && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// refuse answers a request that is not permitted: a browser that opens the page is led to the login.
func (g *guard) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if err == errNoToken {
		if !changes(r.Method) && r.URL.Path == "/" {
			http.Redirect(w, r, loginPath, http.StatusSeeOther)
			return
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="gridwall"`)
	}
	fail(w, err)
}

// withoutToken takes a token that was not asked for out of the query: playlists would repeat it behind every address.
func withoutToken(r *http.Request) {
	if q := r.URL.Query(); q.Has("token") {
		q.Del("token")
		u := *r.URL
		u.RawQuery = q.Encode()
		r.URL = &u
	}
}

// local reports whether a request comes from this machine, and names it so: over loopback, or, where playback listens at
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
