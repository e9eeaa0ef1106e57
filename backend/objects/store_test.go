package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newStore returns a store that overwrites freed memory.
func newStore(t *testing.T, maxBytes int64) *Store {
	t.Helper()
	s := New(maxBytes)
	s.memory.poison = true
	t.Cleanup(s.Close)
	return s
}

// readAll reads an object from the reader's position to its end.
func readAll(t *testing.T, r *Reader) []byte {
	t.Helper()
	b, err := readSome(t.Context(), r)
	require.NoError(t, err)
	return b
}

func readSome(ctx context.Context, r *Reader) (all []byte, err error) {
	for {
		b, err := r.Peek(ctx)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, b...)
		r.Advance(int64(len(b)))
	}
}

// source fetches one body, of which the first answers are truncated.
type source struct {
	body    []byte
	breaks  atomic.Int64 // how many more answers are truncated
	after   int          // after how many bytes
	unsized bool
	fetched atomic.Int64
	offsets []int64
}

func (s *source) Fetch(_ context.Context, offset int64) (*Response, error) {
	s.fetched.Add(1)
	s.offsets = append(s.offsets, offset)
	resp := &Response{Info: Info{ContentType: "video/mp2t", Total: int64(len(s.body))}, Body: io.NopCloser(bytes.NewReader(s.body[offset:]))}
	if s.unsized {
		resp.Total = -1
	}
	if s.breaks.Add(-1) >= 0 {
		rest := s.body[offset:]
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(rest[:min(s.after, len(rest))]), broken{}))
	}
	return resp, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func pattern(size int, seed byte) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i*31/7) + seed
	}
	return b
}

func TestConcurrentReadersFetchAnObjectOnce(t *testing.T) {
	s := newStore(t, 32<<20)
	src := &source{body: bytes.Repeat([]byte("0123456789a"), 120_000)}
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			r := s.Join("key", src)
			defer r.Close()
			info, err := r.Info(t.Context())
			assert.NoError(t, err)
			assert.Equal(t, Info{ContentType: "video/mp2t", Total: int64(len(src.body))}, info)
			got, err := readSome(t.Context(), r)
			assert.NoError(t, err)
			assert.True(t, bytes.Equal(src.body, got))
		})
	}
	wg.Wait()
	assert.Equal(t, int64(1), src.fetched.Load())
	assert.Equal(t, 0, s.Stats().Readers)
}

func TestATruncatedBodyIsResumedAtItsEnd(t *testing.T) {
	for _, unsized := range []bool{false, true} {
		s := newStore(t, 32<<20)
		src := &source{body: pattern(700_000, 2), after: 100_000, unsized: unsized}
		src.breaks.Store(5)
		r := s.Join("key", src)
		assert.True(t, bytes.Equal(src.body, readAll(t, r)))
		r.Close()
		assert.Equal(t, []int64{0, 100_000, 200_000, 300_000, 400_000, 500_000}, src.offsets)
	}
}

func TestABodyThatNeverArrivesFailsAndIsNotCached(t *testing.T) {
	s := newStore(t, 32<<20)
	src := &source{body: pattern(1000, 3), after: 0}
	src.breaks.Store(maxEmpty)
	r := s.Join("key", src)
	_, err := readSome(t.Context(), r)
	require.ErrorIs(t, err, ErrShort)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	r.Close()
	r = s.Join("key", src) // for the next reader it is fetched again
	defer r.Close()
	assert.True(t, bytes.Equal(src.body, readAll(t, r)))
}

func TestAResumedBodyOfAnotherLengthIsRejected(t *testing.T) {
	s := newStore(t, 32<<20)
	fetched := 0
	r := s.Join("key", FetchFunc(func(_ context.Context, offset int64) (*Response, error) {
		fetched++
		return &Response{Info: Info{Total: int64(1000 + fetched)}, Body: io.NopCloser(io.MultiReader(bytes.NewReader(make([]byte, 100)), broken{}))}, nil
	}))
	defer r.Close()
	got, err := readSome(t.Context(), r)
	require.ErrorIs(t, err, ErrShort)
	assert.Len(t, got, 100)
}

// waitingSource sends its first half at once, and the rest once the test closes open.
type waitingSource struct {
	body       []byte
	open, gone chan struct{}
}

