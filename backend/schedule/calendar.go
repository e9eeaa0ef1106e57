package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// Look is how a calendar is shown.
type Look struct {
	// Name is the user's name for it; "" for none.
	Name string
	// Color is #rrggbb, or one of the words that a client has a colour for; "" for none.
	Color string
}

// Shown gives a calendar a name and a colour.
func Shown(p Provider, look Look) Provider { return shown{p, look} }

type shown struct {
	Provider
	look Look
}

// unwrap takes a look off its provider, so that what kind of provider it is can be seen.
func unwrap(p Provider) (Provider, Look) {
	if s, ok := p.(shown); ok {
		return s.Provider, s.look
	}
	return p, Look{}
}

// State is how one calendar stands.
type State struct {
	Key string
	Look
	// Events counts what it names.
	Events int
	// FetchedAt is when it was read last; nil where it never was. A computed one is read at every moment.
	FetchedAt *time.Time
	Stale     bool
	// Error says why it was not read, or not in full; redacted.
	Error string
}

// States tells how each calendar stands, in their order.
func (s *Service) States(now time.Time) []State {
	s.mu.Lock()
	defer s.mu.Unlock()
	now = now.UTC()
	out := make([]State, 0, len(s.providers))
	for _, p := range s.providers {
		out = append(out, s.state(p, now))
	}
	return out
}

// state describes one calendar. The caller holds mu.
func (s *Service) state(p Provider, now time.Time) State {
	r := s.records[p.Key()]
	st := State{Key: p.Key(), Look: s.looks[p.Key()], Events: len(s.events(p, now))}
	at := r.FetchedAt
	if _, computed := p.(Computed); computed {
		at = now
	}
	if !at.IsZero() {
		st.FetchedAt = &at
	}
	st.Stale = at.IsZero() || now.Sub(at) > staleAfter
	if r.err != nil {
		st.Error = stream.RedactText(r.err.Error())
	}
	return st
}

// events is what p knows. The caller holds mu.
func (s *Service) events(p Provider, now time.Time) []season.Event {
	if c, ok := p.(Computed); ok {
		return c.EventsAt(now)
	}
	return s.records[p.Key()].Events
}

// Calendar returns all events, sorted by their first session, with the overrides applied and the statuses that hold at
// now. Its lists are the caller's own.
func (s *Service) Calendar(now time.Time) Calendar {
	s.mu.Lock()
	defer s.mu.Unlock()
	now = now.UTC()
	c := Calendar{}
	var problems []string
	var all []reading
	var oldest time.Time
	never := false
	for _, p := range s.providers {
		st := s.state(p, now)
		switch {
		case st.FetchedAt == nil:
			never = true
		case oldest.IsZero() || st.FetchedAt.Before(oldest):
			oldest = *st.FetchedAt
		}
		if st.Error != "" {
			problems = append(problems, st.Key+": "+st.Error)
		}
		all = append(all, reading{look: st.Look, stale: st.Stale, events: s.events(p, now)})
	}
	c.Events = s.merged(all)
	var wrong []string
	c.Events, wrong = s.overrides.apply(c.Events, now, !never && len(problems) == 0)
	problems = append(problems, wrong...)
	s.settle(c.Events, now)
	if !never && !oldest.IsZero() {
		c.FetchedAt = &oldest
	}
	c.Stale = never || (!oldest.IsZero() && now.Sub(oldest) > staleAfter)
	c.Error = strings.Join(problems, "; ")
	return c
}

// merged is merge, remembered until a calendar says something else. Its sessions are the caller's own. The caller holds
// mu.
func (s *Service) merged(all []reading) []season.Event {
	var sign strings.Builder
	for i, p := range s.providers {
		if _, computed := p.(Computed); computed {
			return merge(all)
		}
		fmt.Fprintf(&sign, "%s %d %t %q\n", p.Key(), s.records[p.Key()].revision, all[i].stale, all[i].look)
	}
	if s.joined == nil || s.joinedOf != sign.String() {
		s.joined, s.joinedOf = merge(all), sign.String()
	}
	return cloneEvents(s.joined)
}

// settle works out the statuses. The caller holds mu.
func (s *Service) settle(events []season.Event, now time.Time) {
	for i := range events {
		for j := range events[i].Sessions {
			one := &events[i].Sessions[j]
			one.Status = one.StatusAt(now)
		}
	}
	s.extend(events, now)
}

// Live tells whether any session is live at now.
func (s *Service) Live(now time.Time) bool {
	return slices.ContainsFunc(s.Calendar(now).Events, func(e season.Event) bool {
		return slices.ContainsFunc(e.Sessions, func(x season.Session) bool { return x.Status == season.Live })
	})
}

// SetOverrides replaces what the user's file says beside the calendars.
func (s *Service) SetOverrides(o Overrides) {
	s.mu.Lock()
	s.overrides = o
	s.mu.Unlock()
	s.changed()
	s.poke()
}

// WithStatuses is a copy of events with the statuses that hold at now.
func WithStatuses(events []season.Event, now time.Time) []season.Event {
	out := cloneEvents(events)
	for i := range out {
		for j := range out[i].Sessions {
			out[i].Sessions[j].Status = out[i].Sessions[j].StatusAt(now.UTC())
		}
	}
	return out
}
