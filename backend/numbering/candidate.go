package numbering

import (
	"math"
	"time"

	"gridwall/backend/hls"
)

// Candidate is a fetched playlist that has not been numbered yet.
type Candidate struct {
	Media *hls.Media
	// Path returns the token-free path of segment i.
	Path func(i int) string
	// SameEdge is true if host and token are those of the known playlist: the same edge answered.
	SameEdge bool
	// At is when it was requested.
	At time.Time
}

// newer reports whether the newest segment was recorded after m, by program date time.
func (c Candidate) newer(m Fingerprint) bool {
	pdt := c.Media.Segments[len(c.Media.Segments)-1].PDT
	return !pdt.IsZero() && !m.PDT.IsZero() && pdt.Sub(m.PDT) > m.Duration/2
}

// lagging reports whether it is too early to conclude that the encoder restarted.
func (c Candidate) lagging(m Fingerprint) bool {
	return c.At.Sub(m.At) < LagTargets*max(c.Media.TargetDuration, m.Duration)
}

// agrees reports whether, under a shift, the first, the middle and the newest overlapping segment (lo to hi) are the same on
// both sides.
func (c Candidate) agrees(k Known, shift, lo, hi int64) bool {
	for _, msn := range [...]int64{lo, lo + (hi-lo)/2, hi} {
		m := k.Fingerprint(msn)
		i := int(msn - shift - c.Media.MSN)
		seg := &c.Media.Segments[i]
		timed := !seg.PDT.IsZero() && !m.PDT.IsZero()
		if timed && near(seg.PDT, m.PDT, seg.Duration) {
			continue
		}
		// Some servers date a segment differently in each playlist: on the same edge the name then decides.
		if m.Path != "" && m.Path == c.Path(i) && (c.SameEdge || !timed) {
			continue
		}
		return false
	}
	return true
}

// near reports whether two program date times belong to the same segment of duration d.
func near(a, b time.Time, d time.Duration) bool { return a.Sub(b).Abs() <= d/2 }

// byTime finds the shift under which a listed and a known segment have the same program date time.
func (c Candidate) byTime(k Known, first, last int64) (int64, bool) {
	segs := c.Media.Segments
	i := len(segs) - 1
	for msn := last; msn >= first && i >= 0; {
		m, seg := k.Fingerprint(msn), &segs[i]
		switch {
		case m.PDT.IsZero():
			msn--
		case seg.PDT.IsZero():
			i--
		case near(seg.PDT, m.PDT, min(seg.Duration, m.Duration)):
			return msn - (c.Media.MSN + int64(i)), true
		case seg.PDT.After(m.PDT):
			i--
		default:
			msn--
		}
	}
	return 0, false
}

// byPath finds the shift under which a listed and a known segment have the same token-free path, which is unique on both
// sides. It finds none if both sides have dates that disagree: names can repeat, dates do not.
func (c Candidate) byPath(k Known, first, last int64) (int64, bool) {
	const compared = 256 // newest segments on each side
	at := map[string]int64{}
	for msn := max(first, last-compared); msn <= last; msn++ {
		if p := k.Fingerprint(msn).Path; p != "" {
			if _, twice := at[p]; twice {
				at[p] = math.MinInt64
			} else {
				at[p] = msn
			}
		}
	}
	seen := map[string]bool{}
	found, shift := false, int64(0)
	for i := len(c.Media.Segments) - 1; i >= max(0, len(c.Media.Segments)-compared); i-- {
		p := c.Path(i)
		if p == "" || seen[p] {
			continue
		}
		seen[p] = true
		msn, ok := at[p]
		if !ok || msn == math.MinInt64 || found {
			continue
		}
		seg, m := &c.Media.Segments[i], k.Fingerprint(msn)
		if !seg.PDT.IsZero() && !m.PDT.IsZero() && !near(seg.PDT, m.PDT, seg.Duration) {
			return 0, false
		}
		found, shift = true, msn-(c.Media.MSN+int64(i))
	}
	return shift, found
}

// plausible reports whether a playlist whose newest segment would have the player's number hi can continue the newest known
// one, judged by program date time or by the clock.
func (c Candidate) plausible(newest Fingerprint, hi int64) bool {
	d := c.typical()
	ahead := float64(hi - newest.MSN)
	if pdt := c.Media.Segments[len(c.Media.Segments)-1].PDT; !pdt.IsZero() && !newest.PDT.IsZero() {
		want := float64(pdt.Sub(newest.PDT)) / float64(d)
		return math.Abs(ahead-want) <= math.Max(1.5, want/10)
	}
	return c.SameEdge || ahead <= float64(c.At.Sub(newest.At))/float64(d)*1.5+3
}

// maxAhead bounds the segments between two playlists: a century of the shortest.
const maxAhead = 1 << 32

// extrapolate returns the shift that continues the known numbers by the time between the playlists.
func (c Candidate) extrapolate(newest Fingerprint) (int64, bool) {
	pdt := c.Media.Segments[0].PDT
	if pdt.IsZero() || newest.PDT.IsZero() || !pdt.After(newest.PDT) {
		return 0, false
	}
	ahead := math.Round(float64(pdt.Sub(newest.PDT)) / float64(c.typical()))
	if ahead > maxAhead { // the upstream controls both dates; the numbers must not exceed an int64
		return 0, false
	}
	return newest.MSN + max(1, int64(ahead)) - c.Media.MSN, true
}

// typical returns the mean duration of the segments, never 0.
func (c Candidate) typical() time.Duration {
	var sum time.Duration
	for i := range c.Media.Segments {
		sum += c.Media.Segments[i].Duration
	}
	if d := sum / time.Duration(len(c.Media.Segments)); d > 0 {
		return d
	}
	return max(c.Media.TargetDuration, time.Second)
}

// Jumps reports whether the playlist's numbers skip more segments than can have been published since the known playlist was
// requested.
func (c Candidate) Jumps(k Known, shift int64) bool {
	_, last, ok := k.Bounds()
	if !ok || len(c.Media.Segments) == 0 {
		return false
	}
	skipped := c.Media.MSN + c.Media.Skipped + shift - last - 1
	return skipped > LagTargets+int64(c.At.Sub(k.Fingerprint(last).At)/c.typical())
}
