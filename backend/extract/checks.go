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
	// checkAll is the longest listing whose streams are all checked. Of a longer one only the watched and selected streams
	// are: an IPTV list of 20,000 must not cause 40,000 requests every half hour.
	checkAll = 200
	// checkFiltered is how many streams of a longer listing are checked in one round if the match of the source's file
	// selects them. The rest follow in the next rounds.
	checkFiltered = 1_000
	// checkRound bounds the time of the checks after one run. Streams that are not reached keep their health.
	checkRound = 2 * time.Minute
)

// Check checks the streams with these ids now, whatever the size of their listing, and returns when that is done.
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

// CheckSource checks the listing of a source as after a run: all of its streams, or, if they are many, those that are
// watched or that its match selects. It returns when that is done.
func (s *Service) CheckSource(ctx context.Context, key string) { s.checkSource(ctx, key) }

// checking is a check of a source's listing that is under way.
type checking struct {
	done    chan struct{}
	streams []stream.Stream
}

// checkSource checks the listing of a source, or waits for a check of it that is under way. A check of an older
// listing is waited for as well, and then the new one is checked: the site may have ended the old one's tokens.
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
	s.checkStreams(ctx, src, s.wanted(src, streams))
}

// wanted returns the streams of a listing that are checked after a run: all of a short one; of a longer one those that are
// watched, and, if the file selects streams, up to checkFiltered of the others, the longest unchecked first.
func (s *Service) wanted(src source.Source, streams []stream.Stream) []stream.Stream {
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
	defer context.AfterFunc(s.life, cancel)()
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
			// A renewal in between may have ended the token that was checked.
			if ok && (v.health.Live || v.url == list[i].URL) {
				list[i].Health = v.health
			}
		}
	}
	s.save(src.Key, st, listed, retired)
	st.saving.Unlock()
	s.tellChange()
}
