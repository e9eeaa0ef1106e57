package numbering

import (
	"math"
	"slices"
	"time"

	"gridwall/backend/hls"
)

const (
	// maxBreaks bounds the remembered discontinuities that Gridwall inserted; older ones are folded into the offset.
	maxBreaks = 16
	// LagTargets is how long, in target durations, a playlist that ends before the known one counts as a lagging edge's; after
	// that the encoder counts as restarted.
	LagTargets = 3
	// maxRestart is the longest playlist, in segments, that counts as wholly new after an encoder's restart. Of a longer one (a
	// DVR window on another edge) only the segments that are new by the clock get new numbers.
	maxRestart = 32
)

// Numbering maps the upstream's media sequence numbers and discontinuity sequence numbers to the player's. It is persisted,
// so that a player's numbers survive a restart of the proxy and a change of the CDN's edge.
type Numbering struct {
	// Shift is added to the upstream's media sequence numbers.
	Shift int64 `json:"shift,omitempty"`
	// Discontinuity is added to the upstream's discontinuity sequence numbers.
	Discontinuity int64 `json:"discontinuity,omitempty"`
	// Breaks are the player's numbers before which Gridwall inserted a discontinuity, ascending.
	Breaks []int64 `json:"breaks,omitempty"`
	// Epoch grows when existing numbers are no longer valid because the encoder restarted.
	Epoch int `json:"epoch,omitempty"`
	// Anchor is the newest listed segment; after a restart of the proxy a fetched playlist is compared with it.
	Anchor *Fingerprint `json:"anchor,omitempty"`
}

// Fingerprint identifies a segment, so that it is recognised in another playlist.
type Fingerprint struct {
	MSN           int64         `json:"msn"` // the player's
	Discontinuity int64         `json:"discontinuity"`
	PDT           time.Time     `json:"pdt,omitzero"`
	Path          string        `json:"path,omitempty"` // without token and host
	Duration      time.Duration `json:"duration"`
	At            time.Time     `json:"at"` // when the playlist that lists it was requested
}

// Known are the segments that a fetched playlist is compared with. The player's numbers of them ascend without a gap.
type Known interface {
	// Bounds returns their first and last number; ok is false if there are none.
	Bounds() (first, last int64, ok bool)
	// Fingerprint returns the fingerprint of one within the bounds.
	Fingerprint(msn int64) Fingerprint
}

// Bounds implements Known with m as the only known segment.
func (m *Fingerprint) Bounds() (first, last int64, ok bool) { return m.MSN, m.MSN, true }

// Fingerprint implements Known; it returns m.
func (m *Fingerprint) Fingerprint(int64) Fingerprint { return *m }

// Change is how a fetched playlist's numbers relate to the known ones.
type Change int

const (
	// Unchanged: the numbering still applies.
	Unchanged Change = iota
	// Realigned: the edge numbers differently. The shift was changed to keep the player's numbers.
	Realigned
	// Restarted: nothing aligns. Counting continues after the newest known segment, with a discontinuity; keys and init
	// sections get new names.
	Restarted
	// OtherServer: the playlist is from another server of a balancer and shares nothing with the known one, which players
	// continue to see.
	OtherServer
	// Lagging: the playlist ends before the known one, which players continue to see.
	Lagging
)

// Reconcile changes n so that the fetched playlist's segments have the numbers that the player knows (RFC 8216bis 6.2.1:
// the media sequence number of a segment never changes). It aligns by program date time, else by token-free path; if neither
// works, counting continues after the newest known segment.
func (n *Numbering) Reconcile(k Known, c Candidate) Change {
	change := n.compare(k, c)
	if change == Unchanged {
		n.keepDiscontinuity(k, c)
	}
	return change
}

// keepDiscontinuity keeps the discontinuity sequence numbers that the player knows if the upstream does not count the
// discontinuities that have left its playlist (RFC 8216bis 6.2.2).
func (n *Numbering) keepDiscontinuity(k Known, c Candidate) {
	first, last, ok := k.Bounds()
	lo := c.Media.MSN + n.Shift
	common := max(lo, first)
	if !ok || c.Media.Skipped > 0 || len(c.Media.Segments) == 0 {
		return
	}
	if lo > last { // they share nothing: at most one discontinuity before each of the segments since then
		newest := k.Fingerprint(last).Discontinuity
		is := n.DiscontinuityOf(&c.Media.Segments[0], lo)
		n.Discontinuity += min(max(is, newest), newest+lo-last) - is
		return
	}
	if common > last || common >= lo+int64(len(c.Media.Segments)) {
		return
	}
	n.Discontinuity += k.Fingerprint(common).Discontinuity - n.DiscontinuityOf(&c.Media.Segments[common-lo], common)
}

