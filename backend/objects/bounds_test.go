package objects

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Regression: 24 objects of 60 MiB whose readers did not read took 1.5 GB with a bound of 256 MiB.
func TestRunningDownloadsCountTowardsTheBound(t *testing.T) {
	const bound, objects, size = 16 << 20, 24, 4 << 20
	s := newStore(t, bound)
	body := bytes.Repeat([]byte{0x47}, size)
	fetch := FetchFunc(func(_ context.Context, offset int64) (*Response, error) {
		return &Response{Info: Info{Total: -1}, Body: io.NopCloser(bytes.NewReader(body[offset:]))}, nil
	})
	var readers []*Reader
	for i := range objects {
		r := s.Join(fmt.Sprint(i), fetch)
		readers = append(readers, r)
		_, err := r.Info(t.Context())
		require.NoError(t, err)
		// Until it is complete, or waits for its reader.
		require.Eventually(t, func() bool {
			r.d.mu.Lock()
			defer r.d.mu.Unlock()
			return r.d.done || r.d.passThrough && r.d.size-r.d.slowest() >= r.d.window()
		}, 20*time.Second, time.Millisecond)
	}
	assert.LessOrEqual(t, s.Stats().Held, int64(bound+objects*(smallWindow+largePiece)))
	for i, r := range readers { // each gets all bytes once it reads
		n := len(readAll(t, r))
		assert.Equal(t, size, n, "reader %d", i)
		r.Close()
	}
	r := s.Join("afterwards", fetch)
	readAll(t, r)
	r.Close()
	require.Eventually(t, func() bool { return s.Has("afterwards") }, 10*time.Second, time.Millisecond, "objects are cached again")
	assert.LessOrEqual(t, s.Stats().Held, int64(bound))
	s.Close()
	s.Resize(0)
	assert.Zero(t, s.Stats().Held, "all memory is freed")
}
