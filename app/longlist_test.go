//go:build !race

package app

import (
	"fmt"
	"gridwall/internal/testserver"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A health check must not request all streams of a list of 50,000. It checks those that somebody watches or that match selects.
func TestOfAListOf50000OnlyWatchedOrSelectedStreamsAreChecked(t *testing.T) {
	const n = 50_000
	address, requested := provider(t, n)
	src := "kind = \"m3u\"\nallow_private = true\nurl = \"" + address + "\"\n"
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"big": src}), false)
	listed := func(s *running, n float64) {
		require.Eventually(t, func() bool {
			sources := list(t, s.get("/api/v1/sources").json(t), "sources")
			return sources[0]["stream_count"] == n && sources[0]["running"] == false
		}, 4*wait, 100*time.Millisecond)
	}
	listed(s, n)
	assert.Empty(t, requested.all(), "nobody watches any of them")
	// The URL as in the list of the first run. The API's listing is too long to be read for it.
	site, _, _ := strings.Cut(address, "/get.php")
	const i = 777
	first := fmt.Sprintf("%s/live/user/password/%d.m3u8?token=%032x&e=1700000000", site, i, n+i)
	s.do(http.MethodPost, "/api/v1/active", `{"url": "`+first+`"}`).json(t)
	require.Equal(t, http.StatusOK, s.do(http.MethodPost, "/api/v1/extract?source=big", "").Status)
	assert.Equal(t, []string{"/live/user/password/777.m3u8"}, requested.all())

	// match selects 250 of the 50,000, more than a short list has.
	address, requested = provider(t, n)
	src = "kind = \"m3u\"\nallow_private = true\nmatch = \"^Group 7$\"\nurl = \"" + address + "\"\n"
	s = start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"few": src}), false)
	listed(s, n/200)
	s.do(http.MethodPost, "/api/v1/extract?source=few", "").json(t)
	for _, st := range s.streams(n / 200) {
		assert.Equal(t, true, st["is_live"], st["title"])
	}
	assert.Len(t, requested.all(), n/200)
	for _, path := range requested.all() {
		var i int
		_, err := fmt.Sscanf(path, "/live/user/password/%d.m3u8", &i)
		require.NoError(t, err)
		assert.Equal(t, 7, i%200, path)
	}
}
