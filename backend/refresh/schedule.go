package refresh

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"gridwall/backend/runs"
)

const (
	// maxMargin is the longest time before its expiry that a token is renewed, if the source is quick enough.
	maxMargin = time.Minute
	// tick is how often the clocks are compared while a stream is active.
	tick = 5 * time.Second
	// sleepJump is how far the wall clock must diverge from the monotonic one before the machine is assumed to have slept:
	// more than clock adjustments, less than matters to a token.
	sleepJump = 10 * time.Second
	// wakeGap is the pause between the runs of two sources after the machine slept, when all of them are due, to spare a
	// network that has just come up. Refusals do not wait for it.
	wakeGap = 400 * time.Millisecond
	// minLeft is how long a token must still be valid on arrival to be renewed ahead of its expiry. With less, it is too
	// short-lived to be kept fresh, or contains a time that is not an expiry (when it was issued, when the event began).
	minLeft = 2 * time.Second
	// unmeasured is how long a run is assumed to take before one was measured.
	unmeasured = time.Second
	// notExpiryAfter is how many tokens of a stream in a row must have expired on arrival before those times no longer count as
	// expiries. A single one may come from a page that the site had cached.
	notExpiryAfter = 2
	// issuedAhead is how far in the future a time of issue must be to count as an expiry: more than clocks differ.
	issuedAhead = time.Minute
	// saveEvery is the minimum time between writes of renewed leases: kill -9 shortens a lease by that much.
	saveEvery = time.Minute
)

// expires returns the stated expiry unless it proved wrong; zero if there is none. The lock is held.
func (e *entry) expires() time.Time {
	if e.brief.wrong && e.isBrief() {
		return time.Time{}
	}
	return e.stated()
}

// margin returns how long before its expiry a token is renewed. It depends on the token's lifetime from its arrival, however
// late the expiry was read; the arrival of a rolling cookie is its last extension. The lock is held.
func (m *Manager) margin(e *entry, ends time.Time) time.Duration {
	arrived, took := e.arrivedAt, cmp.Or(m.o.Runs.State(e.siteKey).Took, unmeasured)
	if ends.Equal(e.reported) {
		arrived = e.reportedAt
	}
	life := ends.Sub(arrived)
	margin := max(min(life/4, maxMargin), 2*took)
	// With a larger margin a short-lived token would be due on arrival, and its renewals would back off. Little more than the
	// length of a run is enough if the source is quick in comparison.
	if took <= 2*life/5 {
		margin = min(margin, max(took+took/4, life-took-runs.MinGap))
	}
	return margin
}

