package fetch

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"gridwall/backend/response"
	"gridwall/backend/stream"
)

// LastingFault is for how long a server must fail, or not answer in time, without a break, under a token that worked,
// until a fresh token is tried once: it may lead to another edge. A restart of an edge takes less.
const LastingFault = 10 * time.Second

// plain returns the error of a doubtful refusal that does not count: a status that no renewal changes.
func (r *Refused) plain() error { return &response.StatusError{URL: r.URL, Status: r.Status} }

// worked notes that something was had under a generation of the stream's token; hasWorked reports whether anything was,
// hasPlayed whether under any token. The token that comes first after a dead one can be dead as well.
func (f *Fetcher) worked(generation uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Works = max(f.Works, generation)
}

func (f *Fetcher) hasWorked(generation uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Works == generation
}

func (f *Fetcher) hasPlayed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Works != 0
}

// Lasting makes a refusal of a server's fault that lasts although the stream played under this token; nil where err is
// something else, or may pass. what names the thing that fails. An advertisement's server may be slow or broken for as long as
// it likes: it says nothing of the stream's token.
func (f *Fetcher) Lasting(what string, err error, up stream.Upstream) *Refused {
	if strings.HasPrefix(what, AssetPause) {
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
		delete(f.Ailing, what)
		return nil
	}
	since, known := f.Ailing[what]
	if !known {
		if len(f.Ailing) >= maxAiling {
			clear(f.Ailing)
		}
		if f.Ailing == nil {
			f.Ailing = map[string]time.Time{}
		}
		f.Ailing[what] = time.Now()
		return nil
	}
	if time.Since(since) < LastingFault || f.Works != up.Generation {
		return nil
	}
	delete(f.Ailing, what)
	return &Refused{Generation: up.Generation, Refused: response.Refused{Doubtful: true, URL: s.URL, Status: s.Status}}
}

// AssetPause begins the names under which heal knows what stands outside of the timeline: an advertisement's server that
// answers 400 says nothing of the stream's token.
const AssetPause = "data-"

// maxAiling bounds the things of a feed of which it is known since when they fail.
const maxAiling = 256

// Withheld is a blocking reload that the upstream did not answer in time.
type Withheld struct{ Err error }

func (w *Withheld) Error() string { return w.Err.Error() }

func (w *Withheld) Unwrap() error { return w.Err }
