//go:build !race

package attack

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// resident returns the resident memory of this process, including the server, in bytes; 0 if it is unknown.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _ := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// peak measures how much resident memory grows while do runs.
func peak(do func()) int64 {
	runtime.GC()
	debug.FreeOSMemory()
	before := resident()
	var most atomic.Int64
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for t := time.NewTicker(10 * time.Millisecond); ; {
			most.Store(max(most.Load(), resident()))
			select {
			case <-stop:
				t.Stop()
				return
			case <-t.C:
			}
		}
	}()
	do()
	close(stop)
	<-ended
	return max(0, most.Load()-before)
}

// Finding 11. Guard: the cache counts downloads in progress.
func TestSegmentsOfClientsThatDoNotReadStayWithinTheCache(t *testing.T) {
	// An object larger than a quarter of the cache is not cached but streamed, with its own bound.
	const clients, size, cache = 40, 15 << 20, 64 << 20
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if path.Ext(r.URL.Path) == ".m3u8" {
			w.Header().Set("Content-Type", playlistType)
			fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n")
			for i := range clients {
				fmt.Fprintf(w, "#EXTINF:4,\n%d.ts\n", i)
			}
			fmt.Fprint(w, "#EXT-X-ENDLIST\n")
			return
		}
		w.Header().Set("Content-Type", "video/mp2t")
		block := make([]byte, 188*1024)
		for i := 0; i < len(block); i += 188 {
			block[i] = 0x47
		}
		for sent := 0; sent < size; sent += len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	v := start(t, "[proxy]\ncache = \"64MiB\"\n", map[string]string{"s": direct("S", site+"/s.m3u8")})
	play := "/hls/" + v.stream("S") + "/main/"
	grown := peak(func() {
		var wg sync.WaitGroup
		for i := range clients {
			c := deaf(t, v, play+strconv.Itoa(i)+".ts")
			wg.Go(func() { // it stays in use while the others arrive
				time.Sleep(time.Second)
				_ = c.Close()
			})
		}
		wg.Wait()
	})
	limit := int64(cache + 160<<20) // data in flight, the test's own upstream, and headroom for the garbage collector
	assert.Less(t, grown, limit)
	report(t, "40 deaf clients, 15 MB segments, cache = 64 MiB: grown", "1,554 MB (24 of 60 MB, 256 MiB)", fmt.Sprintf("%d MB", grown>>20), fmt.Sprintf("%d MB", limit>>20))
}

// Finding 17. Guard: bodyRoom in app/server/body.go.
func TestUploadsAtOnceWaitForRoom(t *testing.T) {
	if testing.Short() {
		t.Skip("it sends 8 lists of 24 MB")
	}
	v := start(t, "", nil)
	line := "#EXTINF:-1,Channel\nhttps://cdn.example/live/1.m3u8\n"
	list := "#EXTM3U\n" + strings.Repeat(line, (24<<20)/len(line))
	body := asJSON(t, map[string]string{"text": "kind = \"m3u\"\nurl = \"up.m3u\"\n", "list": list})
	statuses := map[int]int{}
	grown := peak(func() {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range 8 {
			wg.Go(func() {
				res, err := http.Post(v.URL+"/api/v1/sources/up/test", "application/json", strings.NewReader(body))
				if err != nil {
					return // the request was refused before its whole body was read
				}
				defer res.Body.Close()
				_, _ = io.Copy(io.Discard, res.Body)
				mu.Lock()
				statuses[res.StatusCode]++
				mu.Unlock()
			})
		}
		wg.Wait()
	})
	assert.Positive(t, statuses[http.StatusOK], "%v", statuses)
	for s := range statuses {
		assert.Contains(t, []int{http.StatusOK, http.StatusTooManyRequests}, s)
	}
	limit := int64(500 << 20) // this test's own bodies, and the data parsed from two lists
	assert.Less(t, grown, limit)
	report(t, "8 uploads of 24 MB at once: grown", "823 MB (32 MB each)", fmt.Sprintf("%d MB", grown>>20), fmt.Sprintf("%d MB", limit>>20))
}
