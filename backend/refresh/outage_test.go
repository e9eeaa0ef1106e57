package refresh

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/runs"
	"gridwall/backend/stream"
)

// The site was down while renewals were tried ahead of the expiry, and works again when the token expires.
func TestARefusalIsRecoveredAlthoughPlannedRunsFailed(t *testing.T) {
	bubble(t, func(r *rig) { r.url = expiring(5 * time.Minute) }, func(r *rig) {
		r.run()
		r.activate("a", "tile")
		time.Sleep(4 * time.Minute)
		r.fail(errors.New("down"))
		for range 5 {
			r.m.RenewAll(r.t.Context()) // requested by the user, not by a refusal
		}
		r.fail(nil)
		require.True(r.t, r.runs.State("site").Backoff.Until(backoffMax).After(r.m.now()), "planned runs back off")
		start := time.Now()
		_, err := r.refuse("a", 403)
		assert.NoError(r.t, err)
		assert.LessOrEqual(r.t, time.Since(start), runs.MinGap)
	})
}

func TestARefusalIsRecoveredAlthoughAPlannedRunMissedTheStream(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "tile")
		r.lock(func() { r.drop["a"] = true })
		for n := range 6 {
			r.plain(n + 1)
		}
		r.lock(func() { r.drop["a"] = false })
		_, err := r.refuse("a", 403)
		assert.NoError(r.t, err)
	})
}

func TestEveryRefusalOfAWatchedStreamMayRunTheSourceEveryTwoSeconds(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.activate("a", "tile")
		r.fail(errors.New("down"))
		start := time.Now()
		for time.Since(start) < time.Minute {
			_, err := r.refuse("a", 403)
			assert.EqualError(r.t, err, "Extraction failed: down")
			time.Sleep(100 * time.Millisecond)
		}
		runs := r.runsAt(start)
		for i, at := range runs[1:] {
			assert.Equal(r.t, 2, at-runs[i])
		}
		r.fail(nil)
		_, err := r.refuse("a", 403)
		assert.NoError(r.t, err, "the first run after the site recovered")
	})
}

// However long the site was down, if it recovers before the token expires, the player never sees a refusal.
func TestATokenIsRenewedBeforeItExpiresOnceTheSiteRecovers(t *testing.T) {
	const life = 2 * time.Minute
	for _, learned := range []bool{false, true} {
		for outage := 2 * time.Second; outage <= 28*time.Second; outage += 2 * time.Second {
			t.Run(fmt.Sprintf("learned=%t %s", learned, outage), func(t *testing.T) {
				bubble(t, func(r *rig) {
					r.url, r.o.Interval = expiring(life), time.Hour
					if learned {
						r.url = opaque
						r.store.lifetimes["cdn.test"] = []byte(`{"ages":[120000000000]}`)
					}
				}, func(r *rig) {
					r.run()
					r.activate("a", "tile")
					time.Sleep(life - 30*time.Second) // the margin begins
					r.fail(errors.New("down"))
					time.Sleep(outage)
					r.fail(nil)
					time.Sleep(30*time.Second - outage - time.Millisecond)
					up := r.current("a")
					assert.GreaterOrEqual(r.t, up.Generation, uint64(2), "the token expires now: %v", r.runsAt(time.Unix(epoch, 0)))
				})
			})
		}
	}
}

func TestAnUnwatchedStreamDoesNotFloodASiteThatIsDown(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		r.fail(errors.New("down"))
		for range 600 {
			_, err := r.m.Renew(r.t.Context(), "a", stream.Refusal{Generation: 1, Status: 403})
			assert.Error(r.t, err)
			time.Sleep(500 * time.Millisecond)
		}
		assert.Less(r.t, r.count(), 25)
	})
}

func TestASourceThatHasNotBegunIsNotAFailure(t *testing.T) {
	bubble(t, func(r *rig) { r.url, r.o.Interval = opaque, 10*time.Minute }, func(r *rig) {
		r.run()
		start := time.Now()
		r.activate("a", "tile")
		r.fail(fmt.Errorf("yt-dlp: %w", &stream.NotYetError{At: start.Add(25 * time.Minute), Text: "This live event will begin in 25 minutes."}))
		for range 24 {
			r.m.play("a")
			_, err := r.refuse("a", 404)
			assert.EqualError(r.t, err, "Extraction failed: This live event will begin in 25 minutes")
			time.Sleep(time.Minute - time.Second)
		}
		assert.Equal(r.t, "Extraction failed: This live event will begin in 25 minutes", r.get("a").LastError)
		assert.Empty(r.t, r.notices)
		assert.LessOrEqual(r.t, r.count(), 24, "runs: %v", r.runsAt(start))
		r.fail(nil)
		time.Sleep(2 * time.Minute)
		assert.Empty(r.t, r.get("a").LastError)
		assert.Positive(r.t, r.get("a").RefreshCount)
	})
}

func TestASourceThatHasNotBegunRunsAgainWhenItBegins(t *testing.T) {
	bubble(t, func(r *rig) { r.url = expiring(30 * time.Second) }, func(r *rig) {
		r.run()
		start := time.Now()
		r.activate("a", "tile")
		r.fail(&stream.NotYetError{At: start.Add(3 * time.Minute)})
		time.Sleep(170 * time.Second)
		assert.LessOrEqual(r.t, r.count(), 3, "only the runs planned ahead of the expiry: %v", r.runsAt(start))
		r.fail(nil)
		time.Sleep(15 * time.Second)
		assert.Contains(r.t, r.runsAt(start), 180)
	})
}

func TestARefusedStreamWithViewersDoesNotWaitForAnEarlierRun(t *testing.T) {
	for name, answer := range map[string]error{"not begun": &stream.NotYetError{}, "not listed": nil} {
		bubble(t, nil, func(r *rig) {
			r.activate("a", "tile")
			if answer != nil {
				r.fail(answer)
			} else {
				r.lock(func() { r.drop["a"] = true })
			}
			for range 5 {
				_, err := r.refuse("a", 403)
				require.Error(r.t, err, name)
			}
			r.fail(nil)
			r.lock(func() { r.drop["a"] = false })
			if answer == nil {
				time.Sleep(watchedPause)
			}
			up, err := r.refuse("a", 403)
			require.NoError(r.t, err, name)
			assert.Equal(r.t, uint64(2), up.Generation, name)
		})
	}
}
