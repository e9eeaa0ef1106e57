package app

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/config"
	"gridwall/internal/testserver"
)

// bigList returns an IPTV list of n entries at base, as providers send them. The tokens differ between rounds.
func bigList(base string, n, round int) []byte {
	var b strings.Builder
	b.WriteString("#EXTM3U\n")
	for i := range n {
		fmt.Fprintf(&b, "#EXTINF:-1 tvg-id=\"channel%d.test\" tvg-name=\"Channel %d\" tvg-logo=\"https://img.test/logos/%d.png\" group-title=\"Group %d\",Channel %d FHD\n"+
			"#EXTVLCOPT:http-user-agent=Mozilla/5.0\n%s/live/user/password/%d.m3u8?token=%032x&e=1700000000\n", i, i, i, i%200, i, base, i, round*n+i)
	}
	return []byte(b.String())
}

// requests counts the requests for a site's streams, by path.
type requests struct {
	mu    sync.Mutex
	paths map[string]int
}

func (r *requests) add(path string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paths[path]++
}

// all returns the requested paths, sorted.
func (r *requests) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.paths))
}

// provider serves a list of n streams at the address list, and records the requests for the streams.
func provider(t testing.TB, n int) (list string, requested *requests) {
	requested = &requests{paths: map[string]int{}}
	rounds := atomic.Int64{}
	var lists [2][]byte // made once, because the benchmark must not measure the site's work
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/get.php" {
			if strings.HasSuffix(r.URL.Path, ".m3u8") {
				requested.add(r.URL.Path)
			}
			fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n/segment.ts\n")
			return
		}
		_, _ = w.Write(lists[rounds.Add(1)%2])
	}))
	t.Cleanup(site.Close)
	for round := range lists {
		lists[round] = bigList(site.URL, n, round)
	}
	return site.URL + "/get.php?username=user&password=password&type=m3u_plus", requested
}

func TestAListOfThousandsIsNotCheckedStreamByStream(t *testing.T) {
	const n = 1000
	address, requested := provider(t, n)
	src := "kind = \"m3u\"\nallow_private = true\nurl = \"" + address + "\"\n"
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"big": src}), false)
	list := s.streams(n)
	assert.Nil(t, list[0]["is_live"])
	assert.Equal(t, "Group 7", list[7]["group"])
	assert.Equal(t, "https://img.test/logos/7.png", list[7]["logo"])
	s.do(http.MethodPost, "/api/v1/extract?source=big", "").json(t)
	s.do(http.MethodPost, "/api/v1/extract", "").json(t)
	assert.Empty(t, requested.all(), "nobody watches any of them")

	h := testserver.NewHome(t, testserver.Quiet, map[string]string{"few": src + "match = \"^Group 7$\"\n"})
	s = start(t, h, false)
	s.streams(n / 200)
	require.Eventually(t, func() bool { return s.streams(n / 200)[0]["is_live"] == true }, wait, 20*time.Millisecond, "streams that match selects are checked")
}

// BenchmarkBigList runs a list of 50,000 through the whole program. It reports "first-ms", from the site's list to the database
// with new ids; "renew-ms", the same with other tokens (matched); "list-ms", the facade's answer as JSON, and its size "json-MB";
// and "live-MB", the memory that the program retains.
func BenchmarkBigList(b *testing.B) {
	const n = 50_000
	address, _ := provider(b, n)
	h := testserver.NewHome(b, testserver.Quiet, map[string]string{"big": "kind = \"m3u\"\nallow_private = true\nurl = \"" + address + "\"\n"})
	paths, err := config.DefaultPaths().With(h.Config, h.Data)
	require.NoError(b, err)
	conf, err := config.Load(paths.Config)
	require.NoError(b, err)
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	a, err := New(Options{Config: conf, Paths: paths, Version: "test", Log: slog.New(slog.DiscardHandler)})
	require.NoError(b, err)
	defer a.Close()
	took := func(what string, do func()) {
		start := time.Now()
		do()
		b.ReportMetric(float64(time.Since(start).Microseconds())/1000, what)
	}
	extract := func() {
		out, err := a.api.Extract(b.Context(), "big")
		require.NoError(b, err)
		require.Empty(b, out.Failed)
		require.Equal(b, n, out.Count)
	}
	for b.Loop() {
		took("first-ms", extract)
		took("renew-ms", extract)
		var text []byte
		took("list-ms", func() {
			list, err := a.api.Streams(b.Context(), true)
			require.NoError(b, err)
			text, err = json.Marshal(list)
			require.NoError(b, err)
		})
		b.ReportMetric(float64(len(text))/1e6, "json-MB")
	}
	b.ReportMetric(float64(heap()-before)/1e6, "live-MB")
}
