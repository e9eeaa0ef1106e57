package spares

import (
	"errors"
	"net"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/hls"
)

const (
	// defaultTarget is the target duration of a playlist that was never read, leastTarget and mostTarget bound it in what follows: one
	// that is far too long must not hide that a stream has stopped.
	defaultTarget, leastTarget, mostTarget = 4 * time.Second, time.Second, time.Minute
	// softTargets is for how many target durations a playlist may stay unchanged although its server answers. RFC 8216bis (6.2.1)
	// requires a new segment within one and a half.
	softTargets = 2.0
	// hardTargets is the same while its server fails or refuses, troubleTargets until its spare's segments are fetched.
	hardTargets, troubleTargets = 1.25, 1.25
	// silentTargets is the same while its server does not answer.
	silentTargets = 1.5
	// slowTargets bounds the pauses of a server that are taken into account, in target durations.
	slowTargets = 3
	// maxErrors is how many requests in a row must fail for a server to count as failing, maxMisses how many segments.
	maxErrors, maxMisses = 2, 2
	// downFor is how long a spare that cannot be read is not tried again.
	downFor = 15 * time.Second
	// restFirst is how long a stream rests that has failed soon after it took over, doubled with each further time up to restMost.
	restFirst, restMost, soon = 10 * time.Second, 5 * time.Minute, time.Minute
)

// health is what is known of one of the streams that can feed a channel. The channel's mu guards it.
type health struct {
	tracks map[string]*track // by the served rendition; "" is the playlist at the stream's URL
	bad    error             // why it is incompatible
	err    error             // of the last request; nil: it succeeded
	errs   int               // how many in a row failed
	down   time.Time         // it is not tried before
	well   time.Time         // since when it advances without an error; zero: it does not
	// failed is true if it was left because it failed: its segments are not fetched any more.
	failed bool
	// rests is until when it does not take over again by itself, failures how often it was left since it last fed for long.
	rests    time.Time
	failures int
	kept     time.Time // when its lease was last renewed; zero: it has none
}

// fail records that the stream was left because it failed, after it had fed the channel for that time. It is not gone back to before it
// advances again, and, if it failed soon, for longer and longer: one whose playlists advance may refuse its segments.
func (h *health) fail(now time.Time, fed time.Duration) {
	h.failed, h.well = true, time.Time{}
	if fed > soon {
		h.failures = 0
	}
	h.rests = now.Add(min(restFirst<<min(h.failures, 8), restMost))
	h.failures++
	for _, t := range h.tracks {
		t.moved = false
	}
}

// track is how one rendition of a stream advances.
type track struct {
	p       playlist // as last read
	polling bool
	polled  time.Time // when it was last requested by a poll
	msn     int64
	parts   int
	at      time.Time // when it last advanced, or was first looked at
	moved   bool      // it has advanced since then
	slowest time.Duration
	absent  bool // the stream has no such rendition
	// fetched is the newest segment that was fetched ahead.
	fetched int64
}

// of returns the health of a stream, c.mu held.
func (c *Channel) of(id string) *health {
	h := c.health[id]
	if h == nil {
		h = &health{tracks: map[string]*track{}}
		c.health[id] = h
	}
	return h
}

func (h *health) track(served string, now time.Time) *track {
	t := h.tracks[served]
	if t == nil {
		t = &track{at: now, msn: -1}
		h.tracks[served] = t
	}
	return t
}

// target returns the target duration of a track.
func (t *track) target() time.Duration {
	if t.p.Snapshot == nil {
		return defaultTarget
	}
	return min(max(t.p.Snapshot.Media.TargetDuration, leastTarget), mostTarget)
}

// note records the position of a track's rendition.
func (t *track) note(now time.Time) {
	if t.p.Rendition == nil {
		return
	}
	s := t.p.Rendition.Current()
	if s == nil {
		return
	}
	t.p.Snapshot = s
	msn, parts, _ := t.p.Rendition.Timeline.Position()
	if msn == t.msn && parts == t.parts {
		return
	}
	if t.msn >= 0 {
		t.slowest = max(t.slowest, min(now.Sub(t.at), slowTargets*t.target()))
		t.moved = true
	}
	t.msn, t.parts, t.at = msn, parts, now
}

// counts reports whether a playlist that does not advance is a failure.
func (t *track) counts() bool {
	s := t.p.Snapshot
	return !t.absent && (s == nil || !s.Over() && s.Media.PlaylistType != "VOD" && s.Kind != hls.Subtitles && s.Kind != hls.Image && !s.Media.IFramesOnly)
}

