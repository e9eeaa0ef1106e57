package ics

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"gridwall/backend/season"

	ical "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

const (
	// recurBack and recurAhead are how far from now recurring entries are expanded. An entry that begins later is expanded for
	// as long from its own start.
	recurBack, recurAhead = 400 * 24 * time.Hour, 400 * 24 * time.Hour
	// maxRecurrences limits the dates of one entry; the rest is left out with an error.
	maxRecurrences = 500
	// maxSteps limits the work for all entries of a calendar, in days, weeks, months or years that are examined.
	maxSteps = 40_000
	// fruitlessCost is the cost of a rule that matches no date, such as 30 February: the library searches up to the year 9999,
	// which takes as long as reading a file of 200 KB. A calendar may have two of them.
	fruitlessCost = maxSteps / 2
	// maxInterval limits INTERVAL, and maxRule the length of a rule in bytes.
	maxInterval, maxRule = 1000, 500
	// maxPlaces limits the different values of BYSETPOS: the library scans all days of a year for each of them.
	maxPlaces = 10
	// maxTimes limits the times a day that a rule may name.
	maxTimes = 24
)

// errRules is returned for a rule that is beyond what calendars of races need.
var errRules = errors.New("an unsupported recurrence rule")

// occurrence is one entry at one time.
type occurrence struct {
	line, calendar         int
	uid, summary, location string
	at                     stamp
	length                 time.Duration // 0: the entry does not say
	cancelled              bool
	// moved is the time by the entry's rule, if the occurrence was moved from it; else nil.
	moved *time.Time
}

// session returns the occurrence as a session. If it has only a date, or is longer than any session, its time is unknown.
func (o occurrence) session(kind season.Type, name string) (s season.Session, err error) {
	start := o.at.instant()
	switch {
	case o.at.day, o.wholeDays():
		s, err = season.NewDatedSession(kind, name, o.at.wall.Format(time.DateOnly))
	case o.length > season.LongestSession:
		if err = season.CheckTime(start); err == nil {
			s, err = season.NewDatedSession(kind, name, o.at.wall.Format(time.DateOnly))
		}
	default:
		s, err = season.NewSession(kind, name, start, o.length)
	}
	if err != nil {
		return s, err
	}
	s.UID = o.uid
	if o.cancelled {
		s.Status = season.Cancelled
	}
	if o.moved != nil && (s.Start == nil || !o.moved.Equal(*s.Start)) {
		s.MovedFrom = o.moved
	}
	return s, nil
}

// wholeDays reports whether an entry lasts from midnight to midnight, which is how Outlook writes whole days. No race does.
func (o occurrence) wholeDays() bool {
	if o.length < shortestDay || !o.at.wall.Equal(midnight(o.at.wall)) {
		return false
	}
	end := o.at.zone.wall(o.at.instant().Add(o.length))
	return end.Equal(midnight(end))
}

// shortestDay is the least length of a day, when the clocks go forward.
const shortestDay = 22 * time.Hour

// expansion expands entries into occurrences.
type expansion struct {
	from, to time.Time
	steps    int
}

func newExpansion(now time.Time) *expansion {
	return &expansion{from: now.UTC().Add(-recurBack), to: now.UTC().Add(recurAhead), steps: maxSteps}
}

// entry is one VEVENT with its context in the file.
type entry struct {
	*ical.VEvent
	entryPlace
	zones     *zones
	uid       string
	cancelled bool // by its calendar's METHOD
}

// occurrences returns all occurrences of the entries, in their order. Entries that cannot be read are reported in out.
func (x *expansion) occurrences(entries []*entry, out *season.Omissions) (all []occurrence) {
	exceptions := exceptionsOf(entries)
	unused := maps.Clone(exceptions) // those that no series has used yet
	for _, e := range latestRevisions(entries) {
		o, err := x.read(e)
		if err != nil {
			if !e.cancelled { // a cancelled entry need not have a time
				out.Add(e.line, o.summary, err)
			}
			continue
		}
		rules, dates := e.GetProperties(ical.ComponentPropertyRrule), e.GetProperties(ical.ComponentPropertyRdate)
		if len(rules) == 0 && len(dates) == 0 {
			if instead := exceptions[o.uid]; o.uid == "" || len(instead) == 0 {
				all = append(all, o)
				continue
			}
		}
		times, err := x.times(e, o, rules, dates)
		if err != nil {
			out.Add(e.line, o.summary, err)
		}
		series := x.series(o, e.zones.floating, times)
		for _, near := range []bool{false, true} {
			for _, other := range unused[o.uid] {
				if o.uid == "" || x.steps <= 0 {
					break
				}
				series.applyException(x, other, near)
			}
			unused[o.uid] = slices.DeleteFunc(slices.Clone(unused[o.uid]), func(s *exceptionEntry) bool { return s.used })
		}
		all = append(all, series.list(o)...)
	}
	// Exceptions to a rule that is not in the calendar, or whose date is out of range, are used on their own.
	alone := map[*entry]bool{}
	for _, list := range exceptions {
		for _, other := range list {
			alone[other.entry] = !other.used
		}
	}
	for _, e := range entries {
		if !alone[e] {
			continue
		}
		o, at, err := x.exception(e)
		if err != nil {
			if !o.cancelled {
				out.Add(e.line, o.summary, err)
			}
			continue
		}
		instead := at.instant()
		o.uid += "/" + instead.Format(rrule.DateTimeFormat)
		if !at.day {
			o.moved = &instead
		}
		if o.at.instant().After(x.from) {
			all = append(all, o)
		}
	}
	return all
}

