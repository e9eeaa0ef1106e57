package response

import (
	"mime"
	"slices"
	"strings"

	"gridwall/backend/media"
)

// passedTypes are the media types that an upstream's answer may keep besides video/* and audio/*. A browser executes none of
// them. Everything else (HTML, SVG, XML, scripts, PDF, multipart/x-mixed-replace, …) would be a document or a script of
// Gridwall's origin, written by the owner of the stream, who is not trusted.
var passedTypes = []string{
	"image/jpeg", "image/png", "image/webp", // I-frame and thumbnail playlists
	"text/vtt", "application/mp4", "application/octet-stream", "binary/octet-stream",
	"application/vnd.apple.mpegurl", "application/x-mpegurl",
	"application/json", // session data and asset lists
}

// ServedType returns the media type under which an upstream's bytes are passed on: the upstream's own, without its
// parameters, if it is one of passedTypes; otherwise fallback.
func ServedType(upstream, fallback string) string {
	// A type whose parameters do not parse is still judged by its name.
	t, _, err := mime.ParseMediaType(upstream)
	if t == "" || err != nil && !strings.Contains(t, "/") {
		return fallback
	}
	if strings.HasPrefix(t, "video/") || strings.HasPrefix(t, "audio/") || slices.Contains(passedTypes, t) {
		return t
	}
	return fallback
}

// typeOf returns the media type of a body: that of its kind, or the server's (said) if the kind has none and said is video or
// audio; "" if the address has to decide.
func typeOf(kind media.Kind, said string) string {
	family, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(said)), "/")
	known := kind.MIME()
	switch {
	case known == "":
		if family == "video" || family == "audio" || strings.EqualFold(said, "application/mp4") {
			return said
		}
		return ""
	case (kind == media.MP4 || kind == media.ID3) && family == "audio":
		return said
	}
	return known
}
