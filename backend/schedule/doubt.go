package schedule

import (
	"slices"
	"time"
)

// longDoubt is how far the sessions of an event may be apart in a series whose events can take weeks.
const longDoubt = 14 * 24 * time.Hour

// shortWeekends are the series whose events are over in a few days: what one of their calendars puts further apart than
// sameWeekend cannot be meant. Others practise a week before the race.
var shortWeekends = map[string]bool{
	"f1": true, "f2": true, "f3": true, "f1academy": true, "fe": true, "motogp": true, "moto2": true, "moto3": true, "wsbk": true,
	"wec": true, "elms": true, "wrc": true, "dtm": true, "btcc": true, "supercars": true, "supercup": true,
}

// markDoubts marks the sessions whose dates contradict those of the event's others: such a session is shown, and said to be
// in doubt, but it is never live or next, and nothing is done at its start.
func markDoubts(e *Event) {
	for i := range e.Sessions {
		e.Sessions[i].InDoubt = false
	}
	for _, i := range outOfLine(seriesKey(e.Series), e.Sessions) {
		e.Sessions[i].InDoubt = true
	}
	for i := range e.Sessions {
		s := &e.Sessions[i]
		if s.Start != nil && beforeRace(s.Type) && slices.ContainsFunc(e.Sessions, func(o Session) bool {
			return o.Type == Race && o.Start != nil && o.Start.Equal(*s.Start)
		}) {
			s.InDoubt = true // it cannot begin with the race
		}
	}
}

// beforeRace reports whether sessions of a type take place before the race.
func beforeRace(t Type) bool {
	return slices.Contains([]Type{FP1, FP2, FP3, Qualifying, SprintQualifying}, t)
}

// outOfLine lists the sessions that are more than sameWeekend away from most of the others; where as many say the one as the
// other, all of them.
func outOfLine(series string, sessions []Session) (out []int) {
	var order []int
	for i := range sessions {
		if !sessions[i].begins().IsZero() {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return sessions[a].begins().Compare(sessions[b].begins()) })
	var clusters [][]int
	widest := time.Duration(0)
	for n, i := range order {
		gap := time.Duration(0)
		if n > 0 {
			gap = sessions[i].begins().Sub(sessions[order[n-1]].begins())
		}
		if n == 0 || gap > sameWeekend {
			clusters = append(clusters, nil)
		}
		widest = max(widest, gap)
		clusters[len(clusters)-1] = append(clusters[len(clusters)-1], i)
	}
	testing := !slices.ContainsFunc(sessions, func(s Session) bool { return s.Type != Other }) // tests go on when they like
	if len(clusters) < 2 || testing || !shortWeekends[series] && widest <= longDoubt && inOrder(sessions, order) {
		return nil
	}
	most := slices.MaxFunc(clusters, func(a, b []int) int { return len(a) - len(b) })
	tie := 0
	for _, c := range clusters {
		if len(c) == len(most) {
			tie++
		}
	}
	for _, c := range clusters {
		if tie > 1 || len(c) < len(most) {
			out = append(out, c...)
		}
	}
	return out
}

// inOrder reports whether practice and qualifying come before the last race. order lists the sessions by time.
func inOrder(sessions []Session, order []int) bool {
	raced := false
	for _, i := range slices.Backward(order) {
		switch t := sessions[i].Type; {
		case t == Race:
			raced = true
		case beforeRace(t) && !raced && slices.ContainsFunc(sessions, func(s Session) bool { return s.Type == Race }):
			return false
		}
	}
	return true
}

// fits counts the sessions that take place within sameWeekend of s.
func fits(s Session, others []Session) (n int) {
	for _, o := range others {
		if !o.InDoubt && !o.begins().IsZero() && o.begins().Sub(s.begins()).Abs() <= sameWeekend {
			n++
		}
	}
	return n
}
