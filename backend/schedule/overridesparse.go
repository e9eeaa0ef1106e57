package schedule

import (
	"errors"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"gridwall/backend/season"
	"gridwall/backend/timezone"
	"gridwall/backend/tomlfile"
)

const (
	// MaxOverrides limits the size of the overrides file, in bytes.
	MaxOverrides = 1 << 20
	// maxEntries limits the tables of the file.
	maxEntries = 500
	// maxPattern limits the length of a regular expression, in bytes.
	maxPattern = 500
)

// overrideReader moves a parsed file into Overrides.
type overrideReader struct {
	*tomlfile.Reader
	positions tomlfile.Positions
	name      string // of the file, for errors
	local     *time.Location
	out       Overrides
}

// ParseOverrides reads the text of an overrides file. file is how errors name it; a time without a zone is in local (nil: this
// machine's zone). A table with a mistake is left out, and Problems says why; of a text that is not TOML nothing is used.
func ParseOverrides(file string, text []byte, local *time.Location) Overrides {
	if local == nil {
		local = time.Local
	}
	name := filepath.Base(file)
	if len(text) > MaxOverrides {
		return Overrides{problems: []string{name + ": the file is larger than 1 MiB"}}
	}
	doc, err := tomlfile.Parse(text)
	if err != nil {
		return Overrides{problems: []string{season.Label(problem(name, err))}}
	}
	r := &overrideReader{Reader: tomlfile.NewReader(doc.Positions), positions: doc.Positions, name: name, local: local}
	kinds := []string{"override", "session", "event"}
	for _, kind := range kinds {
		r.tables(doc.Values, kind)
	}
	for _, key := range r.UnknownKeys("", doc.Values, kinds) {
		r.Unknown("", key, kinds, "; the file has the tables [[override]], [[session]] and [[event]]")
	}
	for _, e := range r.Errors() {
		r.out.problems = append(r.out.problems, problem(name, e))
	}
	return r.out
}

// problem returns an error of the parser as one line with the file's name.
func problem(name string, err error) string {
	var e *tomlfile.Error
	if !errors.As(err, &e) {
		return name + ": " + err.Error()
	}
	msg := e.Msg
	if e.Limit {
		msg = "the file has " + msg
	}
	if e.Line == 0 {
		return name + ": " + msg
	}
	return name + ":" + strconv.Itoa(e.Line) + ": " + msg
}

// BrokenOverrides returns the overrides of a file that could not be read.
func BrokenOverrides(name string, err error) Overrides {
	why := "it cannot be read"
	if err != nil {
		why = err.Error()
	}
	return Overrides{problems: []string{name + ": " + why}}
}

// lineOf returns the line of a problem.
func lineOf(problem string) int {
	parts := strings.SplitN(problem, ":", 3)
	if len(parts) < 2 {
		return 0
	}
	n, _ := strconv.Atoi(parts[1])
	return n
}

// at returns the line of a path as problems name it.
func (r *overrideReader) at(path string) string {
	return r.name + ":" + strconv.Itoa(max(1, r.positions.At(path).Line))
}

func (r *overrideReader) tables(doc map[string]any, kind string) {
	v, ok := doc[kind]
	if !ok {
		return
	}
	list, ok := v.([]any)
	if !ok {
		r.Fail(kind, "%s must be written in double brackets: [[%s]]", kind, kind)
		return
	}
	for i, v := range list {
		at := kind + "." + strconv.Itoa(i)
		if i >= maxEntries {
			r.Fail(at, "more than %d tables [[%s]]; the rest is left out", maxEntries, kind)
			return
		}
		m, ok := v.(map[string]any)
		if !ok {
			r.Fail(kind, "%s must be written in double brackets: [[%s]]", kind, kind)
			return
		}
		t := &table{r: r, at: at, left: m}
		switch kind {
		case "override":
			t.change()
		case "session":
			t.addition()
		default:
			t.event()
		}
	}
}

// table is one table of the file that is being read. Only its first mistake is reported, and the whole table is left out.
type table struct {
	r    *overrideReader
	at   string
	left map[string]any
	bad  bool
	zone *time.Location
}