func (w *waitingSource) Fetch(ctx context.Context, _ int64) (*Response, error) {
	half := len(w.body) / 2
	rest := readerFunc(func(p []byte) (int, error) {
		select {
		case <-w.open:
			return 0, io.EOF
		case <-ctx.Done():
			close(w.gone)
			return 0, ctx.Err()
		}
	})
	return &Response{Info: Info{Total: int64(len(w.body))}, Body: io.NopCloser(io.MultiReader(bytes.NewReader(w.body[:half]), rest, bytes.NewReader(w.body[half:])))}, nil
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestBytesReachReadersAsTheyArrive(t *testing.T) {
	s := newStore(t, 32<<20)
	w := &waitingSource{body: pattern(4000, 4), open: make(chan struct{}), gone: make(chan struct{})}
	first, second := s.Join("key", w), s.Join("key", w)
	for _, r := range []*Reader{first, second} {
		for n := 0; n < 2000; {
			b, err := r.Peek(t.Context())
			require.NoError(t, err)
			n += len(b)
			r.Advance(int64(len(b)))
		}
	}
	close(w.open)
	for _, r := range []*Reader{first, second} {
		assert.True(t, bytes.Equal(w.body[2000:], readAll(t, r)))
		r.Close()
	}
}

func TestOnlyTheLastReaderToLeaveCancelsTheDownload(t *testing.T) {
	s := newStore(t, 32<<20)
	w := &waitingSource{body: pattern(4000, 5), open: make(chan struct{}), gone: make(chan struct{})}
	first, second := s.Join("key", w), s.Join("key", w)
	_, err := second.Peek(t.Context())
	require.NoError(t, err)
	first.Close()
	assert.Equal(t, 1, s.Stats().Readers)
	select {
	case <-w.gone:
		t.Fatal("the download ended with one of its two readers")
	case <-time.After(20 * time.Millisecond):
	}
	second.Close()
	select {
	case <-w.gone:
	case <-time.After(10 * time.Second):
		t.Fatal("the download continues without a reader")
	}
}

func TestUncacheableBytesReachTheirReadersAndAreNotCached(t *testing.T) {
	s := newStore(t, 32<<20)
	fetched := 0
	fetch := FetchFunc(func(context.Context, int64) (*Response, error) {
		fetched++
		return &Response{Info: Info{Total: 3}, Body: io.NopCloser(bytes.NewReader([]byte("abc"))), Uncacheable: true}, nil
	})
	for n := 1; n <= 2; n++ {
		r := s.Join("key", fetch)
		assert.Equal(t, "abc", string(readAll(t, r)))
		assert.True(t, r.PassThrough())
		r.Close()
		assert.Equal(t, n, fetched)
	}
	require.Eventually(t, func() bool { return s.Stats() == Stats{} }, 10*time.Second, time.Millisecond)
}

func TestTheLeastRecentlyUsedObjectIsEvictedFirst(t *testing.T) {
	s := newStore(t, 4*smallPiece)
	read := func(key string) {
		r := s.Join(key, &source{body: pattern(smallPiece, 6)})
		readAll(t, r)
		r.Close()
		require.Eventually(t, func() bool { return s.Has(key) }, 10*time.Second, time.Millisecond)
	}
	for _, key := range []string{"a", "b", "c", "d", "a", "e"} {
		read(key)
	}
	assert.True(t, s.Has("a"), "it was read again")
	assert.False(t, s.Has("b"))
	assert.Equal(t, int64(4*smallPiece), s.Stats().Cached)
	s.Resize(smallPiece)
	assert.True(t, s.Has("e"))
	assert.Equal(t, Stats{Cached: smallPiece, Held: smallPiece}, s.Stats())
	s.Sweep(time.Now())
	assert.Equal(t, Stats{}, s.Stats())
}

func TestAnObjectIsForgottenOnlyIfItHasNoOtherReader(t *testing.T) {
	s := newStore(t, 32<<20)
	w := &waitingSource{body: pattern(4000, 7), open: make(chan struct{}), gone: make(chan struct{})}
	first, second := s.Join("key", w), s.Join("key", w)
	assert.False(t, first.ForgetIfAlone())
	second.Close()
	assert.True(t, first.ForgetIfAlone())
	other := &source{body: pattern(100, 8)}
	third := s.Join("key", other)
	readAll(t, third)
	third.Close()
	assert.Equal(t, int64(1), other.fetched.Load(), "for the next reader it is fetched again")
	close(w.open)
	assert.True(t, bytes.Equal(w.body, readAll(t, first)))
	first.Close()
}

// In the desktop window, playback is served until after the proxy has closed. A download that started then would not be waited
// for.
func TestNoDownloadStartsAfterClose(t *testing.T) {
	s := New(1 << 20)
	s.Close()
	for range 2 {
		src := &source{body: []byte("x")}
		r := s.Join("key", src)
		_, err := r.Info(t.Context())
		require.ErrorIs(t, err, context.Canceled)
		assert.Zero(t, src.fetched.Load())
		r.Close()
	}
}

// Memory is reused as soon as an object is evicted; a reader in the middle of the object must not notice.
func TestAnEvictedObjectIsReadToItsEnd(t *testing.T) {
	const objects = 20
	var bodies [objects][]byte
	for n := range bodies {
		bodies[n] = bytes.Repeat([]byte{byte(n), 0x47, 0x11}, 50_000)
	}
	s := newStore(t, 1<<20)
	var wg sync.WaitGroup
	for viewer := range 4 {
		wg.Go(func() {
			for i := range objects * 3 {
				n := (i*7 + viewer*5) % objects
				src := &source{body: bodies[n], unsized: n%2 == 0}
				r := s.Join(fmt.Sprint(n), src)
				got, err := readSome(t.Context(), r)
				assert.NoError(t, err)
				assert.True(t, bytes.Equal(bodies[n], got), "object %d", n)
				r.Close()
			}
		})
	}
	wg.Wait()
	assert.LessOrEqual(t, s.Stats().Cached, int64(1<<20))
	s.Resize(0)
	require.Eventually(t, func() bool { return s.Stats().Held == 0 }, 10*time.Second, time.Millisecond, "evicted objects hold no memory")
}