// exception reads an entry that replaces one occurrence of a series, and the time of that occurrence (RECURRENCE-ID).
func (x *expansion) exception(e *entry) (o occurrence, instead stamp, err error) {
	if o, err = x.read(e); err != nil {
		return o, instead, err
	}
	p := e.GetProperty(ical.ComponentPropertyRecurrenceId)
	instead, err = e.zones.stamp(p.Value, p.ICalParameters)
	return o, instead, err
}

// read reads an entry without its recurrence.
func (x *expansion) read(e *entry) (o occurrence, err error) {
	o = occurrence{
		line: e.line, calendar: e.calendar, uid: e.uid, summary: e.shownText(ical.ComponentPropertySummary), location: e.shownText(ical.ComponentPropertyLocation),
		cancelled: e.cancelled || cancelledStatus.MatchString(property(e.VEvent, ical.ComponentPropertyStatus)),
	}
	start := e.GetProperty(ical.ComponentPropertyDtStart)
	if start == nil {
		return o, errNoStart
	}
	if o.at, err = e.zones.stamp(start.Value, start.ICalParameters); err != nil {
		return o, err
	}
	e.zones.guessed = e.zones.guessed || o.at.floating && e.zones.guess != nil
	if p := e.GetProperty(ical.ComponentPropertyDtEnd); p != nil {
		if end, err := e.zones.stamp(p.Value, p.ICalParameters); err == nil && !end.day {
			if end.floating { // an end without a zone uses the zone of the start
				end.zone = o.at.zone
			}
			o.length = end.instant().Sub(o.at.instant())
		}
	} else if p := e.GetProperty(ical.ComponentPropertyDuration); p != nil {
		o.length = parseDuration(p.Value)
	}
	return o, nil
}

// cancelledStatus matches the STATUS of an entry that is cancelled or postponed.
var cancelledStatus = regexp.MustCompile(`(?i)^\W*(?:event)?(?:cancel|postpone)`)

// errNoStart is returned for an entry without DTSTART.
var errNoStart = fmt.Errorf("%w: an entry without a start", season.ErrFormat)

// times returns the times of an entry with rules (RRULE) or further dates (RDATE), including its own start, without those that
// EXDATE and EXRULE exclude.
func (x *expansion) times(e *entry, o occurrence, rules, dates []*ical.IANAProperty) (out []slot, failed error) {
	fail := func(err error) {
		if failed == nil {
			failed = err
		}
	}
	walls := map[time.Time]time.Duration{o.at.wall: o.length}
	follow := func(rules []*ical.IANAProperty, visit func(time.Time)) {
		for _, p := range rules {
			list, steps, err := x.recur(p.Value, o.at)
			if err != nil {
				fail(err)
			}
			x.steps -= steps
			for _, w := range list {
				visit(w)
			}
		}
	}
	follow(rules, func(w time.Time) { walls[w] = o.length })
	each := func(list []*ical.IANAProperty, visit func(s stamp, length time.Duration)) {
		for _, p := range list {
			for value := range strings.FieldsFuncSeq(p.Value, listed) {
				if x.steps--; x.steps <= 0 {
					fail(fmt.Errorf("%w: the calendar has too many rules", errRules))
					return
				}
				value, period, _ := strings.Cut(value, "/")
				if strings.TrimSpace(value) == "" {
					continue
				}
				s, err := e.zones.stamp(value, p.ICalParameters)
				if err != nil {
					fail(err)
					continue
				}
				length := o.length
				if end, err := e.zones.stamp(period, p.ICalParameters); err == nil && !end.day {
					length = end.instant().Sub(s.instant())
				} else if d := parseDuration(period); d > 0 {
					length = d
				}
				visit(s, length)
			}
		}
	}
	each(dates, func(s stamp, length time.Duration) { walls[x.wallOf(o.at, s)] = length })
	gone := newOccurrenceIndex(o.at, e.zones.floating)
	for w := range walls {
		gone.add(w)
	}
	each(e.GetProperties(ical.ComponentPropertyExdate), func(s stamp, _ time.Duration) {
		for _, w := range gone.find(s) {
			delete(walls, w)
		}
	})
	follow(e.GetProperties(exRule), func(w time.Time) { delete(walls, w) })
	for w, length := range walls {
		if o.at.zone.instant(w).After(x.from) {
			out = append(out, slot{w, length})
		}
	}
	slices.SortFunc(out, func(a, b slot) int { return a.wall.Compare(b.wall) })
	if len(out) > maxRecurrences {
		fail(fmt.Errorf("more than %d dates", maxRecurrences))
		out = out[:maxRecurrences]
	}
	return out, failed
}

