package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	defaultViewing = 60 * time.Second
	// feeds is how many feeds the viewers watch.
	feeds = 4
	// The duration and bit rate of the feeds' segments.
	pace    = 4 * time.Second
	bitrate = 1e6
	// window is how many segments a playlist lists.
	window = 6
	// smallCache is the size of the cache for this part, so small that it is soon full.
	smallCache = 32 << 20
	// allowance and perViewer are how much memory the server may use in addition to its cache: for itself, and for each viewer.
	allowance, perViewer = 60e6, 64e3
)

// liveOrigin serves live feeds, whose segments begin at different times, and counts the requests.
type liveOrigin struct {
	body []byte
	mu   sync.Mutex
	hits map[string]int
}

func (o *liveOrigin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, ".ts") {
		if r.Header.Get("Range") == "" { // not for the health check, which requests a kilobyte
			o.mu.Lock()
			o.hits[r.URL.Path]++
			o.mu.Unlock()
		}
		w.Header().Set("Content-Type", "video/mp2t")
		w.Header().Set("Content-Length", strconv.Itoa(len(o.body)))
		_, _ = w.Write(o.body)
		return
	}
	n := newest(feedOf(r.URL.Path))
	var list bytes.Buffer
	fmt.Fprintf(&list, "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:%d\n", int(pace.Seconds()), n-window+1)
	for i := n - window + 1; i <= n; i++ {
		fmt.Fprintf(&list, "#EXTINF:%.3f,\n%d.ts\n", pace.Seconds(), i)
	}
	w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
	_, _ = w.Write(list.Bytes())
}

func feedOf(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[1])
	return n
}

// newest returns the number of the newest complete segment of a feed.
func newest(feed int) int64 {
	return (time.Now().UnixMilli()-int64(feed)*1000)/pace.Milliseconds() - 1
}

// inRealTime makes a thousand viewers watch four feeds like players.
func inRealTime(ctx context.Context, b *bench) error {
	origin := &liveOrigin{body: segment(int(bitrate * pace.Seconds() / 8)), hits: map[string]int{}}
	cdn := httptest.NewServer(origin)
	defer cdn.Close()
	source := "kind = \"direct\"\nallow_private = true\n"
	for i := range feeds {
		source += fmt.Sprintf("[[stream]]\nurl = \"%s/%d/live.m3u8\"\ntitle = \"Feed %d\"\n", cdn.URL, i, i)
	}
	g, err := b.serve("viewers", source, fmt.Sprintf("[proxy]\ncache = \"%dMiB\"\n", smallCache>>20))
	if err != nil {
		return err
	}
	ids, err := g.ids(feeds)
	if err != nil {
		return err
	}
	before, err := cpu(g.pid)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, b.viewing)
	defer cancel()
	var t tally
	var wg sync.WaitGroup
	for i := range b.viewers {
		wg.Go(func() {
			rest(ctx, time.Duration(i)*pace/time.Duration(b.viewers))
			t.failed(watch(ctx, g.address, ids[i%feeds], &t))
		})
	}
	var most int64
	for tick := time.NewTicker(time.Second); ctx.Err() == nil; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
		}
		rss, err := resident(g.pid)
		if err != nil {
			return err
		}
		most = max(most, rss)
	}
	wg.Wait()
	after, err := cpu(g.pid)
	if err != nil {
		return err
	}
	twice := 0
	for _, n := range origin.hits {
		if n > 1 {
			twice++
		}
	}
	slices.Sort(t.waits)
	fmt.Printf("%d viewers of %d feeds of %.0f Mbit/s in segments of %s, for %s, with a cache of %d MiB:\n\n",
		b.viewers, feeds, bitrate/1e6, pace, b.viewing, smallCache>>20)
	fmt.Printf("| | |\n|---|---|\n")
	fmt.Printf("| segments played; late; requests that failed | %d; %d; %d |\n", len(t.waits), t.late, len(t.errs))
	fmt.Printf("| from the player's request to the segment's last byte, p50, p99 and maximum | %.0f, %.0f and %.0f ms |\n",
		share(t.waits, 0.5), share(t.waits, 0.99), share(t.waits, 1))
	fmt.Printf("| segments fetched from the origin; of these more than once | %d; %d |\n", len(origin.hits), twice)
	fmt.Printf("| maximum memory; limit | %.0f MB; %.0f MB |\n", float64(most)/1e6, (smallCache+allowance+perViewer*float64(b.viewers))/1e6)
	fmt.Printf("| CPU | %.0f %% of one core for %.0f Mbit/s |\n\n", 100*(after-before).Seconds()/b.viewing.Seconds(), float64(t.bytes.Load())*8/1e6/b.viewing.Seconds())
	return errors.Join(t.errs...)
}

// tally collects the results of all viewers.
type tally struct {
	bytes atomic.Int64
	mu    sync.Mutex
	waits []float64 // ms
	late  int
	errs  []error
}

func (t *tally) failed(err error) {
	if err == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.errs = append(t.errs, err)
}

func (t *tally) played(wait time.Duration, late bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waits = append(t.waits, float64(wait)/float64(time.Millisecond))
	if late {
		t.late++
	}
}

// watch plays like a player that starts three segments before the end: it reloads the playlist every half target duration until there is
// a new segment, and fetches each segment once. A segment that has not arrived when it should be shown is late.
func watch(ctx context.Context, address, id string, t *tally) error {
	c, err := dial(address)
	if err != nil {
		return err
	}
	defer c.Close()
	var last int64 = -1
	var shown time.Time // when the next segment should be shown
	for ctx.Err() == nil {
		text, err := c.read("/hls/" + id + "/index.m3u8")
		if err != nil {
			return err
		}
		lines := uris(string(text))
		if last < 0 && len(lines) > 3 {
			lines = lines[len(lines)-3:]
		}
		fresh := false
		for _, uri := range lines {
			name := uri[strings.LastIndexByte(uri, '/')+1:]
			n, err := strconv.ParseInt(strings.TrimSuffix(name, ".ts"), 10, 64)
			if err != nil {
				return err
			}
			if n <= last {
				continue
			}
			asked := time.Now()
			length, err := c.get("/hls/" + id + "/" + uri)
			if err != nil {
				return err
			}
			t.bytes.Add(length)
			now := time.Now()
			if last < 0 {
				shown = now
			}
			t.played(now.Sub(asked), now.After(shown))
			last, fresh, shown = n, true, shown.Add(pace)
		}
		if fresh {
			rest(ctx, pace)
		} else {
			rest(ctx, pace/2)
		}
	}
	return nil
}

func uris(playlist string) (out []string) {
	for line := range strings.SplitSeq(playlist, "\n") {
		if line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
