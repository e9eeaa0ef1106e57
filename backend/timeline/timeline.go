package timeline

import (
	"sync"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/numbering"
)

// Timeline is one rendition of a stream as players know it: its numbers, its names, and the upstream address of each object.
// It is safe for concurrent use. Its mutex is the innermost of all locks: while it is held, the only call that leaves this
// package is the Retained function of a Window.
type Timeline struct {
	resolve Resolver

	mu        sync.Mutex
	numbering numbering.Numbering
	keys      epochs
	maps      epochs
	table     table
	resources map[string]Ref    // by name: key-…, init-…
	missing   map[string]uint64 // objects missing upstream, and under which generation
	shown     *Snapshot
	progress  progress
	decoys    decoys
	buffer    buffer
	accepted  time.Time // request time of the last playlist that was accepted, or lagged behind an accepted one
	rivals    []rival
	shifts    []int64
	recorded  int64 // the anchor's number when it was last recorded; 0 for none
}

// New returns a Timeline without a playlist.
func New(resolve Resolver) *Timeline {
	return &Timeline{resolve: resolve, table: table{resolve: resolve}, resources: map[string]Ref{}, missing: map[string]uint64{}}
}

// Current returns the playlist that players are shown; nil before the first Update.
func (t *Timeline) Current() *Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.shown
}

// Reset forgets everything except what is persisted.
func (t *Timeline) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.shown = nil
	t.table = table{resolve: t.resolve}
	t.buffer = buffer{}
	clear(t.resources)
	clear(t.missing)
	t.rivals, t.shifts = nil, nil
}

// Sibling is what a rendition that was never loaded inherits from another rendition of the same stream.
type Sibling struct {
	Shift int64
	Known bool
}

// SiblingOf returns the shift of another rendition of the same upstream: an edge that numbers differently does so for all
// renditions. others are their current playlists, nil for one without; media is the new rendition's first playlist, read
// under generation.
func SiblingOf(others []*Snapshot, media *hls.Media, generation uint64) Sibling {
	const near = 64 // segments
	for _, s := range others {
		if s == nil || s.Generation != generation || s.numbering.Shift == 0 {
			continue
		}
		if d := s.Media.MSN - media.MSN; d < near && d > -near {
			return Sibling{s.numbering.Shift, true}
		}
	}
	return Sibling{}
}

// Result is the outcome of an Update.
type Result struct {
	// Shown is the playlist that players are shown now: the fetched one, or an earlier one.
	Shown *Snapshot
	// Change is how the numbers changed; also Unchanged if the server's shift was seen before.
	Change numbering.Change
	// Shift is what is added to the upstream's numbers.
	Shift int64
	// Save is true if a number or a name was assigned that must be persisted.
	Save bool
}

// Update takes in a playlist that was read under a generation of the stream's token: its numbers, the names of its keys and
// init sections, its addresses. A playlist that is older, lags or comes from another server does not replace the shown one.
// The first playlist of a Timeline without a record starts with sibling's shift.
func (t *Timeline) Update(p *Playlist, generation uint64, sibling Sibling) Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.shown; s != nil && (s.Generation > generation || s.Generation == generation && s.At.After(p.At)) {
		return Result{Shown: s, Shift: t.numbering.Shift} // overtaken by one that was requested later, or with a newer token
	}
	change, newest, save := t.number(p, sibling)
	if change == numbering.OtherServer {
		t.shown = &Snapshot{Playlist: t.shown.Playlist, At: p.At, Generation: generation, Repeated: true, ended: t.shown.ended, rendered: t.shown.rendered}
		return Result{Shown: t.shown, Change: change, Shift: t.numbering.Shift}
	}
	reset := change == numbering.Restarted
	t.accepted = p.At
	p.numbering = t.numbering.Clone()
	if t.table.lagging == p {
		t.name(p, newest)
		t.remember(p)
		t.shown = &Snapshot{Playlist: t.shown.Playlist, At: p.At, Generation: generation, Repeated: t.shown.Parent.Generation == generation, rendered: t.shown.rendered}
		t.advance()
		return Result{Shown: t.shown, Change: change, Shift: t.numbering.Shift, Save: save}
	}
	if reset {
		t.keys, t.maps = nil, nil
		clear(t.resources)
		clear(t.missing)
	}
	renamed := t.name(p, newest)
	t.table.replace(p, reset)
	if reset {
		t.buffer = buffer{}
	}
	t.remember(p)
	if len(p.Media.Segments) > 0 {
		anchor := t.table.fingerprintIn(p, p.Last())
		// After a restart without a usable anchor, counting would start again.
		save = save || t.numbering.Anchor == nil || t.anchorStale(p)
		t.numbering.Anchor = &anchor
	}
	t.shown = &Snapshot{Playlist: p, At: p.At, Generation: generation, rendered: newRendered()}
	t.advance()
	return Result{Shown: t.shown, Change: change, Shift: t.numbering.Shift, Save: save || renamed}
}

// name names the keys and init sections of a numbered playlist, and reports whether their epochs changed.
func (t *Timeline) name(p *Playlist, newest int64) (changed bool) {
	id := func(uri string) string { return t.resolve.Of(uri, p.Parent) }
	var keys, maps bool
	p.Keys, keys = nameKeys(p.Media.Keys, &t.keys, p.First(), newest, id)
	p.Maps, maps = nameMaps(p.Media.Maps, &t.maps, p.First(), newest, id)
	p.Hints = nameHints(p.Media, t.maps, p.First(), id)
	return keys || maps
}

// number maps the playlist's sequence numbers to the player's. newest is the newest number known before, -1 for none; save
// reports whether the numbering must be persisted.
func (t *Timeline) number(p *Playlist, sibling Sibling) (change numbering.Change, newest int64, save bool) {
	c := numbering.Candidate{Media: p.Media, At: p.At, Path: func(i int) string { return t.resolve.Of(p.Media.Segments[i].URI, p.Parent) }}
	var k numbering.Known = &t.table
	prev := t.table.cur
	switch {
	case prev != nil:
		c.SameEdge = prev.Parent.Generation == p.Parent.Generation && prev.Parent.URL.Host == p.Parent.URL.Host
	case t.numbering.Anchor != nil:
		k = t.numbering.Anchor
	default:
		if sibling.Known {
			t.numbering.Shift = sibling.Shift
		}
		return numbering.Unchanged, -1, sibling.Known
	}
	_, newest, _ = k.Bounds()
	n := t.numbering.Clone()
	change = n.Reconcile(k, c)
	if prev != nil && c.SameEdge && (change == numbering.Restarted || change == numbering.Unchanged && c.Jumps(k, n.Shift)) {
		if t.isRival(p) {
			t.table.lagging = nil
			return numbering.OtherServer, newest, false
		}
		t.addRival(prev)
	}
	t.numbering = n
	switch change {
	case numbering.Lagging:
		if prev != nil {
			p.numbering = t.numbering
			t.table.lagging = p
		}
	case numbering.Realigned:
		if !t.addShift(t.numbering.Shift) { // the servers of a balancer take turns
			return numbering.Unchanged, newest, false
		}
	}
	return change, newest, change == numbering.Realigned || change == numbering.Restarted
}
