package command

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
)

// within is far more than a run may take beyond its timeout; a test takes so long only if it fails.
const within = 15 * time.Second

// runFor runs src with the timeout d, and fails if the run does not end.
func runFor(t *testing.T, src source.Source, d time.Duration) outcome {
	t.Helper()
	pool := upstream.New()
	t.Cleanup(pool.Close)
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	site, err := extract.NewSite(src, pool, extract.Limits{})
	require.NoError(t, err)
	done := make(chan outcome, 1)
	go func() {
		found, err := Extractor{}.Extract(ctx, src, site)
		done <- outcome{found, err, site.Trace()}
	}()
	select {
	case o := <-done:
		return o
	case <-time.After(within):
		require.FailNow(t, "the tool blocks the extraction")
		return outcome{}
	}
}

// ended waits until the process whose id is in the file has ended.
func ended(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err, "the tool did not start its child")
	pid, err := strconv.Atoi(string(text))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return !alive(pid) }, within, 10*time.Millisecond, "process %d still runs", pid)
}

func TestAToolThatHangsIsKilledWithAllItsChildren(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	file := filepath.Join(t.TempDir(), "pid")
	r := runFor(t, tooled(t, "lines", "fork", file, "print", "https://cdn.test/1\n", "hang"), time.Second)
	require.ErrorIs(t, r.err, extract.ErrTimeout)
	require.ErrorIs(t, r.err, context.DeadlineExceeded)
	assert.ErrorContains(t, r.err, "raise timeout")
	assert.NotContains(t, r.err.Error(), "\n")
	ended(t, file)
}

func TestAChildThatKeepsTheOutputOpenDoesNotBlockTheRun(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	file := filepath.Join(t.TempDir(), "pid")
	r := runFor(t, tooled(t, "lines", "print", "https://cdn.test/1\n", "fork", file), within)
	require.NoError(t, r.err)
	require.Len(t, r.found, 1, "its output counts")
	ended(t, file)
}

func TestAToolThatPrintsTooMuchIsStopped(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	start := time.Now()
	r := runFor(t, tooled(t, "lines", "gush"), within)
	require.ErrorContains(t, r.err, "printed more than 16 MiB and was stopped")
	assert.Less(t, time.Since(start), within)
	r = runFor(t, tooled(t, "lines", "gush-errors"), time.Second)
	require.ErrorIs(t, r.err, extract.ErrTimeout, "standard error is not limited")
}

func TestACancelledToolEnds(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	src := tooled(t, "lines", "fork", file, "hang")
	pool := upstream.New()
	t.Cleanup(pool.Close)
	site, err := extract.NewSite(src, pool, extract.Limits{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := Extractor{}.Extract(ctx, src, site)
		done <- err
	}()
	require.Eventually(t, func() bool { text, _ := os.ReadFile(file); return len(text) > 0 }, within, 5*time.Millisecond)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	ended(t, file)
}
