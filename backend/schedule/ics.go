package schedule

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"
	"unicode"

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
	for _, scheme := range []string{"webcal:", "webcals:", "feed:"} {
		if rest, ok := cutPrefixFold(strings.TrimSpace(address), scheme); ok {
			address = strings.TrimPrefix(strings.TrimSpace(rest), "//")
			if _, whole := cutPrefixFold(address, "http"); !whole || !strings.Contains(address, "://") {
				address = "https://" + address
			}
			break
		}
	}
	return &ics{key, address, series, fetch}
}

func (i *ics) Key() string { return i.key }

func (i *ics) Events(ctx context.Context, now time.Time) ([]Event, error) {
	body, err := i.fetch(ctx, i.url)
	if err != nil {
		return nil, err
	}
	events, err := parseICS(body, i.series, now)
	if err != nil {
		err = fmt.Errorf("%s: %w", i.named(), err)
	}
	return events, err
}

// named is how errors name the calendar: by its file, or by the host of its address, since the rest may be a secret.
func (i *ics) named() string {
	if u, err := url.Parse(i.url); err == nil && u.Host != "" {
		return u.Host
	}
	if strings.HasPrefix(i.url, "copy:") {
		return "the copy"
	}
	return clip(filepath.Base(i.url))
}

func parseICS(body []byte, series string, now time.Time) ([]Event, error) {
	text, err := plain(body)
	if err != nil {
		return nil, err
	}
	t, err := tidy(text)
	if err != nil {
		if bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
			err = fmt.Errorf("%w: the answer is a web page", ErrFormat)
		}
		return nil, err
	}
	calendar, err := ical.ParseCalendar(bytes.NewReader(t.text))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrFormat, clip(err.Error()))
	}
	r := newICSReader(t, series)
	r.describe(calendar.Timezones())
	entries := r.entries(calendar.Events())
	g := newGroups()
	for _, o := range newExpansion(now).occurrences(entries, &t.out) {
		if err := g.add(o, r.seriesOf(o.calendar)); err != nil {
			t.out.add(o.line, o.summary, err)
		}
	}
	r.noteZones(&t.out)
	return t.out.finish(g.list())
}

func property(e *ical.VEvent, name ical.ComponentProperty) string {
	p := e.GetProperty(name)
	if p == nil {
		return ""
	}
	return label(p.Value)
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
	fields = fields[:min(len(fields), maxFields)]
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
		if i != best && (event == "" || saysMore(f, event)) {
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

// maxFields bounds the parts of a title that are looked at.
const maxFields = 8

// saysMore reports whether one part of a title names the event rather than another: not its series alone, and in more letters.
func saysMore(field, than string) bool {
	a, b := onlySeries(field), onlySeries(than)
	if a != b {
		return b
	}
	return countLetters(field) > countLetters(than)
}

// onlySeries reports whether a text says nothing but a series, and the season or the round: "🏁 MotoGP 2030".
func onlySeries(text string) bool {
	words := foldWords(text)
	for i := 0; i < len(words); {
		if n := seriesLength(words[i:]); n > 0 {
			i += n
		} else if isNumber(words[i]) || nothing[words[i]] {
			i++
		} else {
			return false
		}
	}
	return true
}

// nothing are words beside a series' name that say no more.
var nothing = map[string]bool{"fia": true, "fim": true, "world": true, "championship": true, "series": true, "season": true, "round": true, "the": true, "official": true, "live": true}

// countLetters counts the letters and digits of a text.
func countLetters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			n++
		}
	}
	return n
}

// cut puts a mark where people separate the event from the session.
var cut = strings.NewReplacer(" - ", "\x00", " – ", "\x00", " — ", "\x00", ": ", "\x00", " | ", "\x00", "(", "\x00", ")", "\x00", " · ", "\x00")
