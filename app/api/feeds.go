package api

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"gridwall/backend/rules"
	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// maxFeeds bounds the feeds of a session: the grid has no more tiles.
const maxFeeds = 9

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

// SessionFeeds finds the streams of a session. event is an event's id, session the name or the type of one of its
// sessions; without session, the event's live session is meant, else its next one, else its last. Without both it is
// the calendar's live session, else the next one. CodeUnknownSession where there is none.
//
// The first rule that speaks of the session decides which streams these are. Without one, a session of the demo's
// calendar has the demo's streams, and any other has those whose titles name its series, its event or itself. All that
// opens a session's feeds (the page, the tray, --live, a script) asks here.
func (a *API) SessionFeeds(_ context.Context, event, session string) (SessionFeeds, error) {
	e, s, err := findSession(a.o.Calendar.Calendar(a.o.Now()).Events, event, session)
	if err != nil {
		return SessionFeeds{}, err
	}
	rule, place := a.deciding(e, s)
	streams, listed := a.sessionStreams(rule, e, s)
	out := SessionFeeds{
		EventID: e.ID, Event: e.Name, Session: s.Name, SessionType: string(s.Type), Status: string(s.Status),
		Start: optional(s.Start), End: optional(s.End), Streams: fromStreams(streams), Count: len(streams), Listed: listed,
	}
	if rule != nil {
		r := rule.Rule()
		out.Layout = r.Layout
		out.Rule = &RuleRef{Place: place, Name: r.Name, Fixed: place < len(a.o.Preferences.file.Rules), Chooses: rule.Chooses()}
	}
	return out, nil
}

// sessionStreams are the session's streams, the best first, and how many belong to it in all; rule is nil for none.
func (a *API) sessionStreams(rule *rules.Compiled, e season.Event, s season.Session) ([]stream.Stream, int) {
	if rule != nil {
		return a.streamsBy(rule, e, s)
	}
	return a.matched(e, s)
}

// findSession finds the session that SessionFeeds is asked for.
func findSession(events []season.Event, event, session string) (season.Event, season.Session, error) {
	var none season.Session
	if event == "" && session != "" {
		return season.Event{}, none, Errorf(CodeInvalid, "say the event's id too; GET /api/v1/schedule lists the events")
	}
	if event == "" {
		e, s, ok := current(events)
		if !ok {
			return e, s, Errorf(CodeUnknownSession, "no session is live, and none is to come; refresh the calendar, or add one under [[schedule]] in config.toml")
		}
		return e, s, nil
	}
	i := schedule.Find(events, event)
	if i < 0 {
		return season.Event{}, none, Errorf(CodeUnknownSession, "the calendar has no event with the id %q; GET /api/v1/schedule lists those there are", event)
	}
	e := events[i]
	if session == "" {
		if _, s, ok := current(events[i : i+1]); ok {
			return e, s, nil
		}
		if n := len(e.Sessions); n > 0 {
			return e, e.Sessions[n-1], nil
		}
		return e, none, Errorf(CodeUnknownSession, "the calendar names no session of %s", e.Name)
	}
	for _, same := range []func(season.Session) bool{
		func(s season.Session) bool { return s.Name == session },
		func(s season.Session) bool { return strings.EqualFold(s.Name, session) },
		func(s season.Session) bool { return string(s.Type) == session },
	} {
		if i := slices.IndexFunc(e.Sessions, same); i >= 0 {
			return e, e.Sessions[i], nil
		}
	}
	names := make([]string, len(e.Sessions))
	for i, s := range e.Sessions {
		names[i] = s.Name
	}
	return e, none, Errorf(CodeUnknownSession, "%s has no session %q; it has: %s", e.Name, session, strings.Join(names, ", "))
}

// current is the live session of events, the one that began last; else the next one.
func current(events []season.Event) (event season.Event, session season.Session, ok bool) {
	better := func(s season.Session) bool {
		switch {
		case s.Status != season.Live && s.Status != season.Upcoming, s.InDoubt:
			return false
		case !ok:
			return true
		case s.Status != session.Status:
			return s.Status == season.Live
		case s.Start == nil || session.Start == nil:
			return s.Start != nil
		case s.Status == season.Live:
			return s.Start.After(*session.Start)
		}
		return s.Start.Before(*session.Start)
	}
	for _, e := range events {
		for _, s := range e.Sessions {
			if better(s) {
				event, session, ok = e, s, true
			}
		}
	}
	return event, session, ok
}

// matched are the streams whose titles name the session, at most maxFeeds and the best first, and how many there are
// with the dead ones.
func (a *API) matched(e season.Event, s season.Session) (streams []stream.Stream, listed int) {
	type match struct {
		stream.Stream
		strength int
	}
	demo := map[string]bool{}
	if schedule.IsDemo(e) {
		for _, src := range a.o.Sources.All() {
			if src.Source.Kind == kindDemo && src.Err == nil {
				demo[src.Source.Key] = true
			}
		}
	}
	matcher := season.NewMatcher(e, s)
	var own, named []match
	dead := 0
	for _, st := range a.o.Extraction.Streams() { // live first, then the fastest
		strength := matcher.Match(st.Title)
		switch {
		case demo[st.SiteKey]:
			own = append(own, match{st, season.Picture(st.Title)})
		case strength > 0 && (st.Health == nil || st.Health.Live):
			named = append(named, match{st, strength})
		case strength > 0:
			dead++
		}
	}
	out := named
	listed = len(named) + dead
	if len(own) > 0 {
		// The demo's feeds all come from this machine, so how fast each answered is chance: they go by their names.
		slices.SortStableFunc(own, func(a, b match) int { return strings.Compare(a.Title, b.Title) })
		out, listed = own, len(own)
	}
	slices.SortStableFunc(out, func(a, b match) int {
		return cmp.Or(-cmp.Compare(liveness(a.Stream), liveness(b.Stream)), -cmp.Compare(a.strength, b.strength))
	})
	streams = make([]stream.Stream, 0, maxFeeds)
	for _, m := range out[:min(len(out), maxFeeds)] {
		streams = append(streams, m.Stream)
	}
	return streams, listed
}

// liveness is 2 for a stream that plays, 1 for one that was never checked, 0 for a dead one.
func liveness(st stream.Stream) int {
	switch {
	case st.Health == nil:
		return 1
	case st.Health.Live:
		return 2
	}
	return 0
}
