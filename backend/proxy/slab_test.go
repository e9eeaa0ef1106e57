package proxy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPiecesOfMemoryDoNotOverlapAndAreUsedAgain(t *testing.T) {
	var s slab
	sizes := []int{smallChunk, bigChunk, smallChunk, middleChunk, bigChunk, smallChunk, middleChunk}
	var chunks []chunk
	for round := range byte(8) {
		for i, size := range sizes {
			c := s.get(size)
			require.Equal(t, size, cap(c.buf))
			require.Empty(t, c.buf)
			c.buf = append(c.buf, bytes.Repeat([]byte{round*7 + byte(i)}, size)...)
			chunks = append(chunks, c)
		}
	}
	for i, c := range chunks {
		want := byte(i/len(sizes))*7 + byte(i%len(sizes))
		require.Equal(t, want, c.buf[0], "chunk %d", i)
		require.Equal(t, want, c.buf[len(c.buf)-1], "chunk %d", i)
	}
	most := s.mapped()
	for _, c := range chunks[len(sizes):] {
		s.free(c)
	}
	for range 7 {
		for _, size := range sizes {
			s.get(size)
		}
	}
	assert.Equal(t, most, s.mapped(), "what was given back is used again")
}

func TestEmptyMemoryGoesBackToTheSystem(t *testing.T) {
	var s slab
	kept := s.get(smallChunk)
	var chunks []chunk
	for range 20 {
		chunks = append(chunks, s.get(bigChunk))
	}
	for _, c := range chunks {
		s.free(c)
	}
	s.trim(2)
	assert.Equal(t, int64(3*arenaSize), s.mapped())
	s.free(kept)
	s.trim(0)
	assert.Zero(t, s.mapped())
}

// Memory is used again as soon as a segment has left the cache; whoever is in the middle of it must not see that.
func TestASegmentThatLeavesTheCacheIsReadToItsEnd(t *testing.T) {
	const segments = 20
	body := func(i int) []byte { return bytes.Repeat(fmt.Appendf(nil, "\x47piece %d\x00", i), 30_000) }
	e := newEdge(t)
	inner := e.Config.Handler
	e.from, e.to = 0, segments
	e.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var i int
		if _, err := fmt.Sscanf(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], "seg%d.ts", &i); err != nil {
			inner.ServeHTTP(w, r)
			return
		}
		if i%2 == 0 {
			w.Header().Set("Content-Length", fmt.Sprint(len(body(i))))
		}
		_, _ = w.Write(body(i))
	})
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.proxy.SetCacheBytes(2 << 20)
	var wg sync.WaitGroup
	for viewer := range 6 {
		wg.Go(func() {
			for i := range segments / 2 {
				n := (i*7 + viewer*5) % segments
				resp, err := g.srv.Client().Get(fmt.Sprintf("%s/hls/feed/main/%d.ts", g.srv.URL, n))
				if !assert.NoError(t, err) {
					return
				}
				got, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				assert.NoError(t, err)
				assert.True(t, bytes.Equal(body(n), got), "segment %d", n)
			}
		})
	}
	wg.Wait()
	assert.LessOrEqual(t, g.proxy.cache.size(), int64(2<<20))
	g.proxy.cache.resize(0)
	g.proxy.cache.slab.trim(0)
	assert.Zero(t, g.proxy.cache.slab.mapped(), "nothing is kept of what left the cache")
}

// Small segments that are asked for again and again can hold the memory between which large ones do not fit.
func TestMemoryBetweenWhatIsKeptIsBoundedToo(t *testing.T) {
	const most = 32 << 20
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	c := newCache(ctx, &wg, most)
	defer func() {
		cancel()
		c.close()
	}()
	play := func(key string, size int) {
		r := c.join(key, func(context.Context, int64) (*opened, error) {
			return &opened{body: io.NopCloser(bytes.NewReader(make([]byte, size))), total: int64(size)}, nil
		})
		defer r.close()
		for {
			b, err := r.next(ctx)
			if err != nil {
				require.ErrorIs(t, err, io.EOF)
				return
			}
			r.skip(int64(len(b)))
		}
	}
	for i := range most / smallChunk {
		play(fmt.Sprint("small ", i), smallChunk)
	}
	for i := 0; i < most/smallChunk; i += units / 2 { // one in each half of an arena
		play(fmt.Sprint("small ", i), smallChunk)
	}
	for i := range 28 {
		play(fmt.Sprint("large ", i), bigChunk)
	}
	c.sweep(time.Now().Add(-time.Minute))
	assert.LessOrEqual(t, c.slab.mapped()-c.size(), int64(most/8+slackArenas*2*arenaSize))
	assert.Positive(t, c.size())
}
