package schedule

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // calendars name time zones, and not every machine knows them

	ical "github.com/arran4/golang-ical"
)

const (
	// weekend is how far the sessions of one event may be apart. An event of the same name later on is another one.
	weekend = 6 * 24 * time.Hour
	// longestSession is the longest entry that is taken for a session: a 24-hour race and some. Longer ones are
	// weekends of which the times are not known.
	longestSession = 48 * time.Hour
)

type ics struct {
	key, url, series string
	fetch            Fetch
}

// ICS reads any calendar of RFC 5545 that names sessions as people do: one entry a session, or one a weekend. url may
// begin with webcal://. series "" means the calendar's own name. Rules of recurrence are not followed: an entry counts
// once.
func ICS(url, series string, fetch Fetch) Provider {
	key := keyOf("ics", url, "")
	if rest, ok := strings.CutPrefix(url, "webcal://"); ok {
		url = "https://" + rest
	}
	return &ics{key, url, series, fetch}
}

func (i *ics) Key() string { return i.key }

func (i *ics) Events(ctx context.Context, _ time.Time) ([]Event, error) {
	body, err := i.fetch(ctx, i.url)
	if err != nil {
		return nil, err
	}
	return parseICS(body, i.series)
}

func parseICS(body []byte, series string) ([]Event, error) {
	if err := bounded(body); err != nil {
		return nil, err
	}
	calendar, err := ical.ParseCalendar(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrFormat, clip(err.Error()))
	}
	zone := time.UTC
	for _, p := range calendar.CalendarProperties {
		switch strings.ToUpper(p.IANAToken) {
		case "X-WR-TIMEZONE":
			if z, err := loadZone(p.Value); err == nil {
				zone = z
			}
		case "X-WR-CALNAME", "NAME":
			if series == "" {
				series = slug(p.Value)
			}
		}
	}
	if series == "" {
		series = "ics"
	}
	g := groups{series: series, events: map[string][]*Event{}, ids: map[string]int{}, seen: map[string]bool{}}
	var out leftOut
	for _, entry := range calendar.Events() {
		summary := property(entry, ical.ComponentPropertySummary)
		if err := g.add(entry, summary, zone); err != nil {
			out.add(summary, err)
		}
	}
	return out.finish(g.list())
}

func property(e *ical.VEvent, name ical.ComponentProperty) string {
	p := e.GetProperty(name)
	if p == nil {
		return ""
	}
	return label(p.Value)
}

// groups joins the entries of a weekend into one event.
type groups struct {
	series string
	order  []*Event
	events map[string][]*Event // by slug of the name
	ids    map[string]int
	seen   map[string]bool
}

func (g *groups) add(entry *ical.VEvent, summary string, zone *time.Location) error {
	name, session, kind := splitSummary(summary)
	if name == "" {
		return fmt.Errorf("%w: an entry without a name", ErrFormat)
	}
	s, err := entrySession(entry, kind, session, zone)
	if err != nil {
		return err
	}
	if strings.EqualFold(property(entry, ical.ComponentPropertyStatus), "CANCELLED") {
		s.Status = Cancelled
	}
	// Some calendars list an entry again when it changes its description.
	twin := fmt.Sprint(slug(name), s.Type, s.Name, s.begins().Unix())
	if g.seen[twin] {
		return nil
	}
	g.seen[twin] = true
	e := g.event(name, s.begins())
	if e.Circuit == "" {
		e.Circuit, e.Locality, e.Country = place(property(entry, ical.ComponentPropertyLocation))
	}
	e.Sessions = append(e.Sessions, s)
	return nil
}

// event finds the weekend of that name around the time, or begins one.
func (g *groups) event(name string, at time.Time) *Event {
	key := slug(name)
	for _, e := range g.events[key] {
		if first := e.begins(); at.Sub(first).Abs() <= weekend {
			return e
		}
	}
	e := &Event{Series: g.series, Season: strconv.Itoa(at.Year()), Name: name}
	e.ID = g.series + "-" + e.Season + "-" + key
	if g.ids[e.ID]++; g.ids[e.ID] > 1 {
		e.ID += "-" + at.Format("0102")
	}
	g.events[key] = append(g.events[key], e)
	g.order = append(g.order, e)
	return e
}

func (g *groups) list() []Event {
	out := make([]Event, len(g.order))
	for i, e := range g.order {
		out[i] = *e
	}
	return out
}

