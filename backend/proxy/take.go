package proxy

import (
	"slices"

	"gridwall/backend/hls"
)

// take makes l the current listing. urgent reports whether a number or a name was given which must not be lost.
func (r *rendition) take(l *listing, generation uint64, sibling int64, hasSibling bool) (s *snapshot, urgent bool) {
	media, o := l.media, l.origin
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.snap; s != nil && (s.generation > generation || s.generation == generation && s.at.After(l.at)) {
		return s, false // one that was asked for later, or with a newer token, has overtaken this one
	}
	v, known, save := r.number(l, sibling, hasSibling)
	if v == verdictRival {
		r.snap = &snapshot{listing: r.snap.listing, at: l.at, generation: generation, again: true, ended: r.snap.ended, pages: r.snap.pages}
		return r.snap, false
	}
	void := v == verdictCounted
	r.agreed = l.at
	l.numbering = r.numbering
	l.numbering.Breaks = slices.Clone(r.numbering.Breaks)
	if r.table.ahead == l {
		l.keys, _ = nameKeys(media.Keys, &r.keys, l.first(), known, r.identity(o))
		l.maps, _ = nameMaps(media.Maps, &r.maps, l.first(), known, r.identity(o))
		l.hints = nameHints(media, r.maps, l.first(), r.identity(o))
		r.remember(l)
		r.snap = &snapshot{listing: r.snap.listing, at: l.at, generation: generation, again: r.snap.origin.generation == generation, pages: r.snap.pages}
		r.grow()
		return r.snap, save
	}
	if void {
		r.keys.void()
		r.maps.void()
		clear(r.resources)
		clear(r.dead)
	}
	var k1, k2 bool
	l.keys, k1 = nameKeys(media.Keys, &r.keys, l.first(), known, r.identity(o))
	l.maps, k2 = nameMaps(media.Maps, &r.maps, l.first(), known, r.identity(o))
	l.hints = nameHints(media, r.maps, l.first(), r.identity(o))
	r.table.replace(l, void)
	if void {
		r.past = past{keeping: r.past.keeping}
	}
	r.remember(l)
	if len(media.Segments) > 0 {
		newest := r.table.markOf(l, l.last())
		// Without an anchor in reach a restart would begin to count again.
		save = save || r.numbering.Anchor == nil || r.outlived(l)
		r.numbering.Anchor = &newest
	}
	r.snap = &snapshot{listing: l, at: l.at, generation: generation, pages: newPages()}
	r.grow()
	return r.snap, save || k1 || k2
}

// number maps the playlist's sequence numbers to the player's. With verdictCounted nothing known of the old numbers holds.
func (r *rendition) number(l *listing, sibling int64, hasSibling bool) (v verdict, known int64, save bool) {
	f := fresh{media: l.media, at: l.at, path: func(i int) string { return pathOf(l.media.Segments[i].URI, l.origin) }}
	var w window = &r.table
	prev := r.table.cur
	switch {
	case prev != nil:
		f.same = prev.origin.generation == l.origin.generation && prev.origin.base.Host == l.origin.base.Host
	case r.numbering.Anchor != nil:
		w = r.numbering.Anchor
	default:
		if hasSibling {
			r.numbering.Shift = sibling
		}
		return verdictSame, -1, hasSibling
	}
	_, known, _ = w.bounds()
	n := r.numbering
	n.Breaks = slices.Clone(n.Breaks)
	v = n.settle(w, f)
	if prev != nil && f.same && (v == verdictCounted || v == verdictSame && f.jumps(w, n.Shift)) {
		if r.isRival(l) {
			r.table.ahead = nil
			return verdictRival, known, false
		}
		r.left(prev)
	}
	r.numbering = n
	switch v {
	case verdictStale:
		if prev != nil {
			l.numbering = r.numbering
			r.table.ahead = l
		}
	case verdictAligned:
		if !r.newShift(r.numbering.Shift) { // servers of a balancer that take turns
			return v, known, false
		}
		r.f.p.log.Info("another edge numbers its segments differently", "stream", r.f.id, "rendition", r.name, "shift", r.numbering.Shift)
	case verdictCounted:
		r.f.p.log.Info("the segments' numbers start anew; counting goes on", "stream", r.f.id, "rendition", r.name, "shift", r.numbering.Shift)
	}
	return v, known, v == verdictAligned || v == verdictCounted
}

// siblingShift is the shift of another rendition of the same upstream, for one that was never loaded: an edge that
// numbers differently does so for all of them.
func (f *feed) siblingShift(r *rendition, media *hls.Media, generation uint64) (int64, bool) {
	f.mu.Lock()
	others := make([]*rendition, 0, len(f.renditions))
	for _, o := range f.renditions {
		if o != r {
			others = append(others, o)
		}
	}
	f.mu.Unlock()
	const near = 64 // segments
	for _, o := range others {
		s := o.current()
		if s == nil || s.generation != generation || s.numbering.Shift == 0 {
			continue
		}
		if d := s.media.MSN - media.MSN; d < near && d > -near {
			return s.numbering.Shift, true
		}
	}
	return 0, false
}
