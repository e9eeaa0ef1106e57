package refresh

import "time"

const (
	// briefLifetime is the lifetime below which a token's expiry is tested. Such a token is valid for only seconds, or it is
	// valid for ten minutes and the machine's clock is ten minutes ahead.
	briefLifetime = 30 * time.Second
	// testBriefAfter is how many brief tokens in a row are renewed before one of them is used beyond its expiry. If the tokens
	// really are brief, that costs one refusal, from which the proxy recovers within the request.
	testBriefAfter = 24
	// testFor is how long beyond its expiry that token is used: a player requests a playlist every few seconds.
	testFor = 10 * time.Second
)

// briefEnds holds what was observed about the expiries of a stream's brief tokens.
type briefEnds struct {
	inRow int // brief tokens in a row
	// confirmed: one was refused at its expiry. wrong: one was accepted beyond it, so the clocks differ, or the time is not an
	// expiry.
	confirmed, wrong bool
}

// stated returns the expiry that was read, right or wrong: the earlier of the URL's and the proxy's, or zero if there is
// none. The lock is held.
func (e *entry) stated() time.Time {
	ends := e.ends
	if e.expiredOnArrival >= notExpiryAfter {
		ends = time.Time{}
	}
	if e.reported.IsZero() || !ends.IsZero() && ends.Before(e.reported) {
		return ends
	}
	return e.reported
}

// isBrief reports whether the current token has an expiry that will be tested after many like it. The lock is held.
func (e *entry) isBrief() bool {
	ends := e.stated()
	life := ends.Sub(e.arrivedAt)
	return !ends.IsZero() && life >= minLeft && life < briefLifetime
}

// testsEnd reports whether the current token is to be used beyond its expiry. The lock is held.
func (e *entry) testsEnd() bool {
	b := &e.brief
	return b.inRow >= testBriefAfter && !b.confirmed && !b.wrong && e.isBrief()
}

// judgeEnd records whether the current token's expiry was wrong, before the token is replaced. The lock is held.
func (e *entry) judgeEnd(at time.Time) {
	switch ends := e.stated(); {
	case ends.IsZero():
	case !e.isBrief():
		e.brief = briefEnds{}
	default:
		if e.testsEnd() && e.active != nil && e.refused != e.generation && !at.Before(ends.Add(testFor)) {
			e.brief.wrong = true
		}
		e.brief.inRow++
	}
}

// confirmEnd records a refusal, which confirms the token's stated expiry if it comes at about that time. The lock is held.
func (e *entry) confirmEnd(now time.Time) {
	if ends := e.stated(); e.isBrief() && !now.Before(ends.Add(-time.Second)) && now.Before(ends.Add(2*testFor)) {
		e.brief.confirmed, e.brief.wrong = true, false
	}
}
