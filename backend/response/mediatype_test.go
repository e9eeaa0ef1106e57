package response

import (
	"mime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// documents are types that a browser renders or runs, in the spellings that a hostile upstream can choose.
var documents = []string{
	"text/html", "Text/Html", "TEXT/HTML; charset=utf-8", " text/html", "text/html ;", "text/plain", "text/xml", "application/xml",
	"application/xhtml+xml", "image/svg+xml", "Image/SVG+xml; charset=utf-8", "application/rss+xml", "application/atom+xml",
	"application/mathml+xml", "text/xsl", "application/xslt+xml", "application/ttml+xml", "text/javascript", "application/javascript",
	"application/x-javascript", "application/ecmascript", "text/ecmascript", "text/css", "application/wasm", "application/pdf",
	"multipart/x-mixed-replace; boundary=x", "multipart/related", "message/rfc822", "application/x-shockwave-flash", "application/ld+json",
	"application/manifest+json", "application/x-www-form-urlencoded", "image/gif", "image/bmp", "image/x-icon", "font/woff2",
	"text/vtt/../html", "text/event-stream", "video", "/", ";", "video/mp4,text/html", "text/html,video/mp4", "video/mp4\ttext/html",
	"x", "*/*", "unknown/unknown", "application/unknown", "",
}

func TestAnUpstreamCannotServeADocumentFromGridwallsOrigin(t *testing.T) {
	for _, said := range documents {
		assert.Equal(t, "video/mp2t", ServedType(said, "video/mp2t"), "%q", said)
	}
}

func TestMediaTypesOfMediaArePassedOn(t *testing.T) {
	for said, want := range map[string]string{
		"video/mp2t": "video/mp2t", "VIDEO/MP2T": "video/mp2t", "audio/aac": "audio/aac", "video/iso.segment": "video/iso.segment",
		`video/mp4; codecs="avc1.64001f"`: "video/mp4", "text/vtt; charset=utf-8": "text/vtt", "image/jpeg": "image/jpeg", "image/webp": "image/webp",
		"application/octet-stream": "application/octet-stream", "binary/octet-stream": "binary/octet-stream",
		"application/vnd.apple.mpegurl": "application/vnd.apple.mpegurl", "application/x-mpegURL": "application/x-mpegurl",
		"application/mp4": "application/mp4", "application/json; charset=utf-8": "application/json", "video/mp4; a; b": "video/mp4",
	} {
		assert.Equal(t, want, ServedType(said, "x/fallback"), said)
	}
}

func FuzzServedType(f *testing.F) {
	for _, d := range documents {
		f.Add(d)
	}
	f.Fuzz(func(t *testing.T, said string) {
		got := ServedType(said, "application/octet-stream")
		base, params, err := mime.ParseMediaType(got)
		if err != nil || base != got || len(params) > 0 || strings.ContainsAny(got, "\r\n ;,\"") {
			t.Fatalf("%q is passed on as %q", said, got)
		}
		if !strings.HasPrefix(got, "video/") && !strings.HasPrefix(got, "audio/") && ServedType(got, "") != got {
			t.Fatalf("%q is passed on as %q, which is not on the list", said, got)
		}
	})
}
