package extract

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"gridwall/backend/runs"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

const (
	// grace is how long an extractor may continue after its timeout, to report what it was waiting for. After that it is
	// abandoned, and its source does not run again until it returns.
	grace = 2 * time.Second
	// runsAtOnce bounds the sources that run in parallel in rounds over all of them. A run that was requested by name, or
	// for fresh tokens, does not wait for its turn.
	runsAtOnce = 8
)

// Trial is the result of a dry run.
type Trial struct {
	Streams []stream.Stream
	Steps   []Step
	Err     error
}

// redacted is an error whose text contains no tokens. It unwraps to the original error.
type redacted struct{ err error }

func (r redacted) Error() string { return stream.RedactText(r.err.Error()) }
func (r redacted) Unwrap() error { return r.err }

// Extract runs the source now, or joins a run that is in progress, and returns its result. The error is also
// Result.Err: it wraps stream.ErrNoExtractor if the source is unknown, disabled or broken or its kind is unknown, and
// stream.ErrNoStreams if it listed nothing; after an error the listing is unchanged. If ctx ends, Extract returns its
// error, and the run continues.
func (s *Service) Extract(ctx context.Context, key string) (runs.Result, error) {
	return s.runs.Request(key, runs.Request{Reason: runs.ByHand}).Result(ctx)
}

