package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"time"

	"gridwall/app/api/fault"
	"gridwall/app/server/client"
	"gridwall/app/server/reply"
	"gridwall/app/server/rest"
)

// authorise returns an error unless the request has the token or a login, has the play token for a path that this permits, or
// needs no token. bearer reports whether the request itself contains a valid token.
func (g *guard) authorise(r *http.Request) (bearer bool, err error) {
	p := r.URL.Path
	token, byHeader, ok := requestToken(r)
	if g.paired != nil {
		if g.isOpen(p) || g.loggedIn(r) {
			return false, nil
		}
		return false, errNotPaired
	}
	if g.token == nil {
		return false, nil
	}
	switch {
	case g.window && client.Local(r):
		// A valid token still counts: the addresses in a playlist repeat it.
		return ok && g.accepts(token, r), nil
	case g.isOpen(p):
		return false, nil
	}
	if !byHeader && g.loggedIn(r) {
		return false, nil
	}
	if !ok || token == "" {
		return false, errNoToken
	}
	addr, right := client.Addr(r), g.accepts(token, r)
	wait := g.wrong.Paused(addr, token)
	switch {
	case g.random && right:
		return true, nil
	case g.random:
		return false, errNoToken
	case !right && g.wrong.RejectedBefore(addr, token):
		g.failed(addr, token, false)
		return false, errNoToken
	case wait > 0 && right && g.wrong.AcceptedBefore(addr, token):
		return true, nil // the pause continues for other clients
	case wait > 0:
		return false, tooMany(wait)
	case right:
		// Failed attempts from this address still count: otherwise a player behind the same address would let someone keep guessing.
		g.wrong.Accepted(addr, token)
		return true, nil
	}
	if isToken(token, g.play) {
		return false, fault.Errorf(fault.CodeForbidden, "server.play_token permits only playback and the calendar; this requires server.token")
	}
	g.failed(addr, token, false)
	return false, errNoToken
}

// isOpen reports whether a path needs neither a token nor a login.
func (g *guard) isOpen(path string) bool {
	return path == rest.HealthPath || path == loginPath || strings.HasPrefix(path, pagePath) || slices.Contains(g.open, path)
}

// loggedIn reports whether a request has the cookie of a valid login or of a paired phone.
func (g *guard) loggedIn(r *http.Request) bool {
	c, err := r.Cookie(g.cookie)
	if err != nil {
		return false
	}
	if g.paired != nil {
		return g.paired(c.Value)
	}
	return g.sessions != nil && g.sessions.Valid(c.Value)
}

var errNotPaired = fault.Errorf(fault.CodeUnauthorized, "this phone is not paired; open /login and enter the code shown in the Gridwall window")

var errNoToken = fault.Errorf(fault.CodeUnauthorized, "authentication required: send Authorization: Bearer <token>, or log in at /login; players and event streams may send it as the query parameter token")

// requestToken returns the token in the Authorization header or the query. A query counts only on the paths for players,
// EventSource and calendar apps, which cannot send headers: elsewhere a token in a URL would only end up in a browser's history.
func requestToken(r *http.Request) (token string, byHeader, ok bool) {
	// A header with another scheme may be for a reverse proxy.
	if scheme, bearer, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return bearer, true, true
	}
	if p := r.URL.Path; !changes(r.Method) && (strings.HasPrefix(p, playPath) || p == rest.EventsPath || p == rest.CalendarPath) {
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
	plays := !changes(r.Method) && (strings.HasPrefix(r.URL.Path, playPath) || r.URL.Path == rest.CalendarPath)
	return plays && isToken(token, g.play)
}

// failed counts a wrong token. If each is set, a token that was counted before counts again.
func (g *guard) failed(addr, token string, each bool) {
	if pause := g.wrong.Failed(addr, token, each); pause > 0 {
		g.log.Warn("too many wrong tokens; the address is paused", "address", addr, "pause", pause)
	}
}

func tooMany(wait time.Duration) error {
	wait = max(wait.Round(time.Second), time.Second)
	return reply.Pause(fault.Errorf(fault.CodeTooMany, "too many wrong tokens from this address; try again in %s", wait), wait)
}

// isToken compares in constant time; hashing first hides the length too. An empty token matches nothing.
func isToken(s string, token []byte) bool {
	a, b := sha256.Sum256([]byte(s)), sha256.Sum256(token)
	return len(token) > 0 && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// refuse responds to a request that is not permitted. It redirects a browser that opens the page to the login.
func (g *guard) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if err == errNoToken || err == errNotPaired {
		if !changes(r.Method) && r.URL.Path == "/" {
			http.Redirect(w, r, loginPath, http.StatusSeeOther)
			return
		}
		if err == errNoToken {
			w.Header().Set("WWW-Authenticate", `Bearer realm="gridwall"`)
		}
	}
	reply.Fail(w, err)
}

// withoutToken removes a token that is not needed from the query, because playlists would append it to each address.
func withoutToken(r *http.Request) {
	if q := r.URL.Query(); q.Has("token") {
		q.Del("token")
		u := *r.URL
		u.RawQuery = q.Encode()
		r.URL = &u
	}
}
