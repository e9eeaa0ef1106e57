package proxy

import (
	"path"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/stream"
)

const (
	// maxDecoys is how many fresh tokens in a row are asked for while a recording stands in place of a live stream whose
	// address does not change. After that it is the end.
	maxDecoys = 3
	// comparedSegments is how many of the newest segments on each side are compared.
	comparedSegments = 256
	// sameEvent is how far apart program date times of one event may be.
	sameEvent = 10 * time.Minute
)

// decoys is what is known of recordings in place of a live stream. The rendition's mu guards it.
type decoys struct {
	live       string // the stream's URL under which it was last live
	generation uint64 // under which one was refused last
	count      int    // how many were refused in a row
}

// ending judges a playlist that comes where a live one came before, and has no segments, or an end. Some CDNs answer a
// dead token with a recording ("your session is over") or with an empty playlist. s is not nil where the last listing
// goes on to be shown; err is a refusal of a recording.
func (r *rendition) ending(media *hls.Media, o *origin, up stream.Upstream, asked time.Time) (s *snapshot, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !recording(media) && len(media.Segments) > 0 {
		r.decoys = decoys{live: up.URL}
		return nil, nil
	}
	last := r.snap
	if last == nil || len(last.media.Segments) == 0 || last.generation > up.Generation {
		return nil, nil
	}
	if unlisted(media) {
		// Nothing is listed: that takes nothing back of what players have, and with an end it is over.
		held := &snapshot{listing: last.listing, at: asked, generation: up.Generation, ended: media.End || last.ended, pages: last.pages}
		if held.ended != last.ended {
			held.pages = newPages()
		}
		r.snap = held
		return held, nil
	}
	if !recording(media) || last.over() || !r.unrelated(media, o) || r.f.ended.Load() == up.Generation {
		return nil, nil
	}
	d := &r.decoys
	fresh := last.generation < up.Generation && d.generation < up.Generation
	if fresh && d.count > 0 && (up.URL != d.live || d.count >= maxDecoys) {
		return nil, nil // a fresh token shows the same: it is the end
	}
	if d.generation != up.Generation {
		d.generation, d.count = up.Generation, d.count+1
		r.f.p.log.Warn("a recording stands in place of the live stream", "stream", r.f.id, "rendition", r.name,
			"url", stream.RedactURL(o.base.String()))
	}
	return nil, decoyAt(o, up)
}

// unrelated reports whether a playlist shares nothing with the one that is known: no segment, no time, no numbers that go
// on in the same folder. The caller holds r.mu.
func (r *rendition) unrelated(media *hls.Media, o *origin) bool {
	first, last, ok := r.table.bounds()
	if !ok {
		return false
	}
	newest := r.table.mark(last)
	known := map[string]bool{}
	for msn := max(first, last-comparedSegments); msn <= last; msn++ {
		known[r.table.mark(msn).Path] = true
	}
	segs := media.Segments
	for i := max(0, len(segs)-comparedSegments); i < len(segs); i++ {
		p := pathOf(segs[i].URI, o)
		if known[p] {
			return false
		}
		if !newest.PDT.IsZero() && !segs[i].PDT.IsZero() && segs[i].PDT.Sub(newest.PDT).Abs() < sameEvent {
			return false
		}
		if media.MSN+r.numbering.Shift > first && path.Dir(p) == path.Dir(newest.Path) && path.Ext(p) == path.Ext(newest.Path) {
			return false
		}
	}
	return true
}

// believeEnd notes that the source lists the stream no more: what its playlist says under this token is the end.
func (f *feed) believeEnd(generation uint64) { f.ended.Store(generation) }

// over reports whether no segment will be added.
func (s *snapshot) over() bool { return s.ended || s.media.End }

func newPages() *pages { return &pages{text: map[string][]byte{}} }
