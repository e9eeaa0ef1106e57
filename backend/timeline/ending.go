package timeline

import (
	"path"
	"slices"
	"time"

	"gridwall/backend/hls"
)

const (
	// MaxDecoys is how many fresh tokens in a row are requested while a live stream's unchanged address returns a recording.
	// After that the stream counts as over.
	MaxDecoys = 3
	// comparedSegments is how many of the newest segments on each side are compared.
	comparedSegments = 256
	// sameEvent is how far apart the program date times of one event may be.
	sameEvent = 10 * time.Minute
)

// decoys counts the recordings that were returned instead of a live stream.
type decoys struct {
	live       string // the stream's URL when it was last live
	generation uint64 // of the token under which one was last refused
	count      int    // how many were refused in a row
}

// Empty reports whether a media playlist neither lists nor hints at anything playable.
func Empty(m *hls.Media) bool {
	return len(m.Segments) == 0 && len(m.Open) == 0 && m.Skipped == 0 &&
		!slices.ContainsFunc(m.Hints, func(h hls.Hint) bool { return h.Type != hintMap })
}

// Final reports whether a media playlist says that nothing will be added to it (RFC 8216bis 4.4.3.4, 4.4.3.5).
func Final(m *hls.Media) bool { return m.End || m.PlaylistType == "VOD" }

// Request is how a playlist was fetched.
type Request struct {
	// StreamURL is the stream's own address, Generation that of its token.
	StreamURL  string
	Generation uint64
	At         time.Time
	// EndConfirmed is true if the source no longer lists the stream: an end in a playlist under this token is real.
	EndConfirmed bool
}

// Ending says how to treat a playlist that has no segments, or an end.
type Ending int

const (
	// NoEnding: pass the playlist to Update.
	NoEnding Ending = iota
	// Held: players continue to see the last playlist.
	Held
	// Decoy: a recording was returned instead of the live stream; a fresh token may bring the stream back. NewDecoy is the
	// first one under its token.
	Decoy
	NewDecoy
)

// Ending judges a playlist without segments, or with an end, that follows a live one. Some CDNs answer an expired token with
// a recording ("your session is over") or with an empty playlist. held is the playlist to show if the answer is Held.
func (t *Timeline) Ending(media *hls.Media, parent *Parent, req Request) (e Ending, held *Snapshot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !Final(media) && len(media.Segments) > 0 {
		t.decoys = decoys{live: req.StreamURL}
		return NoEnding, nil
	}
	last := t.shown
	if last == nil || len(last.Media.Segments) == 0 || last.Generation > req.Generation {
		return NoEnding, nil
	}
	if Empty(media) {
		// Nothing is listed: players keep what they have. With an end, the stream is over.
		held := &Snapshot{Playlist: last.Playlist, At: req.At, Generation: req.Generation, ended: media.End || last.ended, rendered: last.rendered}
		if held.ended != last.ended {
			held.rendered = newRendered()
		}
		t.shown = held
		return Held, held
	}
	if !Final(media) || last.Over() || !t.unrelated(media, parent) || req.EndConfirmed {
		return NoEnding, nil
	}
	d := &t.decoys
	fresh := last.Generation < req.Generation && d.generation < req.Generation
	if fresh && d.count > 0 && (req.StreamURL != d.live || d.count >= MaxDecoys) {
		return NoEnding, nil // a fresh token brings the same: the stream is over
	}
	if d.generation != req.Generation {
		d.generation, d.count = req.Generation, d.count+1
		return NewDecoy, nil
	}
	return Decoy, nil
}

// unrelated reports whether a playlist shares nothing with the known one: no segment, no time, no continued numbers in the
// same folder.
func (t *Timeline) unrelated(media *hls.Media, parent *Parent) bool {
	first, last, ok := t.table.Bounds()
	if !ok {
		return false
	}
	newest := t.table.Fingerprint(last)
	seen := map[string]bool{}
	for msn := max(first, last-comparedSegments); msn <= last; msn++ {
		seen[t.table.Fingerprint(msn).Path] = true
	}
	segs := media.Segments
	for i := max(0, len(segs)-comparedSegments); i < len(segs); i++ {
		p := t.resolve.Of(segs[i].URI, parent)
		if seen[p] {
			return false
		}
		if !newest.PDT.IsZero() && !segs[i].PDT.IsZero() && segs[i].PDT.Sub(newest.PDT).Abs() < sameEvent {
			return false
		}
		if media.MSN+t.numbering.Shift > first && path.Dir(p) == path.Dir(newest.Path) && path.Ext(p) == path.Ext(newest.Path) {
			return false
		}
	}
	return true
}

// IsLive reports whether the rendition shows segments under this generation or a newer one. Another kind of playlist at its
// address is then not the stream's.
func (t *Timeline) IsLive(generation uint64) bool {
	s := t.Current()
	return s != nil && len(s.Media.Segments) > 0 && s.Generation >= generation
}
