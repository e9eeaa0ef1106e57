package proxy

import (
	"mime"
	"slices"
	"strings"
)

// passedTypes are the media types that an upstream's answer may keep beside video/* and audio/*. A browser runs nothing
// of them. Everything else (HTML, SVG, XML, scripts, PDF, multipart/x-mixed-replace, …) would be a document or a script of
// our own origin, written by the owner of the stream, who is not trusted.
var passedTypes = []string{
	"image/jpeg", "image/png", "image/webp", // I-frame and thumbnail playlists
	"text/vtt", "application/mp4", "application/octet-stream", "binary/octet-stream",
	"application/vnd.apple.mpegurl", "application/x-mpegurl",
	"application/json", // session data and asset lists
}

// servedType is the media type under which an upstream's bytes are passed on: the upstream's own where it is one of
// passedTypes, without its parameters; else fallback.
func servedType(upstream, fallback string) string {
	// A type whose parameters do not parse is judged by its name all the same.
	t, _, err := mime.ParseMediaType(upstream)
	if t == "" || err != nil && !strings.Contains(t, "/") {
		return fallback
	}
	if strings.HasPrefix(t, "video/") || strings.HasPrefix(t, "audio/") || slices.Contains(passedTypes, t) {
		return t
	}
	return fallback
}
