package spares

import (
	"context"
	"errors"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/playback"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

const (
	// pollTimeout bounds the request of a playlist by the monitor, with all attempts at recovery.
	pollTimeout = 15 * time.Second
	// keepEvery is how often the lease of a spare is renewed.
	keepEvery = time.Minute
	// minTick and maxTick bound the pauses of the monitor; it looks several times in a target duration.
	minTick, maxTick = 50 * time.Millisecond, 500 * time.Millisecond
	// aheadSegments is how many of a spare's newest segments are fetched when its stream is in trouble.
	aheadSegments = 2
)

// watch is the monitor of a channel. It runs while players request the stream, and keeps one spare warm: its playlists are read every
// target duration, its token is renewed.
func (c *Channel) watch() {
	ctx := c.s.o.Engine.Tasks.Context
	defer c.s.save()
	defer c.release()
	for {
		pause, more := c.step(time.Now())
		if !more {
			return
		}
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-c.wake:
		case <-ctx.Done():
			t.Stop()
			c.mu.Lock()
			c.watching = false
			c.mu.Unlock()
			return
		}
		t.Stop()
	}
}

// step does what is due, and returns the pause until the next step. more is false if there is nothing left to watch.
func (c *Channel) step(now time.Time) (pause time.Duration, more bool) {
	ids, back := c.s.spares(c.id)
	c.mu.Lock()
	if now.Sub(c.asked) > watchedFor || len(ids) == 0 && c.lines == nil {
		c.watching = false
		c.mu.Unlock()
		return 0, false
	}
	feeder, used := c.feeder, c.usedNow(now)
	h := c.of(feeder)
	if len(used) == 0 {
		used = []string{""}
	}
	target := defaultTarget
	for _, served := range used {
		t := h.track(served, now)
		t.note(now)
		target = min(target, t.target())
		if t.due(now, t.target()*2/3) {
			c.poll(feeder, served, t)
		}
	}
	v, why := h.judge(used, now)
	if feeder != c.id && h.over(used) {
		v, why = failed, "has ended"
	}
	order := c.order(feeder, ids)
	warm := c.warm(order, now)
	if warm != "" {
		c.pollSpare(warm, used, v, now)
	}
	ch := change{from: feeder}
	if feeder != c.id && back > 0 && !c.byHand && !c.held && now.Sub(c.backAt) > minReturn {
		if w := c.of(c.id); v != failed && !w.well.IsZero() && now.Sub(w.well) >= back && w.ready(used, now) {
			ch.to, ch.back = c.id, true
		}
	}
	if feeder != c.id && warm != c.id && back > 0 { // so that it is known when it is well again
		c.pollSpare(c.id, used, well, now)
	}
	ahead := v != well && warm != ""
	c.mu.Unlock()
	switch {
	case v == failed:
		c.replace(feeder, why)
	case ch.to != "":
		c.apply(ch)
	case ahead:
		c.fetchAhead(warm, used)
	}
	return max(minTick, min(target/8, maxTick)), true
}

// warm returns the stream that takes over next; "" if there is none to try now. c.mu is held.
func (c *Channel) warm(order []string, now time.Time) string {
	for _, id := range order {
		if h := c.of(id); h.bad == nil && !now.Before(h.down) {
			return id
		}
	}
	return ""
}

// due reports whether a playlist should be read again, because nobody has within that time.
func (t *track) due(now time.Time, within time.Duration) bool {
	if t.polling || now.Sub(t.polled) < within {
		return false
	}
	return t.p.Rendition == nil || t.p.Rendition.Current() == nil || now.Sub(t.p.Rendition.Current().At) >= within
}

// pollSpare reads the playlists of a stream that could take over. c.mu is held.
func (c *Channel) pollSpare(id string, used []string, v verdict, now time.Time) {
	h := c.of(id)
	for _, served := range used {
		t := h.track(served, now)
		t.note(now)
		every := t.target()
		if v != well {
			every /= 2
		}
		if !t.absent && t.due(now, every) {
			c.poll(id, served, t)
		}
	}
}

// poll reads a playlist in the background. c.mu is held.
func (c *Channel) poll(id, served string, t *track) {
	t.polling, t.polled = true, time.Now()
	feeding, target := id == c.feeder, t.target()
	if !c.s.o.Engine.Tasks.Run(func() {
		ctx, cancel := context.WithTimeout(c.s.o.Engine.Tasks.Context, pollTimeout)
		defer cancel()
		p, err := c.read(ctx, id, served, feeding, target)
		c.noteLoad(id, served, p, err)
		c.mu.Lock()
		t.polling = false
		c.mu.Unlock()
		if err != nil || p.Snapshot != nil {
			c.poke()
		}
	}) {
		t.polling = false
	}
}

