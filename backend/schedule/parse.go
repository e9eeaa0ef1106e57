package schedule

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"

	"gridwall/backend/charset"
)

// decode reads a JSON body into v and says in one line why it cannot.
func decode(body []byte, v any) error {
	body, err := plain(body)
	if err != nil {
		return err
	}
	if body = bytes.TrimSpace(charset.Text(body, nil)); bytes.HasPrefix(body, []byte("<")) {
		return fmt.Errorf("%w: the answer is a web page", ErrFormat)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(v); err != nil {
		var wrong *json.UnmarshalTypeError
		switch {
		case errors.As(err, &wrong) && wrong.Field == "" && strings.HasPrefix(wrong.Value, "number"): // "404: Not Found"
			return fmt.Errorf("%w: no JSON", ErrFormat)
		case errors.As(err, &wrong) && wrong.Field == "":
			return fmt.Errorf("%w: it holds %s", ErrFormat, wrong.Value)
		case errors.As(err, &wrong):
			return fmt.Errorf("%w: %q holds %s", ErrFormat, wrong.Field, wrong.Value)
		}
		return fmt.Errorf("%w: no JSON (%v)", ErrFormat, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w: something follows the JSON", ErrFormat)
	}
	return nil
}

// checkTime refuses times that cannot be meant.
func checkTime(t time.Time) error {
	if y := t.UTC().Year(); y < minYear || y > maxYear {
		return fmt.Errorf("%w: %s", ErrDate, t.UTC().Format(time.DateOnly))
	}
	return nil
}

// timed makes a session that begins at start and takes length, or the usual length of its type where length is 0.
func timed(kind Type, name string, start time.Time, length time.Duration) (Session, error) {
	if err := checkTime(start); err != nil {
		return Session{}, err
	}
	guessed := length <= 0
	if guessed {
		length = defaultLength(kind)
	}
	start = start.UTC().Truncate(time.Second)
	end := start.Add(length)
	return Session{Type: kind, Name: name, Start: &start, End: &end, Guessed: guessed}, nil
}

// isoForms are the forms of a time in JSON, those that leave out the seconds or the zone among them: it is UTC then.
var isoForms = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z0700"}

// parseISO reads a time as JSON has it.
func parseISO(text string) (at time.Time, err error) {
	for _, form := range isoForms {
		if at, err = time.Parse(form, strings.ToUpper(strings.TrimSpace(text))); err == nil {
			return at, nil
		}
	}
	return at, fmt.Errorf("%w: %q is no time", ErrFormat, clip(text))
}

// openTime reports whether a text stands for a time that is not known yet.
func openTime(text string) bool {
	return slices.Contains([]string{"", "TBC", "TBA", "TBD", "-"}, strings.ToUpper(strings.TrimSpace(text)))
}

// dated makes a session of which only the day is known.
func dated(kind Type, name, date string) (Session, error) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return Session{}, fmt.Errorf("%w: %q is no date", ErrFormat, clip(date))
	}
	if err := checkTime(day); err != nil {
		return Session{}, err
	}
	return Session{Type: kind, Name: name, Date: date}, nil
}

// leftOut collects the entries and lines of a calendar that cannot be used, and what else has to be said of it.
type leftOut struct {
	count int
	first error
	// notes are what has to be said although nothing is missing.
	notes []error
}

// add counts something that was left out. line is its line in the file, 0 where that says nothing; where names it.
func (l *leftOut) add(line int, where string, err error) {
	if l.count++; l.first != nil {
		return
	}
	if where != "" {
		err = fmt.Errorf("%s: %w", clip(where), err)
	}
	if line > 0 {
		err = fmt.Errorf("line %d: %w", line, err)
	}
	l.first = err
}

// note says something of the calendar once.
func (l *leftOut) note(err error) { l.notes = append(l.notes, err) }

// finish sorts the events and joins them with what is to be said of those left out.
func (l *leftOut) finish(events []Event) ([]Event, error) {
	if len(events) > maxEvents {
		l.add(0, "the calendar", fmt.Errorf("more than %d events", maxEvents))
		events = events[:maxEvents]
	}
	for i := range events {
		s := events[i].Sessions
		if len(s) > maxSessions {
			l.add(0, events[i].Name, fmt.Errorf("more than %d sessions", maxSessions))
			events[i].Sessions = s[:maxSessions]
		}
		sortSessions(events[i].Sessions)
	}
	sortEvents(events)
	distinguish(events)
	if len(events) == 0 && l.count == 0 {
		return nil, ErrEmpty
	}
	return events, l.said()
}

// said is one line about what was left out, and about what was not understood; nil where there is nothing to say.
func (l *leftOut) said() error {
	said := l.first
	if l.count > 1 {
		said = fmt.Errorf("%w (and %d more left out)", l.first, l.count-1)
	}
	seen := map[string]bool{}
	for _, note := range l.notes {
		switch {
		case len(seen) >= maxNotes || seen[note.Error()]:
		case said == nil:
			said = note
		default:
			said = fmt.Errorf("%w; %w", said, note)
		}
		seen[note.Error()] = true
	}
	return said
}

// maxNotes bounds what is said of one calendar beside what was left out.
const maxNotes = 3

func sortSessions(s []Session) {
	sort.SliceStable(s, func(a, b int) bool { return s[a].begins().Before(s[b].begins()) })
}

// sortEvents sorts by the first session; events without any date come last.
func sortEvents(e []Event) {
	sort.SliceStable(e, func(a, b int) bool {
		x, y := e[a].begins(), e[b].begins()
		switch {
		case x.IsZero() || y.IsZero():
			return !x.IsZero() && y.IsZero()
		case !x.Equal(y):
			return x.Before(y)
		}
		return e[a].ID < e[b].ID
	})
}

// clip bounds foreign text that goes into an error, and keeps it in one line.
func clip(s string) string {
	const most = 60
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// label cleans foreign text that is shown: one line, without control characters, bounded.
func label(s string) string {
	const most = 200
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// keyOf names a calendar: by its kind where it is the public one, and by its host and a hash of its address, which may
// be a secret, where it is another.
func keyOf(kind, address, public string) string {
	if address == "" || strings.TrimRight(address, "/") == public {
		return kind
	}
	host := ""
	if u, err := url.Parse(address); err == nil {
		host = slug(u.Hostname()) + "-"
	}
	sum := sha256.Sum256([]byte(address))
	return kind + "-" + host + hex.EncodeToString(sum[:4])
}

// slug makes part of an ID: lower-case letters and digits with hyphens between.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() > 100 {
			break
		}
	}
	return strings.TrimSuffix(b.String(), "-")
}
