package timeline

import (
	"time"

	"gridwall/backend/hls"
)

const (
	// StallTargets is for how many target durations a live playlist may come unchanged until it counts as stalled.
	// RFC 8216bis (6.2.1) wants a new segment within one and a half.
	StallTargets = 3
	// shortestTarget replaces a shorter target duration, or none, in that: two seconds are a hiccup.
	shortestTarget = 2 * time.Second
	// longestHiccup bounds what is learned of a server's hiccups.
	longestHiccup = 30 * time.Second
)

// progress is how far a playlist has come, and since when.
type progress struct {
	last  int64
	parts int
	since time.Time
	// slowest is the longest time that it did not advance and then did so by itself, up to longestHiccup.
	slowest    time.Duration
	generation uint64
	recovering bool // something is done so that it advances
}

// advance records how far the current playlist has come.
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

// patience returns for how long the current playlist may stay unchanged. Some servers name a target duration that they do
// not keep, or write several segments at once: what was seen of them counts.
func (t *Timeline) patience() time.Duration {
	target := max(t.shown.Media.TargetDuration, shortestTarget)
	for i := range t.shown.Media.Segments {
		target = max(target, min(t.shown.Media.Segments[i].Duration, longestHiccup))
	}
	return max(StallTargets*target, 2*t.progress.slowest)
}

// Stalled reports whether a live playlist has not advanced for longer than it may. CDNs that check a token only when a
// session begins go on answering 200 after its end, with what was listed then.
func (t *Timeline) Stalled(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.shown
	if s == nil || s.Over() || s.Media.PlaylistType == "VOD" || s.Kind == hls.Subtitles || s.Kind == hls.Image || s.Media.IFramesOnly {
		return false
	}
	return now.Sub(t.progress.since) > t.patience()
}

// SetRecovering says whether something is done so that the playlist advances: then its pauses say nothing of its server.
func (t *Timeline) SetRecovering(now bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress.recovering = now
}
