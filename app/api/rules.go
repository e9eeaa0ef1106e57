package api

import (
	"context"

	"gridwall/app/api/fault"
	"gridwall/backend/jsontypes"
	"gridwall/backend/lineup"
)

// Rule selects the feeds of sessions.
type Rule = lineup.Rule

// RuleList is the response of Rules and PutRules: the rules in order. The first one that matches a session applies.
type RuleList struct {
	Rules []Rule `json:"rules" nullable:"false" doc:"Those of config.toml first; PutRules replaces the others and ignores fixed ones."`
}

// RuleTrial asks which feeds a rule would select, before it is saved.
type RuleTrial struct {
	Rule Rule `json:"rule"`
	// Place is its index among all rules, from 0; -1: after all others.
	Place int `json:"place" doc:"The index of the rule that it replaces, from 0; -1: it follows all other rules."`
}

// RulePreview is the response of PreviewRule.
type RulePreview struct {
	Problems []RuleProblem `json:"problems" nullable:"false" doc:"What is wrong with the rule, by field; the rest of the answer is empty then."`
	Sessions []RuleSession `json:"sessions" nullable:"false" doc:"The sessions that it matches, live and upcoming ones first; at most 30."`
	Count    int           `json:"count" doc:"How many sessions it matches."`
	Streams  []Stream      `json:"streams" nullable:"false" doc:"The feeds that the first of the sessions would have now, in order; at most nine."`
	Taken    int           `json:"taken" doc:"How many feeds it selects now."`
}

// RuleProblem is a mistake in one field of a rule.
type RuleProblem struct {
	Field   string `json:"field" enum:"name,series,event,session,sources,titles,layout,spare_back,delay"`
	Index   int    `json:"index" doc:"The index in a list, from 0; -1: the field as a whole."`
	Message string `json:"message"`
}

// RuleSession is a session that a rule matches.
type RuleSession struct {
	EventID string  `json:"event_id"`
	Event   string  `json:"event"`
	Series  string  `json:"series"`
	Session Session `json:"session"`
	// Decided is false if an earlier rule matches the session too.
	Decided bool   `json:"decided" doc:"Whether this rule applies; false: an earlier one does."`
	By      string `json:"by" doc:"The name of the earlier rule that applies; empty if this one does."`
}

// Rules returns the rules: those of config.toml first, then the others, each in order.
func (a *API) Rules(context.Context) (RuleList, error) {
	return RuleList{Rules: append([]Rule{}, a.o.Lineup.Rules()...)}, nil
}

// PutRules replaces the rules that are not in config.toml, all or none. Fixed ones are ignored, so that a client can send back a
// response of Rules.
func (a *API) PutRules(ctx context.Context, list RuleList) (RuleList, error) {
	if err := a.o.Lineup.SetRules(append([]Rule{}, list.Rules...)); err != nil {
		return RuleList{}, fault.AsError(err)
	}
	return a.Rules(ctx)
}

// PreviewRule returns what a rule would match and select now. Nothing is saved.
func (a *API) PreviewRule(_ context.Context, t RuleTrial) (RulePreview, error) {
	p := a.o.Lineup.Preview(t.Rule, t.Place)
	out := RulePreview{
		Problems: make([]RuleProblem, 0, len(p.Problems)), Sessions: make([]RuleSession, 0, len(p.Sessions)),
		Count: p.Count, Streams: jsontypes.FromStreams(p.Streams), Taken: p.Taken,
	}
	for _, one := range p.Problems {
		out.Problems = append(out.Problems, RuleProblem{Field: one.Field, Index: one.Index, Message: one.Msg})
	}
	for _, s := range p.Sessions {
		out.Sessions = append(out.Sessions, RuleSession{
			EventID: s.Event.ID, Event: s.Event.Name, Series: s.Event.Series, Session: jsontypes.FromSession(s.Session), Decided: s.Decided, By: s.By,
		})
	}
	return out, nil
}
