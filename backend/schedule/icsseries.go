package schedule

import (
	"html"
	"slices"
	"strconv"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

// slot is one time of an entry that recurs, by its own zone's clock, and how long it takes.
type slot struct {
	wall   time.Time
	length time.Duration
}

// clock finds the occurrences of an entry that a time means, which may be of another kind than the entry's own: a day for a
// time, a time for a day, another zone, or none.
type clock struct {
	of    stamp
	walls map[time.Time]bool
	days  map[time.Time][]time.Time
}

func newClock(of stamp) *clock {
	return &clock{of: of, walls: map[time.Time]bool{}, days: map[time.Time][]time.Time{}}
}

func (c *clock) add(wall time.Time) {
	c.walls[wall] = true
	c.days[midnight(wall)] = append(c.days[midnight(wall)], wall)
}

// find lists the walls that s means.
func (c *clock) find(s stamp) []time.Time {
	switch {
	case s.day, c.of.day:
		return c.days[midnight(s.wall)]
	case s.floating && c.walls[s.wall]: // on the entry's own clock
		return []time.Time{s.wall}
	}
	if wall := c.of.zone.wall(s.instant()); c.walls[wall] {
		return []time.Time{wall}
	}
	if c.walls[s.wall] { // the right clock under the wrong zone
		return []time.Time{s.wall}
	}
	if s.wall.Equal(midnight(s.wall)) { // a day, written as its first moment
		return c.days[s.wall]
	}
	return nil
}

// wallIn is a time as the clock of an entry shows it.
func (x *expansion) wallIn(of, s stamp) time.Time {
	switch {
	case of.day:
		return midnight(s.wall)
	case s.day: // a day of an entry with a time is that day at that time
		return s.wall.Add(of.wall.Sub(midnight(of.wall)))
	case s.floating:
		return s.wall
	}
	return of.zone.wall(s.instant())
}

// substitute is an entry that stands in place of an occurrence of another.
type substitute struct {
	*entry
	used bool
}

// exceptionsOf lists the entries that stand in place of occurrences, by UID: of two for one occurrence the newest, and those
// that count for all that follow before those that count for one.
func exceptionsOf(entries []*entry) map[string][]*substitute {
	type place struct{ uid, at, reach string }
	newest := map[place]*entry{}
	var order []place
	for _, e := range entries {
		p := e.GetProperty(ical.ComponentPropertyRecurrenceId)
		if p == nil {
			continue
		}
		key := place{e.uid, p.Value, ""}
		if reaches(e) {
			key.reach = "future"
		}
		if e.uid == "" {
			key.at += "\n" + strconv.Itoa(e.line)
		}
		was := newest[key]
		if was == nil {
			order = append(order, key)
		}
		if was == nil || newer(e, was) {
			newest[key] = e
		}
	}
	out := map[string][]*substitute{}
	for _, key := range order {
		out[key.uid] = append(out[key.uid], &substitute{entry: newest[key]})
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b *substitute) int {
			x, y := reaches(a.entry), reaches(b.entry)
			switch {
			case x != y && x:
				return -1
			case x != y:
				return 1
			case x:
				return strings.Compare(a.GetProperty(ical.ComponentPropertyRecurrenceId).Value, b.GetProperty(ical.ComponentPropertyRecurrenceId).Value)
			}
			return 0
		})
	}
	return out
}

// reaches reports whether an exception counts for all occurrences from its own on.
func reaches(e *entry) bool {
	p := e.GetProperty(ical.ComponentPropertyRecurrenceId)
	return p != nil && len(p.ICalParameters["RANGE"]) > 0 && strings.EqualFold(p.ICalParameters["RANGE"][0], "THISANDFUTURE")
}

// revisions are the entries that are not exceptions, in their order. Of several revisions of one the newest counts; entries
// that share their UID by mistake are all kept.
func revisions(entries []*entry) (out []*entry) {
	byUID := map[string][]*entry{}
	for _, e := range entries {
		if e.GetProperty(ical.ComponentPropertyRecurrenceId) == nil && e.uid != "" {
			byUID[e.uid] = append(byUID[e.uid], e)
		}
	}
	old := map[*entry]bool{}
	for _, list := range byUID {
		if len(list) < 2 {
			continue
		}
		slices.SortStableFunc(list, func(a, b *entry) int {
			switch {
			case newer(a, b):
				return -1
			case newer(b, a):
				return 1
			}
			return 0
		})
		first := list[0]
		seen := map[string]bool{}
		for _, e := range list {
			start := e.text(ical.ComponentPropertyDtStart)
			name := "name " + slug(e.text(ical.ComponentPropertySummary))
			keys := []string{name, "start " + start}
			if e.text(ical.ComponentPropertyLastModified) == first.text(ical.ComponentPropertyLastModified) && e.text(ical.ComponentPropertyDtstamp) == first.text(ical.ComponentPropertyDtstamp) {
				// Nothing says that it was written at another time: weeks apart, they are two.
				keys = []string{name + " " + weekOf(start, 0), name + " " + weekOf(start, -1), name + " " + weekOf(start, 1), "start " + start}
			}
			revised := e.text(ical.ComponentPropertySequence) != first.text(ical.ComponentPropertySequence) || first.cancelled || slices.ContainsFunc(keys, func(k string) bool { return seen[k] })
			if e != first && revised {
				old[e] = true
				continue
			}
			seen[name], seen[name+" "+weekOf(start, 0)], seen["start "+start] = true, true, true
		}
	}
	for _, e := range entries {
		if e.GetProperty(ical.ComponentPropertyRecurrenceId) == nil && !old[e] {
			out = append(out, e)
		}
	}
	// A message that calls an entry off need not repeat what it called off.
	for i, e := range out {
		if e.cancelled && e.GetProperty(ical.ComponentPropertyDtStart) == nil {
			for _, other := range byUID[e.uid] {
				if other.GetProperty(ical.ComponentPropertyDtStart) != nil {
					again := *other
					again.cancelled = true
					out[i] = &again
					break
				}
			}
		}
	}
	return out
}

