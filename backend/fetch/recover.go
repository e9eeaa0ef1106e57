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
	// RecoveryTimeout is how long after the first refusal a player waits for a late object and for a renewal: hls.js gives up
	// after 8 to 10 s. After it the answer is 503, and the renewal continues.
	RecoveryTimeout = 7 * time.Second
	// retryPause is the first pause before a retry after a transient fault (a reset connection, a load balancer's 502); the
	// next is twice as long. After maxRetries the fault is reported.
	retryPause = 250 * time.Millisecond
	maxRetries = 2
)

// Recover runs try until it is not refused. It handles a refusal in two steps. First it reads everything again that was read
// under the same token, as a playlist can have newer tokens for its children; this costs the site nothing. Then it renews the
// token. A player sees a slow request, never a 403.
func (f *Fetcher) Recover(ctx context.Context, subject Subject, try operation) error {
	start := time.Now()
	up, err := f.Streams.Current(f.ID)
	if err != nil {
		return err
	}
	first := f.retry(ctx, Attempt{Upstream: up}, try)
	until := time.Now().Add(RecoveryTimeout)
	if edge := unreachable(first, up); edge != nil {
		host := hostKey(first)
		if f.pause(host) > 0 && !f.outdated(up) {
			return first
		}
		err := f.renew(ctx, subject, up, edge, try, until)
		if err == nil || errors.Is(err, ErrRenewing) || ctx.Err() != nil {
			return err
		}
		f.stillUnreachable(host)
		return first
	}
	var r *Refused
	if r = f.persistentFault(subject, first, up); r != nil {
		if f.pause(subject.Name) > 0 && !f.outdated(up) {
			return first
		}
		err := f.renew(ctx, subject, up, r, try, until)
		var still *response.StatusError
		switch {
		case errors.As(err, &still), timedOut(err): // not caused by the token
			f.renewalFailed(subject.Name, maxFaultPause, true)
		case r.renewal != nil && timedOut(first): // there was no answer: r's status is made up
			return first
		}
		return err
	}
	if !errors.As(first, &r) || r.missing {
		if first == nil {
			f.worked(up.Generation)
			f.clearPause(subject.Name)
		}
		return first
	}
	if r.Doubtful && (!f.hasPlayed() || subject.Asset) {
		return r.asStatus()
	}
	last := first
	switch {
	case r.level != LevelRoot && r.parent.Before(start):
		last = f.retry(ctx, Attempt{up, start}, try)
	case r.unlisted: // in a playlist that was read within this request
		r.missing = true
		return first
	}
	if r, ok := AsRefused(last); ok {
		last = f.lag(ctx, Attempt{up, start}, last, try, f.lagBudget(ctx, subject, up, r, until))
	}
	if last == nil {
		f.worked(up.Generation)
	}
	switch r = nil; {
	case !errors.As(last, &r) || r.missing:
		return last
	case r.behind: // the token is valid
		return ErrRenewing
	}
	return f.renew(ctx, subject, up, r, try, until)
}

// unreachable returns a refusal for an error that means that the edge is gone: nothing listens there, or its name does not
// resolve. A fresh extraction may return another edge. It returns nil for every other error: a slow or failing edge still
// exists, and a fresh token does not permit dialling a forbidden address.
func unreachable(err error, up stream.Upstream) *Refused {
	var op *net.OpError
	if err == nil || !errors.As(err, &op) || op.Op != "dial" || op.Timeout() || forbidden(err) {
		return nil
	}
	return &Refused{Generation: up.Generation, Refused: response.Refused{URL: up.URL}}
}

// timedOut reports whether the upstream did not answer in time.
func timedOut(err error) bool { return IsTimeout(err) || errors.Is(err, ErrSlow) }

// forbidden reports whether err is a private address that the source's policy does not allow (backend/upstream).
func forbidden(err error) bool {
	var private interface{ PrivateAddress() string }
	return errors.As(err, &private)
}

// hostKey returns the key of the pauses for the host that err could not reach. It is the host and not the subject, because one
// unreachable host can serve many subjects, and one subject can use several hosts.
func hostKey(err error) string {
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

// stillUnreachable records that a host is unreachable after a renewal. The pauses grow longer than after a refusal: an edge that
// is also down at a fresh address stays down for long, and each attempt runs the source.
func (f *Fetcher) stillUnreachable(host string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.pauses[host].failures + 1
	if time.Since(f.pauses[host].until) > maxFaultPause { // it recovered in between, or had no requests
		n = 1
	}
	f.pauseFor(host, pause{failures: n}, min(time.Second<<min(n, 10), maxFaultPause))
}

// renew requests a new token, waits for it until the given time, and runs try under it.
func (f *Fetcher) renew(ctx context.Context, subject Subject, up stream.Upstream, r *Refused, try operation, until time.Time) error {
	if !f.mayRenew(ctx, subject.Name, subject, up) {
		r.renewal = errors.New("a fresh token was refused as well")
		return r
	}
	if r.absent() && !f.mayRenew(ctx, subject.absentKey(), subject, up) {
		r.missing = true // others like it were missing, and earlier segments are still available
		return r
	}
	f.Log.Info("refused, renewing", "stream", f.ID, "status", r.Status, "url", stream.RedactURL(r.URL))
	wctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	asked := time.Now()
	ref := stream.Refusal{Generation: up.Generation, URL: r.URL, Status: r.Status}
	next, rerr := f.Streams.Renew(wctx, f.ID, ref)
	if errors.Is(wctx.Err(), context.DeadlineExceeded) {
		f.noteRenewalTime(time.Since(asked))
		return ErrRenewing
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if r.Recording && (errors.Is(rerr, stream.ErrNoMatch) || errors.Is(rerr, stream.ErrNoStreams)) {
		f.confirmEnd(up.Generation)
		return f.retry(ctx, Attempt{up, time.Now()}, try)
	}
	if rerr != nil && next.Generation <= up.Generation {
		r.renewal = rerr
		f.renewalFailed(subject.Name, maxRenewalPause, false)
		return r
	}
	f.noteRenewalTime(time.Since(asked))
	a := Attempt{next, time.Now()}
	err := f.retry(ctx, a, try)
	if again, was := AsRefused(err); was && again.absent() {
		// Either the segment is missing, or this token has expired as well. Reading the playlist again shows which.
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
			again.missing = true // missing at the upstream: no token brings it back
			f.renewalFailed(subject.absentKey(), maxFaultPause, true)
			return again
		}
		again.renewal = errors.New("the fresh token was refused as well")
		longest := maxRenewalPause
		if again.Doubtful || f.hasWorked(next.Generation) { // other requests succeed with it: the token is hardly the cause
			longest = maxFaultPause
		}
		f.renewalFailed(subject.Name, longest, true)
		return again
	}
	if err == nil {
		f.worked(next.Generation)
		f.clearPause(subject.Name)
	}
	return err
}

// retry runs try, and runs it again after a transient fault of the upstream.
func (f *Fetcher) retry(ctx context.Context, a Attempt, try operation) error {
	for n := 0; ; n++ {
		err := try(ctx, a)
		if err == nil || n >= maxRetries || ctx.Err() != nil {
			return err
		}
		pause, ok := transient(err)
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

// transient reports whether err may soon pass, and how long the upstream asks to wait (0: it does not say).
func transient(err error) (time.Duration, bool) {
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

// Sleep waits for d, and returns false if ctx ends first.
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
