package schedule

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"gridwall/backend/season"
)

// StillOn reports whether streams of a session still get new segments. It may use the network, within ctx.
type StillOn func(ctx context.Context, e season.Event, s season.Session) bool

const (
	// maxOverTime is how long after its planned end a session may be live, for red flags and delayed races. Beyond it a channel
	// that never ends would keep it live.
	maxOverTime = 3 * time.Hour
	// checkAhead is how long before the planned end streams are first checked, so that a session that continues is never shown
	// as over in between.
	checkAhead = 2 * time.Minute
	// checkInterval is how often they are checked.
	checkInterval = 20 * time.Second
	// maxStandstill is how long streams may stand still before the session is over.
	maxStandstill = 2 * time.Minute
	// checkTimeout limits one check of the streams of all sessions.
	checkTimeout = 15 * time.Second
	// forgetAfter is how old a stored check may be at startup: sessions that ran over time before that have ended.
	forgetAfter = 15 * time.Minute
	// overTimeKey is the key in the store; no calendar has such a key.
	overTimeKey = "over-time"
)

// sessionKey identifies a session of a Calendar.
func sessionKey(e *season.Event, s *season.Session) string {
	return e.ID + "\n" + string(s.Type) + "\n" + s.Name
}

// extendOverTime keeps sessions live whose streams still run, until the next session of the series begins. The caller holds mu.
func (s *Service) extendOverTime(events []season.Event, now time.Time) {
	if len(s.lastProgress) == 0 {
		return
	}
	for i := range events {
		for j := range events[i].Sessions {
			one := &events[i].Sessions[j]
			seen, ok := s.lastProgress[sessionKey(&events[i], one)]
			if !ok || one.InDoubt || !mayRunOver(one, now) || now.Sub(seen) > maxStandstill || nextHasBegun(events, &events[i], one, now) {
				continue
			}
			one.Status, one.OverTime = season.Live, true
		}
	}
}

// mayRunOver reports whether a session may be over time at now: from shortly before its planned end.
func mayRunOver(s *season.Session, now time.Time) bool {
	return s.Status != season.Cancelled && s.Start != nil && s.End != nil && s.Start.Before(now) &&
		!now.Before(s.End.Add(-checkAhead)) && now.Before(s.End.Add(maxOverTime))
}

// nextHasBegun reports whether a later session of the series has begun: it has the same streams, so they run for it.
func nextHasBegun(events []season.Event, e *season.Event, s *season.Session, now time.Time) bool {
	series := season.SeriesKey(e.Series)
	for i := range events {
		if season.SeriesKey(events[i].Series) != series {
			continue
		}
		for _, o := range events[i].Sessions {
			if o.Start != nil && o.Status != season.Cancelled && !o.InDoubt && o.Start.After(*s.Start) && !o.Start.After(now) {
				return true
			}
		}
	}
	return false
}

// checkProgress checks the streams of all sessions that are about to end or are over time.
func (s *Service) checkProgress(ctx context.Context) {
	now := s.o.Now().UTC()
	events := s.Calendar(now).Events
	limited, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	seen := map[string]time.Time{}
	for i := range events {
		for j := range events[i].Sessions {
			one := &events[i].Sessions[j]
			// A session that has ended stays so: only a live one can continue.
			if one.Status != season.Live || !mayRunOver(one, now) || nextHasBegun(events, &events[i], one, now) {
				continue
			}
			if key := sessionKey(&events[i], one); s.o.StillOn(limited, events[i], *one) {
				seen[key] = s.o.Now().UTC()
			} else if last, ok := s.lastSeen(key); ok && now.Sub(last) <= maxStandstill {
				seen[key] = last
			}
		}
	}
	if ctx.Err() == nil {
		s.recordProgress(seen)
	}
}

func (s *Service) lastSeen(key string) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.lastProgress[key]
	return at, ok
}

// recordProgress records the outcome of a check, stores it, and notifies subscribers if a session has changed.
func (s *Service) recordProgress(seen map[string]time.Time) {
	s.mu.Lock()
	same := maps.Equal(s.lastProgress, seen)
	news := len(s.lastProgress) != len(seen)
	for key := range seen {
		if _, ok := s.lastProgress[key]; !ok {
			news = true
		}
	}
	s.lastProgress = seen
	raw, err := json.Marshal(seen)
	s.mu.Unlock()
	if !same && s.o.Store != nil {
		if err == nil {
			err = s.o.Store.Put(overTimeKey, raw)
		}
		if err != nil {
			s.o.Log.Error("cannot save which sessions are over time", "error", err)
		}
	}
	if news {
		s.changed()
		s.recheck()
	}
}

// loadOverTime loads from the store which sessions were over time. Their streams get the time of one more check.
func (s *Service) loadOverTime() {
	if s.o.Store == nil || s.o.StillOn == nil {
		return
	}
	raw, err := s.o.Store.Get(overTimeKey)
	if err != nil || len(raw) == 0 || json.Unmarshal(raw, &s.lastProgress) != nil {
		s.lastProgress = nil
		return
	}
	now := s.o.Now().UTC()
	for key, at := range s.lastProgress {
		if now.Sub(at) > forgetAfter {
			delete(s.lastProgress, key)
		} else {
			s.lastProgress[key] = now
		}
	}
}

// checkProgressLoop checks periodically until ctx is done.
func (s *Service) checkProgressLoop(ctx context.Context) {
	tick := time.NewTicker(checkInterval)
	defer tick.Stop()
	for {
		s.checkProgress(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
