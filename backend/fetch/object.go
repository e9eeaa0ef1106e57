package fetch

import (
	"context"
	"gridwall/backend/objects"
	"gridwall/backend/timeline"
	"sync/atomic"
	"time"
)

// locator finds out where one object is to be fetched.
type locator interface {
	// Locate returns where the object is to be fetched in an attempt, and when the playlist that names it was requested
	// (zero: that does not matter).
	Locate(ctx context.Context, a Attempt) (e Object, named time.Time, err error)
}

// UpstreamObject fetches one object from the upstream, whatever becomes of its token. It is an objects.Fetcher.
type UpstreamObject struct {
	*Fetcher
	At locator
	// What the object belongs to.
	What Subject
	// Missing is where it is recorded that the upstream lists the object but cannot serve it. nil: nowhere.
	Missing *Missing
	// cover is how long the picture is that stands before the object's bytes (see expected.cover).
	cover atomic.Int64
}

// Fetch returns the object from offset on. Refusals are recovered from.
func (u *UpstreamObject) Fetch(ctx context.Context, offset int64) (o *objects.Response, err error) {
	err = u.Recover(ctx, u.What, func(ctx context.Context, a Attempt) error {
		o, err = u.FetchOnce(ctx, a, offset)
		return err
	})
	if r, ok := AsRefused(err); ok && r.missing {
		u.Missing.mark(r.Generation)
	}
	return o, err
}

// FetchOnce returns one attempt of Fetch. A refusal says the known state of the object.
func (u *UpstreamObject) FetchOnce(ctx context.Context, a Attempt, offset int64) (*objects.Response, error) {
	e, named, err := u.At.Locate(ctx, a)
	if err != nil {
		return nil, err
	}
	e.cover = &u.cover
	o, err := u.fetchObject(ctx, a.Upstream, e, offset)
	if r, ok := AsRefused(err); ok {
		r.level, r.parent, r.recent, r.behind = levelObject, named, e.Recent, e.Behind
		r.unlisted = !e.Listed
		r.missing = e.Gap || r.absent() && u.Missing.is(a.Upstream.Generation) || r.unlisted && a.Rereads()
	}
	if err == nil && !e.Key { // keys can stand on a host that demands no token
		u.proves(u.What, max(a.Upstream.Generation, e.Parent.Generation))
	}
	return o, err
}

// Missing is the record of whether an object that its upstream lists could not be served. nil: none is kept.
type Missing struct {
	Timeline *timeline.Timeline
	Leaf     string // of its address, without an extension that may change
}

func (m *Missing) is(generation uint64) bool {
	return m != nil && m.Timeline.IsMissing(m.Leaf, generation)
}

func (m *Missing) mark(generation uint64) {
	if m != nil {
		m.Timeline.MarkMissing(m.Leaf, generation)
	}
}
