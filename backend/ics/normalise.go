package ics

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gridwall/backend/season"
)

const (
	// maxVEvents limits the entries of a calendar; the rest is left out with an error.
	maxVEvents = 20_000
	// maxVTimezones limits the zones that a calendar describes; the rest is ignored.
	maxVTimezones = 500
	// maxTitle limits a title or a place that is joined from several lines, in bytes.
	maxTitle = 2000
	// maxContinuedTitle limits a title that may continue on the next line with the name of its session, in bytes; maxJoins is
	// the number of following lines that are tried.
	maxContinuedTitle, maxJoins = 400, 4
	// foldedAt is the least length of a line that may have been folded, in bytes.
	foldedAt = 60
)

var (
	// errLine is returned for a line that is not a property.
	errLine = errors.New("is not a property of a calendar")
	// errNoCalendar is returned for a text with neither an entry nor a calendar.
	errNoCalendar = fmt.Errorf("%w: BEGIN:VCALENDAR is missing", season.ErrFormat)
)

// normalised is the result of normalise.
type normalised struct {
	// text is one VCALENDAR that follows RFC 5545: zones first, then entries, with the properties that are used here.
	text []byte
	// entries are the origins of the VEVENTs of the text, in order.
	entries []entryPlace
	// zones are the calendars, as indices of calendars, of the VTIMEZONEs of the text.
	zones []int
	// calendars are those in the file.
	calendars []calendarHead
	// out reports the lines that were left out.
	out season.Omissions
}

// entryPlace is the origin of an entry: its line in the file, its calendar, and the method and zone that were named last before
// it.
type entryPlace struct {
	line, calendar int
	method, zone   string
}

// calendarHead holds the properties of one calendar of a file.
type calendarHead struct {
	name string
	// zone is the X-WR-TIMEZONE that was named last, and firstZone the first; otherZone is that of TIMEZONE-ID or TZID.
	zone, firstZone, otherZone string
	// method is the METHOD that was named last, firstMethod the first.
	method, firstMethod string
}

// entryProperties are the properties of an entry that are used here; true for those that may occur once.
var entryProperties = map[string]bool{
	"UID": true, "SUMMARY": true, "LOCATION": true, "STATUS": true, "SEQUENCE": true, "LAST-MODIFIED": true, "DTSTAMP": true,
	"DTSTART": true, "DTEND": true, "DURATION": true, "RECURRENCE-ID": true, "RRULE": false, "EXRULE": false, "RDATE": false, "EXDATE": false,
}

// zoneProperties are the properties of a VTIMEZONE, and of its STANDARD and DAYLIGHT, that are used here.
var zoneProperties = map[string]bool{
	"TZID": true, "X-LIC-LOCATION": true, "DTSTART": true, "TZOFFSETFROM": true, "TZOFFSETTO": true, "RRULE": true, "RDATE": false,
}

// component is a component that is being read.
type component struct {
	kind  string
	lines []string // as they go into the normalised text
	// joins is how many more lines may be tried as the continuation of the last line; 0 if it cannot be continued.
	joins int
	has   map[string]bool
	place entryPlace
	parts []*component  // of a VTIMEZONE
	alarm []contentLine // the properties in the open alarm
}

func (c *component) add(l contentLine, read map[string]bool) {
	once, known := read[l.name]
	c.joins = 0
	if !known || once && c.has[l.name] {
		return
	}
	c.joins = maxJoins
	c.has[l.name] = true
	var b strings.Builder
	b.WriteString(l.name)
	for _, key := range slices.Sorted(maps.Keys(l.parameters)) {
		switch value := stripControls(l.parameters[key]); {
		case key == "TZID" && value != "", key == "RANGE", key == "VALUE" && strings.HasPrefix(strings.ToUpper(value), "DATE"), key == "VALUE" && strings.EqualFold(value, "PERIOD"):
			fmt.Fprintf(&b, `;%s="%s"`, key, value)
		}
	}
	value := stripControls(l.value)
	if l.name == "SUMMARY" || l.name == "LOCATION" {
		value = unneededEscapes.Replace(value)
	}
	b.WriteString(":" + value + "\r\n")
	c.lines = append(c.lines, b.String())
}

// unneededEscapes removes backslashes that RFC 5545 section 3.3.11 does not require.
var unneededEscapes = strings.NewReplacer(`\\`, `\\`, `\:`, ":", `\"`, `"`, `\'`, "'")

