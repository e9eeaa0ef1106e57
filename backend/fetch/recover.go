package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"gridwall/backend/busyhosts"
	"gridwall/backend/response"
	"gridwall/backend/stream"
)

const (
	// RecoveryTimeout is how long after its first refusal a player is kept waiting, for what is late and for a renewal: hls.js
	// gives up at 8 to 10 s. Beyond it the answer is 503 and the renewal goes on.
	RecoveryTimeout = 7 * time.Second
	// Passing faults (a reset connection, a 502 of a load balancer) are tried again after these pauses, then told.
	retryPause = 250 * time.Millisecond
	maxRetries = 2
)

// Recover runs try until it is not refused. A refusal is met in two steps. First everything that was read under the
// same token is read again, since a playlist can hold newer tokens for its children; this costs the site nothing.
// Then the token is renewed. A player sees a slow request, never a 403.
func (f *Fetcher) Recover(ctx context.Context, what Subject, try operation) error {
	start := time.Now()
	up, err := f.Streams.Current(f.ID)
	if err != nil {
		return err
	}
	first := f.retry(ctx, Attempt{Upstream: up}, try)
	until := time.Now().Add(RecoveryTimeout)
	if edge := unreachable(first, up); edge != nil {
		gone := goneKey(first)
		if f.pause(gone) > 0 && !f.outdated(up) {
			return first
		}
		err := f.renew(ctx, what, up, edge, try, until)
		if err == nil || errors.Is(err, ErrRenewing) || ctx.Err() != nil {
			return err
		}
		f.stillGone(gone)
		return first
	}
	var r *Refused
	if r = f.lasting(what, first, up); r != nil {
		if f.pause(what.Name) > 0 && !f.outdated(up) {
			return first
		}
		err := f.renew(ctx, what, up, r, try, until)
		var still *response.StatusError
		switch {
		case errors.As(err, &still), late(err): // not caused by the token
			f.unhealed(what.Name, maxGonePause, true)
		case r.renewal != nil && late(first): // nothing was answered: r's status is made up
			return first
		}
		return err
	}
	if !errors.As(first, &r) || r.missing {
		if first == nil {
			f.worked(up.Generation)
			f.healed(what.Name)
		}
		return first
	}
	if r.Doubtful && (!f.hasPlayed() || what.Asset) {
		return r.plain()
	}
	last := first
	switch {
	case r.level != LevelRoot && r.parent.Before(start):
		last = f.retry(ctx, Attempt{up, start}, try)
	case r.unlisted: // by a playlist that was read within this request
		r.missing = true
		return first
	}
	if r, ok := AsRefused(last); ok {
		last = f.lag(ctx, Attempt{up, start}, last, try, f.patience(ctx, what, up, r, until))
	}
	if last == nil {
		f.worked(up.Generation)
	}
	switch r = nil; {
	case !errors.As(last, &r) || r.missing:
		return last
	case r.behind: // the token is good
		return ErrRenewing
	}
	return f.renew(ctx, what, up, r, try, until)
}

// unreachable returns a refusal made of an error that says the edge is gone: no one listens there, or it has no address.
// A fresh extraction may name another one. nil for every other error: a slow or failing edge is still the edge, and an
// address that may not be dialled may not be dialled with a fresh token either.
func unreachable(err error, up stream.Upstream) *Refused {
	var op *net.OpError
	if err == nil || !errors.As(err, &op) || op.Op != "dial" || op.Timeout() || forbidden(err) {
		return nil
	}
	return &Refused{Generation: up.Generation, Refused: response.Refused{URL: up.URL}}
}

// late reports whether an upstream did not answer in time.
func late(err error) bool { return IsTimeout(err) || errors.Is(err, ErrSlow) }

// forbidden reports whether err is a private address that the source's policy does not allow (backend/upstream).
func forbidden(err error) bool {
	var private interface{ PrivateAddress() string }
	return errors.As(err, &private)
}

// goneKey names what err could not reach, for the pauses between renewals: the host, not what was asked for, since many
// things can stand on a host that is gone and others beside them on one that is not.
func goneKey(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return "gone/" + dns.Name
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Addr != nil {
		return "gone/" + op.Addr.String()
	}
	return "gone/"
}

