package spares

import (
	"context"
	"errors"
	"slices"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/hls"
	"gridwall/backend/playback"
	"gridwall/backend/splice"
	"gridwall/backend/stream"
)

const (
	// prepareTimeout bounds the wait for a stream that a user switches to.
	prepareTimeout = 8 * time.Second
	// reportedOnce is how long after a switch further reports of pages are ignored: several pages see the same frozen picture.
	reportedOnce = 10 * time.Second
	// minReturn is the least time between two automatic returns to the stream's own source.
	minReturn = 5 * time.Minute
)

// change is a switch to another feeder.
type change struct {
	from, to     string
	why          string // what happened to from, such as "has stopped"; "" for a switch by hand
	byHand, held bool
	back         bool // the stream's own source is well again
}

// apply makes the switch, unless the stream is no longer fed by the expected one. It reports whether it did.
func (c *Channel) apply(ch change) bool {
	now := time.Now()
	st, _ := c.s.o.Streams.Stream(c.id)
	message := c.message(ch)
	c.mu.Lock()
	if c.feeder != ch.from || ch.from == ch.to {
		c.mu.Unlock()
		return false
	}
	if c.lines == nil {
		c.lines = c.ownLines()
		c.main = c.ownIsMedia()
	}
	if ch.why != "" && !ch.held {
		c.of(ch.from).fail(now, now.Sub(c.since))
	}
	c.of(ch.to).failed = false
	c.feeder, c.since, c.why, c.byHand, c.held = ch.to, now, message, ch.byHand, ch.held
	c.count++
	if ch.back {
		c.backAt = now
	}
	clear(c.misses)
	close(c.switched)
	c.switched = make(chan struct{})
	c.mu.Unlock()
	c.s.save()
	c.s.o.Log.Info("another stream feeds the playlist", "stream", c.id, "from", ch.from, "to", ch.to, "why", message)
	c.s.o.OnChange()
	c.s.o.Notice(NoticeKind, st.Title+": "+message, c.id)
	c.poke()
	return true
}

// message says in one line what happens.
func (c *Channel) message(ch change) string {
	from, to := c.name(ch.from), c.name(ch.to)
	switch {
	case ch.back:
		return to + " is well again; back to it."
	case ch.why != "":
		return from + " " + ch.why + "; going on with " + to + "."
	case ch.to == c.id:
		return "back to " + to + "."
	}
	return "going on with " + to + "."
}

// name returns what distinguishes a stream from the others that can feed the playlist: its source, with the title if the source has
// several of them, and the quality if they have the same title.
func (c *Channel) name(id string) string {
	st, _ := c.s.o.Streams.Stream(id)
	site := c.s.siteName(id)
	ids, _ := c.s.spares(c.id)
	title, quality := "", ""
	for _, other := range append([]string{c.id}, ids...) {
		if other == id || c.s.siteName(other) != site {
			continue
		}
		title = " · " + st.Title
		if o, _ := c.s.o.Streams.Stream(other); o.Title == st.Title && st.Quality != "" {
			quality = " · " + st.Quality
		}
	}
	return site + title + quality
}

// ownLines returns the lines of the stream's renditions as players were shown them before the first switch. c.mu is held.
func (c *Channel) ownLines() map[string]*splice.Line {
	lines := map[string]*splice.Line{}
	st, err := c.stream(c.id)
	if err != nil {
		return lines
	}
	names := []string{playback.MainRendition}
	if root := st.Root(); root != nil && root.Multi != nil {
		names = root.Names
	}
	for _, name := range names {
		if r := st.KnownRendition(name); r != nil {
			if edge, ok := r.Timeline.Edge(); ok {
				lines[name] = splice.New(c.id, name, edge, true)
			}
		}
	}
	return lines
}

// ownIsMedia reports whether the playlist at the stream's own URL is a media playlist. c.mu is held.
func (c *Channel) ownIsMedia() bool {
	st, err := c.stream(c.id)
	if err != nil {
		return false
	}
	if root := st.Root(); root != nil {
		return root.Multi == nil
	}
	r := st.KnownRendition(playback.MainRendition)
	_, played := r.Timeline.Edge()
	return played && len(st.Descriptions()) == 0
}

