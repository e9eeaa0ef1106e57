package schedule

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

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

// ICS reads any calendar of RFC 5545 that names sessions as people do: one entry a session, or one a weekend. address
// is a URL, which may begin with webcal://, or whatever else fetch understands, such as the path of a file. series ""
// means the calendar's own name. Entries that recur are followed for about a year back and ahead.
func ICS(address, series string, fetch Fetch) Provider {
	key := keyOf("ics", address, "")
	if rest, ok := strings.CutPrefix(address, "webcal://"); ok {
		address = "https://" + rest
	}
	return &ics{key, address, series, fetch}
}

func (i *ics) Key() string { return i.key }

func (i *ics) Events(ctx context.Context, now time.Time) ([]Event, error) {
	body, err := i.fetch(ctx, i.url)
	if err != nil {
		return nil, err
	}
	return parseICS(body, i.series, now)
}

func parseICS(body []byte, series string, now time.Time) ([]Event, error) {
	if err := bounded(body); err != nil {
		return nil, err
	}
	calendar, err := ical.ParseCalendar(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrFormat, clip(err.Error()))
	}
	z := zones{floating: fixedZone{time.UTC}, own: calendar.Timezones()}
	all := false // METHOD:CANCEL calls off whatever the calendar lists
	for _, p := range calendar.CalendarProperties {
		switch strings.ToUpper(p.IANAToken) {
		case "X-WR-TIMEZONE":
			if named, err := z.find(p.Value); err == nil {
				z.floating = named
			}
		case "X-WR-CALNAME", "NAME":
			if series == "" {
				series = slug(p.Value)
			}
		case "METHOD":
			all = strings.EqualFold(strings.TrimSpace(p.Value), "CANCEL")
		}
	}
	if series == "" {
		series = unnamed
	}
	g := groups{series: series, events: map[string][]*Event{}, ids: map[string]int{}, seen: map[string]bool{}}
	var out leftOut
	x := newExpansion(now, &z)
	for _, o := range x.occurrences(calendar.Events(), &out) {
		o.cancelled = o.cancelled || all
		if err := g.add(o); err != nil {
			out.add(o.summary, err)
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

// calledOff finds what people write before the name of an entry that does not take place.
var calledOff = regexp.MustCompile(`(?i)^[\s\[(]*cancell?ed[\s\])]*[:–—-]*\s*`)

// groups joins the entries of a weekend into one event.
type groups struct {
	series string
	order  []*Event
	events map[string][]*Event // by slug of the name
	ids    map[string]int
	seen   map[string]bool
}

func (g *groups) add(o occurrence) error {
	if m := calledOff.FindString(o.summary); m != "" && len(m) < len(o.summary) {
		o.summary, o.cancelled = o.summary[len(m):], true
	}
	name, session, kind := splitSummary(o.summary)
	if name == "" {
		return fmt.Errorf("%w: an entry without a name", ErrFormat)
	}
	s, err := o.session(kind, session)
	if err != nil {
		return err
	}
	// Some calendars list an entry again when it changes its description.
	twin := fmt.Sprint(slug(name), s.Type, s.Name, s.begins().Unix())
	if g.seen[twin] {
		return nil
	}
	g.seen[twin] = true
	e := g.event(name, s.begins())
	if e.Circuit == "" {
		e.Circuit, e.Locality, e.Country = place(o.location)
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
