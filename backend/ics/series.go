package ics

import (
	"slices"
	"strconv"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

// wallOf returns a time as the clock of an entry shows it.
func (x *expansion) wallOf(of, s stamp) time.Time {
	switch {
	case of.day:
		return midnight(s.wall)
	case s.day: // a date refers to the occurrence on that day
		return s.wall.Add(of.wall.Sub(midnight(of.wall)))
	case s.floating:
		return s.wall
	}
	return of.zone.wall(s.instant())
}

// exceptionEntry is an entry that replaces an occurrence of another one (RECURRENCE-ID).
type exceptionEntry struct {
	*entry
	used bool
	// The result of reading the entry, cached: other entries may share its UID by mistake, and each is tried with it.
	known   bool
	o       occurrence
	instead stamp
	err     error
}

// exception returns what the entry says, and the time of the occurrence that it replaces.
func (s *exceptionEntry) exception(x *expansion) (occurrence, stamp, error) {
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

// exceptionsOf returns the exceptions by UID: of two for one occurrence the newest, and those for all following occurrences
// before those for one.
func exceptionsOf(entries []*entry) map[string][]*exceptionEntry {
	type place struct{ uid, at, reach string }
	newest := map[place]*entry{}
	var order []place
	for _, e := range entries {
		p := e.GetProperty(ical.ComponentPropertyRecurrenceId)
		if p == nil {
			continue
		}
		key := place{e.uid, p.Value + strings.Join(p.ICalParameters["TZID"], ""), ""}
		if thisAndFuture(e) {
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
	out := map[string][]*exceptionEntry{}
	for _, key := range order {
		out[key.uid] = append(out[key.uid], &exceptionEntry{entry: newest[key]})
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b *exceptionEntry) int {
			x, y := thisAndFuture(a.entry), thisAndFuture(b.entry)
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

// thisAndFuture reports whether an exception applies to all occurrences from its own on (RANGE=THISANDFUTURE).
func thisAndFuture(e *entry) bool {
	p := e.GetProperty(ical.ComponentPropertyRecurrenceId)
	return p != nil && len(p.ICalParameters["RANGE"]) > 0 && strings.EqualFold(p.ICalParameters["RANGE"][0], "THISANDFUTURE")
}

// series is an expanded recurring entry.
type series struct {
	clock   *occurrenceIndex
	slots   []slot
	lengths map[time.Time]time.Duration
	// other holds the replacements, by the time of the replaced occurrence.
	other map[time.Time]occurrence
	by    map[time.Time]*entry // the exception for that occurrence alone
}

func (x *expansion) series(o occurrence, local zone, times []slot) *series {
	s := &series{clock: newOccurrenceIndex(o.at, local), slots: times, other: map[time.Time]occurrence{}, by: map[time.Time]*entry{}, lengths: map[time.Time]time.Duration{}}
	for _, t := range times {
		s.lengths[t.wall] = t.length
		s.clock.add(t.wall)
	}
	return s
}

// applyException replaces the occurrences that an exception refers to. near allows an occurrence on the same day that no other
// exception refers to. An exception that matches nothing here stays unused.
func (s *series) applyException(x *expansion, e *exceptionEntry, near bool) {
	if x.steps--; x.steps <= 0 {
		return
	}
	o, instead, err := e.exception(x)
	if instead.zone == nil {
		return
	}
	missing := err != nil && e.GetProperty(ical.ComponentPropertyDtStart) == nil // a cancellation may have no time
	if err != nil && !(missing && o.cancelled) {
		return
	}
	if !thisAndFuture(e.entry) {
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
			s.replace(walls[0], o, missing)
		}
		return
	}
	from := x.wallOf(s.clock.of, instead)
	if instead.day && !s.clock.of.day {
		from = instead.wall
	}
	if walls := s.clock.find(instead); len(walls) > 0 {
		from = walls[0]
	}
	e.used = true
	var shift time.Duration
	if !missing {
		shift = x.wallOf(s.clock.of, o.at).Sub(from)
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
		s.replace(t.wall, one, missing)
	}
}

// replace puts o instead of the occurrence at wall. missing reports that o has no time of its own.
func (s *series) replace(wall time.Time, o occurrence, missing bool) {
	at := stamp{wall: wall, zone: s.clock.of.zone, day: s.clock.of.day}
	if missing {
		o.at, o.length = at, s.lengths[wall]
	}
	if instant := at.instant(); !at.day {
		o.moved = &instant
	}
	s.other[wall] = o
}

// list returns the occurrences in their order; o is the entry itself.
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
