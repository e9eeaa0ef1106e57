package objects

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Regression: an endless segment was written for half a minute before it counted: 4 GB after 6 s, with a bound of 16 MiB.
func TestTheBoundOfRetainedFilesHoldsWhileAnObjectIsWritten(t *testing.T) {
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
	f := NewFiles(dir, Retention{Length: time.Hour, Bytes: 16 << 20}, slog.New(slog.DiscardHandler))
	defer f.Close()
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
	require.ErrorIs(t, f.write("endless", Info{}, 1<<30, write(1<<20)), ErrTooLarge)
	assert.LessOrEqual(t, most.Load(), int64(2<<20))
	assert.Zero(t, f.writing)
	assert.Zero(t, size(), "an object that is not retained leaves nothing")
	for i := range 20 {
		require.NoError(t, f.write(fmt.Sprint(i), Info{}, 1<<30, write(7)))
	}
	assert.LessOrEqual(t, most.Load(), int64(16<<20), "older objects make room while the next is written")
	assert.True(t, f.Has("19"))
	assert.False(t, f.Has("0"))
	require.ErrorIs(t, f.write("small cache", Info{}, 1<<20, write(5)), ErrTooLarge, "the caller's limit applies as well")
	require.ErrorIs(t, f.write("broken", Info{}, 1<<20, func(io.Writer) error { return io.ErrUnexpectedEOF }), io.ErrUnexpectedEOF)
	assert.Zero(t, f.writing)
}
