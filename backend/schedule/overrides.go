package schedule

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"gridwall/backend/season"
)

// OverridesFile is the name of the file in the configuration folder in which users correct the calendars.
const OverridesFile = "overrides.toml"

// Overrides are the user's corrections, as ParseOverrides reads them. The zero value has none.
type Overrides struct {
	changes  []change
	sessions []addition
	events   []season.Event
	// lines are the lines of events; problems are the mistakes in the file.
	lines    []string
	problems []string
}

// Problems returns the mistakes in the file, one line each, with the file's name and the line.
func (o Overrides) Problems() []string { return slices.Clone(o.problems) }

// change corrects sessions or events of a calendar.
type change struct {
	at                     string // overrides.toml:3
	series, event, session pattern
	times                  times
	status                 season.Status
	name                   string
}

// addition is an additional session of an event of a calendar.
type addition struct {
	at            string
	series, event pattern
	session       season.Session
}

// times are a start and an end from the file.
type times struct {
	start, end *time.Time
	date       string // the day of a start without a time
}

func (t times) none() bool { return t.start == nil && t.end == nil && t.date == "" }

// pattern is an exact name, ignoring case, or a regular expression. The zero value matches everything.
type pattern struct {
	exact string
	re    *regexp.Regexp
}

func (p pattern) any() bool { return p.exact == "" && p.re == nil }

func (p pattern) fits(names ...string) bool {
	if p.any() {
		return true
	}
	return slices.ContainsFunc(names, func(n string) bool {
		if p.re != nil {
			return p.re.MatchString(n)
		}
		return strings.EqualFold(p.exact, n)
	})
}

// fitsSeries reports whether the pattern matches a series, under any of its names. keys caches the results of season.SeriesKey.
func (p pattern) fitsSeries(series string, keys map[string]string) bool {
	return p.fits(series) || p.exact != "" && cachedSeriesKey(keys, p.exact) == cachedSeriesKey(keys, series)
}

// cachedSeriesKey returns season.SeriesKey with a cache.
func cachedSeriesKey(keys map[string]string, series string) string {
	key, ok := keys[series]
	if !ok {
		key = season.SeriesKey(series)
		keys[series] = key
	}
	return key
}

// fitsEvent reports whether the pattern matches the event at i: its name, or an id by which Find finds it.
func (p pattern) fitsEvent(events []season.Event, ids [][]string, i int) bool {
	e := &events[i]
	if p.any() || p.fits(e.Name, e.ID) {
		return true
	}
	return p.fits(ids[i]...)
}

func (p pattern) fitsSession(s *season.Session) bool { return p.fits(s.Name, string(s.Type)) }

// apply applies the overrides to the events. An override that matches nothing is a problem if complete reports that all
// calendars were read, unless its time has passed.
func (o Overrides) apply(events []season.Event, now time.Time, complete bool) ([]season.Event, []string) {
	problems := slices.Clone(o.problems)
	unfit := func(at, what string, t times) {
		if complete && !(t.start != nil && t.start.Before(now)) && !(t.end != nil && t.end.Before(now)) {
			problems = append(problems, at+": "+what)
		}
	}
	keys := map[string]string{}
	for i, e := range o.events {
		if slices.ContainsFunc(events, func(x season.Event) bool {
			return x.ID == e.ID || x.Season == e.Season && cachedSeriesKey(keys, x.Series) == cachedSeriesKey(keys, e.Series) && strings.EqualFold(x.Name, e.Name)
		}) {
			unfit(o.lines[i], "a calendar lists this event now; the event of the file is left out", times{})
			continue
		}
		e.Sessions = slices.Clone(e.Sessions)
		events = append(events, e)
	}
	var ids [][]string
	if len(o.sessions)+len(o.changes) > 0 {
		ids = otherIDs(events)
	}
	for _, a := range o.sessions {
		if e := a.find(events, ids, keys); e != nil {
			e.Sessions = append(e.Sessions, a.session)
			season.SortSessions(e.Sessions)
		} else {
			unfit(a.at, "no event matches, so the session is left out", times{start: a.session.Start})
		}
	}
	for _, c := range o.changes {
		if found, wrong := c.apply(events, ids, keys); wrong != "" {
			problems = append(problems, c.at+": "+wrong)
		} else if !found {
			unfit(c.at, "nothing in the calendar matches this override", c.times)
		}
	}
	season.SortEvents(events)
	slices.SortStableFunc(problems, func(a, b string) int { return lineOf(a) - lineOf(b) })
	return events, problems
}

// find returns the event that the session belongs to: of several, the nearest in time.
func (a addition) find(events []season.Event, ids [][]string, keys map[string]string) *season.Event {
	var best *season.Event
	for i := range events {
		e := &events[i]
		if !a.series.fitsSeries(e.Series, keys) || !a.event.fitsEvent(events, ids, i) {
			continue
		}
		at := a.session.Begins()
		if best == nil || e.Begins().Sub(at).Abs() < best.Begins().Sub(at).Abs() {
			best = e
		}
	}
	return best
}

func (c change) apply(events []season.Event, ids [][]string, keys map[string]string) (found bool, wrong string) {
	for i := range events {
		e := &events[i]
		if !c.series.fitsSeries(e.Series, keys) || !c.event.fitsEvent(events, ids, i) {
			continue
		}
		if c.session.any() {
			found, e.Overridden = true, true
			if c.name != "" {
				e.Name = c.name
			}
			for j := range e.Sessions {
				c.applyStatus(&e.Sessions[j])
			}
			continue
		}
		for j := range e.Sessions {
			s := &e.Sessions[j]
			if !c.session.fitsSession(s) {
				continue
			}
			if c.times.start == nil && c.times.end != nil && (s.Start == nil || !c.times.end.After(*s.Start)) {
				return true, "the end is not after the start of " + season.Clip(e.Name) + ", " + season.Clip(s.Name)
			}
			found, s.Overridden = true, true
			if c.name != "" {
				s.Name = c.name
			}
			c.applyStatus(s)
			c.applyTimes(s)
		}
		season.SortSessions(e.Sessions)
	}
	return found, ""
}

// applyStatus sets the status of a session.
func (c change) applyStatus(s *season.Session) {
	if c.status == "" {
		return
	}
	s.Overridden = true
	s.Status = ""
	if c.status == season.Cancelled {
		s.Status = season.Cancelled
	}
}

// applyTimes sets the times of a session. Without an end it keeps its length.
func (c change) applyTimes(s *season.Session) {
	if c.times.none() {
		return
	}
	s.InDoubt = false
	if s.Start != nil && (c.times.date != "" || c.times.start != nil && !c.times.start.Equal(*s.Start)) {
		from := *s.Start
		s.MovedFrom = &from
	}
	length := season.DefaultLength(s.Type)
	if s.Start != nil && s.End != nil {
		length = s.End.Sub(*s.Start)
	}
	switch {
	case c.times.date != "":
		s.Start, s.End, s.Date = nil, nil, c.times.date
		return
	case c.times.start != nil:
		start, end := *c.times.start, c.times.start.Add(length)
		s.Start, s.End, s.Date = &start, &end, ""
	}
	if c.times.end != nil {
		end := *c.times.end
		s.End, s.Guessed = &end, false
	}
}
