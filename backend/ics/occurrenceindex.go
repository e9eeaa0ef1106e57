package ics

import (
	"time"
)

// slot is one time of a recurring entry, on the clock of its zone, with its length.
type slot struct {
	wall   time.Time
	length time.Duration
}

// occurrenceIndex finds the occurrences of an entry that a time refers to. The time may be of another kind than the entry's
// own: a date for a time, a time for a date, another zone, or none.
type occurrenceIndex struct {
	of    stamp
	local zone // of the calendar
	walls map[time.Time]bool
	// days groups the occurrences by their day: on the entry's own clock, on the calendar's, and in UTC.
	days [3]map[time.Time][]time.Time
}

const (
	ownDay = iota
	localDay
	utcDay
)

func newOccurrenceIndex(of stamp, local zone) *occurrenceIndex {
	c := &occurrenceIndex{of: of, local: local, walls: map[time.Time]bool{}}
	for i := range c.days {
		c.days[i] = map[time.Time][]time.Time{}
	}
	return c
}

func (c *occurrenceIndex) add(wall time.Time) {
	c.walls[wall] = true
	on := func(which int, day time.Time) {
		day = midnight(day)
		c.days[which][day] = append(c.days[which][day], wall)
	}
	on(ownDay, wall)
	if !c.of.day {
		instant := c.of.zone.instant(wall)
		on(localDay, c.local.wall(instant))
		on(utcDay, instant)
	}
}

// on returns the occurrences on a day: on the entry's own clock, else on the calendar's, else in UTC. No one looks at the clock
// of an entry in UTC, so for those the calendar's comes first.
func (c *occurrenceIndex) on(day time.Time) []time.Time {
	order := []int{ownDay, localDay, utcDay}
	if own, ok := c.of.zone.(fixedZone); ok && own.Location == time.UTC && !c.of.day {
		order = []int{localDay, ownDay}
	}
	for _, which := range order {
		if walls := c.days[which][midnight(day)]; len(walls) > 0 {
			return walls
		}
	}
	return nil
}

// find returns the occurrences that s refers to.
func (c *occurrenceIndex) find(s stamp) []time.Time {
	switch {
	case s.day:
		return c.on(s.wall)
	case c.of.day:
		return c.on(c.dayOf(s))
	case s.floating && c.walls[s.wall]: // on the entry's own clock
		return []time.Time{s.wall}
	}
	if wall := c.of.zone.wall(s.instant()); c.walls[wall] {
		return []time.Time{wall}
	}
	if c.walls[s.wall] { // the right clock with the wrong zone
		return []time.Time{s.wall}
	}
	if wall := c.of.zone.wall(s.wall); s.floating && c.walls[wall] { // in UTC, but not marked as such
		return []time.Time{wall}
	}
	if s.wall.Equal(midnight(s.wall)) { // a day, written as its first moment
		return c.on(s.wall)
	}
	return nil
}

// dayOf returns the day that a time refers to for an entry of whole days: programs write the first moment of the day, in the
// zone of the calendar or in UTC.
func (c *occurrenceIndex) dayOf(s stamp) time.Time {
	if s.wall.Equal(midnight(s.wall)) {
		return s.wall
	}
	local := c.local.wall(s.instant())
	switch {
	case s.floating:
		return s.wall
	case local.Equal(midnight(local)):
		return local
	case len(c.days[ownDay][midnight(s.wall)]) > 0:
		return s.wall
	case len(c.days[ownDay][midnight(local)]) > 0:
		return local
	}
	return s.wall.Add(maxZoneOffset) // the first moment of the next day, in a zone east of UTC
}

// maxZoneOffset is how far a clock may be ahead of UTC.
const maxZoneOffset = 14 * time.Hour

// near returns the only occurrence on the day of s, if none is at its time: the time of the series was changed, and this
// exception still has the old one.
func (c *occurrenceIndex) near(s stamp) []time.Time {
	if c.of.day || s.day {
		return nil
	}
	if walls := c.days[ownDay][midnight(c.of.zone.wall(s.instant()))]; len(walls) == 1 {
		return walls
	}
	return nil
}
