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
	// maxMargin is how long before its end a token is renewed at most, as far as the source is quick enough.
	maxMargin = time.Minute
	// tick is how often the clocks are compared while a stream is active.
	tick = 5 * time.Second
	// sleepJump is by how much the wall clock must leave the monotonic one before the machine is assumed to have slept:
	// more than clock discipline moves it, less than matters to a token.
	sleepJump = 10 * time.Second
	// wakeGap is the pause between the runs of two sources after the machine slept, when all of them are due: a network
	// that has just come up need not carry them at once. Refusals do not wait for it.
	wakeGap = 400 * time.Millisecond
	// minLeft is how much of its life a token must have left to be renewed ahead of its end. One that comes with less is too
	// short to be kept fresh, or holds a time that is not an expiry (when it was issued, when the event began).
	minLeft = 2 * time.Second
	// unmeasured is how long a run is assumed to take before one was measured.
	unmeasured = time.Second
	// notExpiryAfter is how many tokens of a stream in a row must come with an end in the past before those times are no
	// longer taken for expiries. One alone may come from a page that the site had cached.
	notExpiryAfter = 2
	// issuedAhead is by how much a time of issue must lie ahead to be an end: more than clocks differ.
	issuedAhead = time.Minute
	// saveEvery is how often renewed leases are written at most: kill -9 costs a lease that much of its life.
	saveEvery = time.Minute
)

// expires returns the expiry that was read, the earlier of the URL's and the proxy's, unless it proved wrong; zero: there
// is none. The lock is held.
func (e *entry) expires() time.Time {
	if e.brief.wrong && e.isBrief() {
		return time.Time{}
	}
	return e.stated()
}

// margin returns how long before its end a token is renewed. The life that counts is the one that the token had when it
// came, however late its end was read; a cookie that rolls on came when it last rolled. The lock is held.
func (m *Manager) margin(e *entry, ends time.Time) time.Duration {
	came, took := e.cameAt, cmp.Or(m.o.Runs.State(e.siteKey).Took, unmeasured)
	if ends.Equal(e.reported) {
		came = e.reportedAt
	}
	life := ends.Sub(came)
	margin := max(min(life/4, maxMargin), 2*took)
	// A greater margin would have a short token due as it comes, and its renewals back off: little more than one run's
	// length will do where the source is quick in comparison.
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
		round := e.cameAt.Add(every)
		if life := m.lifetimes[e.host].expected(); life > 0 {
			ends = e.cameAt.Add(life)
			return earlier(round, ends.Add(-m.margin(e, ends)))
		}
		return round
	}
	if e.testsEnd() {
		return ends.Add(testFor)
	}
	// The last round that comes before the end: in the one before it the token still outlives the next.
	rounds := max(1, ends.Sub(e.cameAt)/every)
	if rounds*every == ends.Sub(e.cameAt) && rounds > 1 {
		rounds--
	}
	return earlier(e.cameAt.Add(rounds*every), ends.Add(-m.margin(e, ends)))
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

// lastCall returns when a renewal is tried at the latest, back-off or not, to come before the token's end, read or
// expected: twice, so that a run of the usual length ends in time. After that, and where no end is known, the back-off
// holds. The lock is held.
func (m *Manager) lastCall(e *entry, st runs.State) time.Time {
	never := e.cameAt.AddDate(100, 0, 0)
	ends := e.expires()
	if ends.IsZero() {
		life := m.lifetimes[e.host].expected()
		if life <= 0 {
			return never
		}
		ends = e.cameAt.Add(life)
	}
	for _, at := range []time.Time{ends.Add(-st.Took - 2*runs.MinGap), ends.Add(-st.Took - runs.MinGap/2)} {
		if st.RenewedAt.Before(at) {
			return at
		}
	}
	return never
}

// sourceHold returns until when the state of its source holds a renewal by the clock. The lock is held.
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

// tooOld reports whether a token should be renewed before it is used: it is past its margin, or its end is unknown and
// it is older than the interval. The lock is held.
func (m *Manager) tooOld(e *entry, now time.Time) bool {
	if ends := e.expires(); !ends.IsZero() {
		return !now.Before(ends.Add(-m.margin(e, ends)))
	}
	return !now.Before(m.due(e))
}

// Run keeps active streams fresh until ctx ends: it renews by the clock and ahead of expiry, ends leases, and notices
// that the machine slept.
func (m *Manager) Run(ctx context.Context) {
	// The monotonic clock stands still while the machine sleeps, and timers with it; the wall clock goes on. If the two
	// have parted since the last round, the machine slept, or the clock was set.
	wallWas, monoWas := m.now(), time.Now()
	idle := true
	for ctx.Err() == nil {
		now, elapsed := m.now(), time.Since(monoWas)
		if jump := now.Sub(wallWas) - elapsed; !idle && (jump > sleepJump || jump < -sleepJump) {
			m.woke(now, jump)
		}
		wallWas, monoWas = now, time.Now()

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

// woke handles a jump of the wall clock: no lease could be renewed meanwhile, and a source that failed before may
// answer now. Whatever is past its margin is due at once.
func (m *Manager) woke(now time.Time, jump time.Duration) {
	m.log.Info("the clock jumped; the machine seems to have slept", "by", jump)
	m.mu.Lock()
	defer m.mu.Unlock()
	full := now.Add(leaseLife)
	for _, e := range m.active {
		for v, end := range e.active.leases {
			// A player may have been quicker than this round: what it renewed since counts from now already.
			if jump > 0 || end.After(full) {
				e.active.leases[v] = earlier(end.Add(jump), full)
			}
		}
		e.active.touched = true
		if e.cameAt.After(now) {
			e.cameAt = now
		}
		e.backoff, e.short = runs.Backoff{}, runs.Backoff{}
	}
	m.o.Runs.Retry()
	clear(m.staggered)
	// Only sources with active streams run by the clock: the others take no turn.
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
// active. now is when the clocks were compared: later the machine may have slept, and every lease would be over.
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
			at = earlier(hold, later(at, m.lastCall(e, st)))
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
