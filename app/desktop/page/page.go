// Package page serves the built frontend to the webview.
package page

import (
	"io"
	"io/fs"
	"net"
	"net/http"
	"path"
	"strings"
)

// pageTypes are the media types of the page's files by extension. The machine's own table is not used: on some Windows
// machines it maps scripts to text/plain, which no webview runs.
var pageTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".json": "application/json", ".webmanifest": "application/manifest+json",
	".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".wasm": "application/wasm",
}

// policy returns the content security policy, which lets the page load its own files and play from the playback server's host, and
// load nothing from other origins: the page shows text from sites, and has rights that no site may have. playback is proxy.listen.
func policy(playback string) string {
	const own = "'self' wails: http://wails.localhost"
	host := "127.0.0.1"
	// A name is resolved as for listening: playback URLs contain the address.
	if a, err := net.ResolveTCPAddr("tcp", playback); err == nil && a.IP != nil && !a.IP.IsUnspecified() {
		host = a.IP.String()
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	play := " http://" + host + ":*"
	return "default-src 'none'; script-src " + own + "; style-src " + own + "; font-src " + own +
		"; img-src " + own + " data: blob:; media-src " + own + " blob: data:" + play + "; worker-src " + own + " blob:; connect-src " + own + play +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// Handler serves the built frontend or, if it was not built, a page that says how to build it.
func Handler(dist fs.FS, built bool, playback string) http.Handler {
	if !built {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", pageTypes[".html"])
			_, _ = io.WriteString(w, notBuilt)
		})
	}
	files, rules := http.FileServerFS(dist), policy(playback)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := pageTypes[path.Ext(r.URL.Path)]
		if r.URL.Path == "/" || kind == pageTypes[".html"] {
			kind = pageTypes[".html"]
			w.Header().Set("Content-Security-Policy", rules)
		}
		if kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		files.ServeHTTP(w, r)
	})
}

// notBuilt is the page of a program that was built before the frontend.
const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Gridwall</title>
<style>body { font: 15px/1.6 system-ui, sans-serif; background: #0a0a0c; color: #e8eaed; margin: 3rem; max-width: 40rem } code { color: #9fd }</style>
<h1>This build does not include the page</h1>
<p>This program was built before its page. Build both, in the top folder of the repository:</p>
<p><code>build/run</code></p>
<p>Until then, <code>gridwall serve</code> and the other commands work.</p>
`
