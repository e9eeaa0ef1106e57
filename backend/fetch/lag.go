package fetch

import (
	"context"
	"net/http"
	"time"

	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// A server can list a segment a moment before it has it, and before other servers of the CDN have it. No token brings such a
// segment, so the request waits for it.

const (
	// lagSegments is how many of a playlist's newest segments a server may not have yet. A request waits up to lagWait for one of
	// them, with a retry every LagPause.
	lagSegments = timeline.RecentSegments
	lagWait     = 3 * time.Second
	LagPause    = 250 * time.Millisecond
	// behindPause replaces LagPause if each retry reads the playlist again.
	behindPause = 500 * time.Millisecond
	// leastLag is how long a request must have waited for a segment under a fresh token before the segment counts as missing.
	// If RecoveryTimeout leaves less time, the player is told to try again.
	leastLag = time.Second
)

// absent reports whether a listed object was answered with 404: it is missing, or not available yet, or this CDN answers 404 to
// an expired token.
func (r *Refused) absent() bool {
	return r.level == levelObject && r.Status == http.StatusNotFound && !r.Instead
}

// lags reports whether an object may soon be available without a fresh token: it was just listed, or the server that answered
// with the newest playlist does not list it yet, so that its known address has an older token.
func (r *Refused) lags() bool {
	return !r.missing && (r.behind || r.recent && r.absent())
}

// lag waits for an object that lags, up to most, and returns the error of the last attempt. err is the error of attempt a.
func (f *Fetcher) lag(ctx context.Context, a Attempt, err error, try operation, most time.Duration) error {
	until := time.Now().Add(most)
	recent := false
	for {
		r, ok := AsRefused(err)
		if !ok {
			return err
		}
		r.recent = r.recent || recent // it was recent when it was requested
		if recent = r.recent; !r.lags() {
			return err
		}
		pause := LagPause
		if r.behind {
			pause = behindPause
		}
		if pause = min(pause, time.Until(until)); pause <= 0 || f.outdated(a.Upstream) || !Sleep(ctx, pause) {
			return err
		}
		if r.behind {
			a.NotBefore = time.Now()
		}
		err = f.retry(ctx, a, try)
	}
}

// lagBudget returns how long to wait for an object that lags before the token is renewed; recovery ends at until. If older
// segments are now refused, this CDN answers 404 to an expired token, and there is no wait. If that is not known, it leaves
// enough time for a renewal.
func (f *Fetcher) lagBudget(ctx context.Context, subject Subject, up stream.Upstream, r *Refused, until time.Time) time.Duration {
	if r.behind {
		return lagWait
	}
	if !r.lags() {
		return 0
	}
	switch f.tokenState(ctx, subject, up, lagSegments) {
	case tokenEnded:
		return 0
	case tokenGood:
		return lagWait
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return min(lagWait, max(leastLag, time.Until(until)-f.renewing-LagPause))
}

// noteRenewalTime records how long a renewal took. Requests that joined a running renewal measured less.
func (f *Fetcher) noteRenewalTime(took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.renewing = max(took, f.renewing*3/4)
}
