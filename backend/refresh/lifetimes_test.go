package refresh

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLifetimesOfOpaqueTokensAreObservedFromRefusals(t *testing.T) {
	bubble(t, func(r *rig) { r.url, r.o.Interval = opaque, time.Hour }, func(r *rig) {
		r.run()
		start := time.Now()
		r.activate("a", "")
		time.Sleep(40 * time.Second)
		_, err := r.refuse("a", 403)
		require.NoError(r.t, err)
		time.Sleep(65 * time.Second)
		assert.Equal(r.t, []int{40, 70, 100}, r.runsAt(start), "after the first refusal, a quarter of the lifetime ahead")
		assert.Nil(r.t, r.get("a").ExpiresAt, "an observed lifetime is not shown as an expiry")
		synctest.Wait()
		assert.JSONEq(r.t, `{"ages":[40000000000]}`, string(r.store.lifetimes["cdn.test"]))

		r.m.Close() // the next process loads it
		r.start()
		assert.Equal(r.t, 40*time.Second, r.m.lifetimes["cdn.test"].expected())
	})
}

func TestTokensWithOnlyAnIssueTimeAreObservedToo(t *testing.T) {
	issued := func(id string, n int, now time.Time) string {
		return "https://cdn.test/" + id + ".m3u8?verify=" + now.Format("0405") + "-" + opaque(id, n, now)
	}
	bubble(t, func(r *rig) { r.url, r.o.Interval = issued, time.Hour }, func(r *rig) {
		r.activate("a", "")
		time.Sleep(20 * time.Second)
		_, err := r.refuse("a", 410)
		require.NoError(r.t, err)
		assert.Equal(r.t, 20*time.Second, r.m.lifetimes["cdn.test"].expected())
	})
}

func TestOnlyARefusalOfAnExpiredTokenIsASample(t *testing.T) {
	for name, tc := range map[string]struct {
		url    func(string, int, time.Time) string
		age    time.Duration
		status int
		learns bool
	}{
		"401":             {opaque, 30 * time.Second, 401, true},
		"403":             {opaque, 30 * time.Second, 403, true},
		"410":             {opaque, 30 * time.Second, 410, true},
		"a web page":      {opaque, 30 * time.Second, 200, true},
		"404":             {opaque, 30 * time.Second, 404, false},
		"too young":       {opaque, 2 * time.Second, 403, false},
		"the same URL":    {fixed, 30 * time.Second, 403, false},
		"expiry is known": {expiring(time.Minute), 30 * time.Second, 403, false},
		"just old enough": {opaque, 3 * time.Second, 403, true},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(r *rig) { r.url = tc.url }, func(r *rig) {
				r.activate("a", "")
				time.Sleep(tc.age)
				_, err := r.refuse("a", tc.status)
				require.NoError(r.t, err)
				assert.Equal(r.t, tc.learns, len(r.m.lifetimes) == 1)
			})
		})
	}
}

func TestARefusalIsSampledOncePerToken(t *testing.T) {
	bubble(t, func(r *rig) { r.url, r.takes = opaque, 10*time.Second }, func(r *rig) {
		r.activate("a", "")
		time.Sleep(30 * time.Second)
		go func() {
			time.Sleep(5 * time.Second)
			_, _ = r.refuse("a", 403)
		}()
		_, err := r.refuse("a", 403)
		require.NoError(r.t, err)
		assert.Equal(r.t, []time.Duration{30 * time.Second}, r.m.lifetimes["cdn.test"].Ages)
	})
}

func TestTheSmallestOfTheNewestSamplesCounts(t *testing.T) {
	l := &lifetimes{}
	assert.Zero(t, l.expected())
	assert.Zero(t, (*lifetimes)(nil).expected())
	for _, s := range []int{10, 50, 40, 30, 60, 70} {
		l.add(time.Duration(s) * time.Second)
	}
	assert.Equal(t, 30*time.Second, l.expected(), "the ten-second sample is too old")
	for range 20 {
		l.add(time.Minute)
	}
	assert.Len(t, l.Ages, keptSamples)
	text, err := json.Marshal(l)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "ahead")
}

func TestAnAccidentalSampleDoesNotFloodTheSiteIndefinitely(t *testing.T) {
	bubble(t, func(r *rig) { r.url = opaque }, func(r *rig) {
		r.run()
		r.activate("a", "")
		time.Sleep(4 * time.Second)
		_, err := r.refuse("a", 403) // an accident: tokens are valid for hours
		require.NoError(r.t, err)
		watch := func(d time.Duration) int {
			n := r.count()
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(time.Minute) {
				r.m.play("a")
			}
			return r.count() - n
		}
		first := watch(10 * time.Minute)
		watch(5 * time.Hour)
		later := watch(10 * time.Minute)
		assert.Greater(r.t, first, 50)
		assert.Less(r.t, later, 10)
	})
}
