package proxy

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"gridwall/backend/playback"
	"gridwall/backend/stream"
)

// benchSegment is the size of the benchmarks' segments, in bytes.
const benchSegment = 2 << 20

// benchServer starts a proxy with an upstream that serves any segment at no cost, and returns the URL of its segments.
func benchServer(b *testing.B) string {
	b.Helper()
	body := bytes.Repeat([]byte{0x47, 1, 2, 3}, benchSegment/4)
	var list strings.Builder
	list.WriteString("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n")
	for i := range 200000 {
		fmt.Fprintf(&list, "#EXTINF:4,\n%d.ts\n", i)
	}
	list.WriteString("#EXT-X-ENDLIST\n")
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".m3u8") {
			_, _ = io.WriteString(w, list.String())
			return
		}
		w.Header().Set("Content-Type", "video/mp2t")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	}))
	b.Cleanup(origin.Close)
	rt := &http.Transport{MaxIdleConnsPerHost: 32}
	b.Cleanup(rt.CloseIdleConnections)
	p := New(playback.Options{Streams: &site{up: stream.Upstream{ID: "feed", URL: origin.URL + "/v.m3u8", Generation: 1}}, Transports: plainTransports{rt},
		Memory: &mapStore{m: map[string][]byte{}}, CacheBytes: 128 << 20, Log: slog.New(slog.DiscardHandler)})
	srv := httptest.NewServer(p)
	b.Cleanup(func() {
		srv.Close()
		if err := p.Close(); err != nil {
			b.Error(err)
		}
	})
	return srv.URL + "/hls/feed/main/"
}

// play requests segments over as many connections as there are processors, and reads them completely.
func play(b *testing.B, path func(i int64) string) {
	b.Helper()
	b.SetBytes(benchSegment)
	b.ReportAllocs()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		buf := make([]byte, 256<<10)
		for pb.Next() {
			resp, err := client.Get(path(next.Add(1) - 1))
			if err != nil {
				b.Error(err)
				return
			}
			n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{resp.Body}, buf)
			_ = resp.Body.Close()
			if err != nil || n != benchSegment {
				b.Errorf("%d bytes: %v", n, err)
				return
			}
		}
	})
}

// BenchmarkCachedSegment reads cached segments through a net/http client.
func BenchmarkCachedSegment(b *testing.B) {
	base := benchServer(b)
	play(b, func(i int64) string { return base + strconv.FormatInt(i%8, 10) + ".ts" })
}

// BenchmarkNewSegment reads segments that are not cached yet, from an upstream in this process.
func BenchmarkNewSegment(b *testing.B) {
	base := benchServer(b)
	play(b, func(i int64) string { return base + strconv.FormatInt(i, 10) + ".ts" })
}
