package server

import (
	"net/http"
	"slices"
	"strings"

	"gridwall/app/api/fault"
	"gridwall/app/server/reply"
	"gridwall/app/server/rest"
)

// Content security policies of responses that are not pages.
const (
	// playPolicy is for the content of streams. If a browser renders it nevertheless, it runs no scripts and has an opaque origin.
	playPolicy = "sandbox; default-src 'none'"
)

// headers sets the security headers of each response. Pages replace the policy with their own.
func (g *guard) headers(h http.Header, r *http.Request) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Add("Vary", "Origin")
	play := strings.HasPrefix(r.URL.Path, playPath)
	switch {
	case play && g.window:
		// The window's page has another origin, and its <video> elements play without CORS. checkFetchMetadata refuses other
		// sites.
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	default:
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
	switch {
	case play:
		h.Set("Content-Security-Policy", playPolicy)
		h.Add("Vary", "Sec-Fetch-Dest, Sec-Fetch-Site")
	case strings.HasPrefix(r.URL.Path, "/api/"), r.URL.Path == rest.HealthPath:
		h.Set("Content-Security-Policy", reply.DataPolicy)
	}
}

// playDestinations are the destinations (Sec-Fetch-Dest, Fetch Metadata 2.1) for which a browser may request playback: fetch,
// media elements, their tracks, and pictures.
var playDestinations = []string{"", "empty", "video", "audio", "track", "image"}

// checkFetchMetadata returns an error if a browser may not use its request under /hls/. Otherwise a page of another site could
// show a stream's bytes as a document, a frame or a script of our origin, or start streams (and so run sources) with the address
// of a picture. Players send none of these headers.
func (g *guard) checkFetchMetadata(r *http.Request, origin string, bearer bool) error {
	if dest := r.Header.Get("Sec-Fetch-Dest"); !slices.Contains(playDestinations, dest) {
		return fault.Errorf(fault.CodeForbidden, "playback is for players: a browser may not open it as a page, frame or script (Sec-Fetch-Dest: %.40q)", dest)
	}
	if r.Header.Get("Sec-Fetch-Mode") == "navigate" {
		return fault.Errorf(fault.CodeForbidden, "playback is for players: a browser may not open it as a page")
	}
	site := r.Header.Get("Sec-Fetch-Site")
	elsewhere := site == "cross-site" || site == "same-site"
	switch {
	case bearer, g.trustedOrigin(r, origin):
		return nil
	case origin != "", elsewhere:
		return fault.Errorf(fault.CodeForbidden, "pages of other sites may not play streams of this server")
	}
	return nil
}

// trustedOrigin reports whether origin is set and one of ours.
func (g *guard) trustedOrigin(r *http.Request, origin string) bool {
	return origin != "" && g.ourOrigin(r, origin)
}
