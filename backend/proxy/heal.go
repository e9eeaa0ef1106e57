package proxy

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"strings"
	"time"

	"gridwall/backend/stream"
)

const (
	// healTimeout is how long a player is kept waiting for a renewal: hls.js gives up at 8 to 10 s. Beyond it the
	// answer is 503 and the renewal goes on.
	healTimeout = 7 * time.Second
	// maxHealPause bounds the pause between renewals of a stream that is refused with a fresh token as well: the
	// stream is off air, and its site shall not be asked with every reload of a playlist.
	maxHealPause = 15 * time.Second
	// maxGonePause bounds it where a host cannot be reached.
	maxGonePause = 2 * time.Minute
	// maxPauses bounds the things of a feed for which such a pause is remembered.
	maxPauses = 512
	// Passing faults (a reset connection, a 502 of a load balancer) are tried again after these pauses, then told.
	retryPause = 250 * time.Millisecond
	maxRetries = 2
)

// attempt does something with the upstream as it is now. fresh asks that nothing read before that moment be relied on.
type attempt func(ctx context.Context, up stream.Upstream, fresh time.Time) error

// heal runs try until it is not refused. A refusal is met in two steps. First everything that was read under the
// same token is read again, since a playlist can hold newer tokens for its children; this costs the site nothing.
// Then the token is renewed. A player sees a slow request, never a 403.
// what names the thing for the pauses between renewals: a rendition's playlist, its media, or "" for the stream itself.
// The media of a rendition is a thing of its own: where it is refused for good while the playlist is had, the playlist's
// success must not end the pause.
func (f *feed) heal(ctx context.Context, what string, try attempt) error {
	start := time.Now()
	up, err := f.p.streams.Current(f.id)
	if err != nil {
		return err
	}
	first := f.retry(ctx, up, time.Time{}, try)
	if edge := unreachable(first, up); edge != nil {
		gone := goneKey(first)
		if f.pause(gone) > 0 {
			return first
		}
		err := f.renew(ctx, what, up, edge, try)
		if err == nil || errors.Is(err, errHealing) || ctx.Err() != nil {
			return err
		}
		f.stillGone(gone)
		return first
	}
	var r *refused
	if r = f.lasting(what, first, up); r != nil {
		if f.pause(what) > 0 {
			return first
		}
		err := f.renew(ctx, what, up, r, try)
		var still *statusError
		if errors.As(err, &still) { // it is no matter of the token
			f.unhealed(what, maxGonePause)
		}
		return err
	}
	if !errors.As(first, &r) || r.missing {
		if first == nil {
			f.worked(up.Generation)
			f.healed(what)
		}
		return first
	}
	if r.doubtful && (!f.hasPlayed() || strings.HasPrefix(what, dataPause)) {
		return r.plain()
	}
	last := first
	if r.level != levelMaster && r.parent.Before(start) {
		last = f.retry(ctx, up, start, try)
	}
	if last = f.lag(ctx, up, start, last, try); !errors.As(last, &r) || r.missing {
		return last
	}
	return f.renew(ctx, what, up, r, try)
}

// unreachable is a refusal made of an error that says the edge is gone: nobody listens there, or it has no address.
// A fresh extraction may name another one. nil for every other error: a slow or failing edge is still the edge, and an
// address that may not be dialled may not be dialled with a fresh token either.
func unreachable(err error, up stream.Upstream) *refused {
	var op *net.OpError
	if err == nil || !errors.As(err, &op) || op.Op != "dial" || op.Timeout() || forbidden(err) {
		return nil
	}
	return &refused{Refusal: stream.Refusal{Generation: up.Generation, URL: up.URL}}
}

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
func (f *feed) stillGone(gone string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.pauses[gone].failures + 1
	if time.Since(f.pauses[gone].until) > maxGonePause { // it was well in between, or nobody asked
		n = 1
	}
	f.pauseFor(gone, n, min(time.Second<<min(n, 10), maxGonePause))
}

