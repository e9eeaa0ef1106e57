package splice

import (
	"math"
	"time"

	"gridwall/backend/timeline"
)

const (
	// patience is how far behind the served edge another stream may be, in target durations, for its next segments to be waited
	// for. One that is further behind is too late to continue at the same time.
	patience = 3
	// liveSegments is with how many of its newest segments a stream begins that cannot continue at the same time, as players do.
	liveSegments = 3
)

// How says how a stream continues another.
type How int

const (
	// NotYet: its next segment does not exist yet.
	NotYet How = iota
	// ByDate: at the same program date time.
	ByDate
	// AtEdge: at its live edge, because there is no common date time.
	AtEdge
)

// Start finds the first segment of the waiting span in the playlist of its stream, list, and reports how it continues.
func (l *Line) Start(list []timeline.Entry, target time.Duration, now time.Time) How {
	s := l.Last()
	if s == nil || !s.Waiting || len(list) == 0 {
		return NotYet
	}
	if l.Edge.MSN < 0 { // nothing was served: as the stream's own playlist
		s.Start, s.Waiting = list[0].MSN, false
		return AtEdge
	}
	k, how := next(list, l.Edge, target, now)
	if how == NotYet {
		return how
	}
	l.begin(k, list)
	return how
}

// StartAtEdge begins the waiting span at the live edge of its stream: the window has nothing else to offer.
func (l *Line) StartAtEdge(list []timeline.Entry, now time.Time) {
	if s := l.Last(); s == nil || !s.Waiting || len(list) == 0 {
		return
	}
	k, _ := atEdge(list, l.Edge, now)
	l.begin(k, list)
}

// begin begins the newest span with list[k].
func (l *Line) begin(k int, list []timeline.Entry) {
	s := l.Last()
	s.Shift = s.Start - list[k].MSN
	s.Discontinuity = l.Edge.Discontinuity + 1 - list[k].Discontinuity
	s.Waiting = false
}

// next returns the index of the segment that follows edge.
func next(list []timeline.Entry, edge timeline.Edge, target time.Duration, now time.Time) (int, How) {
	n := len(list)
	first, last := list[0], list[n-1]
	if edge.End.IsZero() || last.PDT.IsZero() || first.PDT.IsZero() {
		return atEdge(list, edge, now)
	}
	wait := patience * max(min(target, 2*longest(list)), time.Second)
	end := last.PDT.Add(last.Duration)
	if edge.End.Sub(end) > wait || first.PDT.Sub(edge.End) > wait {
		return atEdge(list, edge, now) // too late, or it no longer lists the time
	}
	for k := range list {
		if e := &list[k]; !e.PDT.IsZero() && e.PDT.Sub(edge.End) >= -e.Duration/2 {
			if e.PDT.Sub(edge.End) > wait { // its dates jump
				return atEdge(list, edge, now)
			}
			return k, ByDate
		}
	}
	if edge.End.Sub(end) >= -last.Duration/2 {
		return 0, NotYet
	}
	return atEdge(list, edge, now)
}

// longest returns the duration of the longest segment: a declared target duration may be far too long.
func longest(list []timeline.Entry) (d time.Duration) {
	for i := range list {
		d = max(d, list[i].Duration)
	}
	return min(d, maxTarget*time.Second)
}

// atEdge returns the segment from which on the list is as long as the time since edge, at most liveSegments.
func atEdge(list []timeline.Entry, edge timeline.Edge, now time.Time) (int, How) {
	fresh := int(math.Round(float64(now.Sub(edge.At)) / float64(typical(list))))
	return len(list) - min(max(fresh, 1), liveSegments, len(list)), AtEdge
}
