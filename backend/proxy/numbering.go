package proxy

import (
	"math"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/token"
)

const (
	// maxBreaks bounds the remembered discontinuities of our own making; older ones are folded into the offset.
	maxBreaks = 16
	// staleTargets is for how many target durations a playlist that ends before the one we know counts as an edge
	// lagging behind; after that the upstream's encoder has started again.
	staleTargets = 3
	// maxRestart is the greatest playlist, in segments, that is wholly new after an encoder's restart. From a longer
	// one (a DVR window on another edge) only what the clock says is new is counted on.
	maxRestart = 32
)

// numbering says which number an upstream segment has for the player: the upstream's media sequence number and Shift.
// It is persisted, so a player's numbers outlive a restart of the proxy and a change of the CDN's edge.
type numbering struct {
	// Shift is added to the upstream's media sequence numbers.
	Shift int64 `json:"shift,omitempty"`
	// Discontinuity is added to the upstream's discontinuity sequence numbers.
	Discontinuity int64 `json:"discontinuity,omitempty"`
	// Breaks are the player's numbers before which a discontinuity of our own stands, ascending.
	Breaks []int64 `json:"breaks,omitempty"`
	// Epoch grows when what the numbers meant is void: the encoder started again.
	Epoch int `json:"epoch,omitempty"`
	// Anchor is the newest segment served, for a comparison after a restart of the proxy.
	Anchor *mark `json:"anchor,omitempty"`
}

// mark is what is remembered of one segment to know it again.
type mark struct {
	MSN           int64         `json:"msn"` // the player's
	Discontinuity int64         `json:"discontinuity"`
	PDT           time.Time     `json:"pdt,omitzero"`
	Path          string        `json:"path,omitempty"` // without token and host
	Duration      time.Duration `json:"duration"`
	At            time.Time     `json:"at"` // when it was last the newest
}

// window is a run of known segments with ascending, contiguous player's numbers.
type window interface {
	bounds() (first, last int64, ok bool)
	mark(msn int64) mark
}

// fresh is a playlist as it came, asked for its marks under a shift that is still open.
type fresh struct {
	media *hls.Media
	path  func(i int) string // token-free path of segment i
	// same is true where host and token are those of the known playlist: the same edge answers.
	same bool
	at   time.Time
}

// verdict is what settle found out.
type verdict int

const (
	verdictSame    verdict = iota // the numbering holds
	verdictAligned                // the edge numbers differently: Shift was changed so that the player's numbers hold
	verdictCounted                // nothing aligns: counting goes on, with a discontinuity
	verdictRival                  // another server of a balancer, whose playlist has nothing in common with ours: ours goes on
	verdictStale                  // the playlist ends before the known one: an edge that lags; show the known one
)

// settle changes n so that the fresh playlist's segments have the numbers that the player knows (design, section 2,
// Renumbering): by program date time first, else by token-free path; where neither works counting goes on behind the
// newest known segment.
func (n *numbering) settle(known window, f fresh) verdict {
	v := n.compare(known, f)
	if v == verdictSame {
		n.keepDiscontinuity(known, f)
	}
	return v
}

// keepDiscontinuity keeps the discontinuity sequence numbers that the player knows where the upstream counts none that
// have left its playlist.
func (n *numbering) keepDiscontinuity(known window, f fresh) {
	first, last, ok := known.bounds()
	lo := f.media.MSN + n.Shift
	common := max(lo, first)
	if !ok || f.media.Skipped > 0 || common > last || common >= lo+int64(len(f.media.Segments)) {
		return
	}
	n.Discontinuity += known.mark(common).Discontinuity - n.discontinuity(&f.media.Segments[common-lo], common)
}

// compare finds out how a fresh playlist is numbered.
func (n *numbering) compare(known window, f fresh) verdict {
	first, last, ok := known.bounds()
	if !ok || len(f.media.Segments) == 0 {
		return verdictSame
	}
	lo := f.media.MSN + n.Shift
	hi := lo + int64(len(f.media.Segments)) - 1
	newest := known.mark(last)
	overlap := lo <= last && hi >= first
	if overlap && f.agrees(known, n.Shift, max(lo, first), min(hi, last)) {
		if hi >= last {
			return verdictSame
		}
		return n.backwards(known, f, newest)
	}
	if shift, ok := f.byTime(known, first, last); ok {
		return n.align(shift, known, f)
	}
	if shift, ok := f.byPath(known, first, last); ok {
		return n.align(shift, known, f)
	}
	// Nothing tells one segment from another (names can be opaque and new each time): the numbers themselves are
	// believed as long as they go on at the pace of the clock.
	if lo >= first && hi >= last && f.plausible(newest, hi) {
		return verdictSame
	}
	if lo > last {
		if shift, ok := f.extrapolate(newest); ok {
			n.Shift = shift
			n.breakAt(f.media.MSN+shift, begins(f.media, 0))
			n.Discontinuity = newest.Discontinuity + 1 - f.media.Segments[0].Discontinuity - n.breaksUpTo(f.media.MSN+shift)
			return verdictAligned
		}
	}
	if overlap && hi < last && f.same && !f.newer(newest) && f.lagging(newest) {
		return verdictStale
	}
	n.countOn(f, newest, f.same && hi < last)
	return verdictCounted
}

