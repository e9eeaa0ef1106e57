//go:build !race

package attack

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Finding 1. Guard: backend/hls, which reads each line once and bounds its tables, and the map of reports in
// backend/proxy/naming.go.
func TestALongPlaylistLineIsParsedCheaply(t *testing.T) {
	const live = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:1\n"
	const end = "#EXTINF:4,\n1.ts\n"
	uris := strings.Repeat(`,URI="http://a"`, 3200)
	var variants strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&variants, "#EXT-X-STREAM-INF:BANDWIDTH=%d\nreports.m3u8?v=%d\n", 1000+i, i)
	}
	bodies := map[string]string{
		"keys":     live + "#EXT-X-KEY:METHOD=AES-128" + uris + "\n" + end,
		"dates":    live + `#EXT-X-DATERANGE:ID="a"` + strings.Repeat(`,X-ASSET-URI="http://a"`, 3200) + "\n" + end,
		"comment":  live + "#" + strings.Repeat("http://a ", 110_000) + "\n" + end,
		"vendor":   live + "#EXT-X-VENDOR:" + strings.Repeat(`A="b",B=http://a,`, 60_000) + "\n" + end,
		"prefetch": live + strings.Repeat("#EXT-X-PREFETCH:a\n", 80_000) + end,
		"reports":  live + strings.Repeat("#EXT-X-RENDITION-REPORT:URI=\"reports.m3u8?v=1\"\n", 20_000) + end,
		"media":    "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO" + uris + "\n#EXT-X-STREAM-INF:BANDWIDTH=1\nplain.m3u8\n",
		"variants": "#EXTM3U\n" + variants.String(),
		"plain":    live + end,
	}
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", playlistType)
		_, _ = io.WriteString(w, bodies[strings.TrimSuffix(path.Base(r.URL.Path), ".m3u8")])
	})
	sources := map[string]string{}
	for name := range bodies {
		sources[name] = direct(name, site+"/"+name+".m3u8")
	}
	v := start(t, "", sources)
	for name := range bodies {
		v.stream(name)
	}
	var all time.Duration
	size := 0
	for name, b := range bodies {
		play := "/hls/" + v.stream(name) + "/"
		before := cpu(t)
		list := v.get(play + "index.m3u8").body
		length := len(b)
		if name == "variants" { // a rendition that reports on all the others
			length += len(bodies["reports"])
			for line := range strings.Lines(list) {
				if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
					require.Equal(t, http.StatusOK, v.get(play+line).status)
					break
				}
			}
		}
		used := cpu(t) - before
		all, size = all+used, size+length
		// This includes all other work of the process: the check of the stream, the test's own upstream and client.
		const besides = 150 * time.Millisecond
		limit := besides + time.Duration(float64(250*time.Millisecond)*float64(length)/(1<<20))
		assert.Less(t, used, limit, "%s: %d bytes", name, length)
	}
	report(t, fmt.Sprintf("%d playlists of one dear line each: CPU", len(bodies)-1), "17 s to minutes each", fmt.Sprintf("%d ms for %.1f MB", all.Milliseconds(), float64(size)/1e6), "250 ms a MB")
}

// Finding 17. Guard: AddEncoded in backend/extract/headerset.go, which scans a text once.
func TestListOptionsAreParsedInLinearTime(t *testing.T) {
	v := start(t, "", nil)
	var list strings.Builder
	list.WriteString("#EXTM3U\n")
	const entries = 100
	for i := range entries { // an attacker's list could have five times as many
		fmt.Fprintf(&list, "#EXTINF:-1,C%d\n#KODIPROP:inputstream.adaptive.stream_headers=%s\nhttps://cdn.example/%d.m3u8\n", i, strings.Repeat(fmt.Sprintf("a%d=&", i%10), 12_000), i)
	}
	body := asJSON(t, map[string]string{"text": "kind = \"m3u\"\nurl = \"up.m3u\"\n", "list": list.String()})
	before := cpu(t)
	got := v.do("POST", "/api/v1/sources/up/test", body)
	used := cpu(t) - before
	require.Equal(t, http.StatusOK, got.status)
	limit := time.Duration(list.Len()) * 250 * time.Nanosecond
	assert.Less(t, used, limit)
	report(t, fmt.Sprintf("%d lines of 60 KB of options: CPU", entries), "43 s (1.7 s for four)", fmt.Sprintf("%d ms for %.1f MB", used.Milliseconds(), float64(list.Len())/1e6), "250 ms a MB")
}
