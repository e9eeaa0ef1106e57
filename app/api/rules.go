package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gridwall/backend/rules"
	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// maxRuleSessions bounds the sessions that a preview lists; how many there are is told beside.
const maxRuleSessions = 30

// Rule says which feeds a session has. The expressions are RE2, and know neither case nor accents.
type Rule struct {
	Name    string   `json:"name" required:"false" doc:"What it is called; may be empty."`
	Series  string   `json:"series" required:"false" doc:"A regular expression; empty matches every series."`
	Event   string   `json:"event" required:"false" doc:"A regular expression, tried on the event's name, circuit, place and country; empty matches every event."`
	Session string   `json:"session" required:"false" doc:"A regular expression, tried on the session's name and type; empty matches every session."`
	Sources []string `json:"sources" required:"false" nullable:"false" doc:"The keys of the sources whose feeds are taken; empty: all."`
	Titles  []string `json:"titles" required:"false" nullable:"false" doc:"Regular expressions of the feeds' titles, in the order in which the feeds are wanted; empty: all."`
	Layout  string   `json:"layout" required:"false" doc:"How the wall is arranged: auto, 1, 2, 1+2, 2x2, 1+3, 1+5 or 3x3; empty: as it is."`
	Fixed   bool     `json:"fixed" required:"false" doc:"Whether it stands in config.toml, and can be changed there alone."`
}

// RuleList answers Rules and PutRules: the rules in their order. The first one that speaks of a session decides.
type RuleList struct {
	Rules []Rule `json:"rules" nullable:"false" doc:"Those of config.toml first; PutRules takes the others, and passes over fixed ones."`
}

// RuleTrial asks what a rule would take, before it is kept.
type RuleTrial struct {
	Rule Rule `json:"rule"`
	// Place is where it stands or would stand among all rules, from 0; -1: behind them.
	Place int `json:"place" doc:"Where it stands among all rules, from 0, in place of the one that stands there; -1: behind them all."`
}

// RulePreview answers PreviewRule.
type RulePreview struct {
	Problems []RuleProblem `json:"problems" nullable:"false" doc:"What is wrong with the rule, by field; the rest of the answer is empty then."`
	Sessions []RuleSession `json:"sessions" nullable:"false" doc:"The sessions that it speaks of, the live and coming ones first; at most 30."`
	Count    int           `json:"count" doc:"How many sessions it speaks of."`
	Streams  []Stream      `json:"streams" nullable:"false" doc:"The feeds that the first of the sessions gets now, in their order; at most nine."`
	Taken    int           `json:"taken" doc:"How many feeds it takes now."`
}

// RuleProblem is what is wrong with one field of a rule.
type RuleProblem struct {
	Field   string `json:"field" enum:"name,series,event,session,sources,titles,layout"`
	Index   int    `json:"index" doc:"The place in a list, from 0; -1: the field as a whole."`
	Message string `json:"message"`
}

// RuleSession is a session that a rule speaks of.
type RuleSession struct {
	EventID string  `json:"event_id"`
	Event   string  `json:"event"`
	Series  string  `json:"series"`
	Session Session `json:"session"`
	// Decided is false where an earlier rule speaks of the session too.
	Decided bool   `json:"decided" doc:"Whether this rule decides; an earlier one does otherwise."`
	By      string `json:"by" doc:"The name of the earlier rule that decides; empty where this one does."`
}

// ruleset are the rules in force.
type ruleset struct {
	list     []Rule
	compiled []*rules.Compiled
}

func (r Rule) plain() rules.Rule {
	return rules.Rule{Name: r.Name, Series: r.Series, Event: r.Event, Session: r.Session, Sources: r.Sources, Titles: r.Titles, Layout: r.Layout}
}

func fromRule(r rules.Rule, fixed bool) Rule {
	out := Rule{Name: r.Name, Series: r.Series, Event: r.Event, Session: r.Session, Sources: r.Sources, Titles: r.Titles, Layout: r.Layout, Fixed: fixed}
	return out.sound()
}

