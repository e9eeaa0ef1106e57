package timeline

import (
	"time"

	"gridwall/backend/hls"
)

const (
	// StallTargets is how many target durations a live playlist may stay unchanged before it counts as stalled. RFC 8216bis
	// (6.2.1) requires a new segment within one and a half.
	StallTargets = 3
	// shortestTarget is the least target duration in that calculation: a pause of two seconds is no stall.
	shortestTarget = 2 * time.Second
	// longestHiccup bounds the pauses of a server that are taken into account.
	longestHiccup = 30 * time.Second
)

// progress is the newest position of a playlist, and since when it has been there.
type progress struct {
	last  int64
	parts int
	since time.Time
	// slowest is the longest pause after which the playlist advanced by itself, at most longestHiccup.
	slowest    time.Duration
	generation uint64
	recovering bool // the proxy is trying to make it advance
}

// advance records the position of the current playlist.
func (t *Timeline) advance() {
	s := t.shown
	g := &t.progress
	switch {
	case g.since.IsZero():
	case g.last == s.Last() && g.parts == len(s.Media.Open):
		return
	case g.generation == s.Generation && !g.recovering:
		g.slowest = max(g.slowest, min(s.At.Sub(g.since), longestHiccup))
	}
	g.last, g.parts, g.since, g.generation = s.Last(), len(s.Media.Open), s.At, s.Generation
}

// maxPause returns how long the current playlist may stay unchanged. Some servers exceed their own target duration, or write
// several segments at once: their observed pauses count.
func (t *Timeline) maxPause() time.Duration {
	target := max(t.shown.Media.TargetDuration, shortestTarget)
	for i := range t.shown.Media.Segments {
		target = max(target, min(t.shown.Media.Segments[i].Duration, longestHiccup))
	}
	return max(StallTargets*target, 2*t.progress.slowest)
}

// Stalled reports whether a live playlist has stayed unchanged for too long. CDNs that check a token only at the start of a
// session keep answering 200 after the session has expired, with an outdated playlist.
func (t *Timeline) Stalled(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.shown
	if s == nil || s.Over() || s.Media.PlaylistType == "VOD" || s.Kind == hls.Subtitles || s.Kind == hls.Image || s.Media.IFramesOnly {
		return false
	}
	return now.Sub(t.progress.since) > t.maxPause()
}

// SetRecovering records whether the proxy is trying to make the playlist advance. If so, its pauses are not learned.
func (t *Timeline) SetRecovering(now bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress.recovering = now
}
