package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"gridwall/backend/stream"
)

const (
	// Most bounds the rules of one list. More than this and the following bounds is a mistake, or an attempt to make matching
	// slow.
	Most = 200
	// maxPattern bounds a regular expression, in bytes.
	maxPattern = 500
	// maxTitles and maxSources bound the lists of one rule.
	maxTitles, maxSources = 20, 50
	// maxWord bounds a name or a key, in bytes.
	maxWord = 100
	// minBack and maxBack bound SpareBack.
	minBack, maxBack = time.Minute, 24 * time.Hour
	// maxDelay bounds Delay, and delayStep is its resolution; as for the delay that a page sets.
	maxDelay, delayStep = time.Hour, 100 * time.Millisecond
)

// The fields of a rule, by their names in config.toml and in JSON.
const (
	FieldName    = "name"
	FieldSeries  = "series"
	FieldEvent   = "event"
	FieldSession = "session"
	FieldSources = "sources"
	FieldTitles  = "titles"
	FieldLayout  = "layout"
	FieldSpare   = "spare"
	FieldBack    = "spare_back"
	FieldDelay   = "delay"
)

// Layouts are the arrangements of a wall; the first one leaves the choice to the page.
var Layouts = []string{"auto", "1", "2", "1+2", "2x2", "1+3", "1+4", "1+5", "1+6", "1+7", "1+8", "3x3"}

// Rule defines which streams a session has, and their layout.
type Rule struct {
	// Name is the rule's name; "" for none.
	Name string
	// Series, Event and Session are regular expressions for the sessions that the rule applies to; "" matches all. Event is
	// compared with the event's name, circuit and place, Session with the session's name and type.
	Series, Event, Session string
	// Sources are the keys of the sources whose streams are used; empty for all.
	Sources []string
	// Titles are regular expressions for the streams' titles, in the preferred order; empty for all.
	Titles []string
	// Layout is one of Layouts, or "" for the wall's own.
	Layout string
	// Spare makes streams of other sources with the same title spares of the streams that the rule selects. SpareBack is how long
	// a stream must be well again before it takes over from its spare ("5m"); "" for only by hand.
	Spare     bool
	SpareBack string
	// Delay is how far behind live the wall of the session is: a duration ("30s") or a number of seconds; "" for the wall's own.
	Delay string
}

// Subject has the names of a session that rules are compared with.
type Subject struct {
	Series string
	// Event are the names of the event, its circuit and its place.
	Event []string
	// Session are the session's name and type.
	Session []string
}

// Problem is a mistake in one field of a rule.
type Problem struct {
	Field string
	// Index is the position in a list, from 0; -1 for the field as a whole.
	Index int
	// Msg is one line, without the field's name.
	Msg string
}

func (p *Problem) Error() string {
	if p.Index >= 0 {
		return fmt.Sprintf("%s, number %d: %s", p.Field, p.Index+1, p.Msg)
	}
	return p.Field + ": " + p.Msg
}

// Compiled is a compiled rule. It is safe for concurrent use.
type Compiled struct {
	rule                   Rule
	series, event, session *pattern
	titles                 []*pattern
	back                   time.Duration
	delay                  time.Duration
}

