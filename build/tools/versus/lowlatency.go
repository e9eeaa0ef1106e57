package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// The duration of a part, the number of pieces in which it is produced and their size in bytes, and the parts of a segment.
	partTime   = 250 * time.Millisecond
	partPieces = 5
	pieceSize  = 20_000
	parts      = 8
	// latencyTime is how long both players play.
	latencyTime = 20 * time.Second
)

// partOrigin serves a low-latency stream (RFC 8216bis): with blocking reload, parts, and preload hints for parts that are sent while they
// are produced.
type partOrigin struct{ began time.Time }

// done returns how many parts are complete.
func (o *partOrigin) done() int { return int(time.Since(o.began) / partTime) }

// end returns when a part is complete.
func (o *partOrigin) end(part int) time.Time {
	return o.began.Add(time.Duration(part+1) * partTime)
}

func (o *partOrigin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	var n int
	switch {
	case name == "live.m3u8":
		o.playlist(w, r)
	case name == "init.mp4":
		_, _ = w.Write([]byte("\x00\x00\x00\x08ftyp"))
	case scan(name, "part%d.m4s", &n) && n <= o.done():
		w.Header().Set("Content-Type", "video/mp4")
		for i := range partPieces {
			made := o.end(n).Add(-time.Duration(partPieces-1-i) * partTime / partPieces)
			if wait := time.Until(made); wait > 0 {
				_ = http.NewResponseController(w).Flush()
				rest(r.Context(), wait)
			}
			_, _ = w.Write(bytes.Repeat([]byte{0, 1, 2, byte(n)}, pieceSize/4))
		}
	case scan(name, "seg%d.m4s", &n) && (n+1)*parts <= o.done():
		w.Header().Set("Content-Type", "video/mp4")
		_, _ = w.Write(bytes.Repeat([]byte{0, 1, 2, 3}, pieceSize/4*partPieces*parts))
	default:
		http.NotFound(w, r)
	}
}

func scan(name, format string, n *int) bool {
	got, err := fmt.Sscanf(name, format, n)
	return err == nil && got == 1
}

func (o *partOrigin) playlist(w http.ResponseWriter, r *http.Request) {
	if msn, err := strconv.Atoi(r.URL.Query().Get("_HLS_msn")); err == nil {
		part, err := strconv.Atoi(r.URL.Query().Get("_HLS_part"))
		if err != nil {
			part = parts - 1
		}
		rest(r.Context(), time.Until(o.end(msn*parts+part)))
	}
	done := o.done()
	open := done / parts // the segment that is being produced
	first := max(0, open-6)
	var b bytes.Buffer
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:%d\n", first)
	fmt.Fprintf(&b, "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.75\n#EXT-X-PART-INF:PART-TARGET=0.25\n#EXT-X-MAP:URI=\"init.mp4\"\n")
	for seg := first; seg <= open; seg++ {
		for p := seg * parts; p < min(done, (seg+1)*parts) && seg >= open-2; p++ {
			fmt.Fprintf(&b, "#EXT-X-PART:DURATION=0.25,URI=\"part%d.m4s\"\n", p)
		}
		if seg < open {
			fmt.Fprintf(&b, "#EXTINF:2,\nseg%d.m4s\n", seg)
		}
	}
	fmt.Fprintf(&b, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"part%d.m4s\"\n", done)
	w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
	_, _ = w.Write(b.Bytes())
}

// lowLatency plays a low-latency feed directly and through Gridwall at the same time, and compares when parts arrive.
func lowLatency(ctx context.Context, b *bench) error {
	origin := &partOrigin{began: time.Now().Add(-30 * time.Second)}
	cdn := httptest.NewServer(origin)
	defer cdn.Close()
	g, err := b.serve("latency", fmt.Sprintf("kind = \"direct\"\nallow_private = true\n[[stream]]\nurl = \"%s/live.m3u8\"\ntitle = \"Feed\"\n", cdn.URL), "")
	if err != nil {
		return err
	}
	ids, err := g.ids(1)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, latencyTime)
	defer cancel()
	var wg sync.WaitGroup
	bases := []string{cdn.URL + "/live.m3u8", "http://" + g.address + "/hls/" + ids[0] + "/index.m3u8"}
	got, errs := make([]arrivals, 2), make([]error, 2)
	for i, base := range bases {
		wg.Go(func() { got[i], errs[i] = origin.follow(ctx, base) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	fmt.Printf("Low latency: parts of %s; the time from the completion of a part until its last byte, and the playlist that lists it, have arrived at the player; both for %s at the same time:\n\n",
		partTime, latencyTime)
	fmt.Printf("| | part p50 | part p99 | playlist p50 | playlist p99 |\n|---|---|---|---|---|\n")
	for i, name := range []string{"origin, direct", "**Gridwall**"} {
		fmt.Printf("| %s | %.1f ms | %.1f ms | %.1f ms | %.1f ms |\n", name, share(got[i].parts, 0.5), share(got[i].parts, 0.99), share(got[i].lists, 0.5), share(got[i].lists, 0.99))
	}
	fmt.Println()
	return nil
}

// arrivals are the times from the completion of a part until it and its playlist arrived, in milliseconds.
type arrivals struct{ parts, lists []float64 }

var (
	sequenceTag = regexp.MustCompile(`#EXT-X-MEDIA-SEQUENCE:(\d+)`)
	hintTag     = regexp.MustCompile(`#EXT-X-PRELOAD-HINT:.*URI="([^"]+)"`)
)

// follow plays at the live edge: it requests each hinted part before it is complete, and the playlist that will list it.
func (o *partOrigin) follow(ctx context.Context, list string) (got arrivals, err error) {
	base, err := url.Parse(list)
	if err != nil {
		return got, err
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	defer client.CloseIdleConnections()
	query, waited := "", -1
	for ctx.Err() == nil {
		text, err := fetch(ctx, client, list+query)
		if err != nil {
			break
		}
		now := time.Now()
		if waited >= 0 {
			mu.Lock()
			got.lists = append(got.lists, now.Sub(o.end(waited)).Seconds()*1000)
			mu.Unlock()
		}
		seq, hint := sequenceTag.FindStringSubmatch(text), hintTag.FindStringSubmatch(text)
		if seq == nil || hint == nil {
			return got, fmt.Errorf("no hint in the playlist:\n%s", text)
		}
		msn, err := strconv.Atoi(seq[1])
		if err != nil {
			return got, err
		}
		msn += strings.Count(text, "#EXTINF")
		part := strings.Count(text[max(strings.LastIndex(text, "#EXTINF"), 0):], "#EXT-X-PART:")
		query, waited = fmt.Sprintf("?_HLS_msn=%d&_HLS_part=%d", msn, part), msn*parts+part
		ref, err := base.Parse(hint[1])
		if err != nil {
			return got, err
		}
		wg.Go(func() {
			body, err := fetch(ctx, client, ref.String())
			if err != nil || len(body) != pieceSize*partPieces {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			got.parts = append(got.parts, time.Since(o.end(msn*parts+part)).Seconds()*1000)
		})
	}
	wg.Wait()
	slices.Sort(got.parts)
	slices.Sort(got.lists)
	if want := int(latencyTime/partTime) / 2; len(got.parts) < want {
		return got, fmt.Errorf("only %d parts arrived from %s: %w", len(got.parts), base.Host, err)
	}
	return got, nil
}

func fetch(ctx context.Context, client *http.Client, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	return string(body), err
}