// backwards judges a playlist that agrees with the known one but ends before it.
func (n *numbering) backwards(known window, f fresh, newest mark) verdict {
	if f.newer(newest) { // the same numbers and names, but later content: a restart that repeats its names
		n.countOn(f, newest, true)
		return verdictCounted
	}
	if f.lagging(newest) || f.media.End {
		return verdictStale
	}
	n.countOn(f, newest, true)
	return verdictCounted
}

// newer reports whether f's newest segment was recorded after m, by program date time.
func (f fresh) newer(m mark) bool {
	pdt := f.media.Segments[len(f.media.Segments)-1].PDT
	return !pdt.IsZero() && !m.PDT.IsZero() && pdt.Sub(m.PDT) > m.Duration/2
}

// lagging reports whether it is too early to conclude that the encoder started again.
func (f fresh) lagging(m mark) bool {
	return f.at.Sub(m.At) < staleTargets*max(f.media.TargetDuration, m.Duration)
}

// agrees compares the first, the middle and the newest overlapping segment under a shift.
func (f fresh) agrees(known window, shift, lo, hi int64) bool {
	for _, msn := range [...]int64{lo, lo + (hi-lo)/2, hi} {
		m := known.mark(msn)
		i := int(msn - shift - f.media.MSN)
		seg := &f.media.Segments[i]
		timed := !seg.PDT.IsZero() && !m.PDT.IsZero()
		if timed && near(seg.PDT, m.PDT, seg.Duration) {
			continue
		}
		// Some servers stamp a segment again with each playlist: on the same edge the name decides then.
		if m.Path != "" && m.Path == f.path(i) && (f.same || !timed) {
			continue
		}
		return false
	}
	return true
}

// near reports whether two program date times mean one segment.
func near(a, b time.Time, d time.Duration) bool { return a.Sub(b).Abs() <= d/2 }

// byTime finds the shift under which a fresh and a known segment have one program date time.
func (f fresh) byTime(known window, first, last int64) (int64, bool) {
	segs := f.media.Segments
	i := len(segs) - 1
	for msn := last; msn >= first && i >= 0; {
		m, seg := known.mark(msn), &segs[i]
		switch {
		case m.PDT.IsZero():
			msn--
		case seg.PDT.IsZero():
			i--
		case near(seg.PDT, m.PDT, min(seg.Duration, m.Duration)):
			return msn - (f.media.MSN + int64(i)), true
		case seg.PDT.After(m.PDT):
			i--
		default:
			msn--
		}
	}
	return 0, false
}

// byPath finds the shift under which a fresh and a known segment have one token-free path that is unique on both
// sides. It does not decide where both sides have dates that disagree: names can repeat, dates do not.
func (f fresh) byPath(known window, first, last int64) (int64, bool) {
	const looked = 256 // newest segments on each side
	at := map[string]int64{}
	for msn := max(first, last-looked); msn <= last; msn++ {
		if p := known.mark(msn).Path; p != "" {
			if _, twice := at[p]; twice {
				at[p] = math.MinInt64
			} else {
				at[p] = msn
			}
		}
	}
	seen := map[string]bool{}
	found, shift := false, int64(0)
	for i := len(f.media.Segments) - 1; i >= max(0, len(f.media.Segments)-looked); i-- {
		p := f.path(i)
		if p == "" || seen[p] {
			continue
		}
		seen[p] = true
		msn, ok := at[p]
		if !ok || msn == math.MinInt64 || found {
			continue
		}
		seg, m := &f.media.Segments[i], known.mark(msn)
		if !seg.PDT.IsZero() && !m.PDT.IsZero() && !near(seg.PDT, m.PDT, seg.Duration) {
			return 0, false
		}
		found, shift = true, msn-(f.media.MSN+int64(i))
	}
	return shift, found
}

