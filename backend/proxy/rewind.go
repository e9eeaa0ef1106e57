package proxy

import (
	"context"
	"errors"
	"slices"
	"time"

	"gridwall/backend/objects"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

const (
	// soonGone is how many of the oldest listed segments are fetched to be retained although no player has: they are about to
	// leave the upstream's playlist.
	soonGone = 2
	// retainTimeout bounds the fetch of one segment that is to be retained.
	retainTimeout = 30 * time.Second
)

// Rewind says how much of what was played can be played again although the upstream no longer lists it.
type Rewind struct {
	// Length is for how long segments are retained after they came; 0: not at all.
	Length time.Duration
	// Bytes bounds the files of all streams together; the oldest are deleted first.
	Bytes int64
}

// describe records the text of a playlist's segments for the time-shift buffer.
func (r *rendition) describe(p *timeline.Playlist) {
	r.timeline.Describe(p, r.files.Length(), links{r.stream, r.name}, time.Now())
}

// render returns the text of a snapshot, with the retained segments before it.
func (r *rendition) render(s *timeline.Snapshot, a timeline.Addressing) []byte {
	key := r.cacheKey("")
	window := timeline.Window{Length: r.files.Length(), Now: time.Now(), Retained: func(leaf string) bool { return r.files.Has(key + leaf) }}
	return r.timeline.Render(s, a, window, links{r.stream, r.name})
}

// retainSoon retains segments of a playlist: those that players have fetched, and those that are about to leave it. It does
// so beside the request, one segment after the other.
func (r *rendition) retainSoon(p *timeline.Playlist) {
	if !p.Shiftable(r.files.Length()) {
		return
	}
	if r.tasks.ctx.Err() != nil || !r.retaining.CompareAndSwap(false, true) {
		return
	}
	key := r.cacheKey("")
	wanted := slices.DeleteFunc(r.timeline.Candidates(p), func(c timeline.Candidate) bool {
		return r.files.Has(key+c.Leaf) || c.MSN >= p.First()+soonGone && !r.store.Has(key+c.Leaf)
	})
	if len(wanted) == 0 || !r.tasks.run(func() { r.retainAll(wanted) }) {
		r.retaining.Store(false)
	}
}

// retainAll retains segments one after the other.
func (r *rendition) retainAll(wanted []timeline.Candidate) {
	defer r.retaining.Store(false)
	for _, c := range wanted {
		err := r.retain(c)
		if errors.Is(err, objects.ErrTooLarge) { // it would be fetched with each reload
			r.timeline.SetTooLarge(c.MSN)
		}
		if err != nil && r.tasks.ctx.Err() == nil {
			r.log.Debug("a segment is not retained for the rewind buffer", "stream", r.id, "rendition", r.name, "msn", c.MSN,
				"why", stream.RedactText(err.Error()))
		}
	}
}

// retain retains one segment, with its keys and its init section.
func (r *rendition) retain(c timeline.Candidate) error {
	ctx, cancel := context.WithTimeout(r.tasks.ctx, retainTimeout)
	defer cancel()
	for _, name := range c.Resources {
		if err := r.retainObject(ctx, r.resource(name)); err != nil {
			return err
		}
	}
	return r.retainObject(ctx, r.segment(c.MSN))
}

func (r *rendition) retainObject(ctx context.Context, o *mediaObject) error {
	if r.files.Has(o.key) {
		return nil
	}
	rd := r.store.Join(o.key, o)
	defer rd.Close()
	if _, err := rd.Info(ctx); err != nil {
		return err
	}
	if o.moved() {
		return errors.New("its numbers have changed their meaning meanwhile")
	}
	return r.files.Save(ctx, o.key, rd, r.store.MaxObject())
}

// retained returns the object from offset on out of a retained file that may stand in for the upstream: a segment's always,
// a key's or an init section's where the playlist no longer names it. nil: there is none.
func (m *mediaObject) retained(offset int64) *objects.Response {
	files := m.r.files
	switch {
	case files.Length() <= 0, m.kind == kindPart:
		return nil
	case m.kind == kindSegment:
		return files.Open(m.key, offset)
	}
	if s := m.r.current(); s == nil || s.Lists(m.leaf) {
		return nil
	}
	return files.Open(m.key, offset)
}
