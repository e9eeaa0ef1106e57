package attack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Finding 17. Guard: Sendable in backend/httpclient/header.go.
func TestASiteCannotSetConnectionHeaders(t *testing.T) {
	var mu sync.Mutex
	var told []string
	cdn := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		_ = r.Write(&b)
		mu.Lock()
		told = append(told, b.String())
		mu.Unlock()
		w.Header().Set("Content-Type", playlistType)
		fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n0.ts\n")
	})
	bad := map[string]string{
		"Host": "evil.example", "Range": "bytes=0-9999", "Connection": "X-Kept", "Transfer-Encoding": "evil", "Proxy-Authorization": "evil", "Te": "evil",
		"If-None-Match": "evil", "Content-Length": "77", "Upgrade": "evil", "Expect": "100-evil", "X-Kept": "kept",
	}
	api := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if path.Ext(r.URL.Path) == ".m3u" {
			fmt.Fprint(w, "#EXTM3U\n#EXTINF:-1,List\n#EXTHTTP:")
			_ = json.NewEncoder(w).Encode(bad)
			fmt.Fprintln(w, cdn+"/list.m3u8")
			return
		}
		_ = json.NewEncoder(w).Encode([]any{map[string]any{"url": cdn + "/api.m3u8", "title": "API", "headers": bad}})
	})
	v := start(t, "", map[string]string{
		"api":  "kind = \"json\"\nallow_private = true\nurl = \"" + api + "/api\"\nquery = \".[]\"\n",
		"list": "kind = \"m3u\"\nallow_private = true\nurl = \"" + api + "/list.m3u\"\n",
	})
	for _, title := range []string{"API", "List"} {
		v.get("/hls/" + v.stream(title) + "/index.m3u8")
	}
	mu.Lock()
	defer mu.Unlock()
	wrong := 0
	for _, r := range told {
		assert.Contains(t, r, "X-Kept: kept")
		assert.NotContains(t, r, "evil")
		assert.NotContains(t, r, "bytes=0-9999")
		if strings.Contains(r, "evil") || strings.Contains(r, "bytes=0-9999") {
			wrong++
		}
	}
	require.GreaterOrEqual(t, len(told), 2)
	report(t, "headers of the connection that a site set, of requests", "all (kind json)", fmt.Sprintf("%d of %d", wrong, len(told)), "0")
}

// Finding 17. Guard: calendarName in backend/ics/write.go.
func TestARequestedSeriesStaysOnOneCalendarLine(t *testing.T) {
	v := start(t, "", nil)
	broken := 0
	for _, series := range []string{"a%0dBEGIN:VEVENT", "a%0aX-EVIL:1", "a%0d%0aX-EVIL:1", "a%00b", "a%0b%0cb", "a%c2%85b", "a%e2%80%a8b"} {
		got := v.get("/api/v1/schedule.ics?series=" + series)
		if got.status == http.StatusBadRequest {
			continue
		}
		require.Equal(t, http.StatusOK, got.status, series)
		for line := range strings.SplitSeq(strings.TrimSuffix(got.body, "\r\n"), "\r\n") {
			assert.NotContains(t, line, "\r", series)
			assert.NotContains(t, line, "\n", series)
			assert.NotContains(t, line, "\x00", series)
			assert.False(t, strings.HasPrefix(line, "X-EVIL"), series)
			if strings.ContainsAny(line, "\r\n") || strings.HasPrefix(line, "X-EVIL") {
				broken++
			}
		}
	}
	report(t, "line breaks of the asker in our calendar", "1", itoa(broken), "0")
}

// Withstood. Guard: the options with which backend/extract/jsonapi compiles a query.
func TestAJqQueryCannotReadTheMachine(t *testing.T) {
	t.Setenv("GRIDWALL_TEST_SECRET", "hunter2-of-the-environment")
	api := upstream(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"a":1}`) })
	secret := t.TempDir() + "/secret.json"
	require.NoError(t, os.WriteFile(secret, []byte(`{"x":"hunter2-of-a-file"}`), 0o600))
	v := start(t, "", nil)
	for _, query := range []string{
		`env.GRIDWALL_TEST_SECRET`, `$ENV.GRIDWALL_TEST_SECRET`, `env | tostring`, `{url: "http://127.0.0.1:9/\(env.GRIDWALL_TEST_SECRET)"}`, `input_filename`, `inputs`, `input`,
		`import "` + secret + `" as $x; $x`, `include "` + secret + `"; .`, `$__prog_args`, `"` + secret + `" | getpath(["x"])`, `get_search_list`, `debug | env`, `error(env.GRIDWALL_TEST_SECRET)`,
	} {
		text := "kind = \"json\"\nallow_private = true\nurl = \"" + api + "\"\nquery = '''" + query + "'''\n"
		got := v.do("POST", "/api/v1/sources/x/test", asJSON(t, map[string]string{"text": text}))
		assert.NotContains(t, got.body, "hunter2", query)
	}
}
