package lineup

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gridwall/backend/rules"
	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// Rule selects the feeds of sessions. The expressions are RE2, and ignore case and accents.
type Rule struct {
	Name      string   `json:"name" required:"false" doc:"The name of the rule; may be empty."`
	Series    string   `json:"series" required:"false" doc:"A regular expression; empty matches every series."`
	Event     string   `json:"event" required:"false" doc:"A regular expression, tried on the event's name, circuit, place and country; empty matches every event."`
	Session   string   `json:"session" required:"false" doc:"A regular expression, tried on the session's name and type; empty matches every session."`
	Sources   []string `json:"sources" required:"false" nullable:"false" doc:"The keys of the sources whose feeds are selected; empty: all."`
	Titles    []string `json:"titles" required:"false" nullable:"false" doc:"Regular expressions of the feeds' titles, in the order in which the feeds are wanted; empty: all."`
	Layout    string   `json:"layout" required:"false" doc:"How the wall is arranged: auto, 1, 2, 1+2, 2x2, 1+3, 1+4, 1+5, 1+6, 1+7, 1+8 or 3x3; empty: as it is."`
	Spare     bool     `json:"spare" required:"false" doc:"Whether feeds of other sources with the same title are spares of the feeds that the rule selects."`
	SpareBack string   `json:"spare_back" required:"false" doc:"How long a feed must be well again before it takes over from its spare, such as 5m; empty: only by hand."`
	Delay     string   `json:"delay" required:"false" doc:"How far behind live the wall is when it opens for the session: seconds, or a duration such as 1m30s; at most 1h; empty: as it is."`
	Fixed     bool     `json:"fixed" required:"false" doc:"Whether it is in config.toml, and can be changed only there."`
}

// ruleset is a list of rules with their compiled forms. It is replaced, never changed in place.
type ruleset struct {
	list     []Rule
	compiled []*rules.Compiled
}

func (r Rule) compile() (*rules.Compiled, []*rules.Problem) {
	return rules.Compile(rules.Rule{Name: r.Name, Series: r.Series, Event: r.Event, Session: r.Session, Sources: r.Sources, Titles: r.Titles, Layout: r.Layout,
		Spare: r.Spare, SpareBack: r.SpareBack, Delay: r.Delay})
}

func fixedRule(r rules.Rule) Rule {
	out := Rule{Name: r.Name, Series: r.Series, Event: r.Event, Session: r.Session, Sources: r.Sources, Titles: r.Titles, Layout: r.Layout,
		Spare: r.Spare, SpareBack: r.SpareBack, Delay: r.Delay, Fixed: true}
	return out.withLists()
}

// withLists returns r with empty lists for nil ones, which JSON would show as null.
func (r Rule) withLists() Rule {
	if r.Sources == nil {
		r.Sources = []string{}
	}
	if r.Titles == nil {
		r.Titles = []string{}
	}
	return r
}

// label returns how messages refer to the rule, which is at index i.
func (r Rule) label(i int) string {
	if name := strings.TrimSpace(r.Name); name != "" {
		return fmt.Sprintf("“%s”", stream.Truncate(stream.SingleLine(name), 60))
	}
	return fmt.Sprintf("number %d", i+1)
}

// loadRules reads the saved rules. Those that are no longer valid are dropped with a warning.
func (l *Lineup) loadRules() error {
	var saved []Rule
	doc, err := l.o.Documents.Rules()
	if err != nil {
		return err
	}
	if len(doc) > 0 {
		if err := json.Unmarshal(doc, &saved); err != nil {
			l.o.Log.Warn("cannot read the saved rules; continuing without them", "error", err)
			saved = nil
		}
	}
	var valid []Rule
	for i, r := range saved {
		if _, problems := r.compile(); problems != nil {
			l.o.Log.Warn("ignoring a saved rule that is no longer valid", "rule", r.label(i), "error", problems[0])
			continue
		}
		valid = append(valid, r.withLists())
	}
	l.rules = l.withFixed(valid)
	return nil
}

// withFixed returns the fixed rules followed by others, all of which compile.
func (l *Lineup) withFixed(others []Rule) ruleset {
	var s ruleset
	for _, r := range l.o.FixedRules {
		s.list = append(s.list, fixedRule(r))
	}
	for _, r := range others {
		r.Fixed = false
		s.list = append(s.list, r)
	}
	for _, r := range s.list {
		c, _ := r.compile()
		s.compiled = append(s.compiled, c)
	}
	return s
}

// ruleset returns the current rules.
func (l *Lineup) ruleset() ruleset {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rules
}

// Rules returns the rules in their order, the fixed ones first.
func (l *Lineup) Rules() []Rule { return append([]Rule{}, l.ruleset().list...) }

// SetRules replaces the rules that are not fixed. If one is invalid, it changes nothing, and the error is stream.ErrInvalid. Fixed
// ones in the list are ignored, so that a client can send back what Rules returned.
func (l *Lineup) SetRules(list []Rule) error {
	next := slices.DeleteFunc(slices.Clone(list), func(r Rule) bool { return r.Fixed })
	if len(next) > rules.Most {
		return stream.Errorf(stream.ErrInvalid, "there are %d rules; at most %d are allowed", len(next), rules.Most)
	}
	for i, r := range next {
		if _, problems := r.compile(); problems != nil {
			return stream.Errorf(stream.ErrInvalid, "rule %s: %w", r.label(i), problems[0])
		}
		next[i] = r.withLists()
	}
	doc, err := json.Marshal(next)
	if err != nil {
		return err
	}
	l.mu.Lock()
	err = l.o.Documents.SaveRules(doc)
	if err == nil {
		l.rules = l.withFixed(next)
	}
	l.mu.Unlock()
	if err == nil {
		l.o.OnChange()
	}
	return err
}

// subject returns the session as rules see it.
func subject(e season.Event, s season.Session) rules.Subject {
	return rules.Subject{
		Series: e.Series, Event: []string{e.Name, e.Circuit, e.Locality, e.Country},
		Session: []string{s.Name, string(s.Type)},
	}
}

// first returns the index of the rule that decides for the session, and its compiled form; -1 and nil if none matches.
func (r ruleset) first(e season.Event, s season.Session) (int, *rules.Compiled) {
	i := rules.First(r.compiled, subject(e, s))
	if i < 0 {
		return i, nil
	}
	return i, r.compiled[i]
}

// ruleFor returns the rule that decides for the session; nil if none matches.
func (l *Lineup) ruleFor(e season.Event, s season.Session) *rules.Compiled {
	_, rule := l.ruleset().first(e, s)
	return rule
}
