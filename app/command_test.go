package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

// script writes a program that prints text, and returns a source file that runs it. more is appended to the file.
func script(t *testing.T, text, more string) string {
	t.Helper()
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("there is no /bin/sh")
	}
	path := filepath.Join(t.TempDir(), "list.sh")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\ncat <<'END'\n"+text+"\nEND\n"), 0o755))
	return "kind = \"command\"\nformat = \"lines\"\ncommand = [\"" + path + "\"]\n" + more
}

func body(t *testing.T, text string) string {
	t.Helper()
	b, err := json.Marshal(map[string]string{"text": text})
	require.NoError(t, err)
	return string(b)
}

func TestACommandSourceIsSavedAndTriedOverHTTPOnlyIfAllowed(t *testing.T) {
	text := script(t, "World feed\thttps://cdn.test/1.m3u8", "")
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"mine": text}), false)
	s.streams(1)
	for _, req := range [][2]string{{http.MethodPut, "/api/v1/sources/tool"}, {http.MethodPut, "/api/v1/sources/mine"},
		{http.MethodPost, "/api/v1/sources/tool/test"}, {http.MethodPost, "/api/v1/sources/mine/test"}} {
		message := s.do(req[0], req[1], body(t, text)).failed(t, http.StatusForbidden, "forbidden")
		assert.Contains(t, message, "server.allow_commands = true")
	}
	trial := s.do(http.MethodPost, "/api/v1/sources/mine/test", body(t, "")).json(t)
	assert.EqualValues(t, 1, trial["count"], "a file that was written by hand may be tried: %v", trial)

	s = start(t, testserver.NewHome(t, testserver.Quiet+"[server]\nallow_commands = true\n", nil), false)
	trial = s.do(http.MethodPost, "/api/v1/sources/tool/test", body(t, text)).json(t)
	assert.EqualValues(t, 1, trial["count"])
	step := list(t, trial, "steps")[0]
	assert.Equal(t, "ran list.sh (exit status 0)", step["what"])
	assert.EqualValues(t, 1, step["yield"])
	assert.EqualValues(t, len("World feed\thttps://cdn.test/1.m3u8\n"), step["bytes"])
	s.streams(0)
	assert.Equal(t, "command", s.do(http.MethodPut, "/api/v1/sources/tool", body(t, text)).json(t)["kind"])
	assert.Equal(t, "World feed", s.streams(1)[0]["title"])
}

func TestPrivateAddressesThatACommandPrintsAreFetchedOnlyWithAllowPrivate(t *testing.T) {
	c := testserver.NewCDN(t)
	address := c.URL + "/world.m3u8?token=0"
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{
		"closed": script(t, address, ""), "open": script(t, address+"&x", "allow_private = true\n"),
	}), false)
	s.streams(2)
	live := map[string]any{}
	require.Eventually(t, func() bool {
		for _, st := range s.streams(2) {
			live[st["site_key"].(string)] = st["is_live"]
			if st["is_live"] == nil {
				return false
			}
		}
		return true
	}, wait, 20*time.Millisecond)
	assert.Equal(t, map[string]any{"closed": false, "open": true}, live)
}

func TestAFeedOfACommandSourceKeepsPlayingAfterItsTokenExpires(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	require.NoError(t, os.WriteFile(count, []byte("0\n"), 0o600))
	cdn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now, _ := os.ReadFile(count)
		if r.URL.Query().Get("token") != strings.TrimSpace(string(now)) {
			http.Error(w, "expired", http.StatusForbidden)
			return
		}
		if r.URL.Path == "/seven.ts" {
			_, _ = w.Write([]byte("G segment"))
			return
		}
		w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
		fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\nseven.ts?token=%s\n", now)
	}))
	t.Cleanup(cdn.Close)
	// Each run makes a new token, which invalidates the previous one.
	tool := filepath.Join(t.TempDir(), "list.sh")
	require.NoError(t, os.WriteFile(tool, []byte("#!/bin/sh\nn=$(($(cat \"$1\") + 1))\necho $n >\"$1\"\nprintf 'World feed\\t%s/world.m3u8?token=%s\\n' \"$2\" $n\n"), 0o755))
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{
		"tool": "kind = 'command'\nformat = 'lines'\nallow_private = true\ncommand = ['" + tool + "', '" + count + "', '" + cdn.URL + "']\n",
	}), false)
	id := s.streams(1)[0]["id"].(string)
	play := func() {
		t.Helper()
		list := s.get("/hls/" + id + "/index.m3u8")
		require.Equal(t, http.StatusOK, list.Status, "%s", list.Body)
		assert.NotContains(t, string(list.Body), "token")
		segment := s.get("/hls/" + id + "/main/7.ts")
		assert.Equal(t, "G segment", string(segment.Body), "%d", segment.Status)
	}
	play()
	require.NoError(t, os.WriteFile(count, []byte("100\n"), 0o600))
	// Right after a fetch the answer comes from the cache.
	require.Eventually(t, func() bool {
		play()
		now, err := os.ReadFile(count)
		require.NoError(t, err)
		return string(now) == "101\n"
	}, wait, 50*time.Millisecond, "the tool is run once more")
}