// exRule is the rule of exceptions of RFC 2445, which some calendars still have.
const exRule = ical.ComponentProperty("EXRULE")

func (x *expansion) recur(rule string, at stamp) ([]time.Time, int, error) {
	if x.steps <= 0 {
		return nil, 0, fmt.Errorf("%w: the calendar has too many rules", errRules)
	}
	end := x.to
	if late := at.wall.Add(recurAhead); late.After(end) {
		end = late
	}
	return recur(rule, at.wall, x.from.Add(-24*time.Hour), end, at.zone)
}

// recur expands a rule on the clock of a zone, from start to end, and returns the times after from. steps is the cost. The zone
// converts an UNTIL in UTC to its clock.
func recur(rule string, start, from, end time.Time, z zone) (out []time.Time, steps int, err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics on some rules that it parsed
			out, err = nil, fmt.Errorf("%w: %s", errRules, season.Clip(rule))
		}
	}()
	if len(rule) > maxRule {
		return nil, 0, fmt.Errorf("%w: it is longer than %d bytes", errRules, maxRule)
	}
	if rule, err = normaliseRule(rule); err != nil {
		return nil, 0, err
	}
	o, err := rrule.StrToROptionInLocation(rule, time.UTC)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %q", season.ErrFormat, season.Clip(rule))
	}
	if !plausible(o) {
		return nil, 0, fmt.Errorf("%w: %q", errRules, season.Clip(rule))
	}
	if !o.Until.IsZero() {
		switch value := untilOf(rule); {
		case strings.HasSuffix(value, "Z"):
			o.Until = z.wall(o.Until)
		case len(value) == len(rrule.DateFormat):
			o.Until = o.Until.AddDate(0, 0, 1).Add(-time.Second)
		}
	}
	if o.Until.IsZero() || o.Until.After(end) {
		o.Until = end
	}
	until := o.Until
	step := map[rrule.Frequency]time.Duration{
		rrule.DAILY: 24 * time.Hour, rrule.WEEKLY: 7 * 24 * time.Hour, rrule.MONTHLY: 28 * 24 * time.Hour, rrule.YEARLY: 365 * 24 * time.Hour,
	}[o.Freq]
	if round := step * time.Duration(max(1, o.Interval)); o.Count == 0 && (o.Freq == rrule.DAILY || o.Freq == rrule.WEEKLY) && start.Before(from) {
		// Whole periods before the range change nothing.
		start = start.Add(max(0, from.Sub(start)/round-1) * round)
	}
	o.Dtstart = start
	if steps = int(max(0, o.Until.Sub(start)) / step); steps > maxSteps/2 {
		return nil, 0, fmt.Errorf("%w: it begins too long ago", errRules)
	}
	if o.Until.Before(start) {
		return nil, 1, nil
	}
	// UNTIL is checked here, so a rule that yields nothing is one for which the library searched in vain.
	o.Until = time.Time{}
	r, err := rrule.NewRRule(*o)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %q", season.ErrFormat, season.Clip(rule))
	}
	next := r.Iterator()
	for n := 0; n <= maxSteps/2 && len(out) <= maxRecurrences; n++ {
		steps++
		at, ok := next()
		if !ok && (o.Count == 0 || n < o.Count) {
			steps += fruitlessCost
		}
		if !ok || at.After(until) {
			break
		}
		if at.After(from) {
			out = append(out, at)
		}
	}
	return out, steps + 1, nil
}
