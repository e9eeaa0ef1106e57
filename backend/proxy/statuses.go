package proxy

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"gridwall/backend/response"
	"gridwall/backend/stream"
)

// lastingFault is for how long a server must fail, or not answer in time, without a break, under a token that worked,
// until a fresh token is tried once: it may lead to another edge. A restart of an edge takes less.
const lastingFault = 10 * time.Second

// plain returns the error of a doubtful refusal that does not count: a status that no renewal changes.
func (r *refused) plain() error { return &response.StatusError{URL: r.URL, Status: r.Status} }

// worked notes that something was had under a generation of the stream's token; hasWorked reports whether anything was,
// hasPlayed whether under any token. The token that comes first after a dead one can be dead as well.
func (f *fetcher) worked(generation uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.works = max(f.works, generation)
}

func (f *fetcher) hasWorked(generation uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.works == generation
}

func (f *fetcher) hasPlayed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.works != 0
}

// lasting makes a refusal of a server's fault that lasts although the stream played under this token; nil where err is
// something else, or may pass. what names the thing that fails. An advertisement's server may be slow or broken for as long as
// it likes: it says nothing of the stream's token.
func (f *fetcher) lasting(what string, err error, up stream.Upstream) *refused {
	if strings.HasPrefix(what, dataPause) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var s *response.StatusError
	switch {
	case errors.As(err, &s) && s.Status >= 500:
	case late(err) && !errors.As(err, new(*withheld)):
		s = &response.StatusError{URL: up.URL, Status: http.StatusGatewayTimeout}
	default:
		delete(f.ailing, what)
		return nil
	}
	since, known := f.ailing[what]
	if !known {
		if len(f.ailing) >= maxAiling {
			clear(f.ailing)
		}
		if f.ailing == nil {
			f.ailing = map[string]time.Time{}
		}
		f.ailing[what] = time.Now()
		return nil
	}
	if time.Since(since) < lastingFault || f.works != up.Generation {
		return nil
	}
	delete(f.ailing, what)
	return &refused{generation: up.Generation, Refused: response.Refused{Doubtful: true, URL: s.URL, Status: s.Status}}
}

// dataPause begins the names under which heal knows what stands outside of the timeline: an advertisement's server that
// answers 400 says nothing of the stream's token.
const dataPause = "data-"

// maxAiling bounds the things of a feed of which it is known since when they fail.
const maxAiling = 256
