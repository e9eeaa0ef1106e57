package playback

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
	// aboutToLeave is how many of the oldest listed segments are fetched and retained even if no player has requested them,
	// because they are about to leave the upstream's playlist.
	aboutToLeave = 2
	// retainTimeout bounds the fetch of one segment for retention.
	retainTimeout = 30 * time.Second
)

// Rewind configures the DVR window: the segments that can be played although the upstream no longer lists them.
type Rewind struct {
	// Length is how long segments are retained after they were first listed; 0 retains none.
	Length time.Duration
	// Bytes bounds the files of all streams together; the oldest are deleted first.
	Bytes int64
}

// describe records the texts of a playlist's segments for the DVR window.
func (f *Stream) describe(r *Rendition, p *timeline.Playlist) {
	r.Timeline.Describe(p, f.Files.Length(), links{f, r.name}, time.Now())
}

// RenderPlaylist returns the text of a snapshot of r, with the retained segments before it.
func (f *Stream) RenderPlaylist(r *Rendition, s *timeline.Snapshot, a timeline.Addressing) []byte {
	return r.Timeline.Render(s, a, f.window(r), links{f, r.name})
}

// retainSoon retains the segments of a playlist that players have fetched, and those that are about to leave it. It does so in
// the background, one segment after the other.
func (f *Stream) retainSoon(r *Rendition, p *timeline.Playlist) {
	if !p.Shiftable(f.Files.Length()) {
		return
	}
	if f.Tasks.Context.Err() != nil || !r.Retaining.CompareAndSwap(false, true) {
		return
	}
	key := r.CacheKey("")
	unasked := int64(aboutToLeave)
	if r.onlyWarm() {
		unasked = 0
	}
	wanted := slices.DeleteFunc(r.Timeline.Candidates(p), func(c timeline.Candidate) bool {
		return f.Files.Has(key+c.Leaf) || c.MSN >= p.First()+unasked && !f.Store.Has(key+c.Leaf)
	})
	if len(wanted) == 0 || !f.Tasks.Run(func() { f.retainAll(r, wanted) }) {
		r.Retaining.Store(false)
	}
}

// retainAll retains segments one after the other.
func (f *Stream) retainAll(r *Rendition, wanted []timeline.Candidate) {
	defer r.Retaining.Store(false)
	for _, c := range wanted {
		err := f.retain(r, c)
		if errors.Is(err, objects.ErrTooLarge) { // otherwise it would be fetched with each reload
			r.Timeline.SetTooLarge(c.MSN)
		}
		if err != nil && f.Tasks.Context.Err() == nil {
			f.Log.Debug("a segment is not retained for the rewind buffer", "stream", f.ID, "rendition", r.name, "msn", c.MSN,
				"why", stream.RedactText(err.Error()))
		}
	}
}

// retain retains one segment, with its keys and its init section.
func (f *Stream) retain(r *Rendition, c timeline.Candidate) error {
	ctx, cancel := context.WithTimeout(f.Tasks.Context, retainTimeout)
	defer cancel()
	for _, name := range c.Resources {
		if err := f.retainObject(ctx, f.Resource(r, name)); err != nil {
			return err
		}
	}
	return f.retainObject(ctx, f.Segment(r, c.MSN))
}

func (f *Stream) retainObject(ctx context.Context, o *MediaObject) error {
	if f.Files.Has(o.key) {
		return nil
	}
	rd := o.Open()
	defer rd.Close()
	if _, err := rd.Info(ctx); err != nil {
		return err
	}
	if o.moved() {
		return errors.New("the rendition was renumbered meanwhile")
	}
	return f.Files.Save(ctx, o.key, rd, f.Store.MaxObject())
}

// retained returns the object from offset on from a retained file, or nil. A retained segment always replaces a request to the
// upstream, a retained key or init section only if the playlist no longer lists it.
func (m *MediaObject) retained(offset int64) *objects.Response {
	files := m.stream.Files
	switch {
	case files.Length() <= 0, m.kind == partObject:
		return nil
	case m.kind == segmentObject:
		return files.Open(m.key, offset)
	}
	if s := m.r.Current(); s == nil || s.Lists(m.leaf) {
		return nil
	}
	return files.Open(m.key, offset)
}
