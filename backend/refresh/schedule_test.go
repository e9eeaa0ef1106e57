package refresh

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/runs"
	"gridwall/backend/stream"
)

func TestTokensAreRenewedByTheClockAndBeforeTheyExpire(t *testing.T) {
	for name, tc := range map[string]struct {
		url             func(string, int, time.Time) string
		interval, takes time.Duration
		within          time.Duration
		runs            []int // seconds after activation
	}{
		"unknown expiry: every interval":          {opaque, 4 * time.Minute, 0, 13 * time.Minute, []int{240, 480, 720}},
		"the default interval is four minutes":    {opaque, 0, 0, 9 * time.Minute, []int{240, 480}},
		"five minutes: a minute ahead":            {expiring(5 * time.Minute), time.Hour, 0, 13 * time.Minute, []int{240, 480, 720}},
		"twelve seconds: a quarter ahead":         {expiring(12 * time.Second), time.Hour, 0, 28 * time.Second, []int{9, 18, 27}},
		"a slow source: twice what a run takes":   {expiring(200 * time.Second), time.Hour, 40 * time.Second, 400 * time.Second, []int{150, 310}},
		"hours: only in the last round":           {expiring(3 * time.Hour), 4 * time.Minute, 0, 3 * time.Hour, []int{176 * 60}},
		"six minutes: the last round before":      {expiring(6 * time.Minute), 4 * time.Minute, 0, 9 * time.Minute, []int{240, 480}},
		"eight minutes: not at the expiry itself": {expiring(8 * time.Minute), 4 * time.Minute, 0, 9 * time.Minute, []int{240, 480}},
		"unknown expiry, an hour's interval":      {opaque, time.Hour, 0, 30 * time.Minute, []int{}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(r *rig) { r.url, r.o.Interval, r.takes = tc.url, tc.interval, tc.takes }, func(r *rig) {
				r.run()
				start := time.Now()
				for _, id := range r.ids["site"] { // two streams, one run
					r.activate(id, "tile")
				}
				for end := start.Add(tc.within); time.Now().Before(end); {
					time.Sleep(min(time.Minute, time.Until(end)))
					r.m.play("a")
					r.m.play("b")
				}
				assert.Equal(r.t, tc.runs, r.runsAt(start))
				assert.Equal(r.t, r.get("a").RefreshCount, r.get("b").RefreshCount)
			})
		})
	}
}

// play renews the leases as a player's request does.
func (m *Manager) play(id string) { _, _ = m.Open(context.Background(), id, false, "") }

func TestNothingRunsWithoutActiveStreams(t *testing.T) {
	bubble(t, func(r *rig) { r.url = opaque }, func(r *rig) {
		r.run()
		time.Sleep(24 * time.Hour)
		assert.Zero(r.t, r.count())
		r.activate("a", "")
		n := r.count()
		time.Sleep(24 * time.Hour)
		assert.LessOrEqual(r.t, r.count(), n+4, "the lease and the runs end after 15 minutes")
	})
}

func TestATokenThatExpiresOnArrivalCausesNoLoop(t *testing.T) {
	for name, tc := range map[string]struct {
		life, takes time.Duration
		runs        int // at least
	}{
		"three seconds":      {3 * time.Second, 0, 6},
		"a second":           {time.Second, 0, 1}, // does not count as an expiry: refusals and the interval renew
		"already expired":    {-time.Hour, 0, 1},
		"a run takes longer": {20 * time.Second, 15 * time.Second, 6},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(r *rig) { r.url, r.takes, r.o.Interval = expiring(tc.life), tc.takes, time.Hour }, func(r *rig) {
				r.run()
				r.activate("a", "")
				time.Sleep(14 * time.Minute)
				assert.GreaterOrEqual(r.t, r.count(), tc.runs)
				if tc.life != 3*time.Second { // renewed ahead while the stream is watched
					assert.Less(r.t, r.count(), 40)
				}
			})
		})
	}
}

func TestAFailingSourceIsRetriedWithBackOff(t *testing.T) {
	bubble(t, func(r *rig) { r.url = expiring(time.Minute) }, func(r *rig) {
		r.run()
		r.activate("a", "")
		r.fail(errors.New("down"))
		time.Sleep(10 * time.Minute)
		runs := r.runsAt(time.Unix(epoch, 0))
		assert.Greater(r.t, len(runs), 8)
		assert.Less(r.t, len(runs), 60)
		for i, at := range runs[1:] {
			assert.GreaterOrEqual(r.t, at-runs[i], 2)
			assert.LessOrEqual(r.t, at-runs[i], 31, "the token has expired and the stream is watched")
		}
		assert.Contains(r.t, r.get("a").CurrentURL, "n=0")
		r.fail(nil)
		time.Sleep(31 * time.Second)
		assert.Empty(r.t, r.get("a").LastError, "soon after the site is back")
		assert.Positive(r.t, r.get("a").RefreshCount)
	})
}

