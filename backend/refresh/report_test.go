package refresh

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// watched is how many lifetimes of a token the tests below cover.
const watched = 4

// triedLifetimes returns the token lifetimes that the tests below try.
func triedLifetimes() (out []time.Duration) {
	for _, s := range []int{5, 6, 7, 8, 9, 10, 12, 15, 20, 31, 45, 60} {
		out = append(out, time.Duration(s)*time.Second)
	}
	return out
}

// renewedAhead watches a stream for several lifetimes of its token. It fails if the token is ever past its expiry, or the
// source runs more often than tokens of that lifetime need.
func renewedAhead(r *rig, life, late time.Duration) {
	start := time.Now()
	generation := uint64(0)
	var came time.Time
	for step := 250 * time.Millisecond; time.Since(start) < watched*life; time.Sleep(step) {
		r.m.play("a")
		up := r.current("a")
		if up.Generation != generation {
			generation, came = up.Generation, time.Now()
		}
		ends := r.get("a").ExpiresAt
		require.NotNil(r.t, ends)
		require.True(r.t, r.wall().Before(*ends), "generation %d has expired, runs: %v", generation, r.runsAt(start))
		if age := time.Since(came); late >= 0 && age >= late && age < late+step {
			r.m.Expires("a", generation, *ends) // the same expiry as in the URL
		}
	}
	shortest := life - time.Second // expiries are in whole seconds
	assert.LessOrEqual(r.t, float64(r.count()), watched*float64(life)/(0.75*float64(shortest))+1, "runs: %v", r.runsAt(start))
}

func TestAReportOfAKnownExpiryChangesNothing(t *testing.T) {
	for _, life := range triedLifetimes() {
		for _, part := range []float64{-1, 0, 0.2, 0.4, 0.6, 0.7, 0.9} {
			t.Run(fmt.Sprintf("%s, reported after %.1f of it", life, part), func(t *testing.T) {
				bubble(t, func(r *rig) { r.url, r.o.Interval = expiring(life), time.Hour }, func(r *rig) {
					r.run()
					r.activate("a", "tile")
					renewedAhead(r, life, time.Duration(part*float64(life)))
				})
			})
		}
	}
}

func TestShortTokensOfASlowSourceAreRenewedAhead(t *testing.T) {
	for _, life := range triedLifetimes()[:9] {
		for _, takes := range []time.Duration{500 * time.Millisecond, time.Second, 1400 * time.Millisecond} {
			t.Run(fmt.Sprintf("%s, %s a run", life, takes), func(t *testing.T) {
				bubble(t, func(r *rig) { r.url, r.o.Interval, r.takes = expiring(life), time.Hour, takes }, func(r *rig) {
					r.run()
					r.activate("a", "tile")
					start := time.Now()
					for time.Since(start) < 8*life {
						r.m.play("a")
						require.True(r.t, r.wall().Before(*r.get("a").ExpiresAt), "runs: %v", r.runsAt(start))
						time.Sleep(100 * time.Millisecond)
					}
				})
			})
		}
	}
}

// A variant switch a minute before the expiry reports the same expiry again, or a slightly different one.
func TestALateReportDoesNotShrinkTheMargin(t *testing.T) {
	for name, tc := range map[string]struct {
		url    func(string, int, time.Time) string
		report time.Duration // the reported expiry, after arrival
	}{
		"the URL's own expiry":           {expiring(10 * time.Minute), 10 * time.Minute},
		"a child's, two seconds earlier": {expiring(10 * time.Minute), 10*time.Minute - 2*time.Second},
		"the first known expiry":         {opaque, 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(r *rig) { r.url, r.o.Interval = tc.url, time.Hour }, func(r *rig) {
				r.run()
				r.activate("a", "tile")
				start := time.Now()
				time.Sleep(545 * time.Second)
				if tc.url(("a"), 0, start) != opaque("a", 0, start) {
					assert.Equal(r.t, []int{540}, r.runsAt(start), "a minute ahead, before anything was reported")
					return
				}
				r.m.Expires("a", 1, start.Add(tc.report))
				time.Sleep(time.Second)
				assert.Equal(r.t, []int{545}, r.runsAt(start), "at once: less than a minute is left")
			})
		})
		t.Run(name+", reported in time", func(t *testing.T) {
			bubble(t, func(r *rig) { r.url, r.o.Interval = tc.url, time.Hour }, func(r *rig) {
				r.run()
				r.activate("a", "tile")
				start := time.Now()
				time.Sleep(500 * time.Second)
				r.m.Expires("a", 1, start.Add(tc.report))
				time.Sleep(50 * time.Second)
				want := int((tc.report - maxMargin) / time.Second)
				assert.Equal(r.t, []int{want}, r.runsAt(start))
			})
		})
	}
}

