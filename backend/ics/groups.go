package ics

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"gridwall/backend/season"
)

// cancelledWords matches what people write before or after the title of an entry that is cancelled or postponed.
var cancelledWords = regexp.MustCompile(`(?i)^[^\pL\pN]*(?:cancell?ed|postponed|abandoned)[^\pL\pN]+|(?:[\s([{<*|:,–—-]+)(?:cancell?ed|postponed|abandoned)[^\pL\pN]*$`)

// groups joins the entries of a weekend into one event.
type groups struct {
	order  []*group
	events map[groupKey][]*group
	seen   map[string]bool
	titles map[string]title
}

// title is what the title of an entry says.
type title struct {
	name, slug, session string
	kind                season.Type
	cancelled           bool
}

// group is an event with the start of its first session.
type group struct {
	season.Event
	first time.Time
}

// groupKey finds the events of one name near a time: week counts in units of season.EventSpan.
type groupKey struct {
	series, name string
	week         int64
}

func newGroups() *groups {
	return &groups{events: map[groupKey][]*group{}, seen: map[string]bool{}, titles: map[string]title{}}
}

// read parses the title of an entry, or returns it from the cache.
func (g *groups) read(summary string) title {
	if t, ok := g.titles[summary]; ok {
		return t
	}
	var t title
	rest := summary
	if at := cancelledWords.FindStringIndex(summary); at != nil && at[1]-at[0] < len(summary) {
		rest, t.cancelled = summary[:at[0]]+summary[at[1]:], true
	}
	t.name, t.session, t.kind = season.SplitTitle(rest)
	t.slug = season.Slug(t.name)
	g.titles[summary] = t
	return t
}

func (g *groups) add(o occurrence, series string) error {
	t := g.read(o.summary)
	name := t.name
	if name == "" {
		return fmt.Errorf("%w: an entry without a name", season.ErrFormat)
	}
	o.cancelled = o.cancelled || t.cancelled
	s, err := o.session(t.kind, t.session)
	if err != nil {
		return err
	}
	// Some calendars list an entry again when its description changes.
	twin := fmt.Sprint(series, "\n", t.slug, s.Type, s.Name, s.Begins().Unix())
	if g.seen[twin] {
		return nil
	}
	g.seen[twin] = true
	e := g.event(series, name, t.slug, s.Begins())
	if e.Circuit == "" {
		e.Circuit, e.Locality, e.Country = splitLocation(o.location)
	}
	e.Sessions = append(e.Sessions, s)
	return nil
}

// event returns the event of that name near the time, or adds one.
func (g *groups) event(series, name, slug string, at time.Time) *group {
	key := groupKey{series, slug, at.Unix() / int64(season.EventSpan/time.Second)}
	for _, week := range []int64{key.week - 1, key.week, key.week + 1} {
		for _, e := range g.events[groupKey{key.series, key.name, week}] {
			if at.Sub(e.first).Abs() > season.EventSpan {
				continue
			}
			if at.Before(e.first) {
				e.first = at
				if week != key.week {
					g.events[key] = append(g.events[key], e)
				}
			}
			return e
		}
	}
	e := &group{Event: season.Event{Series: series, Season: strconv.Itoa(at.Year()), Name: name}, first: at}
	e.ID = series + "-" + e.Season + "-" + key.name
	g.events[key] = append(g.events[key], e)
	g.order = append(g.order, e)
	return e
}

// list returns the events. A race that is dated weeks from the practice of the same name belongs to the same event, whose dates
// then contradict each other.
func (g *groups) list() []season.Event {
	type seasonKey struct{ series, year, name string }
	same := map[seasonKey][]*group{}
	for _, e := range g.order {
		key := seasonKey{e.Series, e.Season, season.Slug(e.Name)}
		same[key] = append(same[key], e)
	}
	joined := map[*group]bool{}
	for _, pair := range same {
		if len(pair) != 2 || !grandPrix(&pair[0].Event) || pair[0].first.Sub(pair[1].first).Abs() > season.MaxMove {
			continue
		}
		if a, b := pair[0], pair[1]; raceAlone(&a.Event) && practiceAlone(&b.Event) || raceAlone(&b.Event) && practiceAlone(&a.Event) {
			a.Sessions = append(a.Sessions, b.Sessions...)
			joined[b] = true
		}
	}
	out := make([]season.Event, 0, len(g.order))
	for _, e := range g.order {
		if !joined[e] {
			out = append(out, e.Event)
		}
	}
	return out
}

// grandPrix reports whether an event is of the kind that has practice, qualifying and race on one weekend.
func grandPrix(e *season.Event) bool {
	return season.HasShortEvents(e.Series) || season.TypeOf(e.Name) == season.Race
}

func raceAlone(e *season.Event) bool {
	return !slices.ContainsFunc(e.Sessions, func(s season.Session) bool { return s.Type != season.Race })
}

func practiceAlone(e *season.Event) bool {
	return !slices.ContainsFunc(e.Sessions, func(s season.Session) bool { return !season.BeforeRace(s.Type) && s.Type != season.Sprint })
}
