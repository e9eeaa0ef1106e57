package schedule

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // calendars name time zones, and not every machine knows them

	ical "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

// zone turns what a clock on the wall shows into an instant, and back. A wall time is held in UTC.
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

// clockFace is what a clock shows, in UTC.
func clockFace(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// onset is a moment at which a zone of a VTIMEZONE changes its offset.
type onset struct {
	wall     time.Time // in the offset that ends
	from, to time.Duration
}

// ruleZone is a zone that a calendar describes by itself (RFC 5545 section 3.6.5), by its changes in their order.
type ruleZone []onset

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

// zones finds the zones that a calendar names.
type zones struct {
	// floating is the zone of times that name none.
	floating zone
	own      []*ical.VTimezone
	made     map[string]zone
}

// find is the zone of a TZID: of the IANA database where that knows it, else the calendar's own description.
func (z *zones) find(name string) (zone, error) {
	if known, ok := z.made[name]; ok {
		return known, nil
	}
	found, err := z.make(name)
	if err == nil {
		if z.made == nil {
			z.made = map[string]zone{}
		}
		z.made[name] = found
	}
	return found, err
}

func (z *zones) make(name string) (zone, error) {
	location, err := loadZone(name)
	if err == nil {
		return fixedZone{location}, nil
	}
	for _, own := range z.own {
		id := own.GetProperty(ical.ComponentProperty(ical.PropertyTzid))
		if id == nil || id.Value != strings.Trim(name, `"`) {
			continue
		}
		if p := own.GetProperty("X-LIC-LOCATION"); p != nil {
			if location, err := loadZone(p.Value); err == nil {
				return fixedZone{location}, nil
			}
		}
		if rules := readRules(own); len(rules) > 0 {
			return rules, nil
		}
	}
	return nil, err
}

const (
	// ruleYears are how far the changes of a zone are worked out: a calendar's years, and those around them.
	firstRuleYear, lastRuleYear = 1970, 2100
	// maxOnsets bounds them.
	maxOnsets = 500
)

// readRules works out when a zone that a calendar describes changes its offset.
func readRules(own *ical.VTimezone) (out ruleZone) {
	for _, c := range own.SubComponents() {
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
		start, err := time.Parse(rrule.LocalDateTimeFormat, value(ical.ComponentPropertyDtStart))
		from, ok1 := parseOffset(value("TZOFFSETFROM"))
		to, ok2 := parseOffset(value("TZOFFSETTO"))
		if err != nil || !ok1 || !ok2 {
			continue
		}
		walls := []time.Time{start}
		if rule := value(ical.ComponentPropertyRrule); rule != "" {
			if year := start.Year(); year < firstRuleYear { // some begin in 1601
				start = start.AddDate(firstRuleYear-year, 0, 0)
			}
			end := time.Date(lastRuleYear, 1, 1, 0, 0, 0, 0, time.UTC)
			// Its UNTIL is an instant; a few hours decide nothing among changes that are months apart.
			if more, _, err := recur(rule, start, start, end, fixedZone{time.UTC}); err == nil {
				walls = append(walls, more...)
			}
		}
		for _, p := range base.GetProperties(ical.ComponentPropertyRdate) {
			if at, err := time.Parse(rrule.LocalDateTimeFormat, p.Value); err == nil {
				walls = append(walls, at)
			}
		}
		for _, w := range walls {
			if len(out) < 2*maxOnsets {
				out = append(out, onset{w, from, to})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b onset) int { return cmp.Compare(a.wall.Unix(), b.wall.Unix()) })
	return out
}

// parseOffset reads +0200, -033000.
func parseOffset(s string) (time.Duration, bool) {
	if (len(s) != 5 && len(s) != 7) || (s[0] != '+' && s[0] != '-') {
		return 0, false
	}
	n, err := strconv.ParseUint((s[1:] + "00")[:6], 10, 32)
	if err != nil || n >= 240000 {
		return 0, false
	}
	d := time.Duration(n/10000)*time.Hour + time.Duration(n/100%100)*time.Minute + time.Duration(n%100)*time.Second
	if s[0] == '-' {
		d = -d
	}
	return d, true
}

// stamp is a time of a calendar: what the clock shows, where; day tells that it is only a date.
type stamp struct {
	wall time.Time
	zone zone
	day  bool
}

func (s stamp) instant() time.Time { return s.zone.instant(s.wall) }

// stamp reads a DATE or DATE-TIME (RFC 5545 sections 3.3.4 and 3.3.5). A time without a zone is the calendar's.
func (z *zones) stamp(value string, parameters map[string][]string) (s stamp, err error) {
	value = strings.TrimSpace(value)
	s.zone = z.floating
	if names := parameters["TZID"]; len(names) > 0 {
		if s.zone, err = z.find(names[0]); err != nil {
			return s, err
		}
	}
	for _, form := range []struct {
		layout   string
		utc, day bool
	}{{rrule.DateTimeFormat, true, false}, {rrule.LocalDateTimeFormat, false, false}, {rrule.DateFormat, true, true}} {
		if s.wall, err = time.Parse(form.layout, value); err == nil {
			if form.utc {
				s.zone = fixedZone{time.UTC}
			}
			s.day = form.day
			return s, nil
		}
	}
	return s, fmt.Errorf("%w: %q is no time", ErrFormat, clip(value))
}

// loadZone finds a zone of the IANA database, also where a program has put its own name before it.
func loadZone(name string) (*time.Location, error) {
	name = strings.Trim(strings.TrimSpace(name), `"`)
	for _, n := range []string{name, path.Join(path.Base(path.Dir(name)), path.Base(name))} {
		// "" and Local are what Go reads into them, not zones of a calendar.
		if n == "" || n == "Local" {
			continue
		}
		if z, err := time.LoadLocation(n); err == nil {
			return z, nil
		}
	}
	return nil, fmt.Errorf("%w: the time zone %q is not known", ErrFormat, clip(name))
}

// parseDuration reads a DURATION such as PT1H30M (RFC 5545 section 3.3.6); 0 where it is none or negative.
func parseDuration(s string) time.Duration {
	s, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(s), "+"), "P")
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
