package ics

import (
	"time"
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
	local zone // of the calendar
	walls map[time.Time]bool
	// days are the occurrences by their day: on the entry's own clock, on the calendar's, and in UTC.
	days [3]map[time.Time][]time.Time
}

const (
	ownDay = iota
	localDay
	utcDay
)

func newClock(of stamp, local zone) *clock {
	c := &clock{of: of, local: local, walls: map[time.Time]bool{}}
	for i := range c.days {
		c.days[i] = map[time.Time][]time.Time{}
	}
	return c
}

func (c *clock) add(wall time.Time) {
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

// on lists the walls of a day: on the entry's own clock, else on the calendar's, else in UTC. An entry in UTC has no clock of
// its own that people look at.
func (c *clock) on(day time.Time) []time.Time {
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

// find lists the walls that s means.
func (c *clock) find(s stamp) []time.Time {
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
	if c.walls[s.wall] { // the right clock under the wrong zone
		return []time.Time{s.wall}
	}
	if wall := c.of.zone.wall(s.wall); s.floating && c.walls[wall] { // in UTC, without saying so
		return []time.Time{wall}
	}
	if s.wall.Equal(midnight(s.wall)) { // a day, written as its first moment
		return c.on(s.wall)
	}
	return nil
}

// dayOf is the day that a time means for an entry of days: programs write the day's first moment, in the zone of the calendar
// or in UTC.
func (c *clock) dayOf(s stamp) time.Time {
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
	return s.wall.Add(mostAhead) // the first moment of the next day, somewhere in the east
}

// mostAhead is how far clocks are ahead of UTC at most.
const mostAhead = 14 * time.Hour

// near lists the only wall on the day of s, where none is at its time: the time of the series was changed, and this one still
// names the old one.
func (c *clock) near(s stamp) []time.Time {
	if c.of.day || s.day {
		return nil
	}
	if walls := c.days[ownDay][midnight(c.of.zone.wall(s.instant()))]; len(walls) == 1 {
		return walls
	}
	return nil
}
