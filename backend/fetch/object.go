package fetch

import (
	"context"
	"gridwall/backend/objects"
	"gridwall/backend/timeline"
	"sync/atomic"
	"time"
)

// locator finds the upstream address of one object.
type locator interface {
	// Locate returns the object's address for an attempt, and when the playlist that lists it was requested (zero if that
	// does not matter).
	Locate(ctx context.Context, a Attempt) (e Object, named time.Time, err error)
}

// UpstreamObject fetches one object from the upstream, and recovers when the token expires. It is an objects.Fetcher.
type UpstreamObject struct {
	*Fetcher
	Locator locator
	Subject Subject
	// Missing records that the upstream lists the object but cannot serve it; nil records nothing.
	Missing *Missing
	// cover is the length of the picture before the object's bytes (see Expected.cover).
	cover atomic.Int64
}

// Fetch returns the object from offset on, and recovers from refusals.
func (u *UpstreamObject) Fetch(ctx context.Context, offset int64) (o *objects.Response, err error) {
	err = u.Recover(ctx, u.Subject, func(ctx context.Context, a Attempt) error {
		o, err = u.FetchOnce(ctx, a, offset)
		return err
	})
	if r, ok := AsRefused(err); ok && r.missing {
		u.Missing.mark(r.Generation)
	}
	return o, err
}

// FetchOnce makes one attempt of Fetch. A refusal includes the known state of the object.
func (u *UpstreamObject) FetchOnce(ctx context.Context, a Attempt, offset int64) (*objects.Response, error) {
	e, named, err := u.Locator.Locate(ctx, a)
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
	if err == nil && !e.Key { // keys can be on a host that requires no token
		u.noteFetched(u.Subject, max(a.Upstream.Generation, e.Parent.Generation))
	}
	return o, err
}

// Missing records in a Timeline whether the upstream lists an object but could not serve it. A nil *Missing records nothing.
type Missing struct {
	Timeline *timeline.Timeline
	Leaf     string // see timeline.MarkMissing
}

func (m *Missing) is(generation uint64) bool {
	return m != nil && m.Timeline.IsMissing(m.Leaf, generation)
}

func (m *Missing) mark(generation uint64) {
	if m != nil {
		m.Timeline.MarkMissing(m.Leaf, generation)
	}
}
