package schedule

import (
	"slices"
	"time"

	"gridwall/backend/season"
)

// maxSpanOfLongEvents is how far apart the sessions of an event may be in a series whose events take weeks.
const maxSpanOfLongEvents = 14 * 24 * time.Hour

// markDoubts marks the sessions whose dates contradict those of the event's other sessions. A doubtful session is shown as
// such, but it is never live or next, and nothing is triggered at its start.
func markDoubts(e *season.Event) {
	for i := range e.Sessions {
		e.Sessions[i].InDoubt = false
	}
	for _, i := range contradicting(e.Series, e.Sessions) {
		e.Sessions[i].InDoubt = true
	}
	for i := range e.Sessions {
		s := &e.Sessions[i]
		if s.Start != nil && season.BeforeRace(s.Type) && slices.ContainsFunc(e.Sessions, func(o season.Session) bool {
			return o.Type == season.Race && o.Start != nil && o.Start.Equal(*s.Start)
		}) {
			s.InDoubt = true // it cannot begin together with the race
		}
	}
}

// contradicting returns the sessions that are more than mergeSpan away from most of the others; all of them if there is no
// majority.
func contradicting(series string, sessions []season.Session) (out []int) {
	var order []int
	for i := range sessions {
		if !sessions[i].Begins().IsZero() {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return sessions[a].Begins().Compare(sessions[b].Begins()) })
	var clusters [][]int
	widest := time.Duration(0)
	for n, i := range order {
		gap := time.Duration(0)
		if n > 0 {
			gap = sessions[i].Begins().Sub(sessions[order[n-1]].Begins())
		}
		if n == 0 || gap > mergeSpan {
			clusters = append(clusters, nil)
		}
		widest = max(widest, gap)
		clusters[len(clusters)-1] = append(clusters[len(clusters)-1], i)
	}
	testing := !slices.ContainsFunc(sessions, func(s season.Session) bool { return s.Type != season.Other }) // tests may be weeks apart
	if len(clusters) < 2 || testing || !season.HasShortEvents(series) && widest <= maxSpanOfLongEvents && inOrder(sessions, order) {
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
func inOrder(sessions []season.Session, order []int) bool {
	raced := false
	for _, i := range slices.Backward(order) {
		switch t := sessions[i].Type; {
		case t == season.Race:
			raced = true
		case season.BeforeRace(t) && !raced && slices.ContainsFunc(sessions, func(s season.Session) bool { return s.Type == season.Race }):
			return false
		}
	}
	return true
}

// countNear returns how many sessions take place within mergeSpan of s.
func countNear(s season.Session, others []season.Session) (n int) {
	for _, o := range others {
		if !o.InDoubt && !o.Begins().IsZero() && o.Begins().Sub(s.Begins()).Abs() <= mergeSpan {
			n++
		}
	}
	return n
}
