package playback

import (
	"context"
	"sync/atomic"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/objects"
	"gridwall/backend/timeline"
)

const (
	// prefetchFor is for how many target durations after a player has asked for a segment the next ones are fetched ahead of
	// it. Players ask once a segment; one that asks less often has paused, or gone.
	prefetchFor = 2
	// prefetchNear is how far behind the newest segment a player may be: one that plays the past does not get to it.
	prefetchNear = 5
	// maxPrefetch bounds the segments that are fetched ahead at once; beyond it the player's own request is the first.
	maxPrefetch = 16
)

// interest is what players have asked of a rendition lately. It needs no lock.
type interest struct {
	At     atomic.Int64 // when a player asked for a whole segment, in Unix nanoseconds
	msn    atomic.Int64 // the newest that one asked for
	newest atomic.Int64 // the newest that was seen, whether it was fetched ahead or not
}

// Asked records that a player asked for a whole segment. A player of partial segments needs none.
func (i *interest) Asked(msn int64) {
	i.At.Store(time.Now().UnixNano())
	i.msn.Store(msn)
}

// wants reports whether the newest segment of a playlist, which was not there before, will be asked for in a moment.
func (i *interest) wants(s *timeline.Snapshot) bool {
	newest := s.Last()
	before := i.newest.Swap(newest)
	if before == 0 || newest <= before || s.Media.End || s.Media.PartTarget > 0 || s.Media.IFramesOnly || s.Media.Segments[len(s.Media.Segments)-1].Gap {
		return false
	}
	age := time.Since(time.Unix(0, i.At.Load()))
	return age < prefetchFor*s.Media.TargetDuration && i.msn.Load() >= newest-prefetchNear
}

// ahead fetches the newest segment of a playlist that was just read, if a player will ask for it in a moment: it comes while
// the playlist is on its way to the player, whose request then finds the segment cached, or joins its download. It is
// fetched once, like any other, and no viewer's lease is renewed for it.
func (f *Stream) ahead(r *Rendition, s *timeline.Snapshot) {
	if len(s.Media.Segments) == 0 || !r.Interest.wants(s) {
		return
	}
	msn := s.Last()
	select {
	case f.Prefetches <- struct{}{}:
	default:
		return
	}
	if !f.Tasks.Run(func() {
		defer func() { <-f.Prefetches }()
		f.prefetch(r, msn)
	}) {
		<-f.Prefetches
	}
}

// prefetch reads a segment into the store.
func (f *Stream) prefetch(r *Rendition, msn int64) {
	o := &prefetched{MediaObject: f.Segment(r, msn), joined: make(chan struct{})}
	o.reader = f.Store.Join(o.key, o)
	close(o.joined)
	defer o.reader.Close()
	ctx := f.Tasks.Context
	if _, err := o.reader.Info(ctx); err != nil {
		return
	}
	for !o.reader.PassThrough() { // else there is nothing to keep: it may have no end
		b, err := o.reader.Peek(ctx)
		if err != nil {
			return
		}
		o.reader.Advance(int64(len(b)))
	}
}

// prefetched is a segment that is fetched ahead. It recovers from a refusal only where a player has joined meanwhile: an
// edge that cannot serve yet what it lists must cost no token.
type prefetched struct {
	*MediaObject
	joined chan struct{} // closed once reader is set
	reader *objects.Reader
}

// Fetch returns the segment from offset on.
func (p *prefetched) Fetch(ctx context.Context, offset int64) (*objects.Response, error) {
	o, err := p.tryOnce(ctx, offset)
	if err != nil { // At the beginning, or again each time that the body breaks off
		select {
		case <-p.joined:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if p.reader.ForgetIfAlone() {
			return nil, err
		}
		return p.MediaObject.Fetch(ctx, offset)
	}
	o.Uncacheable = p.moved()
	return o, nil
}

// tryOnce requests the segment once, under the token that there is.
func (p *prefetched) tryOnce(ctx context.Context, offset int64) (*objects.Response, error) {
	up, err := p.Streams.Current(p.ID)
	if err != nil {
		return nil, err
	}
	return p.FetchOnce(ctx, fetch.Attempt{Upstream: up}, offset)
}
