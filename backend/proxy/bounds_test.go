package proxy

import (
	"context"
	"gridwall/backend/playback"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// endless is media without an end.
type endless struct{ ctx context.Context }

func (e endless) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	for i := range p {
		p[i] = 0x47
	}
	return len(p), nil
}

func (e endless) Close() error { return nil }

// answers is an upstream implemented by a function.
type answers func(req *http.Request) (*http.Response, error)

func (a answers) RoundTrip(req *http.Request) (*http.Response, error) { return a(req) }

func answer(req *http.Request, status int, length int64, body io.Reader) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Request: req, ContentLength: length, Body: io.NopCloser(body)}
}

// A segment without an end is neither retained nor requested again with every reload.
func TestASegmentTooLargeToRetainIsNotRequestedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		rt := answers(func(req *http.Request) (*http.Response, error) {
			if strings.HasSuffix(req.URL.Path, ".m3u8") {
				list := "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n0.ts\n#EXTINF:2,\n1.ts\n#EXTINF:2,\n2.ts\n"
				return answer(req, http.StatusOK, int64(len(list)), strings.NewReader(list)), nil
			}
			asked.Add(1)
			return answer(req, http.StatusOK, -1, endless{req.Context()}), nil
		})
		b := &bubble{t: t, cdn: newCDN()}
		b.site = newSlowSite(b.cdn)
		b.proxy = New(playback.Options{Streams: b.site, Transports: tripper{rt}, Memory: &mapStore{m: map[string][]byte{}}, CacheBytes: 16 << 20,
			RewindDir: filepath.Join(t.TempDir(), "rewind"), Rewind: playback.Rewind{Length: time.Hour, Bytes: 16 << 20}, Log: slog.New(slog.DiscardHandler)})
		for range 10 {
			require.Equal(t, http.StatusOK, b.get(mainList).status)
			time.Sleep(2 * time.Second)
		}
		assert.LessOrEqual(t, asked.Load(), int64(4), "twice for each of the two that are about to leave the playlist")
		b.close()
	})
}
