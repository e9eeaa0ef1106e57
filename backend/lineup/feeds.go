package lineup

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"gridwall/backend/rules"
	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// kindDemo is the kind of the demo's sources.
const kindDemo = "demo"

// Feeds are the streams of a session.
type Feeds struct {
	Event   season.Event
	Session season.Session
	// Streams are the best nine, the best first.
	Streams []stream.Stream
	// Listed counts all streams of the session, including those beyond nine and the offline ones.
	Listed int
	// Rule is the rule that decides for the session, nil if none matches it. Place is its index among all rules; -1 for none.
	Rule  *Rule
	Place int
	// Chooses reports whether the rule selects feeds, and not only their arrangement.
	Chooses bool
	// Delay is how far behind live the rule puts the wall; nil if it does not say.
	Delay *time.Duration
}

// Feeds returns the streams of a session. event is an event's id, session the name or the type of one of its sessions. If session
// is empty, it is the event's live session, otherwise its next one, otherwise its last. If both are empty, it is the calendar's
// live session, otherwise its next one. The error is ErrUnknownSession, or stream.ErrInvalid for a session without an event.
//
// The first rule that matches the session decides. Without one, a session of the demo's calendar has the demo's streams, and
// any other session has the streams whose titles name its series, its event or the session.
func (l *Lineup) Feeds(event, session string) (Feeds, error) {
	e, s, err := l.find(event, session)
	if err != nil {
		return Feeds{}, err
	}
	set := l.ruleset()
	place, rule := set.first(e, s)
	out := Feeds{Event: e, Session: s, Place: place}
	out.Streams, out.Listed = l.feeds(rule, e, s)
	if rule != nil {
		out.Rule, out.Chooses = &set.list[place], rule.SelectsStreams()
		if d, ok := rule.Delay(); ok {
			out.Delay = &d
		}
	}
	return out, nil
}

// feeds returns at most maxFeeds streams of the session, the best first, and how many it has in all. rule is nil for none.
func (l *Lineup) feeds(rule *rules.Compiled, e season.Event, s season.Session) ([]stream.Stream, int) {
	if rule != nil && rule.SelectsStreams() {
		return l.byRule(rule)
	}
	return l.byTitle(e, s)
}

// byTitle returns at most maxFeeds streams whose titles name the session, the best first, and how many there are, including
// offline ones.
func (l *Lineup) byTitle(e season.Event, s season.Session) (streams []stream.Stream, listed int) {
	type match struct {
		stream.Stream
		strength int
	}
	demo := map[string]bool{}
	if schedule.IsDemo(e) {
		for _, src := range l.o.Sources.All() {
			if src.Source.Kind == kindDemo && src.Err == nil {
				demo[src.Source.Key] = true
			}
		}
	}
	matcher := season.NewMatcher(e, s)
	var ofDemo, named []match
	offline := 0
	for _, st := range l.o.Streams.Streams() { // live first, then the fastest
		strength := matcher.Match(st.Title)
		switch {
		case demo[st.SiteKey]:
			ofDemo = append(ofDemo, match{st, season.Picture(st.Title)})
		case strength > 0 && (st.Health == nil || st.Health.Live):
			named = append(named, match{st, strength})
		case strength > 0:
			offline++
		}
	}
	out := named
	listed = len(named) + offline
	if len(ofDemo) > 0 {
		// The demo's feeds all come from this machine, so their response times mean nothing: sort by title.
		slices.SortStableFunc(ofDemo, func(a, b match) int { return strings.Compare(a.Title, b.Title) })
		out, listed = ofDemo, len(ofDemo)
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

// byRule returns at most maxFeeds streams that a rule selects, and how many there are. They are sorted by the order of the rule's
// titles, then by their own, so that a wall that a rule opens looks the same each time. An offline one keeps its place: its tile
// says why, and waits.
func (l *Lineup) byRule(c *rules.Compiled) ([]stream.Stream, int) {
	type ranked struct {
		stream.Stream
		rank int
	}
	var all []ranked
	for _, st := range l.o.Streams.Streams() {
		if rank, ok := c.Rank(st.SiteKey, st.Title); ok {
			all = append(all, ranked{st, rank})
		}
	}
	slices.SortStableFunc(all, func(x, y ranked) int {
		return cmp.Or(cmp.Compare(x.rank, y.rank), strings.Compare(x.Title, y.Title), -cmp.Compare(liveness(x.Stream), liveness(y.Stream)))
	})
	out := make([]stream.Stream, 0, maxFeeds)
	for _, r := range all[:min(len(all), maxFeeds)] {
		out = append(out, r.Stream)
	}
	return out, len(all)
}

// candidates returns the session's feeds, followed by the offline streams whose titles name the session.
func (l *Lineup) candidates(rule *rules.Compiled, e season.Event, s season.Session) []stream.Stream {
	out, _ := l.feeds(rule, e, s)
	if rule != nil && rule.SelectsStreams() {
		return out
	}
	matcher := season.NewMatcher(e, s)
	for _, st := range l.o.Streams.Streams() {
		if st.Health != nil && !st.Health.Live && !schedule.IsDemo(e) && matcher.Match(st.Title) > 0 {
			out = append(out, st)
		}
	}
	return out
}

// liveness returns 2 for a live stream, 1 for one that was never checked, 0 for an offline one.
func liveness(st stream.Stream) int {
	switch {
	case st.Health == nil:
		return 1
	case st.Health.Live:
		return 2
	}
	return 0
}