// read reads a playlist for the monitor. That of the feeder is not recovered: the requests of players do that, and its first failure
// is the first sign of trouble.
func (c *Channel) read(ctx context.Context, id, served string, feeding bool, target time.Duration) (p playlist, err error) {
	newer := time.Now().Add(-target / 2)
	c.keep(ctx, id, time.Now())
	switch {
	case served == "":
		if p.Stream, err = c.stream(id); err == nil {
			_, err = p.LoadRoot(ctx)
		}
		return p, err
	case !feeding:
		if p, err = c.load(ctx, id, served, newer); err != nil {
			return p, err
		}
		p.WatchProgress(p.Rendition) // one that has stalled may need a fresh token
		if id != c.id {
			err = joinable(c.ownSnapshot(served), p.Snapshot)
		}
		return p, err
	}
	if p.Stream, p.Rendition, err = c.find(ctx, id, served); err != nil {
		return p, err
	}
	up, err := p.Streams.Current(id)
	if err == nil {
		p.Snapshot, err = p.LoadPlaylist(ctx, p.Rendition, up, playback.Want{Playlist: newer, Timeout: fetch.PlaylistTimeout})
	}
	return p, err
}

// ownSnapshot returns the newest playlist of the stream's own rendition; nil if there is none.
func (c *Channel) ownSnapshot(served string) *timeline.Snapshot {
	if st, err := c.stream(c.id); err == nil {
		if r := st.KnownRendition(served); r != nil {
			return r.Current()
		}
	}
	return nil
}

// noteLoad records the result of reading a playlist.
func (c *Channel) noteLoad(id, served string, p playlist, err error) {
	before, _ := c.state(id)
	c.note(id, served, p, err)
	if after, _ := c.state(id); after != before {
		c.s.o.OnChange()
	}
}

func (c *Channel) note(id, served string, p playlist, err error) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.of(id)
	t := h.track(served, now)
	if p.Rendition != nil {
		if t.p.Rendition != p.Rendition { // another one is nearest now
			t.msn = -1
		}
		t.p.Stream, t.p.Rendition = p.Stream, p.Rendition
	}
	switch {
	case err != nil && fetch.AsFailure(err).Code == "unknown_rendition":
		t.absent = true
	case errors.Is(err, ErrIncompatible):
		h.bad, h.err, h.errs = err, nil, 0
	case err != nil && errors.Is(err, context.Canceled):
	case err != nil:
		h.err, h.well = err, time.Time{}
		if h.errs++; h.errs >= maxErrors && id != c.feeder {
			h.down = now.Add(downFor)
		}
	default:
		h.bad, h.err, h.errs, t.absent = nil, nil, 0, false
		t.note(now)
		if h.well.IsZero() && t.moved {
			h.well = now
		}
		if t.counts() && t.standing(now) > max(softTargets, 1.5*t.slow()) {
			h.well = time.Time{}
			t.moved = false
			if id != c.feeder {
				h.down = now.Add(downFor)
			}
		}
	}
}

// fetchAhead fetches the newest segments of a stream that will probably take over.
func (c *Channel) fetchAhead(id string, used []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.of(id)
	for _, served := range used {
		t := h.tracks[served]
		if t == nil || t.p.Snapshot == nil || t.p.Stream == nil {
			continue
		}
		st, r, last := t.p.Stream, t.p.Rendition, t.p.Snapshot.Last()
		for msn := max(t.fetched+1, last-aheadSegments+1, t.p.Snapshot.First()); msn <= last; msn++ {
			c.s.o.Engine.Tasks.Run(func() { st.Prefetch(r, msn) })
		}
		t.fetched = last
	}
}

// viewer is the name under which the leases of a channel's spares are held.
func (c *Channel) viewer() string {
	return stream.SpareViewer + c.id[:min(len(c.id), stream.MaxViewer-len(stream.SpareViewer))]
}

// keep keeps a spare active.
func (c *Channel) keep(ctx context.Context, id string, now time.Time) {
	if id == c.id {
		return
	}
	c.mu.Lock()
	h := c.of(id)
	due := now.Sub(h.kept) > keepEvery
	if due {
		h.kept = now
	}
	c.mu.Unlock()
	if due {
		if err := c.s.o.Leases.Keep(ctx, id, c.viewer()); err != nil {
			c.s.o.Log.Debug("a spare cannot be kept active", "stream", id, "why", err)
		}
	}
}

// release ends the leases of the spares.
func (c *Channel) release() {
	c.mu.Lock()
	var kept []string
	for id, h := range c.health {
		if !h.kept.IsZero() {
			kept = append(kept, id)
			h.kept = time.Time{}
		}
		h.tracks, h.err, h.errs, h.well = map[string]*track{}, nil, 0, time.Time{}
	}
	c.mu.Unlock()
	for _, id := range kept {
		c.s.o.Leases.Release(id, c.viewer())
	}
}
