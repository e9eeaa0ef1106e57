package proxy

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"gridwall/backend/objects"
	"gridwall/backend/response"
	"gridwall/backend/timeline"
)

// entry is where an object is to be fetched, and what it is then judged as.
type entry struct {
	timeline.Ref
	expected
}

// locator finds out where one object is to be fetched.
type locator interface {
	// locate returns where the object is to be fetched in an attempt, and when the playlist that names it was requested
	// (zero: that does not matter).
	locate(ctx context.Context, a attempt) (e entry, named time.Time, err error)
}

// upstreamObject fetches one object from the upstream, whatever becomes of its token. It is an objects.Fetcher.
type upstreamObject struct {
	*fetcher
	at locator
	// what names the thing that the object belongs to, for the pauses between renewals.
	what string
	// missing is where it is recorded that the upstream lists the object but cannot serve it. nil: nowhere.
	missing *missing
	// cover is how long the picture is that stands before the object's bytes (see expected.cover).
	cover atomic.Int64
}

// Fetch returns the object from offset on. Refusals are recovered from.
func (u *upstreamObject) Fetch(ctx context.Context, offset int64) (o *objects.Response, err error) {
	err = u.heal(ctx, u.what, func(ctx context.Context, a attempt) error {
		o, err = u.fetchOnce(ctx, a, offset)
		return err
	})
	if r, ok := asRefused(err); ok && r.missing {
		u.missing.mark(r.generation)
	}
	return o, err
}

// fetchOnce is one attempt of Fetch. A refusal says what is known of the object.
func (u *upstreamObject) fetchOnce(ctx context.Context, a attempt, offset int64) (*objects.Response, error) {
	e, named, err := u.at.locate(ctx, a)
	if err != nil {
		return nil, err
	}
	e.cover = &u.cover
	o, err := u.fetchObject(ctx, a.up, e, offset)
	if r, ok := asRefused(err); ok {
		r.level, r.parent, r.recent, r.behind = levelObject, named, e.Recent, e.Behind
		r.unlisted = !e.Listed
		r.missing = e.Gap || r.absent() && u.missing.is(a.up.Generation) || r.unlisted && a.rereads()
	}
	if err == nil && !e.Key { // keys can stand on a host that demands no token
		u.proves(u.what, max(a.up.Generation, e.Parent.Generation))
	}
	return o, err
}

// mediaObject is a segment, a partial segment, a key or an init section of a rendition, as players know it. It is an
// objects.Fetcher for all who ask for it at once.
type mediaObject struct {
	upstreamObject
	r      *rendition
	lookup timeline.Lookup
	kind   kind
	leaf   string // the last element of its address; of a segment without the extension, which may change with the edge
	key    string // in the store, by what the rendition's numbers mean now
}

// segment returns the segment of that number.
func (r *rendition) segment(msn int64) *mediaObject {
	return r.object(kindSegment, strconv.FormatInt(msn, 10), timeline.Segment(msn))
}

// resource returns a key or an init section by its name.
func (r *rendition) resource(name string) *mediaObject {
	k := kindInit
	if strings.HasPrefix(name, "key-") {
		k = kindKey
	}
	return r.object(k, name, timeline.Named(name))
}

// addressed returns the object of an address with that last element.
func (r *rendition) addressed(a address, leaf string) *mediaObject {
	switch a.kind {
	case kindSegment:
		return r.segment(a.n)
	case kindPart:
		o := r.object(kindPart, leaf, timeline.Part(a.n, a.part))
		o.missing.leaf = strconv.FormatInt(a.n, 10) + "." + strconv.Itoa(a.part) // without an extension that may change
		return o
	}
	return r.resource(leaf)
}

func (r *rendition) object(k kind, leaf string, lookup timeline.Lookup) *mediaObject {
	o := &mediaObject{r: r, lookup: lookup, kind: k, leaf: leaf, key: r.cacheKey(leaf)}
	o.fetcher, o.at, o.what = r.fetcher, o, r.name+"/media"
	o.missing = &missing{r.timeline, leaf}
	return o
}

// Fetch returns the object from offset on, from a retained file or from the upstream.
func (m *mediaObject) Fetch(ctx context.Context, offset int64) (*objects.Response, error) {
	o := m.retained(offset)
	if o == nil {
		var err error
		if o, err = m.upstreamObject.Fetch(ctx, offset); err != nil {
			return nil, err
		}
	}
	o.Uncacheable = m.moved()
	return o, nil
}

// moved reports whether the object's address means other bytes than when its key was made: recovery has led to an edge
// that numbers its segments differently.
func (m *mediaObject) moved() bool { return m.r.cacheKey(m.leaf) != m.key }

// locate returns what the timeline knows of the object from the newest playlist, which is read again where need be. Only a
// playlist that is new enough can say that something is not listed.
func (m *mediaObject) locate(ctx context.Context, a attempt) (entry, time.Time, error) {
	// Another request may have renewed the token, and read the playlist under it, since the attempt began.
	ref, listed, s := m.r.timeline.Find(m.lookup, a.up.Generation, a.notBefore)
	if !listed {
		newer := time.Now().Add(-missAge)
		if _, err := m.r.load(ctx, a.up, want{playlist: newer, master: a.notBefore, timeout: playlistTimeout}); err != nil {
			return entry{}, time.Time{}, err
		}
		ref, listed, s = m.r.timeline.Find(m.lookup, a.up.Generation, a.notBefore)
	}
	switch {
	case s == nil: // cannot happen while snapshots only get newer; if it does, the player shall ask again
		return entry{}, time.Time{}, errHealing
	case !listed:
		return entry{}, s.At, errSegment
	}
	return entry{ref, expected{Expected: m.expects(s, ref)}}, s.At, nil
}

func (m *mediaObject) expects(s *timeline.Snapshot, ref timeline.Ref) response.Expected {
	if m.kind == kindSegment || m.kind == kindPart {
		return expects(s, ref.URI)
	}
	return expectsOf(s, m.leaf)
}

// missing is the record of whether an object that its upstream lists could not be served. nil: none is kept.
type missing struct {
	timeline *timeline.Timeline
	leaf     string // of its address, without an extension that may change
}

func (m *missing) is(generation uint64) bool {
	return m != nil && m.timeline.IsMissing(m.leaf, generation)
}

func (m *missing) mark(generation uint64) {
	if m != nil {
		m.timeline.MarkMissing(m.leaf, generation)
	}
}