// Cookies are extended in several renditions at once, so their reports arrive out of order.
func TestRollingCookiesReportedOutOfOrderCauseNoRenewal(t *testing.T) {
	bubble(t, func(r *rig) { r.url, r.o.Interval = opaque, time.Hour }, func(r *rig) {
		r.run()
		r.activate("a", "")
		for range 280 {
			r.m.Expires("a", 1, r.wall().Add(30*time.Second))
			r.m.Expires("a", 1, r.wall().Add(29*time.Second))
			time.Sleep(3 * time.Second)
		}
		assert.Zero(r.t, r.count())
	})
}

// A time that is not an expiry (when the event began, when the link was created) is in the past on arrival, each time.
func TestATimeThatIsNotAnExpiryCausesNoLoop(t *testing.T) {
	for name, url := range map[string]func(string, int, time.Time) string{
		"long past":      func(id string, _ int, _ time.Time) string { return fixed(id, 0, time.Time{}) + "?exp=1600000000" },
		"the issue time": expiring(0),
		"a second ahead": expiring(time.Second),
		"an hour ago":    expiring(-time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(r *rig) { r.url, r.o.Interval = url, 4*time.Minute }, func(r *rig) {
				r.run()
				start := time.Now()
				r.activate("a", "tile")
				time.Sleep(time.Minute)
				assert.LessOrEqual(r.t, r.count(), 2, "runs: %v", r.runsAt(start))
				n := r.count()
				for range 11 {
					time.Sleep(time.Minute)
					r.m.play("a")
				}
				assert.InDelta(r.t, 3, r.count()-n, 1, "by the interval, runs: %v", r.runsAt(start))
				assert.Nil(r.t, r.get("a").ExpiresAt, "a time that is not an expiry is not shown as one")
			})
		})
	}
}

// The proxy reports the same kind of times from addresses in playlists.
func TestAReportedTimeThatIsNotAnExpiryCausesNoLoop(t *testing.T) {
	for _, ahead := range []time.Duration{-time.Hour, -time.Second, 0, time.Second} {
		bubble(t, func(r *rig) { r.url, r.o.Interval = opaque, time.Hour }, func(r *rig) {
			r.run()
			r.activate("a", "tile")
			for range 120 {
				time.Sleep(5 * time.Second)
				r.m.play("a")
				r.m.Expires("a", r.current("a").Generation, r.wall().Add(ahead))
			}
			assert.LessOrEqual(r.t, r.count(), 1)
		})
	}
}

// The site gives the event's start as the expiry of each token, but the event continues after it.
func TestAnEventsStartTimeCausesNoRenewalsOnceItIsPast(t *testing.T) {
	bubble(t, func(r *rig) {
		r.url = func(id string, n int, _ time.Time) string {
			return fmt.Sprintf("https://cdn.test/%s.m3u8?n=%d&expires=%d", id, n, epoch+600)
		}
		r.o.Interval = time.Hour
	}, func(r *rig) {
		r.run()
		r.activate("a", "tile")
		for range 20 {
			time.Sleep(time.Minute)
			r.m.play("a")
		}
		n := r.count()
		assert.LessOrEqual(r.t, n, 12)
		for range 30 {
			time.Sleep(time.Minute)
			r.m.play("a")
		}
		assert.Equal(r.t, n, r.count(), "runs: %v", r.runsAt(time.Unix(epoch, 0)))
	})
}

// Alibaba's auth_key and similar parameters contain the time of issue on some sites and the expiry on others.
func TestAnIssueTimeInTheFutureIsAnExpiry(t *testing.T) {
	bubble(t, func(r *rig) {
		r.o.Interval = time.Hour
		r.url = func(id string, n int, now time.Time) string {
			return fmt.Sprintf("https://cdn.test/%s.m3u8?n=%d&auth_key=%d-0-0-9e107d9d372bb6826bd81d3542a419d6", id, n, now.Add(5*time.Minute).Unix())
		}
	}, func(r *rig) {
		r.run()
		start := time.Now()
		r.activate("a", "tile")
		time.Sleep(9 * time.Minute)
		assert.Equal(r.t, []int{240, 480}, r.runsAt(start))
	})
}
