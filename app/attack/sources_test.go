package attack

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Finding 17. Guard: AddEncoded in backend/extract/headerset.go, which goes over a text once.
func TestTheOptionsOfAListCostNoMoreThanTheirLength(t *testing.T) {
	v := start(t, "", nil)
	var list strings.Builder
	list.WriteString("#EXTM3U\n")
	const entries = 100
	for i := range entries { // the list of an attacker has room for five times as many
		fmt.Fprintf(&list, "#EXTINF:-1,C%d\n#KODIPROP:inputstream.adaptive.stream_headers=%s\nhttps://cdn.example/%d.m3u8\n", i, strings.Repeat(fmt.Sprintf("a%d=&", i%10), 12_000), i)
	}
	body := asJSON(t, map[string]string{"text": "kind = \"m3u\"\nurl = \"up.m3u\"\n", "list": list.String()})
	before := cpu(t)
	got := v.do("POST", "/api/v1/sources/up/test", body)
	used := cpu(t) - before
	require.Equal(t, http.StatusOK, got.status)
	limit := slower * time.Duration(list.Len()) * 250 * time.Nanosecond
	assert.Less(t, used, limit)
	report(t, fmt.Sprintf("%d lines of 60 KB of options: CPU", entries), "43 s (1.7 s for four)", fmt.Sprintf("%d ms for %.1f MB", used.Milliseconds(), float64(list.Len())/1e6), "250 ms a MB")
}

// Finding 17. Guard: Sendable in backend/httpclient/header.go.
func TestASitesAnswerSetsNoHeaderOfTheConnection(t *testing.T) {
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
func TestASeriesOfTheAskerIsOneLineOfTheCalendar(t *testing.T) {
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
func TestAQueryOfJqReadsNothingOfThisMachine(t *testing.T) {
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

// Withstood, in more codings. Guards: maxPlaylist and maxBetween, and the bounds of answers in backend/extract.
func TestABombOfAnyCodingIsBounded(t *testing.T) {
	const size, block = 256 << 20, 4 << 20
	text := bytes.Repeat([]byte("#\n"), block/2)
	packed := func(head string) []byte { // a member for the head, and one again and again
		member := func(b []byte) []byte {
			var out bytes.Buffer
			z := gzip.NewWriter(&out)
			_, _ = z.Write(b)
			_ = z.Close()
			return out.Bytes()
		}
		return append(member([]byte(head)), bytes.Repeat(member(text), size/block)...)
	}
	bombs := map[string][]byte{}
	for kind, head := range map[string]string{"m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:4\n", "m3u": "#EXTM3U\n", "json": "[\"", "html": "<!doctype html>", "ics": "BEGIN:VCALENDAR\r\n"} {
		bombs["gzip."+kind] = packed(head)
		var twice bytes.Buffer
		z := gzip.NewWriter(&twice)
		_, _ = z.Write(bombs["gzip."+kind])
		_ = z.Close()
		bombs["gzip,gzip."+kind] = twice.Bytes()
		if kind != "m3u8" {
			continue
		}
		for coding, open := range map[string]func(io.Writer) io.WriteCloser{
			"deflate": func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, flate.BestSpeed); return z },
			"br":      func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestSpeed) },
		} {
			var out bytes.Buffer
			z := open(&out)
			_, _ = io.WriteString(z, head)
			for range size / block {
				_, _ = z.Write(text)
			}
			_ = z.Close()
			bombs[coding+"."+kind] = out.Bytes()
		}
	}
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		w.Header().Set("Content-Encoding", strings.TrimSuffix(name, path.Ext(name)))
		w.Header().Set("Content-Type", map[string]string{".m3u8": playlistType, ".json": "application/json", ".html": "text/html"}[path.Ext(name)])
		_, _ = w.Write(bombs[name])
	})
	sources := map[string]string{}
	for name := range bombs {
		if path.Ext(name) == ".m3u8" {
			sources[strings.NewReplacer(".", "-", ",", "-").Replace(name)] = direct(name, site+"/"+name)
		}
	}
	v := start(t, "", sources)
	most := int64(0)
	for name := range bombs {
		grown := peak(func() {
			switch kind := path.Ext(name)[1:]; kind {
			case "m3u8":
				assert.NotEqual(t, http.StatusOK, v.get("/hls/"+v.stream(name)+"/index.m3u8").status, name)
			case "ics":
				v.do("POST", "/api/v1/calendars/try", asJSON(t, map[string]string{"kind": "ics", "url": site + "/" + name}))
			default:
				toml := fmt.Sprintf("kind = %q\nallow_private = true\nurl = %q\n", map[string]string{"m3u": "m3u", "json": "json", "html": "page"}[kind], site+"/"+name)
				if kind == "json" {
					toml += "query = \".[]\"\n"
				}
				v.do("POST", "/api/v1/sources/x/test", asJSON(t, map[string]string{"text": toml}))
			}
		})
		assert.Less(t, grown, int64(190<<20), name)
		most = max(most, grown)
	}
	report(t, fmt.Sprintf("%d bombs of 256 MB (gzip, twice, deflate, br): grown", len(bombs)), "< 190 MB (gzip alone)", fmt.Sprintf("%d MB at most", most>>20), "190 MB")
}
