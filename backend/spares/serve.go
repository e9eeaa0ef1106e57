package spares

import (
	"context"
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
			err := c.prepare(pctx, id, now, false)
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
