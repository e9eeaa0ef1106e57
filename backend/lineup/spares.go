package lineup

import (
	"time"

	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// Spare reports whether a rule makes streams of other sources spares of st, and how long st must be well again before it takes
// over from one (0: only by hand). Such a rule applies to the streams that it selects; one without sources and titles, to all
// streams or, if it is for certain sessions, to those whose titles name one. A rule for certain sessions applies while one of them
// is live or to come.
func (l *Lineup) Spare(st stream.Stream) (back time.Duration, ok bool) {
	set := l.ruleset()
	some := false
	for i, c := range set.compiled {
		if !set.list[i].Spare {
			continue
		}
		some = true
		if _, selects := c.Rank(st.SiteKey, st.Title); selects && c.Always() { // a rule without sources and titles selects all
			return c.SpareBack(), true
		}
	}
	if !some {
		return 0, false
	}
	for _, e := range l.events() {
		for _, s := range e.Sessions {
			if s.Status != season.Live && s.Status != season.Upcoming {
				continue
			}
			i, c := set.first(e, s)
			if c == nil || !set.list[i].Spare {
				continue
			}
			if c.SelectsStreams() {
				_, ok = c.Rank(st.SiteKey, st.Title)
			} else {
				ok = season.NewMatcher(e, s).Match(st.Title) > 0
			}
			if ok {
				return c.SpareBack(), true
			}
		}
	}
	return 0, false
}