func (t *table) fail(key, format string, args ...any) {
	if !t.bad {
		t.bad = true
		t.r.Fail(t.at+"."+key, format, args...)
	}
}

func (t *table) take(key string) (any, bool) {
	v, ok := t.left[key]
	delete(t.left, key)
	return v, ok
}

// text takes a string; "" if there is none.
func (t *table) text(key string) string {
	v, ok := t.take(key)
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if s = season.Label(s); !ok || s == "" {
		t.fail(key, "%s must be a string in quotes", key)
	}
	return s
}

func (t *table) pattern(key string) pattern {
	s := t.text(key)
	if len(s) < 2 || s[0] != '/' || !strings.HasSuffix(s, "/") {
		return pattern{exact: s}
	}
	if len(s) > maxPattern {
		t.fail(key, "%s is a regular expression of more than %d characters", key, maxPattern)
		return pattern{}
	}
	re, err := regexp.Compile("(?i)" + s[1:len(s)-1])
	if err != nil {
		t.fail(key, "%s is not a regular expression: %s", key, season.Clip(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
	}
	return pattern{re: re}
}

// times takes zone, start and end.
func (t *table) times() (out times) {
	t.zone = t.r.local
	if name := t.text("zone"); name != "" {
		z, err := timezone.Lookup(name)
		if err != nil {
			t.fail("zone", "the time zone %q is not known; write one such as \"Europe/London\"", season.Clip(name))
			return out
		}
		t.zone = z
	}
	out.start, out.date = t.moment("start")
	end, date := t.moment("end")
	if date != "" {
		t.fail("end", "end must be a date with a time, such as 2026-05-24T15:00:00Z")
	}
	out.end = end
	if out.start != nil && end != nil && !end.After(*out.start) {
		t.fail("end", "the end is not after the start")
	}
	if end != nil && out.date != "" {
		t.fail("end", "an end needs a start with a time")
	}
	if out.start != nil && end != nil && end.Sub(*out.start) > season.LongestSession {
		t.fail("end", "a session of more than %d hours", int(season.LongestSession.Hours()))
	}
	return out
}

// moment takes a date with a time, or a date alone.
func (t *table) moment(key string) (*time.Time, string) {
	v, ok := t.take(key)
	if !ok {
		return nil, ""
	}
	var at time.Time
	day := ""
	switch v := v.(type) {
	case time.Time:
		at = v
	case toml.LocalDateTime:
		at = v.AsTime(t.zone)
	case toml.LocalDate:
		day = v.String()
		at = v.AsTime(time.UTC)
	case string:
		var err error
		if at, day, err = textTime(v, t.zone); err != nil {
			t.fail(key, "%s is %q; write it like 2026-05-24T15:00:00Z, 2026-05-24T15:00:00 or 2026-05-24", key, season.Clip(v))
			return nil, ""
		}
	default:
		t.fail(key, "%s must be a date with a time, such as 2026-05-24T15:00:00Z", key)
		return nil, ""
	}
	if err := season.CheckTime(at); err != nil {
		t.fail(key, "%s: %s", key, err)
		return nil, ""
	}
	if day != "" {
		return nil, day
	}
	at = at.UTC().Truncate(time.Second)
	return &at, ""
}

func textTime(s string, zone *time.Location) (at time.Time, day string, err error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if at, err = time.ParseInLocation(layout, s, zone); err == nil {
			if layout == time.DateOnly {
				return at, s, nil
			}
			return at, "", nil
		}
	}
	return at, "", err
}

func (t *table) status() season.Status {
	switch s := t.text("status"); s {
	case "":
		return ""
	case "cancelled", "canceled":
		return season.Cancelled
	case "scheduled":
		return season.Upcoming
	default:
		t.fail("status", `status is %q; it must be "cancelled" or "scheduled"`, season.Clip(s))
		return ""
	}
}

// only reports the first key that is not in known.
func (t *table) only(known ...string) {
	for _, key := range t.r.UnknownKeys(t.at, t.left, known) {
		if !t.bad {
			t.bad = true
			t.r.Unknown(t.at, key, known, "")
		}
	}
}
