package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// Style is how the events of a calendar are marked.
type Style struct {
	// Name is the user's name for the calendar; "" for none.
	Name string
	// Color is #rrggbb or one of the colour words of config.toml; "" for none.
	Color string
}

// WithStyle returns the provider with a name and a colour.
func WithStyle(p Provider, style Style) Provider { return styled{p, style} }

type styled struct {
	Provider
	style Style
}

// unwrap splits a provider and its style, so that the type of the provider is visible.
func unwrap(p Provider) (Provider, Style) {
	if s, ok := p.(styled); ok {
		return s.Provider, s.style
	}
	return p, Style{}
}

// State describes one calendar.
type State struct {
	Key string
	Style
	// Events is the number of its events.
	Events int
	// FetchedAt is when it was last read; nil if never. A computed calendar is always current.
	FetchedAt *time.Time
	Stale     bool
	// Error says why it was not read, or not completely; redacted.
	Error string
}

// States returns the state of each calendar, in their order.
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
	st := State{Key: p.Key(), Style: s.styles[p.Key()], Events: len(s.events(p, now))}
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

// events returns the events of p. The caller holds mu.
func (s *Service) events(p Provider, now time.Time) []season.Event {
	if c, ok := p.(Computed); ok {
		return c.EventsAt(now)
	}
	return s.records[p.Key()].Events
}

// Calendar returns all events, sorted by their first session, with overrides applied and with the statuses at now. The caller
// may change the result.
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
		all = append(all, reading{style: st.Style, stale: st.Stale, events: s.events(p, now)})
	}
	c.Events = s.merged(all)
	var wrong []string
	c.Events, wrong = s.overrides.apply(c.Events, now, !never && len(problems) == 0)
	problems = append(problems, wrong...)
	s.setStatuses(c.Events, now)
	if !never && !oldest.IsZero() {
		c.FetchedAt = &oldest
	}
	c.Stale = never || (!oldest.IsZero() && now.Sub(oldest) > staleAfter)
	c.Error = strings.Join(problems, "; ")
	return c
}

// merged returns the merged calendars; the result is cached until one of them changes. The caller holds mu, and may change the
// sessions of the result.
func (s *Service) merged(all []reading) []season.Event {
	var sign strings.Builder
	for i, p := range s.providers {
		if _, computed := p.(Computed); computed {
			return merge(all)
		}
		fmt.Fprintf(&sign, "%s %d %t %q\n", p.Key(), s.records[p.Key()].revision, all[i].stale, all[i].style)
	}
	if s.joined == nil || s.joinedOf != sign.String() {
		s.joined, s.joinedOf = merge(all), sign.String()
	}
	return cloneEvents(s.joined)
}

// setStatuses computes the statuses at now. The caller holds mu.
func (s *Service) setStatuses(events []season.Event, now time.Time) {
	for i := range events {
		for j := range events[i].Sessions {
			one := &events[i].Sessions[j]
			one.Status = one.StatusAt(now)
		}
	}
	s.extendOverTime(events, now)
}

// Live reports whether any session is live at now.
func (s *Service) Live(now time.Time) bool {
	return slices.ContainsFunc(s.Calendar(now).Events, func(e season.Event) bool {
		return slices.ContainsFunc(e.Sessions, func(x season.Session) bool { return x.Status == season.Live })
	})
}

// SetOverrides replaces the user's overrides.
func (s *Service) SetOverrides(o Overrides) {
	s.mu.Lock()
	s.overrides = o
	s.mu.Unlock()
	s.changed()
	s.recheck()
}

// WithStatuses returns a copy of events with the statuses at now.
func WithStatuses(events []season.Event, now time.Time) []season.Event {
	out := cloneEvents(events)
	for i := range out {
		for j := range out[i].Sessions {
			out[i].Sessions[j].Status = out[i].Sessions[j].StatusAt(now.UTC())
		}
	}
	return out
}