// sound is r with lists in place of nulls.
func (r Rule) sound() Rule {
	if r.Sources == nil {
		r.Sources = []string{}
	}
	if r.Titles == nil {
		r.Titles = []string{}
	}
	return r
}

// called is how a text names the rule at place i.
func (r Rule) called(i int) string {
	if name := strings.TrimSpace(r.Name); name != "" {
		return fmt.Sprintf("“%s”", Cut(Plain(name), 60))
	}
	return fmt.Sprintf("number %d", i+1)
}

// loadRules joins the rules of config.toml with those that were saved. What was saved and is not sound any more is
// left out with a warning.
func (p *Preferences) loadRules() error {
	var saved []Rule
	doc, err := p.docs.Rules()
	if err != nil {
		return err
	}
	if len(doc) > 0 {
		if err := json.Unmarshal(doc, &saved); err != nil {
			p.log.Warn("the saved rules cannot be read; there are none", "error", err)
			saved = nil
		}
	}
	var sound []Rule
	for i, r := range saved {
		if _, problems := rules.Compile(r.plain()); problems != nil {
			p.log.Warn("a saved rule is not valid any more; it is left out", "rule", r.called(i), "error", problems[0])
			continue
		}
		sound = append(sound, r.sound())
	}
	p.rules = p.joined(sound)
	return nil
}

// joined are the rules in force; those given compile.
func (p *Preferences) joined(window []Rule) ruleset {
	var s ruleset
	for _, r := range p.file.Rules {
		s.list = append(s.list, fromRule(r, true))
	}
	for _, r := range window {
		r.Fixed = false
		s.list = append(s.list, r)
	}
	for _, r := range s.list {
		c, _ := rules.Compile(r.plain())
		s.compiled = append(s.compiled, c)
	}
	return s
}