// weekOf names the stretch of weekend in which a start lies, or the one so many after it.
func weekOf(start string, after int64) string {
	day, err := time.Parse(rrule.DateFormat, start[:min(len(start), 8)])
	if err != nil {
		return start
	}
	return strconv.FormatInt(day.Unix()/int64(weekend/time.Second)+after, 10)
}

func (e *entry) text(name ical.ComponentProperty) string { return property(e.VEvent, name) }

// shownText is a text for people. Some programs write it as for a web page.
func (e *entry) shownText(name ical.ComponentProperty) string {
	return label(html.UnescapeString(e.text(name)))
}

// newer reports whether an entry is a later revision than another: by SEQUENCE, LAST-MODIFIED and DTSTAMP; then one that is
// called off, then the one that stands further down.
func newer(e, than *entry) bool {
	a, _ := strconv.Atoi(e.text(ical.ComponentPropertySequence))
	b, _ := strconv.Atoi(than.text(ical.ComponentPropertySequence))
	if a != b {
		return a > b
	}
	for _, name := range []ical.ComponentProperty{ical.ComponentPropertyLastModified, ical.ComponentPropertyDtstamp} {
		// They are in UTC, so the later is the greater text.
		if a, b := e.text(name), than.text(name); a != b && len(a) == len(b) && a != "" {
			return a > b
		}
	}
	if e.cancelled != than.cancelled {
		return e.cancelled
	}
	return e.line > than.line
}

// series is what an entry that recurs comes to.
type series struct {
	clock   *clock
	slots   []slot
	lengths map[time.Time]time.Duration
	// other holds what stands in place of a slot, by its wall.
	other map[time.Time]occurrence
}

func (x *expansion) series(o occurrence, times []slot) *series {
	s := &series{clock: newClock(o.at), slots: times, other: map[time.Time]occurrence{}, lengths: map[time.Time]time.Duration{}}
	for _, t := range times {
		s.lengths[t.wall] = t.length
		s.clock.add(t.wall)
	}
	return s
}

// change lays an exception over the occurrences that it means. One that means none here is left for later.
func (s *series) change(x *expansion, e *substitute) {
	if x.steps--; x.steps <= 0 {
		return
	}
	o, instead, err := x.exception(e.entry)
	p := e.GetProperty(ical.ComponentPropertyRecurrenceId)
	if instead.zone == nil {
		var wrong error
		if instead, wrong = e.zones.stamp(p.Value, p.ICalParameters); wrong != nil {
			return
		}
	}
	missing := err != nil && e.GetProperty(ical.ComponentPropertyDtStart) == nil // it may call off without saying when
	if err != nil && !(missing && o.cancelled) {
		return
	}
	if !reaches(e.entry) {
		walls := s.clock.find(instead)
		if len(walls) == 0 {
			return
		}
		e.used = true
		for _, w := range walls {
			s.put(w, o, missing)
			break
		}
		return
	}
	from := x.wallIn(s.clock.of, instead)
	if instead.day && !s.clock.of.day {
		from = instead.wall
	}
	if walls := s.clock.find(instead); len(walls) > 0 {
		from = walls[0]
	}
	e.used = true
	var shift time.Duration
	if !missing {
		shift = x.wallIn(s.clock.of, o.at).Sub(from)
	}
	x.steps -= len(s.slots)
	for _, t := range s.slots {
		if t.wall.Before(from) {
			continue
		}
		one := o
		if !missing {
			one.at = stamp{wall: t.wall.Add(shift), zone: s.clock.of.zone, day: s.clock.of.day || o.at.day}
		}
		s.put(t.wall, one, missing)
	}
}

// put lays o over the occurrence at wall; missing says that o has no time of its own.
func (s *series) put(wall time.Time, o occurrence, missing bool) {
	at := stamp{wall: wall, zone: s.clock.of.zone, day: s.clock.of.day}
	if missing {
		o.at, o.length = at, s.lengths[wall]
	}
	if instant := at.instant(); !at.day {
		o.moved = &instant
	}
	s.other[wall] = o
}

// list are the occurrences in their order; o is the entry itself.
func (s *series) list(o occurrence) (out []occurrence) {
	for _, t := range s.slots {
		one, changed := s.other[t.wall]
		if !changed {
			one = o
			one.at, one.length = stamp{wall: t.wall, zone: o.at.zone, day: o.at.day}, t.length
		}
		if one.summary == "" {
			one.summary = o.summary
		}
		if one.location == "" {
			one.location = o.location
		}
		one.cancelled = one.cancelled || o.cancelled
		one.uid = o.uid + "/" + stamp{wall: t.wall, zone: o.at.zone, day: o.at.day}.instant().Format(rrule.DateTimeFormat)
		out = append(out, one)
	}
	return out
}
