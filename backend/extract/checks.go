package extract

import (
	"context"
	"slices"
	"sync"
	"time"

	"gridwall/backend/source"
	"gridwall/backend/stream"
)

const (
	// checkAll is the longest listing whose streams are all checked. In a longer one, only the watched and selected
	// streams are: an IPTV list of 20,000 must not cause 40,000 requests every half hour.
	checkAll = 200
	// checkFiltered is how many of the streams that the source's match selects from a longer listing are checked in one
	// round. The rest follow in the next rounds.
	checkFiltered = 1_000
	// checkRound bounds the time of the checks after one run. Streams that are not checked in time keep their health.
	checkRound = 2 * time.Minute
)

// Check checks the streams with these ids now, whatever the size of their listing, and returns when it is done.
// Unknown ids are ignored.
func (s *Service) Check(ctx context.Context, ids ...string) {
	bySource := map[string][]stream.Stream{}
	for _, id := range ids {
		if st, ok := s.Stream(id); ok {
			bySource[st.SiteKey] = append(bySource[st.SiteKey], st)
		}
	}
	var all sync.WaitGroup
	for key, streams := range bySource {
		if src, ok := s.source(key); ok {
			all.Go(func() { s.checkStreams(ctx, src, streams) })
		}
	}
	all.Wait()
}

// CheckSource checks the listing of a source as after a run: all of its streams, or, if there are more than 200, those
// that are watched or that its match selects. It returns when it is done.
func (s *Service) CheckSource(ctx context.Context, key string) { s.checkSource(ctx, key) }

// checking is a check of a source's listing that is in progress.
type checking struct {
	done    chan struct{}
	streams []stream.Stream
}

// checkSource checks the listing of a source. If a check of the same listing is in progress, it waits for that one
// instead. If a check of an older listing is in progress, it waits and then checks the new listing, because the site may
// have invalidated the old tokens.
func (s *Service) checkSource(ctx context.Context, key string) {
	src, ok := s.source(key)
	if !ok {
		return
	}
	var streams []stream.Stream
	var mine *checking
	for mine == nil {
		s.mu.Lock()
		streams = nil
		if st := s.sites[key]; st != nil {
			streams = st.listed
		}
		other := s.checks[key]
		if other == nil {
			mine = &checking{make(chan struct{}), streams}
			s.checks[key] = mine
		}
		s.mu.Unlock()
		if other == nil {
			break
		}
		select {
		case <-other.done:
		case <-ctx.Done():
			return
		}
		if sameURLs(other.streams, streams) {
			return
		}
	}
	defer func() {
		s.mu.Lock()
		delete(s.checks, key)
		s.mu.Unlock()
		close(mine.done)
	}()
	s.checkStreams(ctx, src, s.toCheck(src, streams))
}

// toCheck returns the streams of a listing that are checked after a run: all of a short one; in a longer one, those that
// are watched, and, if the file selects streams, up to checkFiltered of the others, those with the oldest checks first.
func (s *Service) toCheck(src source.Source, streams []stream.Stream) []stream.Stream {
	if len(streams) <= checkAll {
		return streams
	}
	var watched, others []stream.Stream
	for _, st := range streams {
		if s.o.Watched(st.ID) {
			watched = append(watched, st)
		} else if src.Match != "" {
			others = append(others, st)
		}
	}
	checkedAt := func(st stream.Stream) time.Time {
		if st.Health == nil {
			return time.Time{}
		}
		return st.Health.CheckedAt
	}
	slices.SortStableFunc(others, func(a, b stream.Stream) int { return checkedAt(a).Compare(checkedAt(b)) })
	return append(watched, others[:min(len(others), checkFiltered)]...)
}

// sameURLs reports whether two listings have the same streams at the same addresses.
func sameURLs(a, b []stream.Stream) bool {
	return slices.EqualFunc(a, b, func(x, y stream.Stream) bool { return x.ID == y.ID && x.URL == y.URL })
}

func (s *Service) checkStreams(ctx context.Context, src source.Source, streams []stream.Stream) {
	if len(streams) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkRound)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	verdicts := make([]*stream.Health, len(streams))
	var all sync.WaitGroup
	for i := range streams {
		all.Go(func() {
			if h, ok := s.checker.Check(ctx, streams[i], src); ok {
				verdicts[i] = &h
			}
		})
	}
	all.Wait()
	type verdict struct {
		url    string
		health *stream.Health
	}
	byID := make(map[string]verdict, len(streams))
	for i, h := range verdicts {
		if h != nil {
			byID[streams[i].ID] = verdict{streams[i].URL, h}
		}
	}
	s.mu.RLock()
	st := s.sites[src.Key]
	s.mu.RUnlock()
	if st == nil || len(byID) == 0 {
		return
	}
	st.saving.Lock()
	listed, retired := s.known(src.Key)
	listed, retired = slices.Clone(listed), slices.Clone(retired)
	for _, list := range [][]stream.Stream{listed, retired} {
		for i := range list {
			v, ok := byID[list[i].ID]
			// A renewal in between may have invalidated the token that was checked.
			if ok && (v.health.Live || v.url == list[i].URL) {
				list[i].Health = v.health
			}
		}
	}
	s.save(src.Key, st, listed, retired)
	st.saving.Unlock()
	s.notifyChange()
}
