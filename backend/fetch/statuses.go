package fetch

import (
	"errors"
	"net/http"
	"time"

	"gridwall/backend/response"
	"gridwall/backend/stream"
)

// lastingFault is for how long a server must fail, or not answer in time, without a break, under a token that worked,
// until a fresh token is tried once: it may lead to another edge. A restart of an edge takes less.
const lastingFault = 10 * time.Second

// plain returns the error of a doubtful refusal that does not count: a status that no renewal changes.
func (r *Refused) plain() error { return &response.StatusError{URL: r.URL, Status: r.Status} }

// worked notes that something was had under a generation of the stream's token; hasWorked reports whether anything was,
// hasPlayed whether under any token. The token that comes first after a dead one can be dead as well.
func (f *Fetcher) worked(generation uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.works = max(f.works, generation)
}

func (f *Fetcher) hasWorked(generation uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.works == generation
}

func (f *Fetcher) hasPlayed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.works != 0
}

// lasting makes a refusal of a server's fault that lasts although the stream played under this token; nil where err is
// something else, or may pass.
func (f *Fetcher) lasting(what Subject, err error, up stream.Upstream) *Refused {
	if what.Asset {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var s *response.StatusError
	switch {
	case errors.As(err, &s) && s.Status >= 500:
	case late(err) && !errors.As(err, new(*Withheld)):
		s = &response.StatusError{URL: up.URL, Status: http.StatusGatewayTimeout}
	default:
		delete(f.ailing, what.Name)
		return nil
	}
	since, known := f.ailing[what.Name]
	if !known {
		if len(f.ailing) >= maxAiling {
			clear(f.ailing)
		}
		if f.ailing == nil {
			f.ailing = map[string]time.Time{}
		}
		f.ailing[what.Name] = time.Now()
		return nil
	}
	if time.Since(since) < lastingFault || f.works != up.Generation {
		return nil
	}
	delete(f.ailing, what.Name)
	return &Refused{Generation: up.Generation, Refused: response.Refused{Doubtful: true, URL: s.URL, Status: s.Status}}
}

// maxAiling bounds the things of a feed of which it is known since when they fail.
const maxAiling = 256

// Withheld is a blocking reload that the upstream did not answer in time.
type Withheld struct{ Err error }

func (w *Withheld) Error() string { return w.Err.Error() }

func (w *Withheld) Unwrap() error { return w.Err }