// ruleset are the rules in force; nothing of it is changed in place.
func (p *Preferences) ruleset() ruleset {
	if p == nil {
		return ruleset{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rules
}

// Rules lists the rules: those of config.toml first, then the others, each in their order.
func (a *API) Rules(context.Context) (RuleList, error) {
	return RuleList{Rules: append([]Rule{}, a.o.Preferences.ruleset().list...)}, nil
}

// PutRules replaces the rules that do not stand in config.toml, all or none. Fixed ones are passed over, so that an
// answer of Rules can be sent back.
func (a *API) PutRules(ctx context.Context, list RuleList) (RuleList, error) {
	window := slices.DeleteFunc(slices.Clone(list.Rules), func(r Rule) bool { return r.Fixed })
	if len(window) > rules.Most {
		return RuleList{}, Errorf(CodeInvalid, "there are %d rules, more than %d", len(window), rules.Most)
	}
	for i, r := range window {
		if _, problems := rules.Compile(r.plain()); problems != nil {
			return RuleList{}, Errorf(CodeInvalid, "rule %s: %w", r.called(i), problems[0])
		}
		window[i] = r.sound()
	}
	doc, err := json.Marshal(window)
	if err != nil {
		return RuleList{}, AsError(err)
	}
	p := a.o.Preferences
	p.mu.Lock()
	err = p.docs.SaveRules(doc)
	if err == nil {
		p.rules = p.joined(window)
	}
	p.mu.Unlock()
	if err != nil {
		return RuleList{}, AsError(err)
	}
	a.Publish(EventSchedule) // sessions have other feeds now
	return a.Rules(ctx)
}

// PreviewRule tells what a rule would take now. Nothing is saved.
func (a *API) PreviewRule(_ context.Context, t RuleTrial) (RulePreview, error) {
	out := RulePreview{Problems: []RuleProblem{}, Sessions: []RuleSession{}, Streams: []Stream{}}
	one, problems := rules.Compile(t.Rule.plain())
	for _, p := range problems {
		out.Problems = append(out.Problems, RuleProblem{Field: p.Field, Index: p.Index, Message: p.Msg})
	}
	if problems != nil {
		return out, nil
	}
	set := a.o.Preferences.ruleset()
	before := len(set.list)
	if t.Place >= 0 {
		before = min(before, t.Place)
	}
	type spoken struct {
		event   season.Event
		session season.Session
	}
	var all []spoken
	for _, e := range a.o.Calendar.Calendar(a.o.Now()).Events {
		for _, s := range e.Sessions {
			if one.Speaks(subject(e, s)) {
				all = append(all, spoken{e, s})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y spoken) int { return cmp.Compare(nearness(x.session), nearness(y.session)) })
	out.Count = len(all)
	for _, s := range all[:min(len(all), maxRuleSessions)] {
		by := rules.First(set.compiled[:before], subject(s.event, s.session))
		rs := RuleSession{EventID: s.event.ID, Event: s.event.Name, Series: s.event.Series, Session: fromSession(s.session), Decided: by < 0}
		if by >= 0 {
			rs.By = set.list[by].called(by)
		}
		out.Sessions = append(out.Sessions, rs)
	}
	if len(all) > 0 {
		first := all[0]
		if i := slices.IndexFunc(out.Sessions, func(s RuleSession) bool { return s.Decided }); i >= 0 {
			first = all[i]
		}
		streams, taken := a.streamsBy(one, first.event, first.session)
		out.Streams, out.Taken = fromStreams(streams), taken
	} else if one.Chooses() {
		streams, taken := a.takenBy(one)
		out.Streams, out.Taken = fromStreams(streams), taken
	}
	return out, nil
}

// nearness sorts sessions: the live ones, those to come, those over, the cancelled.
func nearness(s season.Session) int {
	return slices.Index([]season.Status{season.Live, season.Upcoming, season.Past, season.Cancelled}, s.Status)
}

func subject(e season.Event, s season.Session) rules.Subject {
	return rules.Subject{
		Series: e.Series, Event: []string{e.Name, e.Circuit, e.Locality, e.Country},
		Session: []string{s.Name, string(s.Type)},
	}
}

// deciding returns the rule that decides over the session, and its place; nil where none speaks of it.
func (a *API) deciding(e season.Event, s season.Session) (*rules.Compiled, int) {
	set := a.o.Preferences.ruleset()
	i := rules.First(set.compiled, subject(e, s))
	if i < 0 {
		return nil, i
	}
	return set.compiled[i], i
}

// streamsBy are the feeds that a rule gives a session, at most maxFeeds, and how many there are.
func (a *API) streamsBy(c *rules.Compiled, e season.Event, s season.Session) ([]stream.Stream, int) {
	if !c.Chooses() {
		return a.matched(e, s)
	}
	return a.takenBy(c)
}

// takenBy are the streams that a rule takes, in the order of its titles, and by their own titles where these say no
// more: a wall that a rule opens looks the same each time. A dead one keeps its place: its tile says why, and waits.
func (a *API) takenBy(c *rules.Compiled) ([]stream.Stream, int) {
	type taken struct {
		stream.Stream
		rank int
	}
	var all []taken
	for _, st := range a.o.Extraction.Streams() {
		if rank, ok := c.Takes(st.SiteKey, st.Title); ok {
			all = append(all, taken{st, rank})
		}
	}
	slices.SortStableFunc(all, func(x, y taken) int {
		return cmp.Or(cmp.Compare(x.rank, y.rank), strings.Compare(x.Title, y.Title), -cmp.Compare(liveness(x.Stream), liveness(y.Stream)))
	})
	out := make([]stream.Stream, 0, maxFeeds)
	for _, t := range all[:min(len(all), maxFeeds)] {
		out = append(out, t.Stream)
	}
	return out, len(all)
}

func fromStreams(list []stream.Stream) []Stream {
	out := make([]Stream, 0, len(list))
	for _, s := range list {
		out = append(out, FromStream(s))
	}
	return out
}
