package extract

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/runs"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

func TestAStreamKeepsItsAddressThroughRenewalAbsenceAndRestart(t *testing.T) {
	leakFree(t)
	store, l := newStore(), &lists{}
	s := newService(t, l, Options{Store: store})
	l.set(nil, Found{URL: "https://h/a?token=1", Title: "World"}, Found{URL: "https://h/b?token=1", Title: "Onboard"}, Found{URL: "https://h/c?token=1", Title: "Timing"})
	first, err := s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	require.Equal(t, []string{"World", "Onboard", "Timing"}, titles(first.Streams))
	world := first.Streams[0]
	assert.Equal(t, []string{"f1", "Formula 1"}, []string{world.SiteKey, world.SiteName})
	assert.Equal(t, first.At, world.ExtractedAt)
	assert.Nil(t, world.Health)

	// It leaves the listing, and can still be found.
	l.set(nil, Found{URL: "https://h/b?token=2", Title: "Onboard"}, Found{URL: "https://h/c?token=2", Title: "Timing"})
	_, err = s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	assert.Equal(t, []string{"Onboard", "Timing"}, titles(s.Streams()))
	gone, ok := s.Stream(world.ID)
	assert.True(t, ok)
	assert.Equal(t, world.URL, gone.URL)

	// It comes back, after a restart, on another edge.
	s.Close()
	s = newService(t, l, Options{Store: store})
	assert.Len(t, s.Streams(), 2)
	assert.Equal(t, first.Streams[1].ExtractedAt.Before(s.Status("f1").LastRun), true)
	l.set(nil, Found{URL: "https://h/n?token=3", Title: "New"}, Found{URL: "https://e/a?token=3", Title: "World"}, Found{URL: "https://h/b?token=3", Title: "Onboard"}, Found{URL: "https://h/c?token=3", Title: "Timing"})
	r, err := s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	assert.Equal(t, world.ID, r.Streams[1].ID)
	assert.NotContains(t, []string{first.Streams[0].ID, first.Streams[1].ID, first.Streams[2].ID}, r.Streams[0].ID)
	for _, url := range []string{"https://h/a?token=1", "https://e/a?token=3"} {
		st, ok := s.ByURL(url)
		assert.True(t, ok)
		assert.Equal(t, world.ID, st.ID)
	}
	_, ok = s.ByURL("https://h/unknown")
	assert.False(t, ok)

	// The database is lost.
	s = newService(t, l, Options{})
	l.set(nil, Found{URL: "https://h/a?token=4", Title: "World"})
	r, err = s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	assert.Equal(t, world.ID, r.Streams[0].ID)
	st, ok := s.ByURL("https://h/a?token=4")
	assert.True(t, ok)
	assert.Equal(t, world.ID, st.ID)
}

func TestAFailedRunLeavesTheListingAsItWas(t *testing.T) {
	leakFree(t)
	store, l := newStore(), &lists{}
	var results []runs.Result
	k := kind(func(ctx context.Context, src source.Source, site *Site) ([]Found, error) {
		if found, err := l.Extract(ctx, src, site); err == nil || err.Error() != "panic" {
			return found, err
		}
		panic("https://h/?token=s3cr3t")
	})
	s := newService(t, k, Options{Store: store})
	s.runs.Subscribe(func(r runs.Result) { results = append(results, r) })
	l.set(nil, Found{URL: "https://h/a", Title: "World"})
	_, err := s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	saved := store.saves

	for _, tc := range []struct {
		err   error
		found []Found
		is    error
		want  string
	}{
		{nil, nil, stream.ErrNoStreams, "extractor returned no streams"},
		{fmt.Errorf("nothing there: %w", stream.ErrNoStreams), nil, stream.ErrNoStreams, "nothing there: extractor returned no streams"},
		{errors.New("https://h/x?token=s3cr3t answered 500"), nil, nil, "https://h/x?… answered 500"},
		{errors.New("panic"), nil, nil, `the extractor of kind "test" failed (this is a bug): https://h/?…`},
		{nil, []Found{{URL: "rtmp://h/a"}, {URL: "/a"}}, nil, "none of the 2 streams that the source listed has an http or https address"},
		{nil, make([]Found, maxFound+1), nil, "the source listed 50001 streams, more than 50000: narrow the query or the match in its file"},
	} {
		l.set(tc.err, tc.found...)
		r, err := s.Extract(t.Context(), "f1")
		assert.EqualError(t, err, tc.want)
		if tc.is != nil {
			assert.ErrorIs(t, err, tc.is)
		}
		assert.Equal(t, err, r.Err)
		assert.Empty(t, r.Streams)
		assert.Equal(t, err, results[len(results)-1].Err)
		assert.Equal(t, tc.want, s.Status("f1").Err)
		assert.Equal(t, []string{"World"}, titles(s.Streams()))
	}
	assert.Equal(t, saved, store.saves)
	l.set(nil, Found{URL: "https://h/a", Title: "World"})
	_, err = s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	assert.Empty(t, s.Status("f1").Err)
}

