package e2e

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// front is a reverse proxy between players and the program that inspects every answer.
type front struct {
	*httptest.Server
	mu      sync.Mutex
	answers int
	bad     []string // answers that a player would take for an error
	breaks  int      // playlists with a discontinuity: a player drops its buffer
	slowest time.Duration
}

func newFront(t testing.TB, g *gridwall) *front {
	target, err := url.Parse(g.url)
	if err != nil {
		t.Fatal(err)
	}
	f := &front{}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) }, // the Host header becomes the target's
		Transport:     transport,
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0), // players that leave in the middle of an answer
		ModifyResponse: func(res *http.Response) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.answers++
			if res.StatusCode >= http.StatusBadRequest {
				f.bad = append(f.bad, fmt.Sprintf("%s: %s", res.Request.URL.Path, res.Status))
			}
			if !strings.HasSuffix(res.Request.URL.Path, ".m3u8") {
				return nil
			}
			text, err := io.ReadAll(res.Body)
			if err != nil {
				return err
			}
			if bytes.Contains(text, []byte("#EXT-X-DISCONTINUITY\n")) {
				f.breaks++
			}
			_ = res.Body.Close()
			res.Body = io.NopCloser(bytes.NewReader(text))
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil {
				f.mu.Lock()
				f.bad = append(f.bad, fmt.Sprintf("%s: %v", r.URL.Path, err))
				f.mu.Unlock()
			}
			w.WriteHeader(http.StatusBadGateway)
		},
	}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		defer func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.slowest = max(f.slowest, time.Since(start))
		}()
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		f.Close()
		transport.CloseIdleConnections()
	})
	return f
}

// judge fails the test for each answer that was an error.
func (f *front) judge(t testing.TB) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	t.Logf("%d answers to players, the slowest after %s", f.answers, f.slowest.Round(time.Millisecond))
	for _, b := range f.bad {
		t.Errorf("a player was answered: %s", b)
	}
	// No feed here has one of its own.
	if f.breaks > 0 {
		t.Errorf("%d playlists had a discontinuity", f.breaks)
	}
}
