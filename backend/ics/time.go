package ics

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/season"
	"gridwall/backend/timezone"

	ical "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

// zone converts between wall time and instants. A wall time is held in UTC.
type zone interface {
	instant(wall time.Time) time.Time
	wall(instant time.Time) time.Time
}

// fixedZone is a zone of the IANA database.
type fixedZone struct{ *time.Location }

func (z fixedZone) instant(w time.Time) time.Time {
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, z.Location).UTC()
}

func (z fixedZone) wall(t time.Time) time.Time { return clockFace(t.In(z.Location)) }

// clockFace returns what a clock shows, as a time in UTC.
func clockFace(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// transition is a moment at which a zone of a VTIMEZONE changes its offset.
type transition struct {
	wall     time.Time // in the old offset
	from, to time.Duration
}

// ruleZone is a zone that a calendar describes itself (RFC 5545 section 3.6.5), as its transitions in order.
type ruleZone []transition

func (z ruleZone) instant(w time.Time) time.Time {
	offset := z[0].from
	for _, o := range z {
		if o.wall.After(w) {
			break
		}
		offset = o.to
	}
	return w.Add(-offset)
}

func (z ruleZone) wall(t time.Time) time.Time {
	offset := z[0].from
	for _, o := range z {
		if o.wall.Add(-o.from).After(t) {
			break
		}
		offset = o.to
	}
	return t.UTC().Add(offset)
}

// zones resolves the zones that a calendar names.
type zones struct {
	// calendar is the calendar of the file whose descriptions take precedence.
	calendar int
	// floating is the zone of times that name none.
	floating zone
	// guess is the remark about floating times whose zone is a guess; guessed is set once there was one.
	guess   error
	guessed bool
	table   *zoneTable
}

// zoneTable holds the zones that the calendars of one file describe, and those found by name.
type zoneTable struct {
	// own are the descriptions by calendar and name; the calendar anyCalendar has those of all.
	own  map[ownZone]*ical.VTimezone
	made map[ownZone]foundZone
	// steps is the remaining budget for expanding the rules of descriptions.
	steps int
}

type ownZone struct {
	calendar int
	name     string
}

type foundZone struct {
	zone zone
	err  error
}

// anyCalendar stands for all calendars of a file.
const anyCalendar = -1

func newZoneTable() *zoneTable {
	return &zoneTable{own: map[ownZone]*ical.VTimezone{}, made: map[ownZone]foundZone{}, steps: maxSteps}
}

// describe records a VTIMEZONE of a calendar, and returns its name. Of two with one name the first is used.
func (b *zoneTable) describe(calendar int, own *ical.VTimezone) string {
	p := own.GetProperty(ical.ComponentProperty(ical.PropertyTzid))
	if p == nil {
		return ""
	}
	for _, c := range []int{calendar, anyCalendar} {
		key := ownZone{c, timezone.Trim(p.Value)}
		if b.own[key] == nil {
			b.own[key] = own
		}
	}
	return timezone.Trim(p.Value)
}

// find returns the zone of a TZID that one of the calendars uses.
func (b *zoneTable) find(calendar int, name string) (zone, error) {
	key := ownZone{calendar, timezone.Trim(name)}
	if b.own[key] == nil { // without a VTIMEZONE of that name, the result is the same for all calendars
		key.calendar = anyCalendar
	}
	if known, ok := b.made[key]; ok {
		return known.zone, known.err
	}
	found, err := b.make(key)
	b.made[key] = foundZone{found, err}
	return found, err
}

// make finds a zone by an unambiguous name, else by the calendar's own description, else by a likely name. Descriptions have
// gaps: they omit summer time, or end years ago.
func (b *zoneTable) make(key ownZone) (zone, error) {
	if location := timezone.LookupCertain(key.name); location != nil {
		return fixedZone{location}, nil
	}
	own := b.own[key]
	if own == nil {
		own = b.own[ownZone{anyCalendar, key.name}]
	}
	if own != nil {
		if p := own.GetProperty("X-LIC-LOCATION"); p != nil {
			if location := timezone.LookupCertain(p.Value); location != nil {
				return fixedZone{location}, nil
			}
		}
		if rules := b.rules(own); len(rules) > 0 {
			return rules, nil
		}
	}
	location, err := timezone.Lookup(key.name)
	if err != nil {
		return nil, fmt.Errorf("%w: the time zone %q %w", season.ErrFormat, season.Clip(key.name), err)
	}
	return fixedZone{location}, nil
}

const (
	// firstRuleYear and lastRuleYear limit the transitions that are computed.
	firstRuleYear, lastRuleYear = 1970, 2100
	// maxTransitions limits the transitions of a zone.
	maxTransitions = 500
)

// rules computes when a zone that a calendar describes changes its offset.
func (b *zoneTable) rules(own *ical.VTimezone) (out ruleZone) {
	for _, c := range own.SubComponents() {
		if b.steps <= 0 || len(out) >= 2*maxTransitions {
			break
		}
		b.steps--
		var base *ical.ComponentBase
		switch c := c.(type) {
		case *ical.Standard:
			base = &c.ComponentBase
		case *ical.Daylight:
			base = &c.ComponentBase
		default:
			continue
		}
		value := func(name ical.ComponentProperty) string {
			if p := base.GetProperty(name); p != nil {
				return strings.TrimSpace(p.Value)
			}
			return ""
		}
		start, err := time.Parse(rrule.LocalDateTimeFormat, strings.TrimSuffix(value(ical.ComponentPropertyDtStart), "Z"))
		if err != nil {
			start = time.Date(firstRuleYear, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		to, ok := parseOffset(value("TZOFFSETTO"))
		if !ok {
			continue
		}
		from, ok := parseOffset(value("TZOFFSETFROM"))
		if !ok {
			from = unknownOffset
		}
		walls := []time.Time{start}
		if rule := value(ical.ComponentPropertyRrule); rule != "" {
			if year := start.Year(); year < firstRuleYear { // some begin in 1601
				start = start.AddDate(firstRuleYear-year, 0, 0)
			}
			end := time.Date(lastRuleYear, 1, 1, 0, 0, 0, 0, time.UTC)
			// Its UNTIL is an instant; a few hours do not matter, because transitions are months apart.
			more, steps, err := recur(rule, start, start, end, fixedZone{time.UTC})
			if b.steps -= steps; err == nil {
				walls = append(walls, more...)
			}
		}
		for _, p := range base.GetProperties(ical.ComponentPropertyRdate) {
			for _, value := range strings.FieldsFunc(p.Value, listed) {
				if b.steps--; b.steps <= 0 || len(walls) > 2*maxTransitions {
					break
				}
				if at, err := time.Parse(rrule.LocalDateTimeFormat, strings.TrimSuffix(strings.TrimSpace(value), "Z")); err == nil {
					walls = append(walls, at)
				}
			}
		}
		for _, w := range walls[:min(len(walls), 2*maxTransitions-len(out))] {
			out = append(out, transition{w, from, to})
		}
	}
	slices.SortStableFunc(out, func(a, b transition) int { return cmp.Compare(a.wall.Unix(), b.wall.Unix()) })
	for i := range out { // a missing offset is that of the previous transition, or of the next one
		switch {
		case out[i].from != unknownOffset:
		case i > 0:
			out[i].from = out[i-1].to
		case len(out) > 1 && out[1].from != unknownOffset:
			out[i].from = out[1].to
		default:
			out[i].from = out[i].to
		}
	}
	return out
}

// unknownOffset stands for a missing TZOFFSETFROM; no offset is that long.
const unknownOffset = 1000 * time.Hour

// listed separates the values of a list; some programs write a semicolon.
func listed(r rune) bool { return r == ',' || r == ';' }

// parseOffset reads +0200, -033000, +02:00, and the variants +02 and +200.
func parseOffset(s string) (time.Duration, bool) {
	s = strings.NewReplacer(":", "", "−", "-", "–", "-").Replace(s)
	if len(s) == 4 { // the hours have one digit
		s = s[:1] + "0" + s[1:]
	}
	if (len(s) != 3 && len(s) != 5 && len(s) != 7) || (s[0] != '+' && s[0] != '-') {
		return 0, false
	}
	n, err := strconv.ParseUint((s[1:] + "0000")[:6], 10, 32)
	if err != nil || n >= 240000 {
		return 0, false
	}
	d := time.Duration(n/10000)*time.Hour + time.Duration(n/100%100)*time.Minute + time.Duration(n%100)*time.Second
	if s[0] == '-' {
		d = -d
	}
	return d, true
}

// stamp is a DATE-TIME or DATE of a calendar: a wall time in a zone. day reports a DATE, floating a time without a zone.
type stamp struct {
	wall          time.Time
	zone          zone
	day, floating bool
}

func (s stamp) instant() time.Time { return s.zone.instant(s.wall) }

// stampForms are the formats of DATE-TIME and DATE (RFC 5545 sections 3.3.4 and 3.3.5), and those of ISO 8601 that some
// programs write. Formats with an offset from UTC come last: they are parsed as instants.
var stampForms = []struct {
	layout            string
	utc, day, instant bool
}{
	{layout: rrule.DateTimeFormat, utc: true}, {layout: rrule.LocalDateTimeFormat}, {layout: rrule.DateFormat, day: true},
	{layout: "20060102T1504Z", utc: true}, {layout: "20060102T1504"}, {layout: time.DateOnly, day: true},
	{layout: "20060102 150405"}, {layout: "20060102150405Z", utc: true}, {layout: "20060102150405"}, {layout: "2006-01-02T15:04:05"}, {layout: "2006-01-02 15:04:05"}, {layout: "2006-01-02T15:04"}, {layout: "2006-01-02 15:04"},
	{layout: time.RFC3339, instant: true}, {layout: "20060102T150405Z0700", instant: true}, {layout: "20060102T150405Z07:00", instant: true}, {layout: "20060102T150405Z07", instant: true}, {layout: "2006-01-02T15:04Z07:00", instant: true},
}

// midnightAsEnd matches a time of 24:00.
var midnightAsEnd = regexp.MustCompile(`^(\d{8}T|\d{4}-\d\d-\d\d[T ])24(:?00(?::?00)?Z?)$`)

// leapSecond matches a time with a sixtieth second, which RFC 5545 section 3.3.12 allows.
var leapSecond = regexp.MustCompile(`^(\d{8}T\d{4}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:)60(Z?)$`)

// maxStamp limits the length of a time, in bytes.
const maxStamp = 40

// stamp parses a DATE or DATE-TIME. A time without a zone gets the calendar's.
func (z *zones) stamp(value string, parameters map[string][]string) (s stamp, err error) {
	value = strings.Trim(value, " \t\"'")
	nextDay := midnightAsEnd.MatchString(value) // 24:00 is the start of the next day
	if nextDay {
		value = midnightAsEnd.ReplaceAllString(value, "${1}00${2}")
	}
	leap := leapSecond.MatchString(value) // Go has no leap seconds: it is the start of the next minute
	if leap {
		value = leapSecond.ReplaceAllString(value, "${1}59${2}")
	}
	wrong := true
	for _, form := range stampForms {
		if len(value) > maxStamp {
			break
		}
		if s.wall, err = time.Parse(form.layout, strings.ToUpper(value)); err != nil {
			continue
		}
		wrong = false
		switch {
		case form.instant:
			s.wall = s.wall.UTC()
			s.zone = fixedZone{time.UTC}
		case form.utc, form.day:
			s.zone, s.day = fixedZone{time.UTC}, form.day
		}
		break
	}
	if nextDay {
		s.wall = s.wall.AddDate(0, 0, 1)
	}
	if leap {
		s.wall = s.wall.Add(time.Second)
	}
	if wrong {
		return s, fmt.Errorf("%w: %q is not a time", season.ErrFormat, season.Clip(value))
	}
	if kind := parameters["VALUE"]; len(kind) > 0 && strings.EqualFold(kind[0], "DATE") && clockFace(s.wall).Equal(midnight(s.wall)) {
		s.zone, s.day = fixedZone{time.UTC}, true
	}
	if s.zone != nil {
		return s, nil
	}
	if names := parameters["TZID"]; len(names) > 0 {
		s.zone, err = z.table.find(z.calendar, names[0])
		return s, err
	}
	s.zone, s.floating = z.floating, true
	return s, nil
}

// midnight returns the start of the day of a wall time.
func midnight(wall time.Time) time.Time {
	return time.Date(wall.Year(), wall.Month(), wall.Day(), 0, 0, 0, 0, time.UTC)
}

// parseDuration reads a DURATION such as PT1H30M (RFC 5545 section 3.3.6), in any case and with blanks. An invalid or negative
// one is 0.
func parseDuration(s string) time.Duration {
	s, ok := strings.CutPrefix(strings.TrimPrefix(strings.ToUpper(strings.ReplaceAll(s, " ", "")), "+"), "P")
	if !ok {
		return 0
	}
	units := map[rune]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour, 'H': time.Hour, 'M': time.Minute, 'S': time.Second}
	var sum time.Duration
	number := ""
	for _, r := range s {
		switch unit := units[r]; {
		case r >= '0' && r <= '9' && len(number) < 5:
			number += string(r)
		case r == 'T' && number == "":
		case unit > 0 && number != "":
			n, err := strconv.Atoi(number)
			if err != nil {
				return 0
			}
			sum += time.Duration(n) * unit
			number = ""
		default:
			return 0
		}
	}
	if number != "" {
		return 0
	}
	return sum
}
