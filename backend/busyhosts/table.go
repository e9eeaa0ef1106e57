package busyhosts

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"sync"
	"time"

	"gridwall/backend/response"
	"gridwall/backend/weburl"
)

const (
	// MaxWait is how long a request waits for a host or an address; if it had to wait longer, it fails at once.
	MaxWait = 2 * time.Second
	// firstPause is the pause after a 429 without Retry-After; each further one doubles it, up to maxPause. Retry-After is
	// obeyed up to maxAsked.
	firstPause = time.Second
	maxPause   = 30 * time.Second
	maxAsked   = 5 * time.Minute
	// maxPauses bounds the remembered hosts and addresses.
	maxPauses = 64
)

// key identifies what must not be requested: after a 429 a whole host, with path "", because the host counts requests; after a
// 503 with Retry-After a single address, because the others may be available.
type key struct{ host, path string }

func hostKey(u *url.URL) key    { return key{host: u.Host} }
func addressKey(u *url.URL) key { return key{u.Host, u.RequestURI()} }

// pause is the pause of a host or an address.
type pause struct {
	until  time.Time
	times  int // in a row
	status int
}

// Table holds the pauses of one stream under one generation of its token: the next token may lead to other hosts, and may have
// a quota of its own. It is safe for concurrent use, and calls no other package while locked. The zero Table is empty.
type Table struct {
	mu         sync.Mutex
	generation uint64
	pauses     map[key]pause
}

// under forgets the pauses of older generations, and reports whether this one is the newest. The caller holds t.mu.
func (t *Table) under(generation uint64) bool {
	if generation > t.generation || t.pauses == nil {
		t.generation, t.pauses = generation, map[key]pause{}
	}
	return generation == t.generation
}

// Check returns how long a request to u must wait, at most MaxWait. If it would have to wait longer, Check returns an error
// with the host's last status, and the request must not be sent.
func (t *Table) Check(generation uint64, u *url.URL) (time.Duration, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.under(generation) {
		return 0, nil
	}
	p := t.pauses[hostKey(u)]
	if a := t.pauses[addressKey(u)]; a.until.After(p.until) {
		p = a
	}
	wait := time.Until(p.until)
	if wait > MaxWait {
		return 0, &response.StatusError{URL: weburl.Text(u), Status: p.status, RetryAfter: wait}
	}
	return max(wait, 0), nil
}

// Note records the outcome of a request to u: err, or nil for a success. It returns err completed with the pause of the host
// or address.
func (t *Table) Note(generation uint64, u *url.URL, err error) error {
	var s *response.StatusError
	busy := errors.As(err, &s) && (s.Status == http.StatusTooManyRequests || s.Status == http.StatusServiceUnavailable && s.RetryAfter > 0)
	t.mu.Lock()
	defer t.mu.Unlock()
	newest := t.under(generation)
	if !busy {
		if err == nil && newest { // under an old token another edge may have answered
			delete(t.pauses, hostKey(u))
			delete(t.pauses, addressKey(u))
		}
		return err
	}
	k := addressKey(u)
	if s.Status == http.StatusTooManyRequests {
		k = hostKey(u)
	}
	var p pause
	known := false
	if newest {
		p, known = t.pauses[k]
	}
	now := time.Now()
	if p.until.After(now) { // an answer to a request that was sent together with an earlier one
		s.RetryAfter = max(s.RetryAfter, p.until.Sub(now))
	} else {
		p.times++
		s.RetryAfter = min(s.RetryAfter, maxAsked)
		if s.RetryAfter <= 0 {
			s.RetryAfter = min(firstPause<<min(p.times-1, 10), maxPause)
		}
	}
	p.until, p.status = now.Add(s.RetryAfter), s.Status
	if newest && (known || t.room(k, now)) {
		t.pauses[k] = p
	}
	return err
}

// room reports whether one more pause can be remembered. It drops pauses that are over and, to make room for a host, pauses
// of single addresses. The caller holds t.mu.
func (t *Table) room(k key, now time.Time) bool {
	if len(t.pauses) < maxPauses {
		return true
	}
	maps.DeleteFunc(t.pauses, func(_ key, p pause) bool { return !p.until.After(now) })
	if k.path == "" {
		for other := range t.pauses {
			if len(t.pauses) < maxPauses {
				break
			}
			if other.path != "" {
				delete(t.pauses, other)
			}
		}
	}
	return len(t.pauses) < maxPauses
}
