package fetch

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"time"

	"gridwall/backend/response"
	"gridwall/backend/weburl"
)

const (
	// firstCool is how long a host is left alone that answers 429 and does not say for how long; each further one doubles
	// it, up to maxCool. What a host asks for itself is kept to up to maxCoolAsked.
	firstCool    = time.Second
	maxCool      = 30 * time.Second
	maxCoolAsked = 5 * time.Minute
	// maxCooling bounds the hosts and addresses of a feed of which is remembered that they are to be left alone.
	maxCooling = 64
)

// coolKey is what is to be left alone: after a 429 a host, with path "", for it counts requests; after a 503 that says for
// how long one address of it, for that says nothing of the others.
type coolKey struct{ host, path string }

func coolHost(u *url.URL) coolKey    { return coolKey{host: u.Host} }
func coolAddress(u *url.URL) coolKey { return coolKey{u.Host, u.RequestURI()} }

// cooling is for how long what has had too many requests is to be left alone.
type cooling struct {
	until  time.Time
	times  int // in a row
	status int
}

// coolings are the coolings of a feed under one generation of its token: the next one may lead elsewhere, and may be
// counted apart.
type coolings struct {
	generation uint64
	of         map[coolKey]cooling
}

// under forgets what was answered to an older generation, and reports whether this one is the newest. The feed's lock is
// held.
func (c *coolings) under(generation uint64) bool {
	if generation > c.generation || c.of == nil {
		c.generation, c.of = generation, map[coolKey]cooling{}
	}
	return generation == c.generation
}

// cool waits until an address may be asked again, if that is soon. Else it answers for the host, which is not asked.
func (f *Fetcher) cool(ctx context.Context, generation uint64, u *url.URL) error {
	var c cooling
	f.mu.Lock()
	if f.coolings.under(generation) {
		c = f.coolings.of[coolHost(u)]
		if a := f.coolings.of[coolAddress(u)]; a.until.After(c.until) {
			c = a
		}
	}
	f.mu.Unlock()
	wait := time.Until(c.until)
	if wait <= 0 {
		return nil
	}
	if wait > maxWait429 {
		return &response.StatusError{URL: weburl.Text(u), Status: c.status, RetryAfter: wait}
	}
	if !Sleep(ctx, wait) {
		return ctx.Err()
	}
	return nil
}

// cooled notes what an address answered: whether it or its host wants to be left alone. It returns err, which then says
// for how long.
func (f *Fetcher) cooled(generation uint64, u *url.URL, err error) error {
	var s *response.StatusError
	busy := errors.As(err, &s) && (s.Status == http.StatusTooManyRequests || s.Status == http.StatusServiceUnavailable && s.RetryAfter > 0)
	f.mu.Lock()
	defer f.mu.Unlock()
	newest := f.coolings.under(generation)
	if !busy {
		if err == nil && newest { // under an old token another edge may have answered
			delete(f.coolings.of, coolHost(u))
			delete(f.coolings.of, coolAddress(u))
		}
		return err
	}
	key := coolAddress(u)
	if s.Status == http.StatusTooManyRequests {
		key = coolHost(u)
	}
	var c cooling
	known := false
	if newest {
		c, known = f.coolings.of[key]
	}
	now := time.Now()
	if c.until.After(now) { // an answer to a request that was sent with the one before
		s.RetryAfter = max(s.RetryAfter, c.until.Sub(now))
	} else {
		c.times++
		wait := min(s.RetryAfter, maxCoolAsked)
		if wait <= 0 {
			wait = min(firstCool<<min(c.times-1, 10), maxCool)
		}
		s.RetryAfter = wait
	}
	c.until, c.status = now.Add(s.RetryAfter), s.Status
	if newest && (known || f.coolings.room(key, now)) {
		f.coolings.of[key] = c
	}
	return err
}

// room reports whether one more is remembered. What is over goes, and an address for a host. The feed's lock is held.
func (c *coolings) room(key coolKey, now time.Time) bool {
	if len(c.of) < maxCooling {
		return true
	}
	maps.DeleteFunc(c.of, func(_ coolKey, c cooling) bool { return !c.until.After(now) })
	if key.path == "" {
		for k := range c.of {
			if len(c.of) < maxCooling {
				break
			}
			if k.path != "" {
				delete(c.of, k)
			}
		}
	}
	return len(c.of) < maxCooling
}
