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
	// prefetchFor is for how many target durations after a player's last request segments are prefetched. Players make one
	// request for each segment; one that makes fewer has paused or left.
	prefetchFor = 2
	// prefetchNear is how many segments behind the newest one a player may be: one that has rewound will not request it soon.
	prefetchNear = 5
	// maxPrefetch bounds concurrent prefetches; beyond it segments are fetched when players request them.
	maxPrefetch = 16
)

// interest records what players have recently requested of a rendition. It needs no lock.
type interest struct {
	At     atomic.Int64 // when a player last requested a whole segment, in Unix nanoseconds
	msn    atomic.Int64 // the last requested one
	newest atomic.Int64 // the newest listed one, prefetched or not
}

// Requested records that a player requested a whole segment. Players of partial segments need no prefetch.
func (i *interest) Requested(msn int64) {
	i.At.Store(time.Now().UnixNano())
	i.msn.Store(msn)
}

// wantsNewest reports whether the newest segment of a playlist is new and will soon be requested.
func (i *interest) wantsNewest(s *timeline.Snapshot) bool {
	newest := s.Last()
	before := i.newest.Swap(newest)
	if before == 0 || newest <= before || s.Media.End || s.Media.PartTarget > 0 || s.Media.IFramesOnly || s.Media.Segments[len(s.Media.Segments)-1].Gap {
		return false
	}
	age := time.Since(time.Unix(0, i.At.Load()))
	return age < prefetchFor*s.Media.TargetDuration && i.msn.Load() >= newest-prefetchNear
}

// prefetchNewest fetches the newest segment of a playlist that was just read if a player will soon request it: while the player
// receives the playlist, the segment is downloaded, so that the player's request finds it cached or joins the download. It is
// fetched once, like any other segment, and renews no viewer's lease.
func (f *Stream) prefetchNewest(r *Rendition, s *timeline.Snapshot) {
	if len(s.Media.Segments) == 0 || !r.Interest.wantsNewest(s) {
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
		f.Prefetch(r, msn)
	}) {
		<-f.Prefetches
	}
}

// Prefetch reads a segment into the store.
func (f *Stream) Prefetch(r *Rendition, msn int64) {
	o := &prefetched{MediaObject: f.Segment(r, msn), joined: make(chan struct{})}
	o.reader = f.Store.Join(o.key, o)
	close(o.joined)
	defer o.reader.Close()
	ctx := f.Tasks.Context
	if _, err := o.reader.Info(ctx); err != nil {
		return
	}
	for !o.reader.PassThrough() { // an object that is passed through is not cached, and may be endless
		b, err := o.reader.Peek(ctx)
		if err != nil {
			return
		}
		o.reader.Advance(int64(len(b)))
	}
}

// prefetched is a segment that is being prefetched. It recovers from a refusal only if a player has joined meanwhile: an edge
// that cannot yet serve a listed segment must not cause a renewal.
type prefetched struct {
	*MediaObject
	joined chan struct{} // closed once reader is set
	reader *objects.Reader
}

// Fetch returns the segment from offset on.
func (p *prefetched) Fetch(ctx context.Context, offset int64) (*objects.Response, error) {
	o, err := p.tryOnce(ctx, offset)
	if err != nil { // at the start, or after a truncated body
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

// tryOnce requests the segment once, under the current token.
func (p *prefetched) tryOnce(ctx context.Context, offset int64) (*objects.Response, error) {
	up, err := p.Streams.Current(p.ID)
	if err != nil {
		return nil, err
	}
	return p.FetchOnce(ctx, fetch.Attempt{Upstream: up}, offset)
}
