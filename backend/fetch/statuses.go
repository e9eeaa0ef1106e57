package fetch

import (
	"errors"
	"net/http"
	"time"

	"gridwall/backend/response"
	"gridwall/backend/stream"
)

// faultPersists is how long a server must fail or time out without a break, under a token that worked, before a fresh token
// is tried once: it may lead to another edge. A restart of an edge takes less.
const faultPersists = 10 * time.Second

// asStatus returns a doubtful refusal that does not count as a plain status error.
func (r *Refused) asStatus() error { return &response.StatusError{URL: r.URL, Status: r.Status} }

// worked records that a request succeeded under a generation of the stream's token. The first token after an expired one can
// have expired as well.
func (f *Fetcher) worked(generation uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.works = max(f.works, generation)
}

// hasWorked reports whether a request has succeeded under the generation.
func (f *Fetcher) hasWorked(generation uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.works == generation
}

// hasPlayed reports whether a request has succeeded under any token.
func (f *Fetcher) hasPlayed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.works != 0
}

// persistentFault returns a refusal for a server fault that persists although the stream has played under this token; nil if err
// is no server fault, or may still pass.
func (f *Fetcher) persistentFault(subject Subject, err error, up stream.Upstream) *Refused {
	if subject.Asset {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var s *response.StatusError
	switch {
	case errors.As(err, &s) && s.Status >= 500:
	case timedOut(err) && !errors.As(err, new(*BlockingTimeout)):
		s = &response.StatusError{URL: up.URL, Status: http.StatusGatewayTimeout}
	default:
		delete(f.failing, subject.Name)
		return nil
	}
	since, known := f.failing[subject.Name]
	if !known {
		if len(f.failing) >= maxFailing {
			clear(f.failing)
		}
		if f.failing == nil {
			f.failing = map[string]time.Time{}
		}
		f.failing[subject.Name] = time.Now()
		return nil
	}
	if time.Since(since) < faultPersists || f.works != up.Generation {
		return nil
	}
	delete(f.failing, subject.Name)
	return &Refused{Generation: up.Generation, Refused: response.Refused{Doubtful: true, URL: s.URL, Status: s.Status}}
}

// maxFailing bounds the subjects of a stream that are remembered as failing.
const maxFailing = 256

// BlockingTimeout is a blocking reload that the upstream did not answer in time.
type BlockingTimeout struct{ Err error }

func (w *BlockingTimeout) Error() string { return w.Err.Error() }

func (w *BlockingTimeout) Unwrap() error { return w.Err }