// standing returns for how long a track has not advanced, in target durations; 0 if that does not count.
func (t *track) standing(now time.Time) float64 {
	if !t.counts() {
		return 0
	}
	return now.Sub(t.at).Seconds() / t.target().Seconds()
}

// slow returns the longest pause of a track, in target durations.
func (t *track) slow() float64 { return t.slowest.Seconds() / t.target().Seconds() }

// verdict says how a feeder does.
type verdict int

const (
	well verdict = iota
	troubled
	failed
)

// judge judges a feeder by the renditions that players use.
func (h *health) judge(used []string, now time.Time) (v verdict, why string) {
	for _, served := range used {
		t := h.track(served, now)
		if served == "" && h.err == nil { // the playlist at the stream's URL need not change
			t.at = now
			continue
		}
		standing, limit := t.standing(now), softTargets
		if h.errs >= maxErrors {
			limit = hardTargets
		} else if t.polling && now.Sub(t.polled).Seconds() > t.target().Seconds()/2 { // it does not answer
			limit = silentTargets
		} else if slow := 1.5 * t.slow(); slow > limit {
			limit = slow
		}
		switch {
		case standing > limit:
			return failed, reason(h.err)
		case standing > troubleTargets && standing > 1.25*t.slow(), h.err != nil && t.counts():
			v = troubled
		}
	}
	return v, ""
}

// ready reports whether a stream can take over for the renditions that players use: its playlists were just read, and advance.
func (h *health) ready(used []string, now time.Time) bool {
	if h.bad != nil || h.err != nil || h.failed && h.well.IsZero() || now.Before(h.rests) {
		return false
	}
	for _, served := range used {
		t := h.tracks[served]
		if t != nil && t.absent {
			continue
		}
		if t == nil || t.p.Snapshot == nil || t.p.Snapshot.Over() || now.Sub(t.p.Snapshot.At).Seconds() > 2*t.target().Seconds() {
			return false
		}
		if t.counts() && t.standing(now) > max(softTargets, 1.5*t.slow())+0.5 {
			return false
		}
	}
	return true
}

// usable reports whether it is worth trying to read a stream that may not be ready: nothing is known against it.
func (h *health) usable(used []string, now time.Time) bool {
	if h.bad != nil || now.Before(h.down) || now.Before(h.rests) || h.failed && h.well.IsZero() || h.over(used) {
		return false
	}
	for _, served := range used {
		if t := h.tracks[served]; t != nil && t.p.Snapshot != nil && t.standing(now) > max(softTargets, 1.5*t.slow())+0.5 {
			return false
		}
	}
	return true
}

// over reports whether no segment will be added to a playlist that players use.
func (h *health) over(used []string) bool {
	for _, served := range used {
		if t := h.tracks[served]; t != nil && t.p.Snapshot != nil && t.p.Snapshot.Over() {
			return true
		}
	}
	return false
}

// state returns the state of a spare for users.
func (c *Channel) state(id string) (state, message string) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.health[id]
	switch {
	case c.feeder == id:
		return StateFeeding, ""
	case h == nil:
		return StateUnknown, ""
	case h.bad != nil:
		return StateIncompatible, h.bad.Error()
	case h.err != nil:
		return StateFailed, fetch.Message(h.err)
	case len(h.tracks) > 0 && h.ready(c.usedNow(now), now):
		return StateReady, ""
	}
	return StateUnknown, ""
}

// reason says in a few words why a stream is left.
func reason(err error) string {
	switch {
	case err == nil:
		return "has stopped"
	case unreachable(err):
		return "cannot be reached"
	case fetch.AsFailure(err).Code == "upstream_refused":
		return "refuses its playlist"
	}
	return "has stopped"
}

// unreachable reports whether nothing listens where the stream comes from.
func unreachable(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// conclusive reports whether a request that failed after recovery was tried shows that the stream cannot be played.
func conclusive(err error) bool {
	return unreachable(err) || fetch.AsFailure(err).Code == "upstream_refused"
}

// fault reports whether err means that the upstream could not serve a segment.
func fault(err error) bool {
	switch fetch.AsFailure(err).Code {
	case "upstream_refused", "upstream_failed", "upstream_timeout", "upstream_busy", "upstream_empty", "segment_gone", "not_hls", "renewing":
		return true
	}
	return false
}
