package schedule

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// calledOff finds what people write before or behind the name of an entry that does not take place, or not then.
var calledOff = regexp.MustCompile(`(?i)^[^\pL\pN]*(?:cancell?ed|postponed|abandoned)[^\pL\pN]+|(?:[\s([{<*|:,–—-]+)(?:cancell?ed|postponed|abandoned)[^\pL\pN]*$`)

// groups joins the entries of a weekend into one event.
type groups struct {
	order  []*group
	events map[groupKey][]*group
	seen   map[string]bool
	titles map[string]title
}

// title is what an entry's title says. One that recurs has the same title each time.
type title struct {
	name, slug, session string
	kind                Type
	cancelled           bool
}

// group is an event with the beginning of its first session.
type group struct {
	Event
	first time.Time
}

// groupKey finds the events of one name around a time: week counts in steps of weekend.
type groupKey struct {
	series, name string
	week         int64
}

func newGroups() *groups {
	return &groups{events: map[groupKey][]*group{}, seen: map[string]bool{}, titles: map[string]title{}}
}

// read parses an entry's title, once.
func (g *groups) read(summary string) title {
	if t, ok := g.titles[summary]; ok {
		return t
	}
	var t title
	rest := summary
	if at := calledOff.FindStringIndex(summary); at != nil && at[1]-at[0] < len(summary) {
		rest, t.cancelled = summary[:at[0]]+summary[at[1]:], true
	}
	t.name, t.session, t.kind = splitSummary(rest)
	t.slug = slug(t.name)
	g.titles[summary] = t
	return t
}

func (g *groups) add(o occurrence, series string) error {
	t := g.read(o.summary)
	name := t.name
	if name == "" {
		return fmt.Errorf("%w: an entry without a name", ErrFormat)
	}
	o.cancelled = o.cancelled || t.cancelled
	s, err := o.session(t.kind, t.session)
	if err != nil {
		return err
	}
	// Some calendars list an entry again when it changes its description.
	twin := fmt.Sprint(series, "\n", t.slug, s.Type, s.Name, s.begins().Unix())
	if g.seen[twin] {
		return nil
	}
	g.seen[twin] = true
	e := g.event(series, name, t.slug, s.begins())
	if e.Circuit == "" {
		e.Circuit, e.Locality, e.Country = place(o.location)
	}
	e.Sessions = append(e.Sessions, s)
	return nil
}

// event finds the weekend of that name around the time, or begins one.
func (g *groups) event(series, name, slug string, at time.Time) *group {
	key := groupKey{series, slug, at.Unix() / int64(weekend/time.Second)}
	for _, week := range []int64{key.week - 1, key.week, key.week + 1} {
		for _, e := range g.events[groupKey{key.series, key.name, week}] {
			if at.Sub(e.first).Abs() > weekend {
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
	e := &group{Event: Event{Series: series, Season: strconv.Itoa(at.Year()), Name: name}, first: at}
	e.ID = series + "-" + e.Season + "-" + key.name
	g.events[key] = append(g.events[key], e)
	g.order = append(g.order, e)
	return e
}

// list are the events. Where the race of a weekend is dated weeks from its practice, both are one event all the same, whose
// dates contradict each other.
func (g *groups) list() []Event {
	type season struct{ series, year, name string }
	same := map[season][]*group{}
	for _, e := range g.order {
		key := season{e.Series, e.Season, slug(e.Name)}
		same[key] = append(same[key], e)
	}
	joined := map[*group]bool{}
	for _, pair := range same {
		if len(pair) != 2 || !grandPrix(&pair[0].Event) || pair[0].first.Sub(pair[1].first).Abs() > sameRound {
			continue
		}
		if a, b := pair[0], pair[1]; raceAlone(&a.Event) && practiceAlone(&b.Event) || raceAlone(&b.Event) && practiceAlone(&a.Event) {
			a.Sessions = append(a.Sessions, b.Sessions...)
			joined[b] = true
		}
	}
	out := make([]Event, 0, len(g.order))
	for _, e := range g.order {
		if !joined[e] {
			out = append(out, e.Event)
		}
	}
	return out
}

// grandPrix reports whether an event is of the kind that has practice, qualifying and race on one weekend.
func grandPrix(e *Event) bool {
	return shortWeekends[seriesKey(e.Series)] || typeOf(e.Name) == Race
}

func raceAlone(e *Event) bool {
	return !slices.ContainsFunc(e.Sessions, func(s Session) bool { return s.Type != Race })
}

func practiceAlone(e *Event) bool {
	return !slices.ContainsFunc(e.Sessions, func(s Session) bool { return !beforeRace(s.Type) && s.Type != Sprint })
}
