package schedule

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"gridwall/backend/season"
)

// Moving reports whether feeds of a session get new segments at this moment. It may ask the network, within ctx.
type Moving func(ctx context.Context, e season.Event, s season.Session) bool

const (
	// maxOverTime is how long after its planned end a session can be live: a red flag, a delayed race. Beyond it a
	// channel that never ends would keep it so.
	maxOverTime = 3 * time.Hour
	// askAhead is how long before the planned end feeds are looked at first, so that a session that goes on is never
	// shown as over in between.
	askAhead = 2 * time.Minute
	// askEvery is how often they are looked at.
	askEvery = 20 * time.Second
	// standStill is how long feeds may stand still before the session is over.
	standStill = 2 * time.Minute
	// askWithin bounds one look at the feeds of all sessions.
	askWithin = 15 * time.Second
	// forgetAfter is how old a kept look may be at a start: what went over time before that is over.
	forgetAfter = 15 * time.Minute
	// overTimeKey is where it is kept; no calendar has such a key.
	overTimeKey = "over-time"
)

// sessionKey names a session of a Calendar.
func sessionKey(e *season.Event, s *season.Session) string {
	return e.ID + "\n" + string(s.Type) + "\n" + s.Name
}

// extend leaves those sessions open whose feeds still move, until the next session of the series begins. The caller
// holds mu.
func (s *Service) extend(events []season.Event, now time.Time) {
	if len(s.moving) == 0 {
		return
	}
	for i := range events {
		for j := range events[i].Sessions {
			one := &events[i].Sessions[j]
			seen, ok := s.moving[sessionKey(&events[i], one)]
			if !ok || one.InDoubt || !open(one, now) || now.Sub(seen) > standStill || followed(events, &events[i], one, now) {
				continue
			}
			one.Status, one.OverTime = season.Live, true
		}
	}
}

// open reports whether a session may be over time at now: from shortly before its planned end on.
func open(s *season.Session, now time.Time) bool {
	return s.Status != season.Cancelled && s.Start != nil && s.End != nil && s.Start.Before(now) &&
		!now.Before(s.End.Add(-askAhead)) && now.Before(s.End.Add(maxOverTime))
}

// followed reports whether a later session of the series has begun: its feeds are the same, and they move for it.
func followed(events []season.Event, e *season.Event, s *season.Session, now time.Time) bool {
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

// ask looks at the feeds of all sessions that are about to end or go on over time.
func (s *Service) ask(ctx context.Context) {
	now := s.o.Now().UTC()
	events := s.Calendar(now).Events
	limited, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	seen := map[string]time.Time{}
	for i := range events {
		for j := range events[i].Sessions {
			one := &events[i].Sessions[j]
			// What has ended stays so: only what is live can go on.
			if one.Status != season.Live || !open(one, now) || followed(events, &events[i], one, now) {
				continue
			}
			if key := sessionKey(&events[i], one); s.o.Moving(limited, events[i], *one) {
				seen[key] = s.o.Now().UTC()
			} else if last, ok := s.lastSeen(key); ok && now.Sub(last) <= standStill {
				seen[key] = last
			}
		}
	}
	if ctx.Err() == nil {
		s.saw(seen)
	}
}

func (s *Service) lastSeen(key string) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.moving[key]
	return at, ok
}

// saw takes the outcome of a look, keeps it, and tells those who listen where it makes a difference.
func (s *Service) saw(seen map[string]time.Time) {
	s.mu.Lock()
	same := maps.Equal(s.moving, seen)
	news := len(s.moving) != len(seen)
	for key := range seen {
		if _, ok := s.moving[key]; !ok {
			news = true
		}
	}
	s.moving = seen
	raw, err := json.Marshal(seen)
	s.mu.Unlock()
	if !same && s.o.Store != nil {
		if err == nil {
			err = s.o.Store.Put(overTimeKey, raw)
		}
		if err != nil {
			s.o.Log.Error("which sessions are over time cannot be kept", "error", err)
		}
	}
	if news {
		s.changed()
		s.poke()
	}
}

// recallOverTime takes from the store which sessions were over time. Their feeds are given the time of one more look.
func (s *Service) recallOverTime() {
	if s.o.Store == nil || s.o.Moving == nil {
		return
	}
	raw, err := s.o.Store.Get(overTimeKey)
	if err != nil || len(raw) == 0 || json.Unmarshal(raw, &s.moving) != nil {
		s.moving = nil
		return
	}
	now := s.o.Now().UTC()
	for key, at := range s.moving {
		if now.Sub(at) > forgetAfter {
			delete(s.moving, key)
		} else {
			s.moving[key] = now
		}
	}
}

// askOn looks again and again until ctx is done.
func (s *Service) askOn(ctx context.Context) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		s.ask(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
