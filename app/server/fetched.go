package server

import (
	"net/http"
	"slices"
	"strings"

	"gridwall/app/api"
)

// Policies of answers that are no page.
const (
	// playPolicy is for what a stream's owner wrote: should a browser render it all the same, then without scripts and in
	// an origin of its own.
	playPolicy = "sandbox; default-src 'none'"
	dataPolicy = "default-src 'none'; frame-ancestors 'none'"
)

// headers sets what each answer says of itself. Pages replace the policy with their own.
func (g *guard) headers(h http.Header, r *http.Request) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Add("Vary", "Origin")
	play := strings.HasPrefix(r.URL.Path, playPath)
	switch {
	case play && g.window:
		// The window's page has an origin of its own, and a <video> that plays without CORS must reach us. Who else may not
		// is decided in fetched.
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	default:
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
	switch {
	case play:
		h.Set("Content-Security-Policy", playPolicy)
		h.Add("Vary", "Sec-Fetch-Dest, Sec-Fetch-Site")
	case strings.HasPrefix(r.URL.Path, "/api/"), r.URL.Path == healthPath:
		h.Set("Content-Security-Policy", dataPolicy)
	}
}

// played are the destinations (Sec-Fetch-Dest, Fetch Metadata 2.1) for which a browser may ask for playback: fetch,
// media elements, their tracks, and pictures.
var played = []string{"", "empty", "video", "audio", "track", "image"}

// fetched reports why a browser may not have what it asks for under /hls/, nil if it may. A page of another site could
// otherwise show a stream's bytes as a document, a frame or a script of our origin, and start streams (and so run
// sources) with a picture's address. Players send none of these headers.
func (g *guard) fetched(r *http.Request, origin string, bearer bool) error {
	if dest := r.Header.Get("Sec-Fetch-Dest"); !slices.Contains(played, dest) {
		return api.Errorf(api.CodeForbidden, "playback is for players: a browser may not open it as a page, frame or script (Sec-Fetch-Dest: %.40q)", dest)
	}
	if r.Header.Get("Sec-Fetch-Mode") == "navigate" {
		return api.Errorf(api.CodeForbidden, "playback is for players: a browser may not open it as a page")
	}
	site := r.Header.Get("Sec-Fetch-Site")
	elsewhere := site == "cross-site" || site == "same-site"
	switch {
	case bearer, g.trustedOrigin(r, origin):
		return nil
	case origin != "", elsewhere:
		return api.Errorf(api.CodeForbidden, "a page of another site may not play from here")
	}
	return nil
}

// trustedOrigin reports whether origin is one of ours.
func (g *guard) trustedOrigin(r *http.Request, origin string) bool {
	return origin != "" && g.ourOrigin(r, origin)
}
