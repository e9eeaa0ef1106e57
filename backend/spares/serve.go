package spares

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/playback"
	"gridwall/backend/splice"
	"gridwall/backend/timeline"
)

const (
	// takeOverWait bounds the wait of a request that failed for a spare to take over.
	takeOverWait = 4 * time.Second
	// maxSwitches bounds the switches during one request.
	maxSwitches = 3
)

// Playlist returns the composed playlist of a rendition.
func (c *Channel) Playlist(ctx context.Context, served string, a timeline.Addressing) ([]byte, error) {
	c.Attend(served)
	for tries := 0; ; tries++ {
		c.mu.Lock()
		feeder := c.feeder
		c.mu.Unlock()
		lctx, cancel := c.UntilSwitch(ctx)
		p, err := c.load(lctx, feeder, served, time.Time{})
		cancel()
		if c.changed(feeder) && tries < maxSwitches {
			continue
		}
		if p.Rendition != nil {
			p.Rendition.SetWanted()
		}
		if err != nil && p.Rendition != nil {
			p.Snapshot = p.Rendition.LastGood(err, false)
		}
		if p.Snapshot == nil {
			if c.TakeOver(ctx, feeder, err) && tries < maxSwitches {
				continue
			}
			return nil, err
		}
		p.WatchProgress(p.Rendition)
		if text := c.compose(served, feeder, p, a); text != nil {
			return text, nil
		}
		if tries >= maxSwitches {
			return nil, errNothing
		}
	}
}

// Newest returns the stream that feeds the newest segments of a rendition, its rendition, and what is added to its numbers; ok is false
// if it is not known yet.
func (c *Channel) Newest(served string) (st *playback.Stream, rendition string, shift int64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lines[served]
	if l == nil {
		return nil, "", 0, false
	}
	s := l.Last()
	if s == nil || s.Waiting || s.Stream != c.feeder {
		return nil, "", 0, false
	}
	st, err := c.stream(s.Stream)
	return st, s.Rendition, s.Shift, err == nil
}

// changed reports whether another stream feeds the channel now.
func (c *Channel) changed(feeder string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.feeder != feeder
}