// renew asks for a new token and tries once more under it.
func (f *feed) renew(ctx context.Context, what string, up stream.Upstream, r *refused, try attempt) error {
	if wait := f.pause(what); wait > 0 {
		r.renewal = errors.New("the stream was refused with a fresh token as well")
		return r
	}
	f.p.log.Info("refused, renewing", "stream", f.id, "status", r.Status, "url", stream.RedactURL(r.URL))
	wctx, cancel := context.WithTimeout(ctx, healTimeout)
	defer cancel()
	ref := r.Refusal
	ref.Generation = up.Generation
	next, rerr := f.p.streams.Renew(wctx, f.id, ref)
	if errors.Is(wctx.Err(), context.DeadlineExceeded) {
		return errHealing
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if r.decoy && (errors.Is(rerr, stream.ErrNoMatch) || errors.Is(rerr, stream.ErrNoStreams)) {
		f.believeEnd(up.Generation)
		return f.retry(ctx, up, time.Now(), try)
	}
	if rerr != nil && next.Generation <= up.Generation {
		r.renewal = rerr
		f.unhealed(what, maxHealPause)
		return r
	}
	err := f.retry(ctx, next, time.Now(), try)
	var again *refused
	if errors.As(err, &again) && again.Status == http.StatusNotFound && again.level == levelObject {
		// Is it the segment that is missing, or has this token ended as well? The playlist tells, read again.
		err, again = f.retry(ctx, next, time.Now(), try), nil
	}
	if errors.As(err, &again) {
		if again.Status == http.StatusNotFound && again.level == levelObject {
			again.missing = true // a hole in the upstream's own playlist: no token brings it back
			return again
		}
		again.renewal = errors.New("the fresh token was refused as well")
		most := maxHealPause
		if again.doubtful || f.hasWorked(next.Generation) { // others are had with it: it is hardly the token
			most = maxGonePause
		}
		f.unhealed(what, most)
		return again
	}
	if err == nil {
		f.worked(next.Generation)
		f.healed(what)
	}
	return err
}

// retry runs try and runs it again on a passing fault of the upstream.
func (f *feed) retry(ctx context.Context, up stream.Upstream, fresh time.Time, try attempt) error {
	for n := 0; ; n++ {
		err := try(ctx, up, fresh)
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
		if !sleep(ctx, pause) {
			return err
		}
	}
}

// passing reports whether err may be gone in a moment, and how long the upstream asks to wait (0: it does not say).
func passing(err error) (time.Duration, bool) {
	var s *statusError
	if errors.As(err, &s) {
		switch s.status {
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			return min(s.after, maxWait429), s.after <= maxWait429
		case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
			return 0, true
		}
		return 0, false
	}
	var u *unfit
	if errors.As(err, &u) {
		return 0, u.passing()
	}
	var r *refused
	var f *failure
	if errors.As(err, &r) || errors.As(err, &f) || isTimeout(err) || forbidden(err) || errors.Is(err, context.Canceled) ||
		errors.Is(err, errScheme) || errors.Is(err, stream.ErrUnknownStream) {
		return 0, false
	}
	return 0, true
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// pause says how often fresh tokens were refused in a row, and until when no further one is asked for.
type pause struct {
	failures int
	until    time.Time
}

func (f *feed) pause(what string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, known := f.pauses[what]
	if !known {
		return time.Until(f.paused)
	}
	return time.Until(p.until)
}

// unhealed notes that a renewal did not help. The pauses double, up to most.
func (f *feed) unhealed(what string, most time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.pauses[what].failures + 1
	f.pauseFor(what, n, min(time.Second<<min(n, 10), most))
}

// pauseFor notes the n-th failure in a row. Where too many things are paused, all of them wait for the longest: a playlist
// can name any number of dead hosts. The caller holds f.mu.
func (f *feed) pauseFor(what string, n int, d time.Duration) {
	if _, known := f.pauses[what]; !known && len(f.pauses) >= maxPauses {
		now := time.Now()
		maps.DeleteFunc(f.pauses, func(_ string, p pause) bool { return !p.until.After(now) })
		if len(f.pauses) >= maxPauses {
			f.paused = now.Add(maxHealPause)
			return
		}
	}
	f.pauses[what] = pause{failures: n, until: time.Now().Add(d)}
}

func (f *feed) healed(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.pauses, what)
}
