package refresh

import "time"

const (
	// briefLife is the life below which an end is doubted: a token of some seconds, or one of ten minutes on a machine
	// whose clock is ten minutes ahead.
	briefLife = 30 * time.Second
	// doubtBriefAfter is how many brief tokens in a row are renewed before one of them is left in use beyond its end. Tokens
	// that really are brief cost their viewers one refusal, which is healed within the request.
	doubtBriefAfter = 24
	// doubtFor is how long beyond its end it is left in use: a player asks for a playlist every few seconds.
	doubtFor = 10 * time.Second
)

// endDoubt is what is known of the ends of an entry's brief tokens.
type endDoubt struct {
	brief int // brief tokens in a row
	// confirmed: one was refused at its end. unfounded: one was not, so that the clocks differ, or the time is not an expiry.
	confirmed, unfounded bool
}

// stated returns the end that was read, be it founded or not: the earlier of the URL's and the proxy's; zero: none was. The lock is
// held.
func (e *entry) stated() time.Time {
	ends := e.ends
	if e.decoys >= decoyAfter {
		ends = time.Time{}
	}
	if e.reported.IsZero() || !ends.IsZero() && ends.Before(e.reported) {
		return ends
	}
	return e.reported
}

// isBrief reports whether the present token states an end that is doubted where many like it came. The lock is held.
func (e *entry) isBrief() bool {
	ends := e.stated()
	life := ends.Sub(e.cameAt)
	return !ends.IsZero() && life >= minLeft && life < briefLife
}

// trying reports whether the present token is left in use beyond its end. The lock is held.
func (e *entry) trying() bool {
	d := &e.doubt
	return d.brief >= doubtBriefAfter && !d.confirmed && !d.unfounded && e.isBrief()
}

// judgeEnd is called before another token takes the place of the present one. The lock is held.
func (e *entry) judgeEnd(at time.Time) {
	switch ends := e.stated(); {
	case ends.IsZero():
	case !e.isBrief():
		e.doubt = endDoubt{}
	default:
		if e.trying() && e.watch != nil && e.refused != e.generation && !at.Before(ends.Add(doubtFor)) {
			e.doubt.unfounded = true
		}
		e.doubt.brief++
	}
}

// confirmEnd takes in a refusal: where it comes at the token's end, that end is one. The lock is held.
func (e *entry) confirmEnd(now time.Time) {
	if ends := e.stated(); e.isBrief() && !now.Before(ends.Add(-time.Second)) && now.Before(ends.Add(2*doubtFor)) {
		e.doubt.confirmed, e.doubt.unfounded = true, false
	}
}
