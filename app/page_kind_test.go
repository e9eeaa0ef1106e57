package app

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

// The documented example of the kind page, on a site where each visit invalidates the previous token.
func TestFeedsOfAPageWithRotatingTokensKeepPlaying(t *testing.T) {
	c := testserver.NewCDN(t)
	mux := http.NewServeMux()
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	mux.HandleFunc("/live", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<html><a class="feed" href="/help">Help</a><a class="feed" href="/feed/1">Watch the world feed</a>`)
	})
	mux.HandleFunc("/feed/1", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<html><iframe id="player" src="about:blank" data-src="/player"></iframe>`)
	})
	mux.HandleFunc("/player", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") != site.URL+"/feed/1" {
			http.Error(w, "not from our page", http.StatusForbidden)
			return
		}
		url := fmt.Sprintf("%s/world.m3u8?token=%d", c.URL, c.Token.Add(1))
		fmt.Fprintf(w, `<html><div data-feed="%s"></div>`, base64.StdEncoding.EncodeToString([]byte(url)))
	})
	text, err := os.ReadFile("../docs/examples/page.toml")
	require.NoError(t, err)
	file := strings.Replace(string(text), "https://club.example", site.URL, 1)
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"club": "allow_private = true\n" + file}), false)
	st := s.streams(1)[0]
	assert.Equal(t, "Watch the world feed", st["title"])
	at := "/hls/" + st["id"].(string) + "/index.m3u8"
	first := s.get(at)
	require.Equal(t, 200, first.Status, "%s", first.Body)
	before := c.Token.Load()
	c.Token.Add(100) // all earlier tokens have expired
	segments := addresses(first.Body)
	require.NotEmpty(t, segments)
	segment := s.get("/hls/" + st["id"].(string) + "/" + segments[len(segments)-1])
	assert.Equal(t, 200, segment.Status, "%s", segment.Body)
	assert.Greater(t, c.Token.Load(), before+100, "the page was asked for a new token")
}