// Compile validates and compiles a rule. problems has one entry for each mistake, in the order of the fields; c is nil if there are
// any.
func Compile(r Rule) (c *Compiled, problems []*Problem) {
	c = &Compiled{rule: r}
	wrong := func(field string, index int, err error) {
		if err != nil {
			problems = append(problems, &Problem{field, index, err.Error()})
		}
	}
	wrong(FieldName, -1, checkWord(r.Name))
	for _, p := range []struct {
		field string
		text  string
		to    **pattern
	}{{FieldSeries, r.Series, &c.series}, {FieldEvent, r.Event, &c.event}, {FieldSession, r.Session, &c.session}} {
		if p.text == "" {
			continue
		}
		var err error
		*p.to, err = compile(p.text)
		wrong(p.field, -1, err)
	}
	if len(r.Sources) > maxSources {
		wrong(FieldSources, -1, fmt.Errorf("there are %d; at most %d are allowed", len(r.Sources), maxSources))
	}
	for i, key := range r.Sources {
		err := checkWord(key)
		if err == nil && strings.TrimSpace(key) == "" {
			err = errors.New("an empty key; write a source's key, or leave it out")
		}
		wrong(FieldSources, i, err)
	}
	if len(r.Titles) > maxTitles {
		wrong(FieldTitles, -1, fmt.Errorf("there are %d; at most %d are allowed", len(r.Titles), maxTitles))
	}
	for i, text := range r.Titles {
		p, err := compile(text)
		if text == "" {
			err = errors.New("an empty expression; leave it out, or write .* for all titles")
		}
		wrong(FieldTitles, i, err)
		c.titles = append(c.titles, p)
	}
	if r.Layout != "" && !slices.Contains(Layouts, r.Layout) {
		wrong(FieldLayout, -1, fmt.Errorf("unknown layout %q; known layouts are %s", r.Layout, strings.Join(Layouts, ", ")))
	}
	if r.SpareBack != "" {
		var err error
		c.back, err = parseBack(r)
		wrong(FieldBack, -1, err)
	}
	if r.Delay != "" {
		var err error
		c.delay, err = parseDelay(r.Delay)
		wrong(FieldDelay, -1, err)
	}
	if len(r.Sources) == 0 && len(r.Titles) == 0 && r.Layout == "" && !r.Spare && r.Delay == "" {
		wrong(FieldTitles, -1, errors.New("the rule has no effect: add sources, titles, a layout or a delay"))
	}
	if problems != nil {
		return nil, problems
	}
	return c, nil
}

// checkWord returns what is wrong with a name or a key; nil if nothing is.
func checkWord(s string) error {
	switch {
	case len(s) > maxWord:
		return fmt.Errorf("longer than %d bytes", maxWord)
	case strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("it contains a control character")
	}
	return nil
}

// parseBack reads SpareBack.
func parseBack(r Rule) (time.Duration, error) {
	d, err := time.ParseDuration(r.SpareBack)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a duration; write it like 5m", stream.Truncate(r.SpareBack, 20))
	case d < minBack || d > maxBack:
		return 0, fmt.Errorf("must be between %s and %s", "1m", "24h")
	case !r.Spare:
		return 0, errors.New("has no effect without spare = true")
	}
	return d, nil
}

// parseDelay reads Delay. A number without a unit is in seconds.
func parseDelay(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		d, err = time.ParseDuration(s + "s")
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a delay; write seconds, as in 30, or a duration, as in 1m30s", stream.Truncate(s, 20))
	case d < 0 || d > maxDelay:
		return 0, errors.New("must be between 0s and 1h")
	}
	return d.Round(delayStep), nil
}

// Delay returns how far behind live the wall of the session is; ok is false if the rule does not set it.
func (c *Compiled) Delay() (d time.Duration, ok bool) { return c.delay, c.rule.Delay != "" }

// SpareBack returns how long a stream must be well again before it takes over from its spare; 0: only by hand.
func (c *Compiled) SpareBack() time.Duration { return c.back }

// Always reports whether the rule applies to every session.
func (c *Compiled) Always() bool { return c.series == nil && c.event == nil && c.session == nil }

// Rule returns the rule that was compiled.
func (c *Compiled) Rule() Rule { return c.rule }

// AppliesTo reports whether the rule applies to the session.
func (c *Compiled) AppliesTo(s Subject) bool {
	return c.series.matches(s.Series) && c.event.matches(s.Event...) && c.session.matches(s.Session...)
}

// SelectsStreams reports whether the rule selects streams, and not only a layout.
func (c *Compiled) SelectsStreams() bool { return len(c.rule.Sources) > 0 || len(c.titles) > 0 }

// Rank returns the rank of a stream: the index of the first expression in Titles that its title matches. ok reports whether the
// rule accepts the stream at all.
func (c *Compiled) Rank(source, title string) (rank int, ok bool) {
	if len(c.rule.Sources) > 0 && !slices.Contains(c.rule.Sources, source) {
		return 0, false
	}
	if len(c.titles) == 0 {
		return 0, true
	}
	t := formsOf(title)
	for i, p := range c.titles {
		if p.matchesForms(t) {
			return i, true
		}
	}
	return 0, false
}

// First returns the index of the first rule that applies to the session, which is the one that decides; -1 if none does.
func First(list []*Compiled, s Subject) int {
	return slices.IndexFunc(list, func(c *Compiled) bool { return c.AppliesTo(s) })
}