// plausible reports whether a playlist whose newest segment would have the player's number hi can go on from the newest
// known one.
func (f fresh) plausible(newest mark, hi int64) bool {
	d := f.typical()
	ahead := float64(hi - newest.MSN)
	if pdt := f.media.Segments[len(f.media.Segments)-1].PDT; !pdt.IsZero() && !newest.PDT.IsZero() {
		want := float64(pdt.Sub(newest.PDT)) / float64(d)
		return math.Abs(ahead-want) <= math.Max(1.5, want/10)
	}
	return f.same || ahead <= float64(f.at.Sub(newest.At))/float64(d)*1.5+3
}

// extrapolate carries the known numbers on by the time between the playlists.
func (f fresh) extrapolate(newest mark) (int64, bool) {
	pdt := f.media.Segments[0].PDT
	if pdt.IsZero() || newest.PDT.IsZero() || !pdt.After(newest.PDT) {
		return 0, false
	}
	ahead := int64(math.Round(float64(pdt.Sub(newest.PDT)) / float64(f.typical())))
	return newest.MSN + max(1, ahead) - f.media.MSN, true
}

// typical is the usual duration of f's segments, never 0.
func (f fresh) typical() time.Duration {
	var sum time.Duration
	for i := range f.media.Segments {
		sum += f.media.Segments[i].Duration
	}
	if d := sum / time.Duration(len(f.media.Segments)); d > 0 {
		return d
	}
	return max(f.media.TargetDuration, time.Second)
}

func (n *numbering) align(shift int64, known window, f fresh) verdict {
	first, last, _ := known.bounds()
	lo := f.media.MSN + shift
	hi := lo + int64(len(f.media.Segments)) - 1
	if common := min(hi, last); common >= max(lo, first) {
		n.Discontinuity = 0
		seg := f.media.Segments[common-lo].Discontinuity
		n.Discontinuity = known.mark(common).Discontinuity - seg - n.breaksUpTo(common)
	}
	if shift == n.Shift {
		if hi < last {
			return verdictStale
		}
		return verdictSame
	}
	n.Shift = shift
	if hi < last && f.lagging(known.mark(last)) {
		return verdictStale
	}
	return verdictAligned
}

// countOn numbers f's new segments behind the newest known one, with a discontinuity before the first of them.
// restart reports whether the encoder started again: every segment is new then, unless the playlist is a long one. Another
// edge shows for the most part what the player has seen: only what came in the time since is new.
func (n *numbering) countOn(f fresh, newest mark, restart bool) {
	segs := len(f.media.Segments)
	news := segs
	if !restart || segs > maxRestart {
		news = int(math.Round(float64(f.at.Sub(newest.At)) / float64(f.typical())))
		news = min(max(news, 1), segs)
	}
	k := segs - news
	n.Shift = newest.MSN + 1 - (f.media.MSN + int64(k))
	n.Epoch++
	n.breakAt(newest.MSN+1, begins(f.media, k))
	n.Discontinuity = newest.Discontinuity + 1 - f.media.Segments[k].Discontinuity - n.breaksUpTo(newest.MSN+1)
}

// begins reports whether the upstream itself has a discontinuity before its segment k.
func begins(m *hls.Media, k int) bool {
	if k == 0 {
		return m.Segments[0].Discontinuity > m.DiscontinuitySequence
	}
	return m.Segments[k].Discontinuity > m.Segments[k-1].Discontinuity
}

// breakAt puts a discontinuity of our own before the player's number msn, unless one stands there already.
func (n *numbering) breakAt(msn int64, already bool) {
	if !already {
		n.Breaks = append(n.Breaks, msn)
	}
	for len(n.Breaks) > maxBreaks {
		n.Breaks = n.Breaks[1:]
		n.Discontinuity++
	}
}

// breaksUpTo counts our own discontinuities before or at the player's number msn.
func (n *numbering) breaksUpTo(msn int64) (count int64) {
	for _, b := range n.Breaks {
		if b <= msn {
			count++
		}
	}
	return count
}

// discontinuity is the player's discontinuity sequence number of the segment with the player's number msn.
func (n *numbering) discontinuity(seg *hls.Segment, msn int64) int64 {
	return seg.Discontinuity + n.Discontinuity + n.breaksUpTo(msn)
}

// identity is what a URL names apart from host and token, in at most maxIdentity bytes.
func identity(rawURL string) string {
	_, path, query, ok := token.Identity(rawURL)
	if !ok {
		return short(rawURL)
	}
	if query != "" {
		path += "?" + query
	}
	return short(path)
}
