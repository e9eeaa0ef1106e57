package refresh

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/runs"
	"gridwall/backend/stream"
)

func TestActiveStreamsSurviveAKill(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "x")
		r.activate("a", "")
		r.activate("b", "y")
		_, err := r.refuse("a", 403)
		require.NoError(r.t, err)
		require.NoError(r.t, r.m.Deactivate("b", "y"))
		r.lock(func() { r.drop["a"] = true })
		r.plain(9)
		r.m.Expires("a", 2, time.Now().Add(290*time.Second))
		require.NoError(r.t, r.m.Deactivate("a", "nobody")) // any change saves the record
		before, url := r.get("a"), r.current("a").URL
		assert.NotEmpty(r.t, before.LastError)

		time.Sleep(time.Second)
		// The old manager is not closed: it was killed.
		r.start()
		assert.Equal(r.t, []Active{before}, r.m.Active())
		up := r.current("a")
		assert.Equal(r.t, url, up.URL)
		assert.Equal(r.t, uint64(1), up.Generation, "generations start again in each process")
		assert.Equal(r.t, "https://site.test/", up.Headers["Referer"])

		r.lock(func() { r.drop["a"] = false })
		r.run()
		start := time.Now()
		time.Sleep(245 * time.Second)
		assert.Contains(r.t, r.runsAt(start), 229, "a minute before the expiry that the proxy had read")
		assert.Equal(r.t, 2, r.get("a").RefreshCount)
	})
}

func TestATokenThatExpiredWhileTheProgramWasDownIsRenewedAtOnce(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		r.m.Close()
		time.Sleep(6 * time.Minute)
		r.start()
		r.run()
		time.Sleep(time.Millisecond)
		assert.Equal(r.t, 1, r.get("a").RefreshCount)
	})
}

func TestLeasesEndWhileTheProgramIsDown(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		r.m.Close()
		time.Sleep(16 * time.Minute)
		r.start()
		r.run()
		time.Sleep(time.Second)
		assert.Empty(r.t, r.m.Active())
		synctest.Wait()
		assert.Empty(r.t, r.store.active)
		assert.Zero(r.t, r.count())
	})
}

func TestPlayingWritesToTheDiskOnceAMinute(t *testing.T) {
	bubble(t, func(r *rig) { r.url = expiring(24 * time.Hour) }, func(r *rig) {
		stop := r.run()
		r.activate("a", "x")
		writes := r.store.count()
		for range 10 * 60 {
			r.m.play("a")
			time.Sleep(time.Second)
		}
		assert.InDelta(r.t, 10, r.store.count()-writes, 1)
		time.Sleep(40 * time.Second)
		r.m.play("a")
		stop()
		r.start()
		r.run()
		time.Sleep(14*time.Minute + 45*time.Second)
		assert.Len(r.t, r.m.Active(), 1, "the last renewal is saved on exit")
	})
}

func TestPlaybackContinuesWithABrokenDatabase(t *testing.T) {
	var log strings.Builder
	bubble(t, func(r *rig) {
		r.store.broken = true
		r.o.Log = slog.New(slog.NewTextHandler(&log, nil))
	}, func(r *rig) {
		r.activate("a", "")
		_, err := r.refuse("a", 403)
		require.NoError(r.t, err)
		assert.Equal(r.t, 1, r.get("a").RefreshCount)
		require.NoError(r.t, r.m.Deactivate("a", ""))
		synctest.Wait() // the run's own goroutine logs and saves after the refusal was answered
		assert.Contains(r.t, log.String(), "disk full")
		assert.NotContains(r.t, log.String(), "token=")

		r.store.broken = false
		r.store.active["bad"] = []byte("{")
		r.store.active["empty"] = []byte("{}")
		r.store.lifetimes["bad"] = []byte("[")
		r.start()
		assert.Empty(r.t, r.m.Active())
		assert.Contains(r.t, log.String(), "stream=bad")
	})
}

func TestAManagerWithoutADatabaseKeepsItsStreamsInMemory(t *testing.T) {
	bubble(t, func(r *rig) { r.url = opaque }, func(r *rig) {
		r.o.Store = nil
		r.start()
		r.activate("a", "")
		time.Sleep(10 * time.Second)
		_, err := r.refuse("a", 403)
		require.NoError(r.t, err)
		assert.Equal(r.t, 1, r.get("a").RefreshCount)
	})
	_, err := New(Options{})
	assert.Error(t, err)
	_, err = New(Options{Runs: runs.New(runs.Options{})})
	assert.Error(t, err)
}

func TestAStreamOfARemovedSourceIsNotKeptFreshAfterARestart(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		r.m.Close()
		r.o.Removed = func(key string) bool { return key == "site" }
		r.start()
		r.run()
		time.Sleep(time.Hour)
		assert.Empty(r.t, r.m.Active())
		assert.Empty(r.t, r.notices, "no notice for a stream that cannot come back")
		assert.Empty(r.t, r.ran["site"])
		_, err := r.m.Current("a")
		assert.ErrorIs(r.t, err, stream.ErrUnknownStream, "the stream is unknown to players as well")

		r.m.Close()
		r.o.Removed = nil
		r.start()
		assert.Empty(r.t, r.m.Active(), "its record was deleted from the database")
		_, err = r.m.Current("a")
		assert.NoError(r.t, err, "it plays once the source is back")
	})
}

func TestAStreamKeepsPlayingAfterItsSourceIsRemoved(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		gone := false
		r.o.Removed = func(string) bool { return gone }
		r.start()
		r.activate("a", "")
		_, err := r.m.Current("b")
		require.NoError(r.t, err)
		gone = true
		for _, id := range []string{"a", "b"} {
			_, err := r.m.Current(id)
			assert.NoError(r.t, err, "the removal may be undone")
		}
	})
}