// compare numbers a fetched playlist. If the result is Unchanged, keepDiscontinuity still has to number its discontinuities.
func (n *Numbering) compare(k Known, c Candidate) Change {
	first, last, ok := k.Bounds()
	if !ok || len(c.Media.Segments) == 0 {
		return Unchanged
	}
	lo := c.Media.MSN + n.Shift
	hi := lo + int64(len(c.Media.Segments)) - 1
	newest := k.Fingerprint(last)
	overlap := lo <= last && hi >= first
	if overlap && c.agrees(k, n.Shift, max(lo, first), min(hi, last)) {
		if hi >= last {
			return Unchanged
		}
		return n.backwards(c, newest)
	}
	if shift, ok := c.byTime(k, first, last); ok {
		return n.align(shift, k, c)
	}
	if shift, ok := c.byPath(k, first, last); ok {
		return n.align(shift, k, c)
	}
	// Nothing identifies a segment (names can be opaque and change with each playlist): the numbers themselves are trusted
	// as long as they advance with the clock.
	if lo >= first && hi >= last && c.plausible(newest, hi) {
		return Unchanged
	}
	if lo > last {
		if shift, ok := c.extrapolate(newest); ok {
			n.Shift = shift
			n.insertBreak(c.Media.MSN+shift, hasBreak(c.Media, 0))
			n.Discontinuity = newest.Discontinuity + 1 - c.Media.Segments[0].Discontinuity - n.BreaksUpTo(c.Media.MSN+shift)
			return Realigned
		}
	}
	if overlap && hi < last && c.SameEdge && !c.newer(newest) && c.lagging(newest) {
		return Lagging
	}
	n.continueAfter(c, newest, c.SameEdge && hi < last)
	return Restarted
}

// backwards judges a playlist that agrees with the known one but ends before it.
func (n *Numbering) backwards(c Candidate, newest Fingerprint) Change {
	if c.newer(newest) { // the same numbers and names, but later content: the encoder restarted and reuses names
		n.continueAfter(c, newest, true)
		return Restarted
	}
	if c.lagging(newest) || c.Media.End {
		return Lagging
	}
	n.continueAfter(c, newest, true)
	return Restarted
}

// align applies the shift under which the playlist and the known segments agree.
func (n *Numbering) align(shift int64, k Known, c Candidate) Change {
	first, last, _ := k.Bounds()
	lo := c.Media.MSN + shift
	hi := lo + int64(len(c.Media.Segments)) - 1
	if common := min(hi, last); common >= max(lo, first) {
		n.Discontinuity = 0
		seg := c.Media.Segments[common-lo].Discontinuity
		n.Discontinuity = k.Fingerprint(common).Discontinuity - seg - n.BreaksUpTo(common)
	}
	if shift == n.Shift {
		if hi < last {
			return Lagging
		}
		return Unchanged
	}
	n.Shift = shift
	if hi < last && c.lagging(k.Fingerprint(last)) {
		return Lagging
	}
	return Realigned
}

// continueAfter numbers the playlist's new segments after the newest known one, with a discontinuity before the first of
// them. restart is true if the encoder restarted: every segment is then new, unless the playlist is long. Another edge mostly
// lists segments that the player has seen: only those from the time since then are new.
func (n *Numbering) continueAfter(c Candidate, newest Fingerprint, restart bool) {
	segs := len(c.Media.Segments)
	fresh := segs
	if !restart || segs > maxRestart {
		fresh = int(math.Round(float64(c.At.Sub(newest.At)) / float64(c.typical())))
		fresh = min(max(fresh, 1), segs)
	}
	k := segs - fresh
	n.Shift = newest.MSN + 1 - (c.Media.MSN + int64(k))
	n.Epoch++
	n.insertBreak(newest.MSN+1, hasBreak(c.Media, k))
	n.Discontinuity = newest.Discontinuity + 1 - c.Media.Segments[k].Discontinuity - n.BreaksUpTo(newest.MSN+1)
}

// hasBreak reports whether the upstream itself has a discontinuity before its segment k.
func hasBreak(m *hls.Media, k int) bool {
	if k == 0 {
		return m.Segments[0].Discontinuity > m.DiscontinuitySequence
	}
	return m.Segments[k].Discontinuity > m.Segments[k-1].Discontinuity
}

// insertBreak inserts a discontinuity before the player's number msn, unless the upstream already has one there.
func (n *Numbering) insertBreak(msn int64, already bool) {
	if !already {
		n.Breaks = append(n.Breaks, msn)
	}
	for len(n.Breaks) > maxBreaks {
		n.Breaks = n.Breaks[1:]
		n.Discontinuity++
	}
}

// BreaksUpTo returns the number of inserted discontinuities at or before the player's number msn.
func (n *Numbering) BreaksUpTo(msn int64) (count int64) {
	for _, b := range n.Breaks {
		if b <= msn {
			count++
		}
	}
	return count
}

// DiscontinuityOf returns the player's discontinuity sequence number of the segment with the player's number msn.
func (n *Numbering) DiscontinuityOf(seg *hls.Segment, msn int64) int64 {
	return seg.Discontinuity + n.Discontinuity + n.BreaksUpTo(msn)
}

// Clone returns a copy that shares only the anchor with n; the anchor is never changed in place.
func (n *Numbering) Clone() Numbering {
	c := *n
	c.Breaks = slices.Clone(n.Breaks)
	return c
}

// maxNumber bounds the numbers in a record; hls.ParseMedia has a lower bound for those of a playlist. No stream comes near it,
// and it leaves room to continue counting within an int64.
const maxNumber = 1 << 61

// Restored returns a record of an earlier process cut to this version's bounds. ok is false if its numbers are impossible.
func (n Numbering) Restored() (restored Numbering, ok bool) {
	n.Breaks = n.Breaks[max(0, len(n.Breaks)-maxBreaks):]
	numbers := append([]int64{n.Shift, n.Discontinuity}, n.Breaks...)
	if a := n.Anchor; a != nil {
		numbers = append(numbers, a.MSN, a.Discontinuity)
	}
	return n, InBounds(numbers...)
}

// InBounds reports whether counting can continue from recorded numbers.
func InBounds(numbers ...int64) bool {
	return len(numbers) == 0 || slices.Min(numbers) > -maxNumber && slices.Max(numbers) < maxNumber
}