// normaliser reads the lines of a file in order.
type normaliser struct {
	out     normalised
	zones   strings.Builder
	entries strings.Builder
	heads   bool // a calendar has begun
	inside  bool // and has not ended
	event   *component
	zone    *component
	part    *component // the STANDARD or DAYLIGHT of the zone
	skipped int        // nesting depth in ignored components
	ignored int        // entries beyond the limit
}

// normalise returns a published calendar in a form that the parser accepts. No line makes it fail: a line that cannot be read
// is left out and reported. Anything around the calendars, such as the head of a web page, is ignored.
func normalise(body []byte) (normalised, error) {
	t := &normaliser{}
	var last contentLine // the previous property
	lastLength, broken := 0, ""
	as := detectEncoding(body)
	for raw := range logicalLines(body) {
		text := string(as.text(raw.text, declaredCharset(raw.text)))
		line, ok := parseContentLine(text, as)
		if broken != "" && (!ok || !isKnown(line.name)) {
			// The previous line is a property without a value: this line continues it.
			line, ok = parseContentLine(broken+strings.TrimLeft(text, " \t"), as)
		}
		broken = ""
		switch {
		case ok:
			t.property(line, raw.number)
			last, lastLength = line, raw.last
		case strings.HasSuffix(strings.ToUpper(strings.TrimSpace(text)), "BEGIN:VCALENDAR"): // preceded by a web page
			t.begin("VCALENDAR", raw.number)
		case !t.open() || t.skipped > 0:
		case isKnown(nameOf(text)) && len(text) <= maxTitle:
			broken, last = text, contentLine{}
		case t.goesOn(last, lastLength, text):
			lastLength = raw.last
		case isKnown(last.name) && last.name != "DESCRIPTION" || last.name == "":
			t.out.out.AddFunc(raw.number, func() error { return fmt.Errorf("%q %w", season.Clip(text), errLine) })
		}
		// A line after an ignored property, such as a description, continues it.
	}
	t.close()
	if t.ignored > 0 {
		t.out.out.Add(0, "the calendar", fmt.Errorf("more than %d entries", maxVEvents))
	}
	if !t.heads {
		return normalised{}, errNoCalendar
	}
	for i := range t.out.entries { // a property after an entry applies to it if it is the only one
		e := &t.out.entries[i]
		h := t.out.calendars[e.calendar]
		e.method, e.zone = cmp.Or(e.method, h.firstMethod), cmp.Or(e.zone, h.firstZone)
	}
	t.out.text = []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + t.zones.String() + t.entries.String() + "END:VCALENDAR\r\n")
	return t.out, nil
}

// isKnown reports whether a name is a property that matters here.
func isKnown(name string) bool {
	_, entry := entryProperties[name]
	_, zone := zoneProperties[name]
	return entry || zone || name == "BEGIN" || name == "END" || name == "DESCRIPTION"
}

// nameOf returns the name at the start of a broken line, whose parameter or value is on the next line.
func nameOf(line string) string {
	name, _, ok := strings.Cut(line, ";")
	if !ok {
		return ""
	}
	return strings.ToUpper(strings.TrimSpace(name))
}

// open reports whether lines belong to a calendar.
func (t *normaliser) open() bool { return t.inside || t.event != nil || t.zone != nil }

// goesOn appends a line without a name to the text before it: a title that was folded without a blank, or that contains a line
// break. It reports whether it did.
func (t *normaliser) goesOn(last contentLine, length int, text string) bool {
	if t.event == nil || (last.name != "SUMMARY" && last.name != "LOCATION") || len(t.event.lines) == 0 || t.event.joins == 0 {
		return false
	}
	before := &t.event.lines[len(t.event.lines)-1]
	if !strings.HasPrefix(*before, last.name) || len(*before)+len(text) > maxTitle {
		return false
	}
	joined := strings.TrimSuffix(*before, "\r\n")
	switch {
	case length >= foldedAt:
		joined += stripControls(text)
	case last.name == "SUMMARY" && len(last.value)+len(text) <= maxContinuedTitle && !season.NamesSession(last.value) && season.NamesSession(last.value+" "+text):
		joined += " " + stripControls(strings.TrimSpace(text))
	default:
		t.event.joins--
		return false
	}
	*before = joined + "\r\n"
	return true
}

