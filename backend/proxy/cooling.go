package proxy

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"time"

	"gridwall/backend/httpclient"
)

const (
	// firstCool is how long a host is left alone that answers 429 and does not say for how long; each further one doubles
	// it, up to maxCool. What a host asks for itself is kept to up to maxCoolAsked.
	firstCool    = time.Second
	maxCool      = 30 * time.Second
	maxCoolAsked = 5 * time.Minute
	// maxCooling bounds the hosts of a feed of which is remembered that they are to be left alone.
	maxCooling = 64
)

// cooling is for how long a host that has had too many requests is to be left alone.
type cooling struct {
	until time.Time
	times int // in a row
}

// cool waits until a host may be asked again, if that is soon. Else it answers for the host, which is not asked.
func (f *feed) cool(ctx context.Context, u *url.URL) error {
	f.mu.Lock()
	wait := time.Until(f.coolings[u.Host].until)
	f.mu.Unlock()
	if wait <= 0 {
		return nil
	}
	if wait > maxWait429 {
		return &statusError{url: httpclient.Text(u), status: http.StatusTooManyRequests, after: wait}
	}
	if !sleep(ctx, wait) {
		return ctx.Err()
	}
	return nil
}

// cooled notes what a host answered: whether it wants to be left alone. It returns err, which then says for how long.
func (f *feed) cooled(u *url.URL, err error) error {
	var s *statusError
	busy := errors.As(err, &s) && (s.status == http.StatusTooManyRequests || s.status == http.StatusServiceUnavailable && s.after > 0)
	f.mu.Lock()
	defer f.mu.Unlock()
	c, known := f.coolings[u.Host]
	now := time.Now()
	switch {
	case !busy:
		if err == nil && known {
			delete(f.coolings, u.Host)
		}
		return err
	case c.until.After(now): // an answer to a request that was sent with the one before
		s.after = max(s.after, c.until.Sub(now))
	default:
		c.times++
		wait := min(s.after, maxCoolAsked)
		if wait <= 0 {
			wait = min(firstCool<<min(c.times-1, 10), maxCool)
		}
		s.after = wait
	}
	c.until = now.Add(s.after)
	if !known && len(f.coolings) >= maxCooling {
		maps.DeleteFunc(f.coolings, func(_ string, c cooling) bool { return !c.until.After(now) })
		if len(f.coolings) >= maxCooling {
			return err
		}
	}
	f.coolings[u.Host] = c
	return err
}