// entrySession reads when an entry takes place. One that names only a day, or that is longer than any session, is a
// session of which the time is not known.
func entrySession(entry *ical.VEvent, kind Type, name string, zone *time.Location) (Session, error) {
	start, day, err := entryTime(entry.GetProperty(ical.ComponentPropertyDtStart), zone)
	if err != nil {
		return Session{}, err
	}
	if day {
		return dated(kind, name, start.Format(time.DateOnly))
	}
	var length time.Duration
	if p := entry.GetProperty(ical.ComponentPropertyDtEnd); p != nil {
		if end, day, err := entryTime(p, zone); err == nil && !day {
			length = end.Sub(start)
		}
	} else if p := entry.GetProperty(ical.ComponentPropertyDuration); p != nil {
		length = parseDuration(p.Value)
	}
	if length > longestSession {
		if err := checkTime(start); err != nil {
			return Session{}, err
		}
		return dated(kind, name, start.UTC().Format(time.DateOnly))
	}
	return timed(kind, name, start, length)
}

// entryTime reads a DATE or DATE-TIME (RFC 5545 sections 3.3.4 and 3.3.5); day tells that it was only a date. A time
// without a zone is the calendar's.
func entryTime(p *ical.IANAProperty, zone *time.Location) (at time.Time, day bool, err error) {
	if p == nil {
		return at, false, fmt.Errorf("%w: an entry without a start", ErrFormat)
	}
	value := strings.TrimSpace(p.Value)
	if names := p.ICalParameters["TZID"]; len(names) > 0 {
		if zone, err = loadZone(names[0]); err != nil {
			return at, false, err
		}
	}
	for _, form := range []struct {
		layout string
		zone   *time.Location
		day    bool
	}{{"20060102T150405Z", time.UTC, false}, {"20060102T150405", zone, false}, {"20060102", time.UTC, true}} {
		if at, err = time.ParseInLocation(form.layout, value, form.zone); err == nil {
			return at, form.day, nil
		}
	}
	return at, false, fmt.Errorf("%w: %q is no time", ErrFormat, clip(value))
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

// place takes "Circuit, Locality, Country" apart.
func place(location string) (circuit, locality, country string) {
	parts := strings.Split(location, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	switch n := len(parts); n {
	case 1:
		return parts[0], "", ""
	case 2:
		return parts[0], "", parts[1]
	default:
		return parts[0], parts[n-2], parts[n-1]
	}
}

// splitSummary takes an entry's title apart: "F1: Practice 1 (Grand Prix of Northmoor)", "Grand Prix of Northmoor -
// Qualifying", "Northmoor Sprint". Where no session is named, a grand prix is its race, and anything else is of type
// other.
func splitSummary(summary string) (event, session string, kind Type) {
	fields := strings.FieldsFunc(cut.Replace(summary), func(r rune) bool { return r == '\x00' })
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	best, at := -1, []int(nil)
	for i, f := range fields {
		t, where := find(f)
		if where == nil {
			continue
		}
		// A field that only says "Grand Prix" names the event, unless there is nothing better.
		weak := t == Race && !strictRace.MatchString(f)
		if best < 0 || (!weak && (kind == Race && !strictRace.MatchString(fields[best]))) {
			best, at, kind = i, where, t
		}
	}
	if best < 0 {
		return strings.TrimSpace(summary), strings.TrimSpace(summary), Other
	}
	if kind == Race && !strictRace.MatchString(fields[best]) { // a grand prix, and no session
		return strings.TrimSpace(summary), "Race", Race
	}
	session = fields[best]
	for i, f := range fields {
		if i != best && len(f) > len(event) {
			event = f
		}
	}
	if event == "" { // all in one field: what is left of it without the session's name names the event
		event = strings.Join(strings.Fields(strings.Trim(session[:at[0]]+" "+session[at[1]:], " -:,|()")), " ")
		session = strings.Trim(session[at[0]:at[1]], " -:,|()")
	}
	if event == "" {
		event = session
	}
	return event, session, kind
}

// cut puts a mark where people separate the event from the session.
var cut = strings.NewReplacer(" - ", "\x00", " – ", "\x00", " — ", "\x00", ": ", "\x00", " | ", "\x00", "(", "\x00", ")", "\x00", " · ", "\x00")
