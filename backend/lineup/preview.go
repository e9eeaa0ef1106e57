package lineup

import (
	"cmp"
	"slices"

	"gridwall/backend/rules"
	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// maxPreviewed bounds the sessions that a preview lists.
const maxPreviewed = 30

// Preview has the sessions and the streams that a rule would match now.
type Preview struct {
	// Problems are the mistakes in the rule, by field; if there are any, the other fields are empty.
	Problems []*rules.Problem
	// Sessions are the sessions that the rule matches, live and upcoming ones first; Count is how many there are.
	Sessions []Previewed
	Count    int
	// Streams are the feeds that the first session for which the rule decides would get, at most nine; Taken is how many there are.
	Streams []stream.Stream
	Taken   int
}

// Previewed is a session that a rule matches.
type Previewed struct {
	Event   season.Event
	Session season.Session
	// Decided reports whether the rule decides for the session. If not, By is the label of the earlier rule that does.
	Decided bool
	By      string
}

// Preview returns what a rule would match at the given index among all rules; -1 is after them. Nothing is saved.
func (l *Lineup) Preview(r Rule, place int) Preview {
	one, problems := r.compile()
	if problems != nil {
		return Preview{Problems: problems}
	}
	set := l.ruleset()
	before := len(set.list)
	if place >= 0 {
		before = min(before, place)
	}
	var all []Previewed
	for _, e := range l.events() {
		for _, s := range e.Sessions {
			if one.AppliesTo(subject(e, s)) {
				all = append(all, Previewed{Event: e, Session: s})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y Previewed) int { return cmp.Compare(nearness(x.Session), nearness(y.Session)) })
	out := Preview{Count: len(all), Sessions: all[:min(len(all), maxPreviewed)]}
	for i := range out.Sessions {
		p := &out.Sessions[i]
		by := rules.First(set.compiled[:before], subject(p.Event, p.Session))
		p.Decided = by < 0
		if by >= 0 {
			p.By = set.list[by].label(by)
		}
	}
	if len(all) > 0 {
		first := all[max(0, slices.IndexFunc(out.Sessions, func(p Previewed) bool { return p.Decided }))]
		out.Streams, out.Taken = l.feeds(one, first.Event, first.Session)
	} else if one.SelectsStreams() {
		out.Streams, out.Taken = l.byRule(one)
	}
	return out
}

// nearness returns the sort key of a session: live ones first, then upcoming, past and cancelled ones.
func nearness(s season.Session) int {
	return slices.Index([]season.Status{season.Live, season.Upcoming, season.Past, season.Cancelled}, s.Status)
}
