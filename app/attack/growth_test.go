//go:build !race

package attack

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// held returns the live heap of this process after garbage collection, in bytes.
func held() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Finding 3. Guards: the copies that dataTable, depart and remember in backend/proxy keep instead of slices of the playlist.
// A playlist is reloaded at most every quarter of a second, so this test uses many streams. backend/proxy has the test of
// one stream and 1.78 MB.
func TestADVRPlaylistWithAdsDoesNotFillTheMemory(t *testing.T) {
	const streams, warm, reloads, segments, size = 20, 4, 30, 60, 300_000
	pad := strings.Repeat("x", size/segments-40) // few long lines make the test faster than many short ones
	var asked atomic.Int64
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", playlistType)
		n := asked.Add(1)
		fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:%d\n", n)
		at := time.Date(2026, 11, 27, 14, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute).Format(time.RFC3339)
		fmt.Fprintf(w, "#EXT-X-DATERANGE:ID=\"ad%d\",CLASS=\"com.apple.hls.interstitial\",START-DATE=%q,X-ASSET-URI=\"http://127.0.0.1:9/%d/index.m3u8\"\n", n, at, n)
		fmt.Fprintf(w, "#EXT-X-VENDOR:http://127.0.0.1:9/beacon/%d\n#EXT-X-KEY:METHOD=AES-128,URI=\"key%d\"\n#EXT-X-MAP:URI=\"init%d.mp4\"\n", n, n, n)
		for i := range segments {
			fmt.Fprintf(w, "#EXTINF:1,\nseg%d.ts?sid=%s\n", n+int64(i), pad)
		}
	})
	sources := map[string]string{}
	for i := range streams {
		sources[fmt.Sprint("s", i)] = direct(fmt.Sprint("S", i), fmt.Sprintf("%s/%d.m3u8", site, i))
	}
	v := start(t, "", sources)
	var play []string
	for i := range streams {
		play = append(play, "/hls/"+v.stream(fmt.Sprint("S", i))+"/index.m3u8")
	}
	round := func() {
		began := time.Now()
		var wg sync.WaitGroup
		for _, p := range play {
			wg.Go(func() {
				res, err := http.Get(v.URL + p)
				if assert.NoError(t, err) {
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
					assert.Equal(t, http.StatusOK, res.StatusCode)
				}
			})
		}
		wg.Wait()
		time.Sleep(time.Until(began.Add(260 * time.Millisecond))) // the playlist counts as fresh until then
	}
	for range warm {
		round()
	}
	before, first := held(), asked.Load()
	for began := time.Now(); asked.Load()-first < streams*reloads && time.Since(began) < time.Minute; {
		round()
	}
	grown, times := held()-before, asked.Load()-first
	// Requests in flight and pooled buffers are not growth: wait for them to be released. A leak would remain.
	for began := time.Now(); grown >= 5<<20 && time.Since(began) < 10*time.Second; time.Sleep(100 * time.Millisecond) {
		grown = min(grown, held()-before)
	}
	require.GreaterOrEqual(t, times, int64(streams*reloads))
	assert.Less(t, grown, int64(5<<20))
	report(t, fmt.Sprintf("%d reloads of a DVR playlist with ads, 0.3 MB: grown", times), "1,026 MB (600 of 1.78 MB)", fmt.Sprintf("%.1f MB", float64(grown)/1e6), "5 MB")
}

// Finding 3. Guard: the bounds of backend/httpclient's jar.
func TestCookiesDoNotFillTheMemory(t *testing.T) {
	var n atomic.Int64
	value := strings.Repeat("c", 3900)
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if path.Ext(r.URL.Path) == ".ts" {
			for range 40 {
				w.Header().Add("Set-Cookie", fmt.Sprintf("c%d=%s; Path=/deep%d", n.Add(1), value, n.Load()))
			}
			w.Header().Set("Content-Type", "video/mp2t")
			_, _ = w.Write(disguised("", "", ""))
			return
		}
		w.Header().Set("Content-Type", playlistType)
		fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n")
		for i := range 320 {
			fmt.Fprintf(w, "#EXTINF:4,\n%d.ts\n", i)
		}
		fmt.Fprint(w, "#EXT-X-ENDLIST\n")
	})
	v := start(t, "", map[string]string{"c": direct("C", site+"/c.m3u8")})
	play := "/hls/" + v.stream("C") + "/main/"
	for i := range 20 {
		v.get(fmt.Sprintf("%s%d.ts", play, i))
	}
	before, first := held(), n.Load()
	for i := 20; i < 320; i++ {
		require.Equal(t, http.StatusOK, v.get(fmt.Sprintf("%s%d.ts", play, i)).status)
	}
	grown := held() - before
	require.GreaterOrEqual(t, n.Load()-first, int64(300*40))
	const cached = 300 * 64 << 10 // each segment takes a block of 64 KiB, within the limit of the cache
	assert.Less(t, grown-cached, int64(8<<20))
	report(t, "300 answers with 40 cookies of 4 KB each: grown", "83 MB", fmt.Sprintf("%.1f MB", float64(grown-cached)/1e6), "8 MB")
}
