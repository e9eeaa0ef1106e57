package splice

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/timeline"
)

// maxTarget bounds the served target duration in seconds. A spare that declares a longer one is wrong, and the target duration never
// shrinks: players would hardly read the playlist again, whichever stream feeds it.
const maxTarget = 60

// minTargets is how many target durations a window has at least (RFC 8216bis 6.2.2).
const minTargets = 3

// Part is the playlist of one span's stream.
type Part struct {
	// Entries are its segments, oldest first, under its own numbers; none if it cannot be read.
	Entries []timeline.Entry
	// Target is its target duration.
	Target time.Duration
	// Folder is the path from the folder of the served stream to that of this one; "" for the served stream itself.
	Folder string
	// Over is true if no segment will be added.
	Over bool
}

// Window is what is served of a line now.
type Window struct {
	Entries []timeline.Entry // under the served numbers
	Over    bool
}

// Window returns the segments to serve. of returns the playlist of a span; it is called for the newest span first, until the window
// is complete. The window begins with segments that the upstream no longer lists as long as the time-shift buffer has them; others
// stay until the newer ones are as long as a playlist of its stream.
func (l *Line) Window(of func(s *Span) Part) Window {
	var w Window
	next := int64(math.MaxInt64) // the number after the span's last
	keep := time.Duration(0)
	for i := len(l.Spans) - 1; i >= 0; i-- {
		s := &l.Spans[i]
		if s.Waiting {
			next = s.Start
			continue
		}
		p := of(s)
		newest := i == len(l.Spans)-1
		if newest {
			w.Over = p.Over
		}
		l.extend(ceil(p.Target))
		keep = max(keep, listed(p.Entries), minTargets*time.Duration(l.Target)*time.Second)
		span := s.window(p, next)
		if len(w.Entries) > 0 && (len(span) == 0 || span[len(span)-1].MSN != w.Entries[0].MSN-1) {
			break
		}
		kept := l.kept(span, w.Entries, keep, newest)
		w.Entries = append(kept, w.Entries...)
		if len(w.Entries) > 0 && len(kept) < len(span) {
			break
		}
		next = s.Start
	}
	if len(w.Entries) > 0 {
		l.Floor = w.Entries[0].MSN
		for i := range w.Entries {
			l.extend(int64(math.Round(w.Entries[i].Duration.Seconds())))
		}
	}
	return w
}

// Whole returns how the playlist of the newest span can be served whole, with its partial segments and hints; first is the number of
// its first segment. ok is false as long as it lists segments from before the span, or has a shorter target duration than was served:
// then the window is written segment by segment, without them.
func (l *Line) Whole(w Window, p Part, first int64) (f timeline.Foreign, ok bool) {
	s := l.Last()
	if s == nil || s.Waiting || first+s.Shift < s.Start || ceil(p.Target) != l.Target {
		return f, false
	}
	i := slices.IndexFunc(w.Entries, func(e timeline.Entry) bool { return e.MSN == first+s.Shift })
	if i < 0 {
		return f, false
	}
	return timeline.Foreign{MSN: s.Shift, Discontinuity: s.Discontinuity, Name: s.served, Folder: p.Folder, Before: w.Entries[:i]}, true
}

// extend raises the served target duration to that of a playlist or a segment, in seconds.
func (l *Line) extend(target int64) { l.Target = min(max(l.Target, target), maxTarget) }

// Advance records the newest served segment.
func (l *Line) Advance(w Window, now time.Time) {
	if len(w.Entries) == 0 {
		return
	}
	e := &w.Entries[len(w.Entries)-1]
	if e.MSN <= l.Edge.MSN {
		return
	}
	l.Edge = timeline.Edge{MSN: e.MSN, Discontinuity: e.Discontinuity, At: now}
	if !e.PDT.IsZero() {
		l.Edge.End = e.PDT.Add(e.Duration)
	}
}

// window returns the segments of the span in the playlist p, under the served numbers. next is the number after the span's last.
func (s *Span) window(p Part, next int64) []timeline.Entry {
	out := make([]timeline.Entry, 0, len(p.Entries))
	for _, e := range p.Entries {
		msn := e.MSN + s.Shift
		if msn < s.Start || msn >= next {
			continue
		}
		if e.Implicit && s.Shift != 0 { // its text is valid only under the stream's own number
			out = out[:0]
			continue
		}
		if n := len(out); n > 0 && out[n-1].MSN != msn-1 {
			out = out[:0]
		}
		e.MSN, e.Discontinuity = msn, e.Discontinuity+s.Discontinuity
		rewrite := func(text string) string { return timeline.Rewrite(text, p.Folder, s.served) }
		e.Lines, e.Keys, e.Map, e.MapKeys = rewrite(e.Lines), rewrite(e.Keys), rewrite(e.Map), rewrite(e.MapKeys)
		if e.Gap && !strings.Contains(e.Lines, "#EXT-X-GAP") {
			e.Lines = "#EXT-X-GAP\n" + e.Lines
		}
		out = append(out, e)
	}
	return out
}

// kept returns the newest segments of a span to be served before those of later spans.
func (l *Line) kept(span, after []timeline.Entry, keep time.Duration, newest bool) []timeline.Entry {
	have := listed(after)
	i := len(span)
	for i > 0 {
		e := &span[i-1]
		if e.MSN < l.Floor || !e.Retained && !(newest && e.Listed) && have >= keep {
			break
		}
		have += e.Duration
		i--
	}
	return slices.Clip(span[i:])
}

// listed returns the duration of the segments that the upstream lists.
func listed(list []timeline.Entry) (d time.Duration) {
	for i := range list {
		if list[i].Listed {
			d += list[i].Duration
		}
	}
	return d
}

func ceil(d time.Duration) int64 { return int64(math.Ceil(d.Seconds())) }

// Text returns the playlist of a window for one way of addressing it.
func (l *Line) Text(w Window, a timeline.Addressing) []byte {
	var b strings.Builder
	tag := func(name string, v int64) { b.WriteString(name + ":" + strconv.FormatInt(v, 10) + "\n") }
	b.WriteString("#EXTM3U\n")
	tag("#EXT-X-VERSION", 7)
	tag("#EXT-X-TARGETDURATION", max(l.Target, 1))
	if len(w.Entries) > 0 {
		tag("#EXT-X-MEDIA-SEQUENCE", w.Entries[0].MSN)
		if d := w.Entries[0].Discontinuity; d > 0 {
			tag("#EXT-X-DISCONTINUITY-SEQUENCE", d)
		}
		b.WriteString(timeline.Replace(timeline.WriteEntries(w.Entries), a))
	}
	if w.Over {
		b.WriteString("#EXT-X-ENDLIST\n")
	}
	return []byte(b.String())
}