func TestASourceThatCannotRunSaysWhy(t *testing.T) {
	leakFree(t)
	f := newFolder(source.Source{Key: "f1"}, source.Source{Key: "off"}, source.Source{Key: "odd", Kind: "telepathy"}, source.Source{Key: "broken"})
	f.change("off", func(e *source.Entry) { e.Source.Enabled = false })
	f.change("broken", func(e *source.Entry) {
		e.Err = errors.New("sources/broken.toml:7: url https://h/?token=s3cr3t is bad")
	})
	s := newService(t, &lists{}, Options{Sources: f})
	var notified atomic.Int64
	s.runs.Subscribe(func(runs.Result) { notified.Add(1) })
	for key, want := range map[string]string{
		"nobody": `extractor not found: no source has the key "nobody"`,
		"off":    `extractor not found`,
		"odd":    `extractor not found: source "odd" is of kind "telepathy"; known are test`,
		"broken": `extractor not found: source "broken" cannot be used: sources/broken.toml:7: url https://h/?… is bad`,
	} {
		_, err := s.Extract(t.Context(), key)
		assert.ErrorIs(t, err, stream.ErrNoExtractor)
		assert.EqualError(t, err, want)
	}
	assert.EqualValues(t, 4, notified.Load())
	var keys []string
	for _, r := range s.ExtractAll(t.Context()) {
		keys = append(keys, r.Key)
		assert.Error(t, r.Err)
	}
	assert.Equal(t, []string{"broken", "f1", "odd"}, keys)
}

func TestConcurrentExtractionsShareOneRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ran, notified atomic.Int32
		hold := make(chan struct{})
		s := newService(t, kind(func(context.Context, source.Source, *Site) ([]Found, error) {
			ran.Add(1)
			<-hold
			return []Found{{URL: "https://h/a"}}, nil
		}), Options{})
		s.runs.Subscribe(func(runs.Result) { notified.Add(1) })
		var all sync.WaitGroup
		first, leave := context.WithCancel(t.Context())
		all.Go(func() {
			_, err := s.Extract(first, "f1")
			assert.ErrorIs(t, err, context.Canceled)
		})
		synctest.Wait()
		assert.True(t, s.Status("f1").Running)
		for range 20 {
			all.Go(func() {
				r, err := s.Extract(t.Context(), "f1")
				assert.NoError(t, err)
				assert.Len(t, r.Streams, 1)
				assert.EqualValues(t, 1, notified.Load(), "subscribers are called before Extract returns")
			})
		}
		synctest.Wait()
		// The caller that began the run leaves; the run continues for the others.
		leave()
		synctest.Wait()
		close(hold)
		all.Wait()
		assert.EqualValues(t, 1, ran.Load())
		assert.False(t, s.Status("f1").Running)
	})
}