// If tokens are valid for hours, a failed renewal ahead of the expiry is not retried urgently.
func TestAFailureFarFromTheExpiryIsNotUrgent(t *testing.T) {
	bubble(t, func(r *rig) { r.url = expiring(6 * time.Hour) }, func(r *rig) {
		r.run()
		r.activate("a", "")
		r.fail(errors.New("down"))
		for range 8 {
			r.m.RenewAll(r.t.Context())
		}
		var until time.Time
		r.m.mu.Lock()
		until = r.m.sourceHold(r.m.active["a"], r.runs.State("site"), r.m.now())
		r.m.mu.Unlock()
		assert.Greater(r.t, until.Sub(r.m.now()), 29*time.Second)
	})
}

func TestAStreamThatLeftTheListingDoesNotFloodTheSite(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.run()
		r.activate("a", "")
		r.activate("b", "")
		r.lock(func() { r.drop["a"] = true })
		time.Sleep(14 * time.Minute)
		assert.Equal(r.t, "No matching stream in fresh results", r.get("a").LastError)
		assert.Greater(r.t, r.count(), 3)
		assert.Less(r.t, r.count(), 20)
	})
}

func TestAfterSleepTokensAreRenewedAndLeasesKept(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.run()
		r.activate("a", "tile")
		time.Sleep(time.Minute)
		require.Zero(r.t, r.count())
		r.lock(func() { r.offset = 8 * time.Hour })
		time.Sleep(tick + time.Second)
		assert.Equal(r.t, 1, r.count())
		a := r.get("a")
		assert.Equal(r.t, 1, a.RefreshCount)
		time.Sleep(13*time.Minute - time.Second)
		assert.Equal(r.t, 1, r.get("a").Viewers, "a lease does not elapse while the machine sleeps")
		time.Sleep(2 * time.Minute)
		assert.Empty(r.t, r.m.Active())
	})
}

// A player may make a request as soon as the machine is awake, before the schedule has compared the clocks.
func TestALeaseRenewedRightAfterSleepHasTheUsualLength(t *testing.T) {
	for _, jump := range []time.Duration{8 * time.Hour, -8 * time.Hour} {
		bubble(t, nil, func(r *rig) {
			r.run()
			r.activate("a", "tile")
			time.Sleep(time.Minute + time.Second)
			r.lock(func() { r.offset = jump })
			_, err := r.m.Open(r.t.Context(), "a", false, "tile")
			require.NoError(r.t, err)
			time.Sleep(14 * time.Minute)
			assert.Equal(r.t, 1, r.get("a").Viewers)
			time.Sleep(time.Minute + tick)
			assert.Empty(r.t, r.m.Active())
		})
	}
}

func TestSleepEndsTheBackOff(t *testing.T) {
	bubble(t, func(r *rig) { r.url = expiring(time.Minute) }, func(r *rig) {
		r.run()
		r.activate("a", "")
		r.fail(errors.New("no network"))
		time.Sleep(9 * time.Minute)
		r.fail(nil)
		n := r.count()
		r.lock(func() { r.offset = sleepJump + time.Second }) // far less than what is left of the back-off
		time.Sleep(tick + runs.MinGap)
		assert.Greater(r.t, r.count(), n)
		assert.Empty(r.t, r.get("a").LastError)
	})
}

func TestSettingTheClockBackDoesNotStopRenewals(t *testing.T) {
	bubble(t, func(r *rig) { r.url = opaque }, func(r *rig) {
		r.run()
		r.activate("a", "")
		time.Sleep(time.Minute)
		r.lock(func() { r.offset = -8 * time.Hour })
		time.Sleep(6 * time.Minute)
		assert.Equal(r.t, 1, r.count())
		_, err := r.refuse("a", 403)
		assert.NoError(r.t, err)
		time.Sleep(9 * time.Minute)
		assert.Empty(r.t, r.m.Active(), "the lease ends as well")
	})
}

