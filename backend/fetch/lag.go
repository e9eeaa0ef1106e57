package fetch

import (
	"context"
	"net/http"
	"time"

	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// A server can list a segment a moment before it has it, and another server of the CDN some moments before that one has
// it. No token brings such a segment: it is waited for.

const (
	// lagSegments is how many of the newest segments of a playlist a server may not have yet, and lagWait for how long one
	// of them is waited for, asking again every LagPause.
	lagSegments = timeline.RecentSegments
	lagWait     = 3 * time.Second
	LagPause    = 250 * time.Millisecond
	// behindPause takes the place of LagPause where each time the playlist is read again.
	behindPause = 500 * time.Millisecond
	// leastLag is for how long a segment must have been waited for under a fresh token to count as missing. Where
	// healTimeout leaves less, the player is told to ask again.
	leastLag = time.Second
)

// absent reports whether an object is not where the playlist says: it is missing, or it is not there yet, or this CDN
// answers 404 to a token that has ended.
func (r *Refused) absent() bool {
	return r.level == levelObject && r.Status == http.StatusNotFound && !r.Instead
}

// lags reports whether an object may come in a moment without a fresh token: it was just listed, or the server that was
// asked for the playlist does not list it yet, so that its address is one with an older token.
func (r *Refused) lags() bool {
	return !r.missing && (r.behind || r.recent && r.absent())
}

// lag waits for an object that lags, for at most so long. err is the error of the last attempt, a.
func (f *Fetcher) lag(ctx context.Context, a Attempt, err error, try operation, most time.Duration) error {
	until := time.Now().Add(most)
	recent := false
	for {
		r, ok := AsRefused(err)
		if !ok {
			return err
		}
		r.recent = r.recent || recent // it was when it was asked for
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

// patience is for how long an object that lags is waited for before its token is renewed, with a heal that ends at until.
// This CDN may answer 404 to tokens that have ended: where older segments are refused now, nothing is waited for. Where
// that is not known the time that a renewal takes is kept free.
func (f *Fetcher) patience(ctx context.Context, what Subject, up stream.Upstream, r *Refused, until time.Time) time.Duration {
	if r.behind {
		return lagWait
	}
	if !r.lags() {
		return 0
	}
	switch f.tokenState(ctx, what, up, lagSegments) {
	case tokenEnded:
		return 0
	case tokenGood:
		return lagWait
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return min(lagWait, max(leastLag, time.Until(until)-f.renewing-LagPause))
}

// renewed notes how long a renewal took. Those that joined one under way saw less of it.
func (f *Fetcher) renewed(took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.renewing = max(took, f.renewing*3/4)
}
