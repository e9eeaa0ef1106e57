package api

import (
	"context"
	"time"

	"gridwall/backend/lineup"
	"gridwall/backend/stream"
)

// lineups decides over the feeds of sessions; backend/lineup.Lineup is one.
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

// SessionFeeds answers SessionFeeds: a session of the calendar, and the streams that show it, the best first.
type SessionFeeds struct {
	EventID     string     `json:"event_id"`
	Event       string     `json:"event" doc:"The event's name."`
	Session     string     `json:"session" doc:"The session's name."`
	SessionType string     `json:"session_type" enum:"fp1,fp2,fp3,qualifying,sprint_qualifying,sprint,race,other"`
	Status      string     `json:"status" enum:"past,live,upcoming,cancelled"`
	Start       *time.Time `json:"start" nullable:"true"`
	End         *time.Time `json:"end" nullable:"true"`
	Streams     []Stream   `json:"streams" nullable:"false" doc:"At most nine, the best first; empty where no stream names the series, the event or the session."`
	Count       int        `json:"count"`
	Listed      int        `json:"listed" doc:"How many streams belong to the session, those beyond nine and the dead ones too."`
	Rule        *RuleRef   `json:"rule,omitempty" doc:"The rule that decides over the session; absent where there is none."`
	Layout      string     `json:"layout" doc:"The arrangement that the rule asks for; empty for none."`
}

// RuleRef names a rule.
type RuleRef struct {
	Place int    `json:"place" doc:"Its place in the answer of Rules, from 0."`
	Name  string `json:"name"`
	Fixed bool   `json:"fixed"`
	// Chooses is false for a rule about the arrangement alone.
	Chooses bool `json:"chooses" doc:"Whether it says which feeds there are, and in which order."`
}

// Preflight reports whether a session's feeds are ready.
type Preflight struct {
	EventID   string            `json:"event_id"`
	Event     string            `json:"event" doc:"The event's name."`
	Session   string            `json:"session" doc:"The session's name."`
	Start     *time.Time        `json:"start" nullable:"true"`
	CheckedAt *time.Time        `json:"checked_at" nullable:"true" doc:"Null while it was not checked; the lists are empty then."`
	Ready     int               `json:"ready" doc:"How many of the feeds are ready."`
	Feeds     []PreflightFeed   `json:"feeds" nullable:"false"`
	Sources   []PreflightSource `json:"sources" nullable:"false" doc:"The sources that could not be read."`
	Text      string            `json:"text" doc:"The result in a few words, such as: 4 feeds ready; empty while it was not checked."`
	Opens     bool              `json:"opens" doc:"Whether the grid opens by itself at the session's start."`
}

// PreflightFeed is one feed of a session, as it was found.
type PreflightFeed struct {
	StreamID string `json:"stream_id"`
	Title    string `json:"title"`
	SiteKey  string `json:"site_key"`
	SiteName string `json:"site_name"`
	Ready    bool   `json:"ready"`
	Problem  string `json:"problem" doc:"What is wrong; empty where the feed is ready."`
	Advice   string `json:"advice" doc:"What can be done about it."`
}

// PreflightSource is a source that could not be read.
type PreflightSource struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Error  string `json:"error"`
	Advice string `json:"advice"`
}

// Problems returns what is wrong, in sentences: sources first, then feeds.
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

// Opening asks for the grid to be opened by itself at a session's start, or not, whatever the setting says.
type Opening struct {
	Event   string `json:"event" doc:"The event's id."`
	Session string `json:"session" doc:"The session's name or type."`
	Open    bool   `json:"open"`
}

// Codecs is what the page that was opened last can play.
type Codecs struct {
	Plays []string `json:"plays" nullable:"false" doc:"Of h264, hevc, dolby_vision, av1, vp9, aac, mp3, ac3, eac3, opus, flac, those that the page plays."`
}

// SessionFeeds finds the streams of a session. event is an event's id, session the name or the type of one of its
// sessions; without session, the event's live session is meant, else its next one, else its last. Without both it is
// the calendar's live session, else the next one. CodeUnknownSession where there is none.
//
// Everything that opens a session's feeds (the page, the tray, --live, a script) asks here.
func (a *API) SessionFeeds(_ context.Context, event, session string) (SessionFeeds, error) {
	f, err := a.o.Lineup.Feeds(event, session)
	if err != nil {
		return SessionFeeds{}, AsError(err)
	}
	out := SessionFeeds{
		EventID: f.Event.ID, Event: f.Event.Name, Session: f.Session.Name, SessionType: string(f.Session.Type), Status: string(f.Session.Status),
		Start: optional(f.Session.Start), End: optional(f.Session.End), Streams: fromStreams(f.Streams), Count: len(f.Streams), Listed: f.Listed,
	}
	if f.Rule != nil {
		out.Layout = f.Rule.Layout
		out.Rule = &RuleRef{Place: f.Place, Name: f.Rule.Name, Fixed: f.Rule.Fixed, Chooses: f.Chooses}
	}
	return out, nil
}

func fromStreams(list []stream.Stream) []Stream {
	out := make([]Stream, 0, len(list))
	for _, s := range list {
		out = append(out, FromStream(s))
	}
	return out
}

// Preflight answers the last check of a session, which need not have been. The session is named as in SessionFeeds.
func (a *API) Preflight(_ context.Context, event, session string) (Preflight, error) {
	return fromPreflight(a.o.Lineup.Preflight(event, session))
}

// RunPreflight checks a session's feeds now, and answers when that is done. One that asks while a check of the session is
// under way gets its result.
func (a *API) RunPreflight(ctx context.Context, event, session string) (Preflight, error) {
	return fromPreflight(a.o.Lineup.RunPreflight(ctx, event, session))
}

// SetOpening sets for one session whether the grid opens by itself at its start. CodeUnknownSession where there is none.
func (a *API) SetOpening(_ context.Context, o Opening) (Preflight, error) {
	return fromPreflight(a.o.Lineup.SetOpening(o.Event, o.Session, o.Open))
}

func fromPreflight(p lineup.Preflight, err error) (Preflight, error) {
	if err != nil {
		return Preflight{}, AsError(err)
	}
	out := Preflight{
		EventID: p.Event.ID, Event: p.Event.Name, Session: p.Session.Name, Start: optional(p.Session.Start), CheckedAt: p.CheckedAt,
		Ready: p.Ready, Feeds: make([]PreflightFeed, 0, len(p.Feeds)), Sources: make([]PreflightSource, 0, len(p.Sources)),
		Text: p.Text, Opens: p.Opens,
	}
	for _, f := range p.Feeds {
		out.Feeds = append(out.Feeds, PreflightFeed(f))
	}
	for _, s := range p.Sources {
		out.Sources = append(out.Sources, PreflightSource(s))
	}
	return out, nil
}

// ReportCodecs sets the codecs that the page plays. The page that was opened last counts.
func (a *API) ReportCodecs(_ context.Context, c Codecs) error {
	if err := a.o.Lineup.SetCodecs(c.Plays); err != nil {
		return AsError(err)
	}
	return nil
}