func TestAPeriodicExtractionWithANewURLIsARenewal(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "")
		before := r.get("a")
		up := r.current("a")
		same, _ := r.Stream("a")
		time.Sleep(time.Second)
		r.result("site", r.wall(), nil, same)
		assert.Equal(r.t, before, r.get("a"), "the same URL is not a renewal")
		assert.Equal(r.t, up, r.current("a"))

		r.plain(5)
		after := r.get("a")
		assert.Equal(r.t, 1, after.RefreshCount)
		assert.Contains(r.t, after.CurrentURL, "n=5&")
		assert.Equal(r.t, uint64(2), r.current("a").Generation)

		headers := same
		headers.URL = after.CurrentURL
		headers.Headers = map[string]string{"Referer": "https://other.test/"}
		r.result("site", r.wall(), nil, headers)
		assert.Equal(r.t, uint64(3), r.current("a").Generation)
		assert.Equal(r.t, "https://other.test/", r.current("a").Headers["Referer"])

		same.URL = "https://cdn.test/a.m3u8?overtaken"
		r.result("site", r.wall().Add(-time.Minute), nil, same)
		assert.Equal(r.t, uint64(3), r.current("a").Generation, "an older result does not undo a newer one")

		r.result("other", r.wall(), nil, stream.Stream{ID: "a", SiteKey: "other", URL: "https://evil.test/"})
		assert.Equal(r.t, uint64(3), r.current("a").Generation, "another source cannot change it")
	})
}

func TestAnExpiryReportedByTheProxyIsUsed(t *testing.T) {
	bubble(t, func(r *rig) { r.url, r.o.Interval = opaque, time.Hour }, func(r *rig) {
		r.run()
		r.activate("a", "")
		start := time.Now()
		assert.Nil(r.t, r.get("a").ExpiresAt)
		changes := r.changes.Load()
		r.m.Expires("a", 1, start.Add(40*time.Second))
		assert.Equal(r.t, start.Add(40*time.Second).Unix(), r.get("a").ExpiresAt.Unix())
		assert.Equal(r.t, changes+1, r.changes.Load())
		time.Sleep(35 * time.Second)
		assert.Equal(r.t, []int{30}, r.runsAt(start))
		assert.Nil(r.t, r.get("a").ExpiresAt, "it belonged to the previous token")

		r.m.Expires("a", 1, start.Add(time.Minute))
		assert.Nil(r.t, r.get("a").ExpiresAt)
		r.m.Expires("nobody", 1, start)
		r.m.Expires("a", 2, time.Time{})
		assert.Nil(r.t, r.get("a").ExpiresAt)
	})
}

func TestARollingCookieCausesNoRenewal(t *testing.T) {
	bubble(t, func(r *rig) { r.url, r.o.Interval = opaque, time.Hour }, func(r *rig) {
		r.run()
		r.activate("a", "")
		changes := r.changes.Load()
		for range 140 {
			r.m.Expires("a", 1, r.wall().Add(30*time.Second))
			time.Sleep(6 * time.Second)
		}
		assert.Zero(r.t, r.count())
		assert.Equal(r.t, changes+1, r.changes.Load())
	})
}

func TestExpiriesInThePastFromTheProxyCauseNoLoop(t *testing.T) {
	bubble(t, func(r *rig) { r.url, r.o.Interval = opaque, time.Hour }, func(r *rig) {
		r.run()
		r.activate("a", "")
		for range 600 {
			r.m.Expires("a", r.current("a").Generation, r.wall().Add(-time.Second))
			time.Sleep(time.Second)
		}
		assert.Less(r.t, r.count(), 25)
	})
}

func TestANewIntervalAppliesAtOnce(t *testing.T) {
	bubble(t, func(r *rig) { r.url, r.o.Interval = opaque, time.Hour }, func(r *rig) {
		r.run()
		r.activate("a", "")
		start := time.Now()
		time.Sleep(3 * time.Minute)
		assert.Empty(r.t, r.runsAt(start))
		r.m.SetInterval(4 * time.Minute)
		time.Sleep(6 * time.Minute)
		assert.Equal(r.t, []int{240, 480}, r.runsAt(start), "without waiting for the hour to pass")
		r.m.SetInterval(30 * time.Second)
		synctest.Wait()
		assert.Equal(r.t, []int{240, 480, 540}, r.runsAt(start), "streams that are due are renewed at once")
		time.Sleep(time.Minute + time.Second)
		assert.Equal(r.t, []int{240, 480, 540, 570, 600}, r.runsAt(start))
		r.m.SetInterval(0)
		time.Sleep(3 * time.Minute)
		assert.Len(r.t, r.runsAt(start), 5)
		time.Sleep(time.Minute)
		assert.Len(r.t, r.runsAt(start), 6, "0 is the default")
	})
}
