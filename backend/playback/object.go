package playback

import (
	"context"
	"strconv"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/objects"
	"gridwall/backend/response"
	"gridwall/backend/timeline"
)

// objectKind is what a MediaObject is.
type objectKind int

const (
	segmentObject objectKind = iota
	partObject
	namedObject // a key or an init section
)

// MediaObject is a segment, a partial segment, a key or an init section of a rendition, as players know it. It is an
// objects.Fetcher.
type MediaObject struct {
	fetch.UpstreamObject
	stream *Stream
	r      *Rendition
	lookup timeline.Lookup
	kind   objectKind
	leaf   string // the last element of its address; for a segment without the extension, which may change with the edge
	key    string // in the store, under the rendition's current numbering
}

// Segment returns the segment of r of that number.
func (f *Stream) Segment(r *Rendition, msn int64) *MediaObject {
	return f.object(r, segmentObject, strconv.FormatInt(msn, 10), timeline.Segment(msn))
}

// Resource returns a key or an init section of r by its name.
func (f *Stream) Resource(r *Rendition, name string) *MediaObject {
	return f.object(r, namedObject, name, timeline.Named(name))
}

// Part returns a partial segment of r. leaf is the last element of its address.
func (f *Stream) Part(r *Rendition, msn int64, part int, leaf string) *MediaObject {
	o := f.object(r, partObject, leaf, timeline.Part(msn, part))
	o.Missing.Leaf = strconv.FormatInt(msn, 10) + "." + strconv.Itoa(part) // without an extension that may change
	return o
}

func (f *Stream) object(r *Rendition, k objectKind, leaf string, lookup timeline.Lookup) *MediaObject {
	o := &MediaObject{stream: f, r: r, lookup: lookup, kind: k, leaf: leaf, key: r.CacheKey(leaf)}
	o.Fetcher, o.Locator, o.Subject = f.Fetcher, o, fetch.Subject{Name: r.name + "/media", Media: r.Timeline}
	o.Missing = &fetch.Missing{Timeline: r.Timeline, Leaf: leaf}
	return o
}

// Fetch returns the object from offset on, from a retained file or from the upstream.
func (m *MediaObject) Fetch(ctx context.Context, offset int64) (*objects.Response, error) {
	o := m.retained(offset)
	if o == nil {
		var err error
		if o, err = m.UpstreamObject.Fetch(ctx, offset); err != nil {
			return nil, err
		}
	}
	o.Uncacheable = m.moved()
	return o, nil
}

// Open returns a reader of the object. Concurrent readers share one download.
func (m *MediaObject) Open() *objects.Reader { return m.stream.Store.Join(m.key, m) }

// moved reports whether the object's address now means other bytes than when its key was computed, because recovery has led
// to an edge that numbers its segments differently.
func (m *MediaObject) moved() bool { return m.r.CacheKey(m.leaf) != m.key }

// Locate returns the object's address in the newest playlist, which it reads again if necessary. It returns fetch.ErrSegment
// only if a playlist that is new enough does not list the object.
func (m *MediaObject) Locate(ctx context.Context, a fetch.Attempt) (fetch.Object, time.Time, error) {
	// Another request may have renewed the token, and read the playlist under it, since the attempt began.
	ref, listed, s := m.r.Timeline.Find(m.lookup, a.Upstream.Generation, a.NotBefore)
	if !listed {
		newer := time.Now().Add(-missAge)
		if _, err := m.stream.LoadPlaylist(ctx, m.r, a.Upstream, Want{Playlist: newer, root: a.NotBefore, Timeout: fetch.PlaylistTimeout}); err != nil {
			return fetch.Object{}, time.Time{}, err
		}
		ref, listed, s = m.r.Timeline.Find(m.lookup, a.Upstream.Generation, a.NotBefore)
	}
	switch {
	case s == nil: // cannot happen while snapshots only get newer; if it does, the player has to try again
		return fetch.Object{}, time.Time{}, fetch.ErrRenewing
	case !listed:
		return fetch.Object{}, s.At, fetch.ErrSegment
	}
	return fetch.Object{Ref: ref, Expected: fetch.Expected{Expected: m.expects(s, ref)}}, s.At, nil
}

func (m *MediaObject) expects(s *timeline.Snapshot, ref timeline.Ref) response.Expected {
	if m.kind == segmentObject || m.kind == partObject {
		return fetch.Expects(s, ref.URI)
	}
	return fetch.ExpectsOf(s, m.leaf)
}