func (t *normaliser) property(l contentLine, number int) {
	switch {
	case l.name == "BEGIN":
		t.begin(strings.ToUpper(strings.TrimSpace(l.value)), number)
	case l.name == "END":
		t.end(strings.ToUpper(strings.TrimSpace(l.value)))
	case t.skipped > 0:
		if t.event != nil {
			t.event.alarm = append(t.event.alarm, l)
		}
	case t.event != nil:
		t.event.add(l, entryProperties)
	case t.part != nil:
		t.part.add(l, zoneProperties)
	case t.zone != nil:
		t.zone.add(l, zoneProperties)
	case t.heads:
		t.head(l)
	}
}

// head reads a property of the calendar itself, which may come between its entries.
func (t *normaliser) head(l contentLine) {
	h := &t.out.calendars[len(t.out.calendars)-1]
	value := strings.TrimSpace(strings.ReplaceAll(l.value, `\`, ""))
	if value == "" {
		return
	}
	switch l.name {
	case "METHOD":
		h.method, h.firstMethod = value, cmp.Or(h.firstMethod, value)
	case "X-WR-TIMEZONE":
		h.zone, h.firstZone = value, cmp.Or(h.firstZone, value)
	case "TIMEZONE-ID", "TZID", "TZ", "TIMEZONE", "X-TIMEZONE", "X-WR-TZID", "X-LIC-LOCATION": // TZ is vCalendar 1.0's
		h.otherZone = cmp.Or(h.otherZone, value)
	case "X-WR-CALNAME", "NAME":
		h.name = cmp.Or(h.name, l.value)
	}
}

func (t *normaliser) begin(kind string, number int) {
	switch kind {
	case "VCALENDAR":
		t.close()
		t.out.calendars = append(t.out.calendars, calendarHead{})
		t.heads, t.inside = true, true
	case "VEVENT":
		t.close()
		t.calendar()
		h := t.out.calendars[len(t.out.calendars)-1]
		t.event = &component{kind: kind, has: map[string]bool{}, place: entryPlace{line: number, calendar: len(t.out.calendars) - 1, method: h.method, zone: h.zone}}
	case "VTIMEZONE":
		t.close()
		t.calendar()
		t.zone = &component{kind: kind, has: map[string]bool{}}
	case "STANDARD", "DAYLIGHT":
		if t.zone != nil && t.skipped == 0 {
			t.part = &component{kind: kind, has: map[string]bool{}}
			t.zone.parts = append(t.zone.parts, t.part)
		}
	default:
		t.skipped++
	}
}

// calendar begins a calendar for components outside of any.
func (t *normaliser) calendar() {
	if !t.heads {
		t.out.calendars = append(t.out.calendars, calendarHead{})
		t.heads = true
	}
}

func (t *normaliser) end(kind string) {
	switch kind {
	case "VCALENDAR":
		t.close()
		t.inside = false
	case "VEVENT":
		if t.event != nil {
			t.close()
		}
	case "VTIMEZONE":
		if t.zone != nil {
			t.close()
		}
	case "STANDARD", "DAYLIGHT":
		t.part = nil
	default:
		if t.skipped = max(0, t.skipped-1); t.skipped == 0 && t.event != nil {
			t.event.alarm = nil
		}
	}
}

// close ends the entry or zone that is being read.
func (t *normaliser) close() {
	if e := t.event; e != nil {
		if t.skipped > 0 { // an unclosed alarm contains the properties after it
			for _, l := range e.alarm {
				if l.name != "UID" && l.name != "DURATION" { // alarms have those too
					e.add(l, entryProperties)
				}
			}
		}
		if len(t.out.entries) < maxVEvents {
			t.out.entries = append(t.out.entries, e.place)
			t.entries.WriteString("BEGIN:VEVENT\r\n" + strings.Join(e.lines, "") + "END:VEVENT\r\n")
		} else {
			t.ignored++
		}
	}
	if z := t.zone; z != nil && z.has["TZID"] && len(t.out.zones) < maxVTimezones {
		t.out.zones = append(t.out.zones, len(t.out.calendars)-1)
		t.zones.WriteString("BEGIN:VTIMEZONE\r\n" + strings.Join(z.lines, ""))
		for _, p := range z.parts {
			t.zones.WriteString("BEGIN:" + p.kind + "\r\n" + strings.Join(p.lines, "") + "END:" + p.kind + "\r\n")
		}
		t.zones.WriteString("END:VTIMEZONE\r\n")
	}
	t.event, t.zone, t.part, t.skipped = nil, nil, nil, 0
}