func TestAnExtractorThatNeverReturnsDoesNotBlockOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		var calls atomic.Int32
		s := newService(t, kind(func(ctx context.Context, src source.Source, _ *Site) ([]Found, error) {
			if src.Key == "well" {
				<-ctx.Done()
				return nil, fmt.Errorf("https://h/?token=1 did not answer: %w", ctx.Err())
			}
			calls.Add(1)
			<-hold
			return nil, nil
		}), Options{Sources: newFolder(source.Source{Key: "f1", Timeout: 3 * time.Second}, source.Source{Key: "well"})})
		start := time.Now()
		_, err := s.Extract(t.Context(), "f1")
		assert.EqualError(t, err, "did not end within 3s")
		assert.Equal(t, 5*time.Second, time.Since(start))
		_, err = s.Extract(t.Context(), "f1")
		assert.EqualError(t, err, "the previous run has timed out but has not ended yet")
		assert.EqualValues(t, 1, calls.Load())

		start = time.Now()
		_, err = s.Extract(t.Context(), "well")
		assert.EqualError(t, err, "https://h/?… did not answer: context deadline exceeded")
		assert.Equal(t, defaultTimeout, time.Since(start))
		close(hold)
		synctest.Wait()
		_, err = s.Extract(t.Context(), "f1")
		assert.ErrorIs(t, err, stream.ErrNoStreams)
	})
}

func TestClosingCancelsARunWithoutCountingAFailure(t *testing.T) {
	leakFree(t)
	begun := make(chan struct{})
	s := newService(t, kind(func(ctx context.Context, _ source.Source, _ *Site) ([]Found, error) {
		close(begun)
		<-ctx.Done()
		return nil, ctx.Err()
	}), Options{})
	go func() { <-begun; s.Close() }()
	_, err := s.Extract(t.Context(), "f1")
	assert.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, s.Status("f1").Err)
	s.Close()
	_, err = s.Extract(t.Context(), "f1")
	assert.ErrorIs(t, err, context.Canceled)
}

func TestADryRunSavesNothing(t *testing.T) {
	leakFree(t)
	store, l := newStore(), &lists{}
	s := newService(t, l, Options{Store: store})
	l.set(nil, Found{URL: "https://h/a?token=1", Title: "World"})
	r, err := s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	saves := store.saves
	l.set(nil, Found{URL: "https://h/a?token=2", Title: " World\n feed "}, Found{URL: "rtmp://h"}, Found{URL: "https://h/n"}, Found{URL: "https://h/n"})
	trial := s.Try(t.Context(), source.Source{Key: "f1", Kind: "test"})
	require.NoError(t, trial.Err)
	require.Equal(t, []string{"World feed", ""}, titles(trial.Streams))
	assert.Equal(t, r.Streams[0].ID, trial.Streams[0].ID)
	assert.Equal(t, Step{What: "not http", Yield: 1}, trial.Steps[len(trial.Steps)-1])
	assert.Equal(t, "https://h/a?token=1", s.Streams()[0].URL)
	assert.Equal(t, saves, store.saves)
	assert.ErrorIs(t, s.Try(t.Context(), source.Source{Key: "x", Kind: "y"}).Err, stream.ErrNoExtractor)
}

func TestAFullDiskDoesNotStopARenewal(t *testing.T) {
	leakFree(t)
	store, l := newStore(), &lists{}
	s := newService(t, l, Options{Store: store})
	store.err = errors.New("no space left on device")
	l.set(nil, Found{URL: "https://h/a?token=1", Title: "World"})
	r, err := s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	st, ok := s.ByURL("https://h/a?token=1")
	assert.True(t, ok)
	assert.Equal(t, r.Streams[0].ID, st.ID)
	_, err = New(Options{Registry: Registry{}, Sources: newFolder(), Transports: newTransports(t), Tokens: plainTokens{}, Store: store})
	assert.ErrorIs(t, err, store.err, "an unreadable database is not treated as empty")
}

