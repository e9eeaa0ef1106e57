package refresh

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// skewed makes URLs of a site while the machine's clock is ahead of the site's (or behind it, if ahead is negative).
func skewed(ahead, life time.Duration) func(string, int, time.Time) string {
	return func(id string, n int, now time.Time) string { return expiring(life)(id, n, now.Add(-ahead)) }
}

func TestAWrongClockDoesNotRenewInALoop(t *testing.T) {
	for _, tc := range []struct{ ahead, life time.Duration }{
		{10 * time.Minute, 5 * time.Minute}, {10 * time.Minute, 10*time.Minute + time.Second}, {10 * time.Minute, 10*time.Minute + 5*time.Second},
		{10 * time.Minute, 10*time.Minute + 8*time.Second}, {10 * time.Minute, 10*time.Minute + 20*time.Second}, {10 * time.Minute, 15 * time.Minute},
		{-10 * time.Minute, 5 * time.Minute}, {time.Hour, 5 * time.Minute}, {-time.Hour, 5 * time.Minute}, {time.Hour, time.Hour + 6*time.Second}, {10 * time.Minute, 24 * time.Hour},
	} {
		t.Run(fmt.Sprint(tc.ahead, " ", tc.life), func(t *testing.T) {
			bubble(t, func(r *rig) {
				r.url, r.o.Interval, r.takes = skewed(tc.ahead, tc.life), 4*time.Minute, 300*time.Millisecond
			}, func(r *rig) {
				r.run()
				start := time.Now()
				r.activate("a", "tile")
				refusals := 0
				play := func(d time.Duration) {
					for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(2 * time.Second) {
						r.m.play("a")
						if up := r.get("a"); time.Since(*up.TokenArrivedAt) > tc.life {
							refusals++
							_, _ = r.refuse("a", 403)
						}
					}
				}
				play(10 * time.Minute)
				n := r.count()
				play(time.Hour)
				assert.LessOrEqual(r.t, r.count()-n, 21, "about one in four minutes, runs: %v", r.runsAt(start))
				assert.LessOrEqual(r.t, refusals, 15)
			})
		})
	}
}

func TestTheExpiryOfBriefTokensIsTestedOnce(t *testing.T) {
	for _, life := range []time.Duration{5 * time.Second, 8 * time.Second, 20 * time.Second} {
		bubble(t, func(r *rig) { r.url, r.takes = expiring(life), 200*time.Millisecond }, func(r *rig) {
			r.run()
			r.activate("a", "tile")
			refusals := 0
			for end := time.Now().Add(time.Hour); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
				r.m.play("a")
				if up := r.get("a"); time.Since(*up.TokenArrivedAt) > life {
					refusals++
					_, err := r.refuse("a", 403)
					assert.NoError(r.t, err)
				}
			}
			assert.LessOrEqual(r.t, refusals, 1, "life %v", life)
		})
	}
}

func TestReportedExpiriesUnderAWrongClockCauseNoLoop(t *testing.T) {
	for _, ahead := range []time.Duration{3 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second} {
		bubble(t, func(r *rig) { r.url, r.o.Interval, r.takes = opaque, 4*time.Minute, 300*time.Millisecond }, func(r *rig) {
			r.run()
			start := time.Now()
			r.activate("a", "tile")
			last := uint64(0)
			play := func(d time.Duration) {
				for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(time.Second) {
					r.m.play("a")
					if g := r.current("a").Generation; g != last {
						last = g
						r.m.Expires("a", g, r.wall().Add(ahead))
					}
				}
			}
			play(10 * time.Minute)
			n := r.count()
			play(time.Hour)
			assert.LessOrEqual(r.t, r.count()-n, 21, "ahead %v: about one in four minutes, runs: %v", ahead, r.runsAt(start))
		})
	}
}