// due returns when an entry's token is to be renewed. The lock is held.
func (m *Manager) due(e *entry) time.Time {
	every := m.o.Interval
	ends := e.expires()
	if ends.IsZero() {
		round := e.arrivedAt.Add(every)
		if life := m.lifetimes[e.host].expected(); life > 0 {
			ends = e.arrivedAt.Add(life)
			return earlier(round, ends.Add(-m.margin(e, ends)))
		}
		return round
	}
	if e.testsEnd() {
		return ends.Add(testFor)
	}
	// The last round before the expiry: at an earlier one, the token would still be valid in the next round.
	rounds := max(1, ends.Sub(e.arrivedAt)/every)
	if rounds*every == ends.Sub(e.arrivedAt) && rounds > 1 {
		rounds--
	}
	return earlier(e.arrivedAt.Add(rounds*every), ends.Add(-m.margin(e, ends)))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// overrideBackoff returns when to try a renewal despite back-off, so that it comes before the token's stated or expected
// expiry. There are two such times, both early enough for a run of the usual length. After them, and if no expiry is known,
// the back-off applies. The lock is held.
func (m *Manager) overrideBackoff(e *entry, st runs.State) time.Time {
	never := e.arrivedAt.AddDate(100, 0, 0)
	ends := e.expires()
	if ends.IsZero() {
		life := m.lifetimes[e.host].expected()
		if life <= 0 {
			return never
		}
		ends = e.arrivedAt.Add(life)
	}
	for _, at := range []time.Time{ends.Add(-st.Took - 2*runs.MinGap), ends.Add(-st.Took - runs.MinGap/2)} {
		if st.RenewedAt.Before(at) {
			return at
		}
	}
	return never
}

// sourceHold returns the time until which the state of its source delays a scheduled renewal. The lock is held.
func (m *Manager) sourceHold(e *entry, st runs.State, now time.Time) time.Time {
	if st.NotYet != nil {
		next := st.EndedAt.Add(m.o.Interval)
		if !st.NotYet.At.IsZero() {
			next = earlier(next, wall(st.NotYet.At))
		}
		return later(next, st.EndedAt.Add(notYetPause))
	}
	if m.tooOld(e, now) {
		return st.Backoff.Until(backoffUrgent)
	}
	return st.Backoff.Until(backoffMax)
}

// tooOld reports whether a token should be renewed before it is used: it is within its margin of the expiry, or its expiry is
// unknown and the renewal is due. The lock is held.
func (m *Manager) tooOld(e *entry, now time.Time) bool {
	if ends := e.expires(); !ends.IsZero() {
		return !now.Before(ends.Add(-m.margin(e, ends)))
	}
	return !now.Before(m.due(e))
}

// Run keeps active streams fresh until ctx ends: it renews by the clock and ahead of expiry, ends leases, and detects when
// the machine has slept.
func (m *Manager) Run(ctx context.Context) {
	// While the machine sleeps, the monotonic clock and timers stop but the wall clock continues. If the two have diverged
	// since the last round, the machine slept or the clock was set.
	lastWall, lastMono := m.now(), time.Now()
	idle := true
	for ctx.Err() == nil {
		now, elapsed := m.now(), time.Since(lastMono)
		if jump := now.Sub(lastWall) - elapsed; !idle && (jump > sleepJump || jump < -sleepJump) {
			m.woke(now, jump)
		}
		lastWall, lastMono = now, time.Now()

		var timer *time.Timer
		var expired <-chan time.Time
		wait := m.round(now)
		if idle = wait == 0; !idle {
			timer = time.NewTimer(wait)
			expired = timer.C
		}
		select {
		case <-ctx.Done():
		case <-expired:
		case <-m.wake:
		}
		if timer != nil {
			timer.Stop()
		}
	}
	m.saveTouched(0)
}

// woke handles a jump of the wall clock: leases are extended because they could not be renewed meanwhile, and back-offs end
// because a source that failed before may answer now.
func (m *Manager) woke(now time.Time, jump time.Duration) {
	m.log.Info("the clock jumped; the machine seems to have slept", "by", jump)
	m.mu.Lock()
	defer m.mu.Unlock()
	full := now.Add(leaseDuration)
	for _, e := range m.active {
		for v, end := range e.active.leases {
			// A player may have renewed its lease after the jump but before this round, so full is the limit.
			if jump > 0 || end.After(full) {
				e.active.leases[v] = earlier(end.Add(jump), full)
			}
		}
		e.active.touched = true
		if e.arrivedAt.After(now) {
			e.arrivedAt = now
		}
		e.backoff, e.short = runs.Backoff{}, runs.Backoff{}
	}
	m.o.Runs.Retry()
	clear(m.staggered)
	// Only sources with active streams have scheduled runs and need a turn.
	after := now
	for _, key := range m.watched() {
		m.staggered[key] = after
		after = after.Add(wakeGap)
	}
}

// watched returns the sources of the active streams in the order in which their renewals are due. The lock is held.
func (m *Manager) watched() []string {
	first := map[string]time.Time{}
	for _, e := range m.active {
		due := m.due(e)
		if at, ok := first[e.siteKey]; !ok || due.Before(at) {
			first[e.siteKey] = due
		}
	}
	return slices.SortedFunc(maps.Keys(first), func(a, b string) int {
		return cmp.Or(first[a].Compare(first[b]), cmp.Compare(a, b))
	})
}

// round ends leases, requests the runs that are due, and returns how long to wait for the next round; 0: nothing is
// active. now is when the clocks were compared: with a later time, a sleep in between would end every lease.
func (m *Manager) round(now time.Time) time.Duration {
	m.mu.Lock()
	next := now.Add(tick)
	var ended []string
	for _, e := range m.active {
		for v, end := range e.active.leases {
			if !end.After(now) {
				delete(e.active.leases, v)
				ended = append(ended, e.id)
			} else {
				next = earlier(next, end)
			}
		}
		if len(e.active.leases) == 0 {
			m.log.Info("the last lease ended", "stream", e.id)
			m.retire(e)
		}
	}
	for _, e := range m.active {
		st := m.o.Runs.State(e.siteKey)
		at := later(m.due(e), later(e.short.Until(backoffMax), m.staggered[e.siteKey]))
		if hold := later(e.backoff.Until(m.longest(e)), m.sourceHold(e, st, now)); hold.After(at) {
			at = earlier(hold, later(at, m.overrideBackoff(e, st)))
		}
		if at.After(now) {
			next = earlier(next, at)
			continue
		}
		m.request(e, runs.TokenDue, e.generation) // its result wakes the schedule
	}
	active := len(m.active)
	m.mu.Unlock()
	if len(ended) > 0 {
		m.save(ended...)
		m.o.OnChange()
	}
	m.saveTouched(saveEvery)
	if active == 0 {
		return 0
	}
	return max(next.Sub(now), time.Millisecond)
}
