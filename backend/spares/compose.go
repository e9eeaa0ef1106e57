package spares

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/hls"
	"gridwall/backend/splice"
	"gridwall/backend/timeline"
)

// mostWait is how long after a switch the next segments of a stream that is behind are waited for.
const mostWait = 30 * time.Second

// errNothing answers a player while no segment can be listed.
var errNothing = fetch.Failf(http.StatusServiceUnavailable, "upstream_empty", "the stream has just changed its source; try again in a moment")

// compose returns the text of the composed playlist, with p as the playlist of the feeder; nil if another stream feeds the channel
// now, or no segment can be listed.
func (c *Channel) compose(served, feeder string, p playlist, a timeline.Addressing) []byte {
	now := time.Now()
	c.mu.Lock()
	if c.feeder != feeder || c.lines == nil {
		c.mu.Unlock()
		return nil
	}
	l := c.line(served, feeder, p)
	before := len(names(l))
	newest := c.part(feeder, p)
	how := splice.NotYet
	if l.Last().Waiting {
		how = l.Start(newest.Entries, p.Snapshot.Media.TargetDuration, now)
		if how == splice.NotYet && now.Sub(c.since) > mostWait {
			l.StartAtEdge(newest.Entries, now)
			how = splice.AtEdge
		}
		if how != splice.NotYet {
			c.align(l)
		}
	}
	last := l.Last()
	of := func(s *splice.Span) splice.Part {
		if s == last {
			return newest
		}
		return c.earlier(s)
	}
	w := l.Window(of)
	if len(w.Entries) == 0 && last.Waiting { // the earlier segments are not known any more, after a restart
		l.StartAtEdge(newest.Entries, now)
		c.align(l)
		how = splice.AtEdge
		w = l.Window(of)
	}
	if len(w.Entries) == 0 {
		c.mu.Unlock()
		return nil
	}
	l.Advance(w, now)
	text := []byte(nil)
	if as, ok := l.Whole(w, newest, p.Snapshot.First()); ok && p.Snapshot.Media.PartTarget > 0 {
		text = p.RenderForeign(p.Rendition, p.Snapshot, a, as)
	} else {
		text = l.Text(w, a)
	}
	changed := how != splice.NotYet || len(names(l)) != before
	undated := how == splice.AtEdge && l.Continued()
	c.mu.Unlock()
	if undated {
		c.tellAtEdge(feeder, served)
	}
	if changed {
		c.s.save()
	}
	return text
}

func names(l *splice.Line) map[string]string {
	if s := l.Last(); s != nil {
		return s.Names
	}
	return nil
}

// tellAtEdge tells users that the feeder does not continue at the same time.
func (c *Channel) tellAtEdge(feeder, served string) {
	const note = " It continues at its live edge: the date times of the two feeds do not match."
	c.mu.Lock()
	told := c.feeder != feeder || len(c.why) >= len(note) && c.why[len(c.why)-len(note):] == note
	if !told {
		c.why += note
	}
	c.mu.Unlock()
	if !told {
		c.s.o.Log.Info("the feeders have no common date time", "stream", c.id, "rendition", served, "to", feeder)
		c.s.o.OnChange()
		st, _ := c.s.o.Streams.Stream(c.id)
		c.s.o.Notice(NoticeKind, st.Title+": "+c.name(feeder)+" has no matching date times; it continues at its live edge.", c.id)
	}
}

// part returns the playlist of a span's stream. c.mu is held.
func (c *Channel) part(id string, p playlist) splice.Part {
	part := splice.Part{Entries: p.Entries(p.Rendition, p.Snapshot), Target: p.Snapshot.Media.TargetDuration, Over: p.Snapshot.Over()}
	if id != c.id {
		part.Folder = "../" + id + "/"
		part.Over = part.Over && !c.another(id) // players read no playlist again that is over
	}
	return part
}

// another reports whether a stream other than the feeder might still go on. c.mu is held.
func (c *Channel) another(feeder string) bool {
	ids, _ := c.s.spares(c.id)
	used := c.usedNow(time.Now())
	return slices.ContainsFunc(c.order(feeder, ids), func(id string) bool {
		h := c.of(id)
		return h.bad == nil && h.err == nil && !h.over(used) && (!h.failed || !h.well.IsZero())
	})
}

// earlier returns the playlist of the stream of an earlier span, as far as it is known. Segments that can no longer be fetched are
// marked as absent: players skip them. c.mu is held.
func (c *Channel) earlier(s *splice.Span) splice.Part {
	st, err := c.stream(s.Stream)
	if err != nil {
		return splice.Part{}
	}
	p := playlist{Stream: st, Rendition: st.KnownRendition(s.Rendition)}
	if p.Rendition == nil {
		return splice.Part{}
	}
	if p.Snapshot = p.Rendition.Current(); p.Snapshot == nil {
		return splice.Part{}
	}
	part := c.part(s.Stream, p)
	if h := c.health[s.Stream]; h != nil && h.failed {
		for i := range part.Entries {
			e := &part.Entries[i]
			e.Gap = e.Gap || !st.Holds(p.Rendition, strconv.FormatInt(e.MSN, 10))
		}
	}
	return part
}

// line returns the line of a served rendition, in which the newest switch has begun, and creates it if necessary. c.mu is held.
func (c *Channel) line(served, feeder string, p playlist) *splice.Line {
	l := c.lines[served]
	if l == nil {
		l = splice.New(c.id, served, timeline.Edge{}, false)
		c.lines[served] = l
	}
	if s := l.Last(); s != nil && s.Switch == c.count && s.Rendition == p.Rendition.Name() {
		return l
	}
	for other, o := range c.lines {
		if c.begun(o) && c.kind(other) == c.kind(served) {
			if r := p.KnownRendition(o.Last().Rendition); r != nil && sameNumbers(r.Current(), p.Snapshot) && l.Join(o, c.id, served, p.Rendition.Name()) {
				return l
			}
		}
	}
	l.Continue(feeder, p.Rendition.Name(), c.count)
	return l
}

// begun reports whether the newest switch has begun in a line. c.mu is held.
func (c *Channel) begun(l *splice.Line) bool {
	s := l.Last()
	return s != nil && !s.Waiting && s.Switch == c.count
}

// align gives a line in which the newest switch has just begun the discontinuity sequence numbers of the other renditions: players that
// change between them find their place by these (RFC 8216bis 6.2.4). c.mu is held.
func (c *Channel) align(l *splice.Line) {
	for _, other := range c.lines {
		if other != l && c.begun(other) {
			l.Align(other)
		}
	}
}

func (c *Channel) kind(rendition string) hls.RenditionKind {
	own, err := c.stream(c.id)
	if err != nil {
		return hls.Variant
	}
	return own.Descriptions()[rendition].Kind
}

// sameNumbers reports whether two renditions number their segments alike: one that both list has the same date time in both.
func sameNumbers(a, b *timeline.Snapshot) bool {
	if a == nil || b == nil {
		return false
	}
	msn := min(a.Last(), b.Last())
	if msn < a.First() || msn < b.First() {
		return false
	}
	x, y := &a.Media.Segments[msn-a.First()], &b.Media.Segments[msn-b.First()]
	return x.Discontinuity == y.Discontinuity && x.PDT.Sub(y.PDT).Abs() <= min(x.Duration, y.Duration)/2 // zero in both: only the numbers can tell
}
