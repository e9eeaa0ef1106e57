package timeline

import (
	"slices"
	"time"

	"gridwall/backend/numbering"
)

// maxTrimmed is how many keys, and how many init sections, of a rendition Record.Trimmed keeps.
const maxTrimmed = 8

// Record is the persisted part of a Timeline.
type Record struct {
	Numbering numbering.Numbering `json:"numbering"`
	Keys      []Epoch             `json:"keys,omitempty"`
	Maps      []Epoch             `json:"maps,omitempty"`
}

// LastShown returns when the rendition last had a new segment; zero if it never had one.
func (r *Record) LastShown() time.Time {
	if r.Numbering.Anchor == nil {
		return time.Time{}
	}
	return r.Numbering.Anchor.At
}

// Trimmed returns r with only its newest keys and init sections.
func (r Record) Trimmed() Record {
	r.Keys, r.Maps = epochs(r.Keys).newest(maxTrimmed), epochs(r.Maps).newest(maxTrimmed)
	return r
}

// Restore takes in the record of an earlier process. The record of a version with greater bounds is cut to this version's; a
// record with impossible numbers is dropped.
func (t *Timeline) Restore(r Record) {
	n, ok := r.Numbering.Restored()
	for _, e := range slices.Concat(r.Keys, r.Maps) {
		ok = ok && numbering.InBounds(e.First)
	}
	if !ok {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.numbering, t.keys, t.maps = n, epochs(r.Keys).newest(maxEpochs), epochs(r.Maps).newest(maxEpochs)
	for _, es := range [...]epochs{t.keys, t.maps} {
		for i := range es {
			es[i].Identity = bounded(es[i].Identity)
		}
	}
	if a := n.Anchor; a != nil {
		a.Path = bounded(a.Path)
		t.recorded = a.MSN
	}
}

// Record returns the record to persist; ok is false if no segment was ever shown.
func (t *Timeline) Record() (r Record, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r = Record{Numbering: t.numbering, Keys: slices.Clone(t.keys), Maps: slices.Clone(t.maps)}
	r.Numbering.Breaks = slices.Clone(r.Numbering.Breaks)
	if a := r.Numbering.Anchor; a != nil {
		t.recorded = a.MSN
	}
	return r, r.Numbering.Anchor != nil
}

// Restored reports whether the rendition was last played in an earlier process, or before a Reset; at is when it last had a
// new segment.
func (t *Timeline) Restored() (at time.Time, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shown != nil || t.numbering.Anchor == nil {
		return time.Time{}, false
	}
	return t.numbering.Anchor.At, true
}

// anchorStale reports whether the recorded anchor has left, or is about to leave, the playlist. After a kill -9 there would be
// nothing to compare a fetched playlist with, and players would see a discontinuity that does not exist.
func (t *Timeline) anchorStale(p *Playlist) bool {
	return t.recorded < p.First()+int64(len(p.Media.Segments))/2
}
