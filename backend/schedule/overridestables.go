package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"gridwall/backend/season"
)

// change reads an [[override]].
func (t *table) change() {
	t.only("series", "event", "session", "start", "end", "zone", "status", "name")
	c := change{at: t.r.at(t.at), series: t.pattern("series"), event: t.pattern("event"), session: t.pattern("session"), times: t.times(), status: t.status(), name: t.text("name")}
	switch {
	case c.series.any() && c.event.any() && c.session.any():
		t.fail("event", "an override must name a series, an event or a session")
	case c.event.any() && c.session.any() && c.name != "":
		t.fail("name", "a name needs an event or a session to be given to")
	case c.session.any() && !c.times.none():
		t.fail("start", "start and end need a session; name it, or write session = \"/./\" for all")
	case c.times.none() && c.status == "" && c.name == "":
		t.fail("start", "an override must set start, end, status or name")
	}
	if !t.bad {
		t.r.out.changes = append(t.r.out.changes, c)
	}
}

// addition reads a [[session]].
func (t *table) addition() {
	t.only("series", "event", "name", "type", "start", "end", "zone", "status")
	a := addition{at: t.r.at(t.at), series: t.pattern("series"), event: t.pattern("event")}
	if a.event.any() {
		t.fail("event", "a session needs the name of its event")
	}
	a.session = t.session()
	if !t.bad {
		t.r.out.sessions = append(t.r.out.sessions, a)
	}
}

// session reads what describes a session that no calendar has.
func (t *table) session() season.Session {
	name := t.text("name")
	if name == "" {
		t.fail("name", "a session needs a name")
	}
	kind := season.TypeOf(name)
	if word := t.text("type"); word != "" {
		kind = season.Type(word)
		if types := []season.Type{season.FP1, season.FP2, season.FP3, season.Qualifying, season.SprintQualifying, season.Sprint, season.Race, season.Other}; !slices.Contains(types, kind) {
			t.fail("type", "type is %q; it must be one of fp1, fp2, fp3, qualifying, sprint_qualifying, sprint, race, other", season.Clip(word))
		}
	}
	when, status := t.times(), t.status()
	s := season.Session{Type: kind, Name: name, Overridden: true}
	switch {
	case when.start != nil:
		s.Start, s.End = when.start, when.end
		if s.End == nil {
			end := when.start.Add(season.DefaultLength(kind))
			s.End, s.Guessed = &end, true
		}
	case when.date != "":
		s.Date = when.date
	default:
		t.fail("start", "a session needs a start: a date with a time, or a date where the time is not known yet")
	}
	if status == season.Cancelled {
		s.Status = season.Cancelled
	}
	return s
}

// event reads an [[event]] with its [[event.session]] tables.
func (t *table) event() {
	t.only("series", "name", "season", "round", "circuit", "locality", "country", "session")
	e := season.Event{Series: season.Slug(t.text("series")), Name: t.text("name"), Season: t.text("season"), Circuit: t.text("circuit"),
		Locality: t.text("locality"), Country: t.text("country"), Overridden: true}
	switch {
	case e.Series == "":
		t.fail("series", "an event needs a series")
	case e.Name == "":
		t.fail("name", "an event needs a name")
	}
	if v, ok := t.take("round"); ok {
		n, ok := v.(int64)
		if !ok || n < 0 || n > season.MaxEvents {
			t.fail("round", "round must be a number such as 7")
		}
		e.Round = int(n)
	}
	v, _ := t.take("session")
	list, ok := v.([]any)
	if !ok || len(list) == 0 || len(list) > season.MaxSessions {
		t.fail("session", "an event needs one to %d sessions, each under [[event.session]]", season.MaxSessions)
	}
	for i, v := range list {
		m, ok := v.(map[string]any)
		if !ok {
			t.fail("session", "a session of an event must be written in double brackets: [[event.session]]")
			break
		}
		sub := &table{r: t.r, at: fmt.Sprintf("%s.session.%d", t.at, i), left: m, bad: t.bad}
		sub.only("name", "type", "start", "end", "zone", "status")
		s := sub.session()
		t.bad = t.bad || sub.bad
		e.Sessions = append(e.Sessions, s)
	}
	if t.bad {
		return
	}
	season.SortSessions(e.Sessions)
	if e.Season == "" {
		e.Season = strconv.Itoa(e.Begins().In(time.UTC).Year())
	}
	e.ID = e.Series + "-" + season.Slug(e.Season) + "-" + season.Slug(e.Name)
	t.r.out.events = append(t.r.out.events, e)
	t.r.out.lines = append(t.r.out.lines, t.r.at(t.at))
}