func (c *Channel) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// order returns the streams that can take over from the feeder, in the order in which they are tried: its own source first.
func (c *Channel) order(feeder string, ids []string) []string {
	out := make([]string, 0, len(ids)+1)
	for _, id := range slices.Concat([]string{c.id}, ids) {
		if id != feeder && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// reasons are what a page reports, as text.
var reasons = map[string]string{ReasonFrozen: "shows a frozen picture", ReasonSlate: "shows a slate"}

// switchByRequest makes the switch that a user or a page asks for.
func (c *Channel) switchByRequest(ctx context.Context, sw Switch) error {
	why, reported := reasons[sw.Reason]
	if sw.Reason != "" && !reported {
		return stream.Errorf(stream.ErrInvalid, "reason must be %s or %s, or absent", ReasonFrozen, ReasonSlate)
	}
	ids, _ := c.s.spares(c.id)
	c.mu.Lock()
	from, since := c.feeder, c.since
	c.mu.Unlock()
	if reported && time.Since(since) < reportedOnce {
		return nil
	}
	wanted := c.order(from, ids)
	switch {
	case sw.StreamID == nil:
		if len(wanted) == 0 {
			return stream.Errorf(ErrUnavailable, "the stream has no spares; set them with PUT /api/v1/streams/%s/spares", c.id)
		}
		i := 0 // those after the current one first, so that a user can go through all of them
		if k := slices.Index(ids, from); k >= 0 {
			i = slices.Index(wanted, c.id) + 1 + k
		} else if from == c.id {
			i = 0
		}
		wanted = slices.Concat(wanted[i:], wanted[:i])
	case *sw.StreamID == "":
		wanted = []string{c.id}
	default:
		wanted = []string{*sw.StreamID}
	}
	if wanted[0] == from {
		c.mu.Lock()
		c.byHand = c.byHand || !reported
		c.mu.Unlock()
		return nil
	}
	var first error
	for _, to := range wanted {
		if _, ok := c.s.o.Streams.Stream(to); !ok {
			if sw.StreamID != nil {
				return stream.Errorf(stream.ErrInvalid, "no extraction has found a stream with the id %q", stream.Truncate(to, 60))
			}
			continue
		}
		err := c.prepare(ctx, to, time.Now().Add(-leastTarget), !reported)
		if err == nil {
			c.apply(change{from: from, to: to, why: why, byHand: !reported, held: reported})
			return nil
		}
		if first == nil || errors.Is(first, ErrIncompatible) && !errors.Is(err, ErrIncompatible) {
			first = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	if first == nil {
		first = stream.Errorf(ErrUnavailable, "none of the spares exists any more")
	}
	return first
}

// prepare reads what players use from a stream, requested at newer or later, and checks that it can continue their playlists. A user can
// go back to the stream's own source even if that has ended.
func (c *Channel) prepare(ctx context.Context, id string, newer time.Time, byHand bool) error {
	ctx, cancel := context.WithTimeout(ctx, prepareTimeout)
	defer cancel()
	now := time.Now()
	c.mu.Lock()
	used := c.usedNow(now)
	c.mu.Unlock()
	if len(used) == 0 {
		used = c.usual()
	}
	c.keep(ctx, id, now)
	for _, served := range used {
		p, err := c.load(ctx, id, served, newer)
		if err == nil && id != c.id {
			err = joinable(c.ownSnapshot(served), p.Snapshot)
		}
		c.noteLoad(id, served, p, err)
		if err == nil && p.Snapshot.Over() && !(byHand && id == c.id) {
			return stream.Errorf(ErrUnavailable, "%s has ended", c.name(id))
		}
		switch {
		case err == nil, errors.Is(err, errNoRendition):
		case errors.Is(err, ErrIncompatible):
			return stream.Errorf(ErrIncompatible, "%s cannot continue the same playlist: %w", c.name(id), err)
		default:
			return stream.Errorf(ErrUnavailable, "%s cannot be read now: %s", c.name(id), fetch.Message(err))
		}
	}
	return nil
}

// usual returns a rendition that players will use, if none is used now.
func (c *Channel) usual() []string {
	st, err := c.stream(c.id)
	if err != nil {
		return nil
	}
	if root := st.Root(); root != nil && root.Multi != nil {
		if i := slices.IndexFunc(root.Multi.Renditions, func(r hls.Rendition) bool { return r.Kind == hls.Variant }); i >= 0 {
			return root.Names[i : i+1]
		}
	}
	return []string{playback.MainRendition}
}