// TakeOver is called when a request for the feeder's playlist failed after recovery was tried. It reports whether another stream has
// taken over, for which it waits.
func (c *Channel) TakeOver(ctx context.Context, feeder string, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	c.mu.Lock()
	switched := c.switched
	c.mu.Unlock()
	if c.changed(feeder) {
		return true
	}
	if !conclusive(err) || !c.replace(feeder, reason(err)) {
		return c.changed(feeder)
	}
	t := time.NewTimer(takeOverWait)
	defer t.Stop()
	select {
	case <-switched:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return c.changed(feeder)
}

// replace switches to the first stream whose playlists can be read now. It reports whether there is one to wait for.
func (c *Channel) replace(feeder, why string) bool {
	now := time.Now()
	ids, _ := c.s.spares(c.id)
	c.mu.Lock()
	used := c.usedNow(now)
	var next, unsure []string
	for _, id := range c.order(feeder, ids) {
		switch h := c.of(id); {
		case len(used) > 0 && h.ready(used, now):
			next = append(next, id)
		case h.usable(used, now):
			unsure = append(unsure, id)
		}
	}
	next = append(next, unsure...)
	run := len(next) > 0 && !c.replacing
	c.replacing = c.replacing || run
	c.mu.Unlock()
	if !run {
		return len(next) > 0
	}
	if c.s.o.Engine.Tasks.Run(func() {
		ctx, cancel := context.WithTimeout(c.s.o.Engine.Tasks.Context, takeOverWait)
		defer cancel()
		for _, id := range next {
			pctx, cancel := context.WithTimeout(ctx, takeOverWait/2)
			err := c.prepare(pctx, id, now)
			cancel()
			if err == nil {
				c.apply(change{from: feeder, to: id, why: why})
				break
			}
		}
		c.mu.Lock()
		c.replacing = false
		c.mu.Unlock()
	}) {
		return true
	}
	return false
}

// errNothing is the answer if there is no segment to list.
var errNothing = fetch.Failf(http.StatusServiceUnavailable, "upstream_empty", "the stream has just changed its source; try again in a moment")

// compose returns the text of the composed playlist, with p as the playlist of the feeder; nil if another stream feeds the channel
// now, or there is no segment to list.
func (c *Channel) compose(served, feeder string, p playlist, a timeline.Addressing) []byte {
	now := time.Now()
	c.mu.Lock()
	if c.feeder != feeder || c.lines == nil {
		c.mu.Unlock()
		return nil
	}
	l := c.line(served, feeder, p)
	if s := l.Last(); s == nil || s.Stream != feeder || s.Rendition != p.Rendition.Name() {
		l.Continue(feeder, p.Rendition.Name())
	}
	before := len(names(l))
	newest := c.part(feeder, p)
	how := splice.NotYet
	if l.Last().Waiting {
		how = l.Start(newest.Entries, p.Snapshot.Media.TargetDuration, now)
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
	const note = " It goes on at its live edge: the two have no common date time."
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
		c.s.o.Notice(NoticeKind, st.Title+": "+c.s.siteName(feeder)+" has no date time in common; it goes on at its live edge.", c.id)
	}
}

// part returns the playlist of a span's stream. c.mu is held.
func (c *Channel) part(id string, p playlist) splice.Part {
	part := splice.Part{Entries: p.Entries(p.Rendition, p.Snapshot), Target: p.Snapshot.Media.TargetDuration, Over: p.Snapshot.Over()}
	if id != c.id {
		part.Folder = "../" + id + "/"
	}
	return part
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

// line returns the line of a served rendition, and creates it if necessary. c.mu is held.
func (c *Channel) line(served, feeder string, p playlist) *splice.Line {
	if l := c.lines[served]; l != nil {
		return l
	}
	var edge timeline.Edge
	ok := false
	if own, err := c.stream(c.id); err == nil {
		if r := own.KnownRendition(served); r != nil {
			edge, ok = r.Timeline.Edge()
		}
	}
	l := c.sibling(served, feeder, p, edge)
	if l == nil {
		l = splice.New(c.id, served, edge, ok)
	}
	c.lines[served] = l
	return l
}

// sibling returns the line of a rendition that players have not used since the switch, with the numbers of another one whose upstream
// numbers are the same; nil if there is none. c.mu is held.
func (c *Channel) sibling(served, feeder string, p playlist, edge timeline.Edge) *splice.Line {
	own, err := c.stream(c.id)
	if err != nil {
		return nil
	}
	known := own.Descriptions()
	for other, l := range c.lines {
		last := l.Last()
		if known[other].Kind != known[served].Kind || last == nil || last.Waiting || last.Stream != feeder || last.Start <= edge.MSN {
			continue
		}
		if r := p.KnownRendition(last.Rendition); r != nil && sameNumbers(r.Current(), p.Snapshot) {
			return l.For(c.id, served, p.Rendition.Name())
		}
	}
	return nil
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
	return x.PDT.Sub(y.PDT).Abs() <= min(x.Duration, y.Duration)/2 // zero in both: only the numbers can tell
}

// Object is a segment, a part, a key or an init section of the stream that has it.
type Object struct {
	Stream    *playback.Stream
	Rendition string
	// MSN is the number of a segment, Name the name of a key or an init section, in that stream.
	MSN  int64
	Name string
	// Feeder is the id of the stream.
	Feeder string
}

// Segment finds the stream that has a served segment; ok is false if it is the stream itself.
func (c *Channel) Segment(served string, msn int64) (o Object, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l := c.lines[served]; l != nil {
		if s, own, found := l.Segment(msn); found {
			return c.object(s, Object{MSN: own})
		}
	}
	return o, false
}

// Named finds the stream that has a served key or init section; ok is false if it is the stream itself.
func (c *Channel) Named(served, name string) (o Object, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l := c.lines[served]; l != nil {
		if s, own, found := l.Named(name); found {
			return c.object(s, Object{Name: own})
		}
	}
	return o, false
}

func (c *Channel) object(s *splice.Span, o Object) (Object, bool) {
	st, err := c.stream(s.Stream)
	if err != nil {
		return o, false
	}
	o.Stream, o.Rendition, o.Feeder = st, s.Rendition, s.Stream
	return o, true
}

// Feeder returns the id of the stream that feeds the channel.
func (c *Channel) Feeder() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.feeder
}

// Done records whether a segment of the stream that feeds the channel could be served, err after recovery was tried. If its segments
// are refused, another stream takes over. Segments that its playlist no longer lists do not count.
func (c *Channel) Done(r *playback.Rendition, feeder string, msn int64, err error) {
	s := r.Current()
	c.mu.Lock()
	if feeder != c.feeder || err != nil && (s == nil || msn < s.First() || !fault(err)) {
		c.mu.Unlock()
		return
	}
	if err == nil {
		clear(c.misses)
		c.mu.Unlock()
		return
	}
	c.misses[msn] = true
	n := len(c.misses)
	h := c.of(feeder)
	h.err = err
	c.mu.Unlock()
	c.poke()
	if unreachable(err) {
		c.replace(feeder, "cannot be reached")
	} else if n >= maxMisses || fetch.AsFailure(err).Code == "upstream_refused" {
		c.replace(feeder, "refuses its segments")
	}
}

// Main reports whether the playlist at the stream's own URL is a media playlist.
func (c *Channel) Main() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.main
}

// FeederStream returns the stream that feeds the channel.
func (c *Channel) FeederStream() (*playback.Stream, error) { return c.stream(c.Feeder()) }