// ExtractAll runs all enabled sources in parallel, and checks the streams of each after its run. The results are sorted
// by key; a broken file gives a result with an error, a disabled source gives none. Sources whose run has not begun when
// ctx ends do not run.
func (s *Service) ExtractAll(ctx context.Context) []runs.Result {
	var keys []string
	for _, e := range s.o.Sources.All() {
		if e.Source.Enabled || e.Err != nil {
			keys = append(keys, e.Source.Key)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	out := make([]runs.Result, len(keys))
	var all sync.WaitGroup
	for i, key := range keys {
		all.Go(func() {
			out[i], _ = s.runs.RunInTurn(ctx, key, runs.Request{Reason: runs.ByHand})
			if ctx.Err() == nil {
				s.checkSource(ctx, key)
			}
		})
	}
	all.Wait()
	return out
}

// Try runs a source, which need not be saved, and saves nothing. Streams that are already known have their usual ids.
func (s *Service) Try(ctx context.Context, src source.Source) Trial {
	at := time.Now().UTC()
	found, steps, err := s.extract(ctx, src, "")
	if err != nil {
		return Trial{Steps: steps, Err: err}
	}
	known, old := s.known(src.Key)
	listed, _ := s.reconcile(src, found, known, old, at)
	return Trial{Streams: listed, Steps: steps}
}

func (s *Service) known(key string) (listed, retired []stream.Stream) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if st := s.sites[key]; st != nil {
		return st.listed, st.retired
	}
	return nil, nil
}

// runSource makes one run: it reads the source's file, extracts, and saves the listing.
func (s *Service) runSource(ctx context.Context, key string) runs.Result {
	at := time.Now().UTC()
	src, err := s.runnable(key)
	if err != nil {
		// The error is shown with the file; there is no run to record.
		return runs.Result{Err: err, At: at}
	}
	found, _, err := s.extract(ctx, src, key)
	if err != nil && ctx.Err() != nil {
		// The process is ending; that is not the source's failure.
		return runs.Result{Err: err, At: at}
	}
	s.mu.Lock()
	st := s.sites[key]
	if st == nil {
		st = &site{}
		s.sites[key] = st
	}
	s.mu.Unlock()
	var listed []stream.Stream
	if err == nil {
		listed = s.renew(st, src, found, at)
	}
	var notYet *stream.NotYetError
	s.mu.Lock()
	st.status.LastRun, st.status.Duration, st.status.Err = at, time.Since(at), ""
	st.status.NotYet, st.status.LooksAgain = "", time.Time{}
	switch {
	case errors.As(err, &notYet):
		st.status.NotYet = stream.RedactText(notYet.Error())
		st.status.LooksAgain = lookAgainAt(notYet.At, at, cmp.Or(src.Interval, s.pace.Interval))
	case err != nil:
		st.status.Err = err.Error()
	}
	s.mu.Unlock()
	return runs.Result{Streams: listed, Err: err, At: at}
}

// log logs the result of a run. The errors of files that cannot run are shown with the files instead.
func (s *Service) log(res runs.Result) {
	source, reason := slog.String("source", res.Key), slog.String("reason", res.Reason())
	var notYet *stream.NotYetError
	switch {
	case errors.Is(res.Err, stream.ErrNoExtractor):
	case errors.As(res.Err, &notYet):
		s.o.Log.Info("not begun yet", source, reason, "says", stream.RedactText(notYet.Error()), "looks_again", s.looksAgain(res.Key))
	case res.Err != nil:
		s.o.Log.Warn("extraction failed", source, reason, "error", res.Err)
	default:
		s.o.Log.Info("extracted", source, reason, "streams", len(res.Streams), "took", res.Took.Round(time.Millisecond))
	}
}

// lookAgainAt returns when a source that has not begun runs again: when it begins, if that is known, but no sooner than
// notYetAtLeast from now and no later than its next ordinary round, because the event may be moved.
func lookAgainAt(begins, now time.Time, every time.Duration) time.Time {
	next := now.Add(every)
	if !begins.IsZero() && begins.Before(next) {
		next = begins.Round(0).UTC()
	}
	if soonest := now.Add(min(notYetAtLeast, every)); next.Before(soonest) {
		return soonest
	}
	return next
}

// renew makes the new listing, saves it, publishes it and returns a copy.
func (s *Service) renew(st *site, src source.Source, found []Found, at time.Time) []stream.Stream {
	st.saving.Lock()
	defer st.saving.Unlock()
	known, old := s.known(src.Key)
	listed, retired := s.reconcile(src, found, known, old, at)
	s.save(src.Key, st, listed, retired)
	return slices.Clone(listed)
}

// save saves the lists and then publishes them. The caller holds st.saving.
func (s *Service) save(key string, st *site, listed, retired []stream.Stream) {
	// A full disk does not stop playback: the listing is used, but lost on restart.
	if err := s.o.Store.SaveListing(key, listed, retired); err != nil {
		s.o.Log.Error("cannot save a listing; it will be lost on restart", "source", key, "error", stream.RedactText(err.Error()))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.publish(key, st, listed, retired)
}

// runnable returns the source if it can run. Its errors wrap stream.ErrNoExtractor.
func (s *Service) runnable(key string) (source.Source, error) {
	src, err := s.o.Sources.Get(key)
	switch {
	case errors.Is(err, stream.ErrNoExtractor):
		return src, redacted{err}
	case errors.Is(err, stream.ErrUnknownSource):
		return src, fmt.Errorf("%w: no source has the key %q", stream.ErrNoExtractor, key)
	case err != nil:
		return src, redacted{fmt.Errorf("%w: source %q cannot be used: %w", stream.ErrNoExtractor, key, err)}
	}
	return src, s.knowsKind(src)
}

func (s *Service) knowsKind(src source.Source) error {
	if s.o.Registry[src.Kind] != nil {
		return nil
	}
	var kinds []string
	for kind := range s.o.Registry {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return fmt.Errorf("%w: source %q is of kind %q; known are %s", stream.ErrNoExtractor, src.Key, src.Kind, strings.Join(kinds, ", "))
}

// extract runs the source's extractor within its timeout. A panic in it becomes an error. guarded is the key under which
// an extractor that does not return is recorded as stuck; "" for none.
func (s *Service) extract(ctx context.Context, src source.Source, guarded string) (found []Found, steps []Step, err error) {
	if err := s.knowsKind(src); err != nil {
		return nil, nil, err
	}
	timeout := src.Timeout
	s.mu.RLock()
	if timeout <= 0 {
		timeout = s.pace.Timeout
	}
	stuck := s.stuck[guarded]
	s.mu.RUnlock()
	if stuck {
		return nil, nil, errors.New("the previous run has timed out but has not ended yet")
	}
	site, err := NewSite(src, s.o.Transports, Limits{})
	if err != nil {
		return nil, nil, redacted{err}
	}
	if q, ok := s.o.Registry[src.Kind].(Queue); ok {
		held, done, err := q.Turn(ctx)
		if err != nil {
			return nil, nil, redacted{err}
		}
		defer done()
		ctx = held
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	type outcome struct {
		found []Found
		err   error
	}
	out := make(chan outcome, 1)
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		found, err := s.runExtractor(ctx, src, site)
		out <- outcome{found, err}
	}()
	var o outcome
	select {
	case o = <-out:
	case <-ctx.Done():
		select {
		case o = <-out:
		case <-time.After(grace):
			s.markStuck(guarded, returned)
			o.err = fmt.Errorf("did not end within %s", timeout)
		}
	}
	if o.err != nil {
		return nil, site.Trace(), redacted{o.err}
	}
	found, dropped, err := tidyFound(o.found)
	if dropped > 0 {
		site.Note("not http", dropped)
	}
	if err == nil && len(found) == 0 {
		err = stream.ErrNoStreams
	}
	return found, site.Trace(), err
}

// markStuck prevents runs of the source until its extractor has returned.
func (s *Service) markStuck(key string, returned <-chan struct{}) {
	if key == "" {
		return
	}
	s.mu.Lock()
	s.stuck[key] = true
	s.mu.Unlock()
	go func() {
		<-returned
		s.mu.Lock()
		delete(s.stuck, key)
		s.mu.Unlock()
	}()
}

// runExtractor runs the extractor of the source's kind, and turns a panic into an error.
func (s *Service) runExtractor(ctx context.Context, src source.Source, site *Site) (found []Found, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the extractor of kind %q failed (this is a bug): %v", src.Kind, r)
			s.o.Log.Error("an extractor panicked", "source", src.Key, "kind", src.Kind,
				"error", stream.RedactText(fmt.Sprint(r)), "stack", string(debug.Stack()))
		}
	}()
	return s.o.Registry[src.Kind].Extract(ctx, src, site)
}
