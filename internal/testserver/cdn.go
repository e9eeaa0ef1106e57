package testserver

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// CDN is a CDN and the site that lists its streams: one that plays, "World feed", and one that does not, "Gone". Each listing
// has a new token, and the CDN accepts only the newest one.
type CDN struct {
	*httptest.Server
	// Token is the newest token.
	Token atomic.Int64
}

// NewCDN starts a CDN, which the end of the test stops.
func NewCDN(t testing.TB) *CDN {
	c := &CDN{}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

// ServeHTTP serves the list, the playlist and the segments.
func (c *CDN) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/list.json" {
		n := c.Token.Add(1)
		fmt.Fprintf(w, `[{"url":"%s/world.m3u8?token=%d","title":"World feed","quality":"720p"},{"url":"%s/gone.m3u8?token=%d","title":"Gone","quality":"720p"}]`, c.URL, n, c.URL, n)
		return
	}
	if r.URL.Query().Get("token") != fmt.Sprint(c.Token.Load()) {
		http.Error(w, "expired", http.StatusForbidden)
		return
	}
	switch r.URL.Path {
	case "/world.m3u8":
		w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
		fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\nseven.ts?token=%d\n#EXTINF:4,\neight.ts?token=%d\n", c.Token.Load(), c.Token.Load())
	case "/seven.ts", "/eight.ts":
		w.Header().Set("Content-Type", "video/mp2t")
		_, _ = w.Write(append([]byte{0x47}, bytes.Repeat([]byte("segment "), 500)...))
	default:
		http.NotFound(w, r)
	}
}

// Source returns the file of a source of the kind "json", "Site", that reads the list.
func (c *CDN) Source() string {
	return fmt.Sprintf("kind = \"json\"\nname = \"Site\"\nallow_private = true\nurl = \"%s/list.json\"\nquery = \".[]\"\n", c.URL)
}
