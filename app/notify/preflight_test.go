package notify

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"gridwall/app/api"
)

// withFeeds returns a world with two feeds for each session, and pre-flight checks 30 and 10 minutes before it.
func withFeeds(sessions ...api.Session) *world {
	w := newWorld()
	w.settings[keyBefore], w.settings[keyChecks] = "0s", "30m, 10m"
	w.s = calendar(sessions...)
	w.feeds.Listed = 2
	w.found = api.Preflight{Ready: 2, Text: "2 feeds ready", Feeds: []api.PreflightFeed{{Ready: true}, {Ready: true}}}
	return w
}

func TestAPreflightIsReportedTwiceBeforeASessionAndNotAgainAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := time.Now().Add(40 * time.Minute)
		w := withFeeds(session("Race", at))
		w.slow = 20 * time.Second
		stop := run(w)
		time.Sleep(10*time.Minute + 15*time.Second)
		w.wantSent(t)
		time.Sleep(10 * time.Second)
		w.wantSent(t, "Race in 30 min: 2 feeds ready")
		stop()
		stop = run(w)
		time.Sleep(15 * time.Minute)
		w.wantSent(t, "Race in 30 min: 2 feeds ready")
		time.Sleep(6 * time.Minute)
		w.wantSent(t, "Race in 30 min: 2 feeds ready", "Race in 10 min: 2 feeds ready")
		stop()
		stop = run(w)
		defer stop()
		time.Sleep(9 * time.Minute)
		w.wantSent(t, "Race in 30 min: 2 feeds ready", "Race in 10 min: 2 feeds ready", "Live now: Race")
		w.set(func() { assert.Equal(t, 2, w.checks) })
	})
}

func TestAFailedPreflightSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	m := checked(occasion{key: "k", event: "e", session: "Race", where: "Qatar"}, api.Preflight{
		Ready: 1, Text: "1 of 2 feeds ready",
		Feeds: []api.PreflightFeed{{Ready: true}, {Problem: "Timing does not play: the CDN responded with 403 Forbidden.", Advice: "Look at its\nsource."}},
	}, 10*time.Minute)
	assert.Equal(t, Message{
		Kind: Trouble, About: "k", Title: "Race in 10 min: 1 of 2 feeds ready",
		Body: "Timing does not play: the CDN responded with 403 Forbidden. Look at its source.", Action: Action{Page: "sources"},
	}, m)
	m = checked(occasion{session: "Race"}, api.Preflight{Text: "no feed is listed"}, time.Minute)
	assert.Equal(t, Trouble, m.Kind)
	assert.Contains(t, m.Body, "rule")
}

func TestAPreflightMissedDuringSleepIsSkipped(t *testing.T) {
	checks := []time.Duration{30 * time.Minute, 10 * time.Minute}
	for left, want := range map[time.Duration]time.Duration{
		31 * time.Minute: 0, 30 * time.Minute: 30 * time.Minute, 21 * time.Minute: 30 * time.Minute, 20 * time.Minute: 0,
		11 * time.Minute: 0, 10 * time.Minute: 10 * time.Minute, 61 * time.Second: 10 * time.Minute, time.Minute: 0, 0: 0, -time.Minute: 0,
	} {
		assert.Equal(t, want, dueCheck(checks, left), left)
	}
	assert.Equal(t, time.Minute, dueCheck([]time.Duration{time.Minute}, 40*time.Second))
	assert.Zero(t, dueCheck(nil, time.Minute))

	synctest.Test(t, func(t *testing.T) {
		w := withFeeds(session("Race", time.Now().Add(15*time.Minute)), session("Sprint", time.Now().Add(30*time.Second)))
		w.slow = time.Minute
		stop := run(w)
		time.Sleep(4 * time.Minute)
		w.wantSent(t, "Live now: Sprint")
		w.set(func() { assert.Zero(t, w.checks) })
		stop()
	})
}

func TestAPreflightIsSilentIfItDoesNotApply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, tc := range map[string]struct {
			change func(*world)
			checks int
		}{
			"switched off":             {func(w *world) { w.settings[keyChecks] = off }, 0},
			"no feed and no rule":      {func(w *world) { w.feeds.Listed = 0 }, 0},
			"a rule about the layout":  {func(w *world) { w.feeds.Listed, w.feeds.Rule = 0, &api.RuleRef{} }, 0},
			"no notices, but a result": {func(w *world) { w.settings[keyNotify] = off }, 1},
			"started during the check": {func(w *world) { w.slow = 10 * time.Minute }, 1},
		} {
			w := withFeeds(session("Race", time.Now().Add(9*time.Minute)))
			tc.change(w)
			stop := run(w)
			time.Sleep(8 * time.Minute)
			w.set(func() {
				assert.Empty(t, w.sent, name)
				assert.Equal(t, tc.checks, w.checks, name)
			})
			time.Sleep(20 * time.Minute)
			stop()
			w.set(func() { assert.LessOrEqual(t, len(w.sent), 1, name) })
		}
	})
}

func TestARuleWithoutFeedsIsCheckedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := withFeeds(session("Race", time.Now().Add(9*time.Minute)))
		w.feeds = api.SessionFeeds{Rule: &api.RuleRef{Chooses: true}}
		w.found = api.Preflight{Text: "no feed is listed"}
		defer run(w)()
		time.Sleep(time.Minute)
		w.wantSent(t, "Race in 9 min: no feed is listed")
	})
}

func TestTheGridOpensOnceAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := time.Now().Add(2 * time.Minute)
		w := withFeeds(session("Race", at))
		w.settings[keyNotify] = off
		w.found.Opens = true
		stop := run(w)
		opened := func(n int) {
			t.Helper()
			synctest.Wait()
			w.set(func() { assert.Len(t, w.opened, n) })
		}
		time.Sleep(2*time.Minute - time.Second)
		opened(0)
		time.Sleep(2 * time.Second)
		opened(1)
		w.set(func() { assert.Equal(t, "Race | Race begins: Qatar Grand Prix · Lusail", w.opened[0]) })
		stop()
		stop = run(w)
		time.Sleep(10 * time.Minute)
		opened(1)
		stop()

		w.set(func() { w.record = nil })
		stop = run(w) // started ten minutes after the start
		time.Sleep(time.Minute)
		opened(1)
		stop()

		w.set(func() {
			w.s = calendar(session("Sprint", time.Now().Add(time.Minute)))
			w.found.Opens = false
		})
		stop = run(w)
		time.Sleep(5 * time.Minute)
		opened(1)
		stop()
	})
}
