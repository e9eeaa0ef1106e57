package api

import (
	"context"
	"time"

	"gridwall/app/api/fault"
	"gridwall/backend/jsontypes"
	"gridwall/backend/lineup"
)

// lineups decides which feeds a session has; implemented by backend/lineup.Lineup.
type lineups interface {
	Feeds(event, session string) (lineup.Feeds, error)
	Rules() []lineup.Rule
	SetRules(list []lineup.Rule) error
	Preview(r lineup.Rule, place int) lineup.Preview
	Preflight(event, session string) (lineup.Preflight, error)
	RunPreflight(ctx context.Context, event, session string) (lineup.Preflight, error)
	SetOpening(event, session string, open bool) (lineup.Preflight, error)
	SetCodecs(keys []string) error
}

// SessionFeeds is the response of SessionFeeds: a session of the calendar, and the streams that show it, the best first.
type SessionFeeds struct {
	EventID     string     `json:"event_id"`
	Event       string     `json:"event" doc:"The event's name."`
	Session     string     `json:"session" doc:"The session's name."`
	SessionType string     `json:"session_type" enum:"fp1,fp2,fp3,qualifying,sprint_qualifying,sprint,race,other"`
	Status      string     `json:"status" enum:"past,live,upcoming,cancelled"`
	Start       *time.Time `json:"start" nullable:"true"`
	End         *time.Time `json:"end" nullable:"true"`
	Streams     []Stream   `json:"streams" nullable:"false" doc:"At most nine, the best first; empty if no stream names the series, the event or the session."`
	Count       int        `json:"count"`
	Listed      int        `json:"listed" doc:"How many streams belong to the session, including those beyond nine and those that are not live."`
	Rule        *RuleRef   `json:"rule,omitempty" doc:"The rule that applies to the session; absent if there is none."`
	Layout      string     `json:"layout" doc:"The arrangement that the rule sets; empty for none."`
	Delay       *float64   `json:"delay,omitempty" doc:"How many seconds behind live the rule puts the wall; absent if it does not say."`
}

// RuleRef names a rule.
type RuleRef struct {
	Place int    `json:"place" doc:"Its index in the response of Rules, from 0."`
	Name  string `json:"name"`
	Fixed bool   `json:"fixed"`
	// Chooses is false for a rule that sets only the arrangement.
	Chooses bool `json:"chooses" doc:"Whether it selects the feeds and their order."`
}

// Preflight reports whether a session's feeds are ready.
type Preflight struct {
	EventID   string            `json:"event_id"`
	Event     string            `json:"event" doc:"The event's name."`
	Session   string            `json:"session" doc:"The session's name."`
	Start     *time.Time        `json:"start" nullable:"true"`
	CheckedAt *time.Time        `json:"checked_at" nullable:"true" doc:"Null before the first check; the lists are empty then."`
	Ready     int               `json:"ready" doc:"How many of the feeds are ready."`
	Feeds     []PreflightFeed   `json:"feeds" nullable:"false"`
	Sources   []PreflightSource `json:"sources" nullable:"false" doc:"The sources that could not be read."`
	Text      string            `json:"text" doc:"The result in a few words, such as: 4 feeds ready; empty before the first check."`
	Opens     bool              `json:"opens" doc:"Whether the grid opens automatically at the session's start."`
}

// The results of a check of a session.
type (
	PreflightFeed   = lineup.PreflightFeed
	PreflightSource = lineup.PreflightSource
)

// Problems returns the problems as sentences: sources first, then feeds.
func (p Preflight) Problems() (out []string) {
	for _, s := range p.Sources {
		out = append(out, s.Error+" "+s.Advice)
	}
	for _, f := range p.Feeds {
		if !f.Ready {
			out = append(out, f.Problem+" "+f.Advice)
		}
	}
	return out
}

// Opening sets whether the grid opens automatically at a session's start. It overrides the setting.
type Opening struct {
	Event   string `json:"event" doc:"The event's id."`
	Session string `json:"session" doc:"The session's name or type."`
	Open    bool   `json:"open"`
}

// Codecs are the codecs that the most recently opened page can play.
type Codecs struct {
	Plays []string `json:"plays" nullable:"false" doc:"The codecs that the page can play, of h264, hevc, dolby_vision, av1, vp9, aac, mp3, ac3, eac3, opus and flac."`
}

// SessionFeeds returns the streams of a session. event is the id of an event, session the name or type of one of its sessions.
// Without session it selects the event's live session, else its next one, else its last one; without both, the calendar's live
// session, else the next one. It fails with fault.CodeUnknownSession if there is none.
//
// Everything that opens a session's feeds (the page, the tray, --live, a script) calls it.
func (a *API) SessionFeeds(_ context.Context, event, session string) (SessionFeeds, error) {
	f, err := a.o.Lineup.Feeds(event, session)
	if err != nil {
		return SessionFeeds{}, fault.AsError(err)
	}
	out := SessionFeeds{
		EventID: f.Event.ID, Event: f.Event.Name, Session: f.Session.Name, SessionType: string(f.Session.Type), Status: string(f.Session.Status),
		Start: jsontypes.Optional(f.Session.Start), End: jsontypes.Optional(f.Session.End), Streams: jsontypes.FromStreams(f.Streams), Count: len(f.Streams), Listed: f.Listed,
	}
	if f.Rule != nil {
		out.Layout = f.Rule.Layout
		if f.Delay != nil {
			out.Delay = new(f.Delay.Seconds())
		}
		out.Rule = &RuleRef{Place: f.Place, Name: f.Rule.Name, Fixed: f.Rule.Fixed, Chooses: f.Chooses}
	}
	return out, nil
}

// Preflight returns the result of the last check of a session, if there was one. The session is named as in SessionFeeds.
func (a *API) Preflight(_ context.Context, event, session string) (Preflight, error) {
	return fromPreflight(a.o.Lineup.Preflight(event, session))
}

// RunPreflight checks a session's feeds now, and returns the result. If a check of the session is already running, it returns
// that one's result.
func (a *API) RunPreflight(ctx context.Context, event, session string) (Preflight, error) {
	return fromPreflight(a.o.Lineup.RunPreflight(ctx, event, session))
}

// SetOpening sets for one session whether the grid opens automatically at its start. It fails with fault.CodeUnknownSession if
// the session does not exist.
func (a *API) SetOpening(_ context.Context, o Opening) (Preflight, error) {
	return fromPreflight(a.o.Lineup.SetOpening(o.Event, o.Session, o.Open))
}

func fromPreflight(p lineup.Preflight, err error) (Preflight, error) {
	if err != nil {
		return Preflight{}, fault.AsError(err)
	}
	out := Preflight{
		EventID: p.Event.ID, Event: p.Event.Name, Session: p.Session.Name, Start: jsontypes.Optional(p.Session.Start), CheckedAt: p.CheckedAt,
		Ready: p.Ready, Feeds: append([]PreflightFeed{}, p.Feeds...), Sources: append([]PreflightSource{}, p.Sources...),
		Text: p.Text, Opens: p.Opens,
	}
	return out, nil
}

// ReportCodecs sets the codecs that the page can play. The last report counts.
func (a *API) ReportCodecs(_ context.Context, c Codecs) error {
	if err := a.o.Lineup.SetCodecs(c.Plays); err != nil {
		return fault.AsError(err)
	}
	return nil
}
