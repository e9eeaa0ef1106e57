package app

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

func TestACrashedBrowserDoesNotAffectOtherSources(t *testing.T) {
	c := testserver.NewCDN(t)
	// It starts like a browser, and is killed at the first command.
	mark := filepath.Join(t.TempDir(), "began")
	dying := filepath.Join(t.TempDir(), "chromium")
	require.NoError(t, os.WriteFile(dying, []byte(fmt.Sprintf("#!/bin/sh\necho $$ >> %q\nhead -c 1 <&3 >/dev/null\nkill -KILL $$\n", mark)), 0o755))
	t.Setenv("GRIDWALL_BROWSER", dying)
	// Only one browser runs at a time: if the first did not release its slot, the second would never fail.
	page := func(path string) string {
		return "kind = \"browser\"\nallow_private = true\nurl = \"" + c.URL + path + "\"\n"
	}
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"a-page": page("/a"), "b-page": page("/b"), "site": c.Source()}), false)
	list := s.streams(2)
	for _, st := range list {
		assert.Equal(t, "site", st["site_key"])
	}
	var id string
	for _, st := range list {
		if st["title"] == "World feed" {
			id = st["id"].(string)
		}
	}
	require.Equal(t, http.StatusOK, s.get("/hls/"+id+"/index.m3u8").Status)
	// Both pages fail, each with its own error. The stream keeps playing and is renewed.
	require.Eventually(t, func() bool {
		failed := 0
		for _, src := range sourcesOf(s) {
			if src["kind"] == "browser" && src["running"] == false && src["error"] != nil {
				assert.Contains(t, src["error"], "ended before the page was read")
				failed++
			}
		}
		return failed == 2
	}, 4*wait, 20*time.Millisecond)
	require.Equal(t, http.StatusOK, s.do("POST", "/api/v1/active/refresh", "").Status)
	assert.Equal(t, http.StatusOK, s.get("/hls/"+id+"/index.m3u8").Status)
	for _, src := range sourcesOf(s) {
		if src["key"] == "site" {
			assert.Nil(t, src["error"])
			assert.EqualValues(t, 2, src["stream_count"])
		}
	}
	began, err := os.ReadFile(mark)
	require.NoError(t, err)
	assert.NotEmpty(t, began, "the browser was started")
}

// sourcesOf returns the sources as the API lists them.
func sourcesOf(s *running) []map[string]any {
	s.t.Helper()
	return list(s.t, s.get("/api/v1/sources").json(s.t), "sources")
}
