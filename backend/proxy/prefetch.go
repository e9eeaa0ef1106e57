package proxy

import (
	"context"
	"sync/atomic"
	"time"

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
	at     atomic.Int64 // when a player asked for a whole segment, in Unix nanoseconds
	msn    atomic.Int64 // the newest that one asked for
	newest atomic.Int64 // the newest that was seen, whether it was fetched ahead or not
}

// asked records that a player asked for an object.
func (i *interest) asked(a address) {
	if a.kind != kindSegment {
		return // a player of parts needs no whole segments
	}
	i.at.Store(time.Now().UnixNano())
	i.msn.Store(a.n)
}

// wants reports whether the newest segment of a playlist, which was not there before, will be asked for in a moment.
func (i *interest) wants(s *timeline.Snapshot) bool {
	newest := s.Last()
	before := i.newest.Swap(newest)
	if before == 0 || newest <= before || s.Media.End || s.Media.PartTarget > 0 || s.Media.IFramesOnly || s.Media.Segments[len(s.Media.Segments)-1].Gap {
		return false
	}
	age := time.Since(time.Unix(0, i.at.Load()))
	return age < prefetchFor*s.Media.TargetDuration && i.msn.Load() >= newest-prefetchNear
}

// ahead fetches the newest segment of a playlist that was just read, if a player will ask for it in a moment: it comes while
// the playlist is on its way to the player, whose request then finds the segment cached, or joins its download. It is
// fetched once, like any other, and no viewer's lease is renewed for it.
func (r *rendition) ahead(s *timeline.Snapshot) {
	if len(s.Media.Segments) == 0 || !r.interest.wants(s) {
		return
	}
	msn := s.Last()
	select {
	case r.prefetches <- struct{}{}:
	default:
		return
	}
	if !r.tasks.run(func() {
		defer func() { <-r.prefetches }()
		r.prefetch(msn)
	}) {
		<-r.prefetches
	}
}

// prefetch reads a segment into the store.
func (r *rendition) prefetch(msn int64) {
	o := &prefetched{mediaObject: r.segment(msn), joined: make(chan struct{})}
	o.reader = r.store.Join(o.key, o)
	close(o.joined)
	defer o.reader.Close()
	ctx := r.tasks.ctx
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
	*mediaObject
	joined chan struct{} // closed once reader is set
	reader *objects.Reader
}

// Fetch returns the segment from offset on.
func (p *prefetched) Fetch(ctx context.Context, offset int64) (*objects.Response, error) {
	o, err := p.tryOnce(ctx, offset)
	if err != nil { // at the beginning, or again each time that the body breaks off
		select {
		case <-p.joined:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if p.reader.ForgetIfAlone() {
			return nil, err
		}
		return p.mediaObject.Fetch(ctx, offset)
	}
	o.Uncacheable = p.moved()
	return o, nil
}

// tryOnce requests the segment once, under the token that there is.
func (p *prefetched) tryOnce(ctx context.Context, offset int64) (*objects.Response, error) {
	up, err := p.streams.Current(p.id)
	if err != nil {
		return nil, err
	}
	return p.fetchOnce(ctx, attempt{up: up}, offset)
}
