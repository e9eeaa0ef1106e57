package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
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

// answers is an upstream made of a function.
type answers func(req *http.Request) (*http.Response, error)

func (a answers) RoundTrip(req *http.Request) (*http.Response, error) { return a(req) }

func answer(req *http.Request, status int, length int64, body io.Reader) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Request: req, ContentLength: length, Body: io.NopCloser(body)}
}

// A segment without an end was written for half a minute before it counted: 4 GB after 6 s, with a bound of 16 MiB.
func TestTheRewindsBoundHoldsWhileASegmentIsWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "rewind")
	size := func() (n int64) {
		_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				if fi, err := d.Info(); err == nil {
					n += fi.Size()
				}
			}
			return nil
		})
		return n
	}
	var most atomic.Int64
	k := newKept(dir, Rewind{Length: time.Hour, Bytes: 16 << 20}, slog.New(slog.DiscardHandler))
	defer k.close()
	chunk := bytes.Repeat([]byte{0x47}, 256<<10)
	write := func(n int) func(io.Writer) error {
		return func(w io.Writer) error {
			for range n {
				if _, err := w.Write(chunk); err != nil {
					return err
				}
				most.Store(max(most.Load(), size()))
			}
			return nil
		}
	}
	require.ErrorIs(t, k.put("endless", "", 0, 1<<30, write(1<<20)), errTooLarge)
	assert.LessOrEqual(t, most.Load(), int64(2<<20))
	assert.Zero(t, k.writing)
	assert.Zero(t, size(), "what is not kept leaves nothing")
	for i := range 20 {
		require.NoError(t, k.put(fmt.Sprint(i), "", 0, 1<<30, write(7)))
	}
	assert.LessOrEqual(t, most.Load(), int64(16<<20), "what was kept makes room while the next is written")
	assert.True(t, k.has("19"))
	assert.False(t, k.has("0"))
	require.ErrorIs(t, k.put("small cache", "", 0, 1<<20, write(5)), errTooLarge, "the cache's limit of one object holds too")
	require.ErrorIs(t, k.put("broken", "", 0, 1<<20, func(io.Writer) error { return io.ErrUnexpectedEOF }), io.ErrUnexpectedEOF)
	assert.Zero(t, k.writing)
}

// The proxy as a whole: a segment without an end is neither kept nor asked for with every reload.
func TestASegmentThatIsTooLargeToKeepIsNotAskedForAgain(t *testing.T) {
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
		b.proxy = New(Options{Streams: b.site, Transports: tripper{rt}, Memory: &shelf{m: map[string][]byte{}}, CacheBytes: 16 << 20,
			RewindDir: filepath.Join(t.TempDir(), "rewind"), Rewind: Rewind{Length: time.Hour, Bytes: 16 << 20}, Log: slog.New(slog.DiscardHandler)})
		for range 10 {
			require.Equal(t, http.StatusOK, b.get(mainList).status)
			time.Sleep(2 * time.Second)
		}
		assert.LessOrEqual(t, asked.Load(), int64(2*soonGone))
		b.close()
	})
}

// 24 viewers who do not read 60 MiB each took 1.5 GB with a cache of 256 MiB.
func TestWhatIsUnderWayCountsAsCache(t *testing.T) {
	const cacheBytes, objects, size = 16 << 20, 24, 4 << 20
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	c := newCache(ctx, &wg, cacheBytes)
	body := bytes.Repeat([]byte{0x47}, size)
	open := func(_ context.Context, offset int64) (*opened, error) {
		return &opened{body: io.NopCloser(bytes.NewReader(body[offset:])), total: -1}, nil
	}
	var readers []*reader
	for i := range objects {
		r := c.join(fmt.Sprint(i), open)
		readers = append(readers, r)
		_, _, _, err := r.start(t.Context())
		require.NoError(t, err)
		// Until it is there as a whole, or waits for its reader.
		require.Eventually(t, func() bool {
			r.d.mu.Lock()
			defer r.d.mu.Unlock()
			return r.d.done || r.d.passing && r.d.size-r.d.slowest() >= r.d.window()
		}, 20*time.Second, time.Millisecond)
	}
	assert.LessOrEqual(t, c.held.Load(), int64(cacheBytes+objects*(smallWindow+bigChunk)))
	for i, r := range readers { // all of them get all bytes, when they read at last
		n := 0
		for {
			b, err := r.next(t.Context())
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			n += len(b)
			r.skip(int64(len(b)))
		}
		assert.Equal(t, size, n, "reader %d", i)
		r.close()
	}
	r := c.join("afterwards", open)
	for {
		b, err := r.next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		r.skip(int64(len(b)))
	}
	r.close()
	require.Eventually(t, func() bool { return c.holds("afterwards") }, 10*time.Second, time.Millisecond, "there is room again")
	assert.LessOrEqual(t, c.held.Load(), int64(cacheBytes))
	cancel()
	c.close()
	c.mu.Lock()
	for c.done.Len() > 0 {
		c.forget(c.done.Back().Value.(*cached).d)
	}
	c.mu.Unlock()
	assert.Zero(t, c.held.Load(), "every byte that was counted is given back")
}
