package timeline

import (
	"slices"
	"strings"

	"gridwall/backend/hls"
	"gridwall/backend/numbering"
)

const (
	// maxExpired is how many segments that have left the playlist can still be looked up by number: a player that lags behind
	// may request them, and a cached one costs nothing.
	maxExpired = 64
	// maxExpiredBytes bounds all their addresses together, in bytes.
	maxExpiredBytes = 1 << 20
)

// expired is a segment that has left the playlist. It holds copies, so that the playlist's text can be freed.
type expired struct {
	msn         int64
	uri         string
	rng         hls.ByteRange
	gap         bool
	parts       []hls.Part
	parent      *Parent
	fingerprint numbering.Fingerprint
}

// size returns the length of the addresses of e, in bytes.
func (e *expired) size() int {
	n := len(e.uri)
	for i := range e.parts {
		n += len(e.parts[i].URI)
	}
	return n
}

func expire(msn int64, seg *hls.Segment, parent *Parent, m numbering.Fingerprint) expired {
	e := expired{msn: msn, uri: strings.Clone(seg.URI), rng: seg.Range, gap: seg.Gap, parent: parent, fingerprint: m, parts: slices.Clone(seg.Parts)}
	for i := range e.parts {
		e.parts[i].URI = strings.Clone(e.parts[i].URI)
	}
	return e
}

// table maps the player's media sequence numbers to the newest upstream addresses.
type table struct {
	old []expired // ascending; with gaps if no player requested the playlist for a while
	cur *Playlist
	// lagging is a playlist of a newer generation that lags behind cur: the segments that it lists have their newest
	// addresses here.
	lagging *Playlist
	resolve Resolver
}

// replace makes p the current playlist and keeps the segments that only the previous one listed. reset is true if existing
// numbers are no longer valid.
func (t *table) replace(p *Playlist, reset bool) {
	prev := t.cur
	t.cur, t.lagging = p, nil
	if reset {
		t.old = nil
		return
	}
	if prev == nil {
		return
	}
	first := p.First()
	for msn := max(prev.First(), first-maxExpired); msn < first && msn <= prev.Last(); msn++ {
		if n := len(t.old); n > 0 && t.old[n-1].msn >= msn {
			continue
		}
		t.old = append(t.old, expire(msn, prev.segment(msn), prev.Parent, t.fingerprintIn(prev, msn)))
	}
	for len(t.old) > 0 && (t.old[0].msn < first-maxExpired || t.old[0].msn >= first) {
		if t.old[0].msn >= first { // the playlist grew at its start and lists them again
			t.old = nil
			break
		}
		t.old = slices.Delete(t.old, 0, 1)
	}
	bytes := 0
	for i := len(t.old) - 1; i >= 0; i-- {
		if bytes += t.old[i].size(); bytes > maxExpiredBytes {
			t.old = slices.Delete(t.old, 0, i+1)
			break
		}
	}
}

// segment looks up a whole segment.
func (t *table) segment(msn int64) (Ref, bool) {
	for _, p := range [...]*Playlist{t.lagging, t.cur} {
		if p == nil {
			continue
		}
		if s := p.segment(msn); s != nil {
			return Ref{URI: s.URI, Range: s.Range, Parent: p.Parent, Gap: s.Gap, Listed: true, Recent: p.recent(msn), Behind: t.behind(p.Parent)}, true
		}
		for _, h := range p.Media.Hints {
			if h.Type == hls.HintSegment && p.First()+int64(h.Segment) == msn {
				return t.hinted(p, &h), true
			}
		}
	}
	if e := t.expired(msn); e != nil {
		return Ref{URI: e.uri, Range: e.rng, Parent: e.parent, Gap: e.gap}, true
	}
	return Ref{}, false
}

// part looks up a partial segment.
func (t *table) part(msn int64, part int) (Ref, bool) {
	for _, p := range [...]*Playlist{t.lagging, t.cur} {
		if p == nil {
			continue
		}
		if parts := p.Parts(msn); part < len(parts) {
			x := &parts[part]
			return Ref{URI: x.URI, Range: x.Range, Parent: p.Parent, Gap: x.Gap, Listed: true, Recent: p.recent(msn), Behind: t.behind(p.Parent)}, true
		}
		for _, h := range p.Media.Hints {
			if h.Type == hintPart && p.First()+int64(h.Segment) == msn && h.Part == part {
				return t.hinted(p, &h), true
			}
		}
	}
	if e := t.expired(msn); e != nil && part < len(e.parts) {
		x := &e.parts[part]
		return Ref{URI: x.URI, Range: x.Range, Parent: e.parent, Gap: x.Gap}, true
	}
	return Ref{}, false
}

func (t *table) hinted(p *Playlist, h *hls.Hint) Ref {
	return Ref{URI: h.URI, Range: h.Range, Parent: p.Parent, Hint: true, Listed: true, Recent: true, Behind: t.behind(p.Parent)}
}

func (t *table) expired(msn int64) *expired {
	for i := len(t.old) - 1; i >= 0; i-- {
		if e := &t.old[i]; e.msn == msn {
			return e
		}
	}
	return nil
}

// behind reports whether the newest playlist lags, and parent holds addresses with an older token than it.
func (t *table) behind(parent *Parent) bool {
	return t.lagging != nil && parent.Generation < t.lagging.Parent.Generation
}

// Bounds implements numbering.Known with the current playlist and the segments that left it last. Those before a gap in the
// numbers can still be looked up, but are not compared.
func (t *table) Bounds() (first, last int64, ok bool) {
	if t.cur == nil || len(t.cur.Media.Segments) == 0 {
		return 0, 0, false
	}
	first = t.cur.First()
	for i := len(t.old) - 1; i >= 0 && t.old[i].msn == first-1; i-- {
		first--
	}
	return first, t.cur.Last(), true
}

// Fingerprint implements numbering.Known.
func (t *table) Fingerprint(msn int64) numbering.Fingerprint {
	if msn >= t.cur.First() {
		return t.fingerprintIn(t.cur, msn)
	}
	return t.old[len(t.old)-int(t.cur.First()-msn)].fingerprint
}

func (t *table) fingerprintIn(p *Playlist, msn int64) numbering.Fingerprint {
	seg := p.segment(msn)
	return numbering.Fingerprint{MSN: msn, Discontinuity: p.numbering.DiscontinuityOf(seg, msn), PDT: seg.PDT,
		Path: t.resolve.Of(seg.URI, p.Parent), Duration: seg.Duration, At: p.At}
}
