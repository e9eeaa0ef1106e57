package refresh

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/runs"
	"gridwall/backend/stream"
)

func TestAViewerThatLeavesDoesNotEndTheLeasesOfOthers(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		first := r.activate("a", "x")
		time.Sleep(time.Second)
		again := r.activate("a", "x")
		assert.Equal(r.t, first, again, "activating twice does nothing")
		assert.Equal(r.t, 2, r.activate("a", "y").Viewers)
		kept := r.activate("b", "spare-of-a")
		assert.Zero(r.t, kept.Viewers, "nobody watches a spare")
		assert.Equal(r.t, "a", kept.SpareOf)
		assert.Empty(r.t, r.activate("b", "x").SpareOf)
		require.NoError(r.t, r.m.Deactivate("b", ""))
		require.NoError(r.t, r.m.Deactivate("a", "x"))
		assert.Equal(r.t, 1, r.get("a").Viewers)
		require.NoError(r.t, r.m.Deactivate("a", "nobody"))
		assert.Equal(r.t, 1, r.get("a").Viewers)
		require.NoError(r.t, r.m.Deactivate("a", "y"))
		assert.Empty(r.t, r.m.Active())

		r.activate("a", "x")
		r.activate("a", "")
		r.activate("a", "")
		assert.Equal(r.t, 2, r.get("a").Viewers, "viewers without a name count as one")
		require.NoError(r.t, r.m.Deactivate("a", ""))
		assert.Empty(r.t, r.m.Active())
		assert.ErrorIs(r.t, r.m.Deactivate("a", ""), stream.ErrUnknownStream)
		assert.ErrorIs(r.t, r.m.Deactivate("nobody", ""), stream.ErrUnknownStream)
		_, err := r.m.Activate(context.Background(), "nobody", "")
		assert.ErrorIs(r.t, err, stream.ErrUnknownStream)
		_, err = r.m.Open(context.Background(), "nobody", true, "")
		assert.ErrorIs(r.t, err, stream.ErrUnknownStream)
	})
}

func TestActivatingTwiceRunsTheSourceOnce(t *testing.T) {
	bubble(t, func(r *rig) { r.url = expiring(-time.Minute) }, func(r *rig) {
		r.activate("a", "x")
		r.activate("a", "x")
		r.activate("a", "y")
		assert.Equal(r.t, 1, r.count())
	})
}

func TestALeaseEndsUnlessTheStreamPlays(t *testing.T) {
	bubble(t, func(r *rig) { r.url = expiring(24 * time.Hour) }, func(r *rig) {
		r.run()
		r.activate("a", "x")
		r.activate("a", "y")
		r.activate("b", "")
		open := func(id, viewer string) {
			_, err := r.m.Open(context.Background(), id, false, viewer)
			require.NoError(r.t, err)
		}
		time.Sleep(10 * time.Minute)
		open("a", "x")
		open("b", "stranger") // no lease of its own: playing renews all leases
		time.Sleep(6 * time.Minute)
		assert.Equal(r.t, 1, r.get("a").Viewers, "y's lease has ended")
		assert.Equal(r.t, 1, r.get("b").Viewers)
		open("a", "")
		changes := r.changes.Load()
		time.Sleep(14 * time.Minute)
		assert.Len(r.t, r.m.Active(), 1)
		assert.Greater(r.t, r.changes.Load(), changes)
		time.Sleep(2 * time.Minute)
		assert.Empty(r.t, r.m.Active())
		synctest.Wait()
		assert.Empty(r.t, r.store.active)
	})
}

func TestOpenActivatesAStreamOnlyIfRequested(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		up, err := r.m.Open(context.Background(), "a", false, "")
		require.NoError(r.t, err)
		assert.Equal(r.t, r.current("a"), up)
		assert.Empty(r.t, r.m.Active())
		up, err = r.m.Open(context.Background(), "a", true, "")
		require.NoError(r.t, err)
		assert.Equal(r.t, r.get("a").CurrentURL, up.URL)
		assert.Equal(r.t, 1, r.get("a").Viewers)
		_, err = r.m.Open(context.Background(), "b", true, "vlc")
		require.NoError(r.t, err)
		require.NoError(r.t, r.m.Deactivate("b", "vlc"))
		assert.Len(r.t, r.m.Active(), 1)
	})
}

func TestActivationRenewsAnOldToken(t *testing.T) {
	for name, tc := range map[string]struct {
		url     func(string, int, time.Time) string
		age     time.Duration
		renewed bool
	}{
		"expired":                    {expiring(time.Minute), 2 * time.Minute, true},
		"within its margin":          {expiring(5 * time.Minute), 4*time.Minute + time.Second, true},
		"good":                       {expiring(5 * time.Minute), 3 * time.Minute, false},
		"good for hours":             {expiring(6 * time.Hour), 5 * time.Hour, false},
		"unknown, past the interval": {opaque, 5 * time.Minute, true},
		"unknown, young":             {opaque, 3 * time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(r *rig) { r.url, r.takes = tc.url, time.Second }, func(r *rig) {
				time.Sleep(tc.age)
				up, err := r.m.Open(context.Background(), "a", true, "")
				require.NoError(r.t, err)
				want := map[bool]int{true: 1, false: 0}[tc.renewed]
				assert.Equal(r.t, want, r.count())
				assert.Equal(r.t, want, r.get("a").RefreshCount)
				assert.Equal(r.t, uint64(1+want), up.Generation)
			})
		})
	}
}