func TestTheStreamsHeadersReachTheCDN(t *testing.T) {
	leakFree(t)
	l := &lists{}
	s := newService(t, l, Options{Sources: newFolder(source.Source{
		Key: "f1", Headers: map[string]string{"user-agent": "Salted/1", "Cookie": "site=only"},
		StreamHeaders: map[string]string{"Referer": "https://site/", "Origin": "https://site"},
	})})
	l.set(nil, Found{URL: "https://h/a", Headers: map[string]string{"referer": "https://player/"}}, Found{URL: "https://h/b"})
	r, err := s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"referer": "https://player/", "Origin": "https://site", "user-agent": "Salted/1"}, r.Streams[0].Headers)
	assert.Equal(t, map[string]string{"Referer": "https://site/", "Origin": "https://site", "user-agent": "Salted/1"}, r.Streams[1].Headers)
}

func TestStreamsOfARemovedSourceLeaveTheListing(t *testing.T) {
	leakFree(t)
	dir, l := t.TempDir(), &lists{}
	file := "kind = \"direct\"\nallow_private = true\n[[stream]]\nurl = \"https://h/a\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f1.toml"), []byte(file), 0o600))
	files, err := source.New(source.Options{Path: dir})
	require.NoError(t, err)
	s, err := New(Options{Registry: Registry{"direct": l}, Sources: files, Transports: newTransports(t), Tokens: plainTokens{}})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	changed := 0
	s.OnChange(func() { changed++ })
	l.set(nil, Found{URL: "https://h/a", Title: "World"})
	r, err := s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	access := func() bool { a, ok := s.Access("f1"); return ok && a.AllowPrivate }
	require.True(t, access())

	_, err = files.Write("f1", []byte("enabled = false\n"+file))
	require.NoError(t, err)
	assert.Empty(t, s.Streams())
	assert.False(t, access())
	before := changed
	_, err = files.Write("f1", []byte(file))
	require.NoError(t, err)
	assert.Greater(t, changed, before)
	assert.Equal(t, r.Streams[0].ID, s.Streams()[0].ID)
	require.NoError(t, files.Delete("f1"))
	assert.Empty(t, s.Streams())
	assert.False(t, access())
	_, ok := s.Stream(r.Streams[0].ID)
	assert.True(t, ok)
}

func TestABrokenFileDoesNotStopPlayback(t *testing.T) {
	leakFree(t)
	jar := filepath.Join(t.TempDir(), "cookies.txt")
	require.NoError(t, os.WriteFile(jar, nil, 0o600))
	f, l := newFolder(source.Source{Key: "f1", AllowPrivate: true, Proxy: "http://p", Cookies: jar}), &lists{}
	s := newService(t, l, Options{Sources: f})
	l.set(nil, Found{URL: "https://h/a", Title: "World"})
	_, err := s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	f.change("f1", func(e *source.Entry) { e.Err = errors.New("sources/f1.toml:2: unknown key") })
	a, ok := s.Access("f1")
	assert.True(t, a.AllowPrivate && ok)
	assert.Equal(t, "http://p "+jar, a.Proxy+" "+a.Cookies)
	assert.Len(t, s.Streams(), 1)
}

func TestRetiredStreamsAreForgottenEventually(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, l := newStore(), &lists{}
		s := newService(t, l, Options{Store: store})
		run := func(from, n int) []stream.Stream {
			var found []Found
			for i := range n {
				found = append(found, Found{URL: fmt.Sprintf("https://h/%d", from+i), Title: fmt.Sprint("T", from+i)})
			}
			l.set(nil, found...)
			r, err := s.Extract(t.Context(), "f1")
			require.NoError(t, err)
			return r.Streams
		}
		first := run(0, 600)
		time.Sleep(24 * time.Hour)
		second := run(1000, 600)
		time.Sleep(24 * time.Hour)
		run(2000, 2)
		assert.Len(t, store.retired["f1"], maxRetired)
		_, ok := s.Stream(second[599].ID)
		assert.True(t, ok)
		_, ok = s.Stream(first[599].ID)
		assert.False(t, ok, "those that left first are forgotten first")
		time.Sleep(retiredFor - 36*time.Hour)
		run(2000, 2)
		assert.Len(t, store.retired["f1"], 600)
		time.Sleep(36 * time.Hour)
		run(2000, 2)
		assert.Empty(t, store.retired["f1"])
		assert.Len(t, s.byID, 2)
	})
}