// stillGone notes that a renewal did not make a host reachable. The pauses grow longer than those of a refusal: an edge that
// is down with a fresh address as well is down for long, and each try runs the source.
func (f *Fetcher) stillGone(gone string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.pauses[gone].failures + 1
	if time.Since(f.pauses[gone].until) > maxGonePause { // it was well in between, or no one asked
		n = 1
	}
	f.pauseFor(gone, pause{failures: n}, min(time.Second<<min(n, 10), maxGonePause))
}

// renew asks for a new token, for which it waits until then, and tries once more under it.
func (f *Fetcher) renew(ctx context.Context, what Subject, up stream.Upstream, r *Refused, try operation, until time.Time) error {
	if !f.mayRenew(ctx, what.Name, what, up) {
		r.renewal = errors.New("the stream was refused with a fresh token as well")
		return r
	}
	if r.absent() && !f.mayRenew(ctx, what.absent(), what, up) {
		r.missing = true // others of its kind were, and what was had before can still be had
		return r
	}
	f.Log.Info("refused, renewing", "stream", f.ID, "status", r.Status, "url", stream.RedactURL(r.URL))
	wctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	asked := time.Now()
	ref := stream.Refusal{Generation: up.Generation, URL: r.URL, Status: r.Status}
	next, rerr := f.Streams.Renew(wctx, f.ID, ref)
	if errors.Is(wctx.Err(), context.DeadlineExceeded) {
		f.renewed(time.Since(asked))
		return ErrRenewing
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if r.Recording && (errors.Is(rerr, stream.ErrNoMatch) || errors.Is(rerr, stream.ErrNoStreams)) {
		f.believeEnd(up.Generation)
		return f.retry(ctx, Attempt{up, time.Now()}, try)
	}
	if rerr != nil && next.Generation <= up.Generation {
		r.renewal = rerr
		f.unhealed(what.Name, maxHealPause, false)
		return r
	}
	f.renewed(time.Since(asked))
	a := Attempt{next, time.Now()}
	err := f.retry(ctx, a, try)
	if again, was := AsRefused(err); was && again.absent() {
		// Is it the segment that is missing, or has this token ended as well? The playlist tells, read again.
		a.NotBefore = time.Now()
		err = f.retry(ctx, a, try)
	}
	if again, was := AsRefused(err); was && r.recent {
		again.recent = true
	}
	most := min(lagWait, time.Until(until))
	err = f.lag(ctx, a, err, try, most)
	var again *Refused
	if errors.As(err, &again) {
		if again.behind || again.lags() && most < leastLag || f.outdated(next) {
			return ErrRenewing
		}
		if again.absent() {
			again.missing = true // a hole in the upstream's own playlist: no token brings it back
			f.unhealed(what.absent(), maxGonePause, true)
			return again
		}
		again.renewal = errors.New("the fresh token was refused as well")
		longest := maxHealPause
		if again.Doubtful || f.hasWorked(next.Generation) { // others are had with it: it is hardly the token
			longest = maxGonePause
		}
		f.unhealed(what.Name, longest, true)
		return again
	}
	if err == nil {
		f.worked(next.Generation)
		f.healed(what.Name)
	}
	return err
}

// retry runs try and runs it again on a passing fault of the upstream.
func (f *Fetcher) retry(ctx context.Context, a Attempt, try operation) error {
	for n := 0; ; n++ {
		err := try(ctx, a)
		if err == nil || n >= maxRetries || ctx.Err() != nil {
			return err
		}
		pause, ok := passing(err)
		if !ok {
			return err
		}
		if pause == 0 {
			pause = retryPause << n
		}
		if !Sleep(ctx, pause) {
			return err
		}
	}
}

// passing reports whether err may be gone in a moment, and how long the upstream asks to wait (0: it does not say).
func passing(err error) (time.Duration, bool) {
	var s *response.StatusError
	if errors.As(err, &s) {
		switch s.Status {
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			return min(s.RetryAfter, busyhosts.MaxWait), s.RetryAfter <= busyhosts.MaxWait
		}
		return 0, response.TransientStatus(s.Status)
	}
	var u *response.Unexpected
	if errors.As(err, &u) {
		return 0, u.Transient()
	}
	var r *Refused
	var f *Failure
	if errors.As(err, &r) || errors.As(err, &f) || IsTimeout(err) || forbidden(err) || errors.Is(err, context.Canceled) ||
		errors.Is(err, errScheme) || errors.Is(err, stream.ErrUnknownStream) {
		return 0, false
	}
	return 0, true
}

func Sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