func TestActivationWaitsFiveSecondsForASlowSite(t *testing.T) {
	bubble(t, func(r *rig) { r.url, r.takes = expiring(-time.Minute), 20*time.Second }, func(r *rig) {
		start := time.Now()
		a := r.activate("a", "")
		assert.Equal(r.t, activationWait, time.Since(start))
		assert.Zero(r.t, a.RefreshCount)
		time.Sleep(16 * time.Second)
		assert.Equal(r.t, 1, r.get("a").RefreshCount, "the renewal continues")
	})
}

func TestActivationSucceedsWhileTheSiteIsDown(t *testing.T) {
	bubble(t, func(r *rig) { r.url = expiring(-time.Minute) }, func(r *rig) {
		r.fail(errors.New("down"))
		a := r.activate("a", "")
		assert.Equal(r.t, "Extraction failed: down", a.LastError)
		assert.Contains(r.t, a.CurrentURL, "n=0")
	})
}

func TestActiveStreamsAreSortedByActivation(t *testing.T) {
	bubble(t, func(r *rig) { r.ids["site"] = []string{"z", "m", "a", "k"} }, func(r *rig) {
		for _, id := range r.ids["site"] {
			r.activate(id, "")
			time.Sleep(time.Second)
		}
		var got []string
		for _, a := range r.m.Active() {
			got = append(got, a.ID)
		}
		assert.Equal(r.t, r.ids["site"], got)
	})
}

func TestAnyURLOfAStreamResolvesToItsFreshOne(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		first := r.current("a").URL
		r.activate("a", "")
		for range 3 {
			_, err := r.refuse("a", 403)
			require.NoError(r.t, err)
		}
		fresh := r.get("a").CurrentURL
		assert.NotEqual(r.t, first, fresh)
		assert.Equal(r.t, fresh, r.m.Resolve(first))
		assert.Equal(r.t, fresh, r.m.Resolve(fresh))
		b, _ := r.Stream("b")
		assert.Equal(r.t, b.URL, r.m.Resolve(b.URL), "an inactive stream resolves to its listed URL")
		assert.Equal(r.t, "https://unknown.test/?x=1", r.m.Resolve("https://unknown.test/?x=1"))
		r.lock(func() { delete(r.ever, first) })
		assert.Equal(r.t, fresh, r.m.Resolve(first), "forgotten by the listing, but still active")
	})
}

func TestLeasesPerStreamAreBounded(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		for i := range maxLeases + 50 {
			r.activate("a", fmt.Sprint("v", i))
			time.Sleep(time.Millisecond)
		}
		assert.Equal(r.t, maxLeases, r.get("a").Viewers)
		require.NoError(r.t, r.m.Deactivate("a", "v0"))
		assert.Equal(r.t, maxLeases, r.get("a").Viewers, "v0's lease had been dropped as the oldest")
	})
}

func TestConcurrentCallsNeitherRaceNorDeadlock(t *testing.T) {
	bubble(t, func(r *rig) {
		r.url, r.takes, r.o.Interval = expiring(20*time.Second), 50*time.Millisecond, 10*time.Second
	}, func(r *rig) {
		r.run()
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		var all sync.WaitGroup
		for i := range 16 {
			id := []string{"a", "b"}[i%2]
			all.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					viewer := fmt.Sprint("v", i)
					switch n % 7 {
					case 0:
						_, _ = r.m.Activate(ctx, id, viewer)
					case 1:
						_, _ = r.m.Open(ctx, id, true, viewer)
					case 2:
						_, _ = r.refuse(id, 403)
					case 3:
						r.m.Expires(id, r.current(id).Generation, r.wall().Add(9*time.Second))
					case 4:
						_ = r.m.Deactivate(id, viewer)
					case 5:
						r.m.Resolve(r.current(id).URL)
						r.m.Active()
					case 6:
						if i == 0 {
							r.m.RenewAll(ctx)
						}
						if n%70 == 6 {
							r.plain(1000 + n)
						}
					}
					time.Sleep(time.Duration(i+1) * 37 * time.Millisecond)
				}
			})
		}
		all.Wait()
		var ran []time.Time
		r.lock(func() { ran = slices.Clone(r.ran["site"]) })
		require.Greater(r.t, len(ran), 10)
		for i := range ran[1:] {
			assert.GreaterOrEqual(r.t, ran[i+1].Sub(ran[i]), runs.MinGap)
		}
	})
}
