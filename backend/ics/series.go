package ics

import (
	"slices"
	"strconv"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

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
	// what the entry says, once it was read: other entries may share its UID by mistake, and each is tried with it.
	known   bool
	o       occurrence
	instead stamp
	err     error
}

// exception is what the entry says, and the time of the occurrence that it replaces.
func (s *substitute) exception(x *expansion) (occurrence, stamp, error) {
	if !s.known {
		s.known = true
		s.o, s.instead, s.err = x.exception(s.entry)
		if s.instead.zone == nil {
			p := s.GetProperty(ical.ComponentPropertyRecurrenceId)
			s.instead, _ = s.zones.stamp(p.Value, p.ICalParameters)
		}
	}
	return s.o, s.instead, s.err
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
		key := place{e.uid, p.Value + strings.Join(p.ICalParameters["TZID"], ""), ""}
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

// series is what an entry that recurs comes to.
type series struct {
	clock   *clock
	slots   []slot
	lengths map[time.Time]time.Duration
	// other holds what stands in place of a slot, by its wall.
	other map[time.Time]occurrence
	by    map[time.Time]*entry // what stands there for itself alone
}

func (x *expansion) series(o occurrence, local zone, times []slot) *series {
	s := &series{clock: newClock(o.at, local), slots: times, other: map[time.Time]occurrence{}, by: map[time.Time]*entry{}, lengths: map[time.Time]time.Duration{}}
	for _, t := range times {
		s.lengths[t.wall] = t.length
		s.clock.add(t.wall)
	}
	return s
}

// change lays an exception over the occurrences that it means; near makes do with one on the same day that no other exception
// means. One that means none here is left for later.
func (s *series) change(x *expansion, e *substitute, near bool) {
	if x.steps--; x.steps <= 0 {
		return
	}
	o, instead, err := e.exception(x)
	if instead.zone == nil {
		return
	}
	missing := err != nil && e.GetProperty(ical.ComponentPropertyDtStart) == nil // it may call off without saying when
	if err != nil && !(missing && o.cancelled) {
		return
	}
	if !reaches(e.entry) {
		walls := s.clock.find(instead)
		if near && len(walls) == 0 {
			walls = slices.DeleteFunc(slices.Clone(s.clock.near(instead)), func(w time.Time) bool { return s.by[w] != nil })
		}
		if len(walls) == 0 {
			return
		}
		e.used = true
		if was := s.by[walls[0]]; was == nil || newer(e.entry, was) {
			s.by[walls[0]] = e.entry
			s.put(walls[0], o, missing)
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
