package proxy

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/httpclient"
	"gridwall/backend/stream"
)

const (
	// A media playlist is shown to the next viewer without asking for it again for a quarter of its target duration,
	// within these bounds; one that has ended, for longer.
	minPlaylistAge   = 100 * time.Millisecond
	maxPlaylistAge   = time.Second
	endedPlaylistAge = 10 * time.Second
	// missAge keeps reloads apart that are made for numbers which the playlist does not list.
	missAge = 500 * time.Millisecond
	// maxDead bounds the remembered holes of a rendition.
	maxDead = 256
	// maxResources bounds the keys and init sections that can be asked for by name.
	maxResources = 4 * maxRuns
)

// rendition is one media playlist of a feed.
type rendition struct {
	f        *feed
	name     string
	interest interest

	asked atomic.Int64 // when its playlist was last needed, in Unix nanoseconds

	mu        sync.Mutex
	numbering numbering
	keys      runs
	maps      runs
	table     table
	resources map[string]resource // by name: key-…, init-…
	dead      map[string]uint64   // what is missing upstream, and under which generation
	snap      *snapshot
	growth    growth
	decoys    decoys
	past      past
	agreed    time.Time // when a playlist was last asked for that was taken, or lagged behind one that was
	rivals    []rival
	shifts    []int64
	written   int64 // the anchor's number as it was last recorded; 0 for none
}

// renditionRecord is what of a rendition outlives the process.
type renditionRecord struct {
	Numbering numbering `json:"numbering"`
	Keys      runs      `json:"keys,omitempty"`
	Maps      runs      `json:"maps,omitempty"`
}

// snapshot is a listing as it is shown, written once for each way of being addressed.
type snapshot struct {
	*listing
	at         time.Time // when it was last found to be the newest
	generation uint64
	again      bool // it is shown again: what came instead was a rival's, or one that lags behind it under the same token
	ended      bool // it is over, though the listing itself does not say so

	pages *pages
}

// serves reports whether s may be relied on by a request that is served under generation and needs a playlist which was
// asked for at or after fresh. A newer generation than the request's own always will do: its addresses hold the newer
// token.
func (s *snapshot) serves(generation uint64, fresh time.Time) bool {
	return s.generation > generation || s.generation == generation && !s.at.Before(fresh)
}

// pages are the texts of one listing, by how its children are addressed.
type pages struct {
	mu    sync.Mutex
	text  map[string][]byte
	bytes int // of all texts together
}

func newRendition(f *feed, name string) *rendition {
	r := &rendition{f: f, name: name, resources: map[string]resource{}, dead: map[string]uint64{}}
	r.table.path = func(uri string, o *origin) string { return pathOf(uri, o) }
	return r
}

// pathOf is the token-free path of an address as written in a playlist.
func pathOf(uri string, o *origin) string {
	ref, err := httpclient.Resolve(o.base, uri)
	if err != nil {
		return short(strings.Clone(uri))
	}
	return identity(ref.String())
}

func (r *rendition) restore(rec renditionRecord) {
	r.numbering, r.keys, r.maps = rec.Numbering, newestOf(rec.Keys, maxRuns), newestOf(rec.Maps, maxRuns)
	for _, rs := range [...]runs{r.keys, r.maps} {
		for i := range rs {
			rs[i].Identity = short(rs[i].Identity)
		}
	}
	if n := len(r.numbering.Breaks); n > maxBreaks {
		r.numbering.Breaks = r.numbering.Breaks[n-maxBreaks:]
	}
	if a := rec.Numbering.Anchor; a != nil {
		a.Path = short(a.Path)
		r.written = a.MSN
	}
}

// outlived reports whether the recorded anchor will soon be, or is, no segment of the playlist. After a kill -9 a fresh
// playlist could then be compared with nothing, and a player would see a discontinuity where there is none.
func (r *rendition) outlived(l *listing) bool {
	return r.written < l.first()+int64(len(l.media.Segments))/2
}

func (r *rendition) record() (renditionRecord, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := renditionRecord{Numbering: r.numbering, Keys: slices.Clone(r.keys), Maps: slices.Clone(r.maps)}
	rec.Numbering.Breaks = slices.Clone(rec.Numbering.Breaks)
	if a := rec.Numbering.Anchor; a != nil {
		r.written = a.MSN
	}
	return rec, rec.Numbering.Anchor != nil
}

// playlistAge is for how long a snapshot is shown without asking the upstream again.
func playlistAge(s *snapshot) time.Duration {
	if s.over() {
		return endedPlaylistAge
	}
	return min(max(s.media.TargetDuration/4, minPlaylistAge), maxPlaylistAge)
}

func (r *rendition) current() *snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.snap
}

// want says how new what is answered must be.
type want struct {
	playlist time.Time // the media playlist was asked for at or after this moment
	master   time.Time // so was what stands at the stream's URL
	// directives are those of a blocking reload (RFC 8216bis 6.2.5.2), with upstream's numbers; "" for none.
	directives string
	timeout    time.Duration
}

// load returns the media playlist as read under up's generation, or a newer one, as new as w wants it. Requests at the same
// time share one fetch. One that began before the moment that w names can bring a playlist which is too old for it: it is
// waited for, since it may be new enough, and followed by a fetch that only those join who need no newer one.
func (r *rendition) load(ctx context.Context, up stream.Upstream, w want) (*snapshot, error) {
	if w.playlist.Before(w.master) {
		w.playlist = w.master
	}
	r.asked.Store(time.Now().UnixNano())
	key := fmt.Sprintf("%s/%d/%s", r.name, up.Generation, w.directives)
	for joined := false; ; joined = true {
		if s := r.current(); s != nil && w.directives == "" && s.serves(up.Generation, w.playlist) {
			return s, nil
		}
		if joined {
			key = fmt.Sprintf("%s/%d/%s/%d/%d", r.name, up.Generation, w.directives, w.playlist.UnixNano(), w.master.UnixNano())
		}
		once := r.f.once
		if w.directives != "" {
			once = r.f.onceWaited
		}
		v, err := once(ctx, key, func(ctx context.Context) (any, error) { return r.fetch(ctx, up, w) })
		if err != nil {
			return nil, err
		}
		if s := v.(*snapshot); s.serves(up.Generation, w.playlist) || joined {
			return s, nil
		}
	}
}

// fetch reads the playlist. Where one comes that cannot take the place of what is shown, it is asked for again: another
// server of the balancer may answer then.
func (r *rendition) fetch(ctx context.Context, up stream.Upstream, w want) (*snapshot, error) {
	for tries := 0; ; tries++ {
		s, err := r.fetchOnce(ctx, up, w)
		if err != nil || !s.again || tries >= againTries || w.directives != "" {
			return s, err
		}
		w.playlist = time.Now()
	}
}

func (r *rendition) fetchOnce(ctx context.Context, up stream.Upstream, w want) (*snapshot, error) {
	m, err := r.f.load(ctx, up, w.master)
	if err == nil && m.multi == nil && m.at.Before(w.playlist) && w.directives == "" {
		m, err = r.f.load(ctx, up, w.playlist)
	}
	if err != nil {
		return nil, err
	}
	up.Generation = max(up.Generation, m.origin.generation) // another request may have renewed the token meanwhile
	if m.multi == nil && w.directives == "" {
		s, err := r.integrate(m.body, m.origin, m, up, m.at)
		return s, at(err, levelMaster, time.Time{})
	}
	if w.directives != "" {
		leave, err := place(ctx, r.f.blocking)
		if err != nil {
			return nil, err
		}
		defer leave()
	}
	level, parent := levelPlaylist, m.at
	uris := []string{up.URL}
	if m.multi != nil {
		uris = m.targets(r.name)
	} else {
		level, parent = levelMaster, time.Time{}
	}
	if len(uris) == 0 {
		return nil, failf(http.StatusNotFound, "unknown_rendition", "the stream has no rendition %q (any more)", r.name)
	}
	var first error
	for _, uri := range uris {
		now := time.Now()
		body, o, err := r.f.playlist(ctx, up, m.origin, uri, w.directives, w.timeout)
		if w.directives != "" {
			// The upstream answers when what was waited for is there. Where it answers at once, the answer is older than this by
			// the time that its transfer took: a refusal within that time can cost a renewal that another reading would have spared.
			now = time.Now()
		}
		if err == nil {
			s, err := r.integrate(body, o, m, up, now)
			return s, at(err, level, parent)
		}
		if _, was := asRefused(first); first == nil || !was {
			first = at(err, level, parent)
		}
	}
	return nil, first
}

// integrate takes a media playlist in: its numbers, the names of its keys and init sections, the table.
func (r *rendition) integrate(body []byte, o *origin, m *master, up stream.Upstream, asked time.Time) (*snapshot, error) {
	kind := m.kind(r.name)
	env := hls.Env{URL: o.base, IFrames: kind == hls.IFrame}
	if m.multi != nil {
		env.Import = m.multi.Variables
	}
	if err := r.misplaced(body, o, up); err != nil {
		return nil, err
	}
	media, err := hls.ParseMedia(body, env)
	if err != nil {
		return nil, badPlaylist(o.base, err)
	}
	r.f.logFaults(r.name, media.Faults)
	if s, err := r.ending(media, o, up, asked); s != nil || err != nil {
		return s, err
	}
	l := &listing{media: media, origin: o, at: asked, subtitles: kind == hls.Subtitles, pictures: kind == hls.Image, fragments: len(media.Maps) > 0}
	sibling, hasSibling := r.f.siblingShift(r, media, up.Generation)
	s, urgent := r.take(l, up.Generation, sibling, hasSibling)
	r.f.touch(urgent)
	r.describe(s.listing)
	r.keepSoon(s.listing)
	r.ahead(s)
	return s, nil
}

func (r *rendition) identity(o *origin) func(string) string {
	return func(uri string) string { return pathOf(uri, o) }
}

// remember makes the keys and init sections of a listing answer to their names. What it keeps of their addresses are copies.
func (r *rendition) remember(l *listing) {
	if len(r.resources) > maxResources {
		clear(r.resources)
	}
	add := func(name, uri string, rng hls.ByteRange) {
		if old, ok := r.resources[name]; ok && old.uri == uri {
			uri = old.uri
		} else {
			uri = strings.Clone(uri)
		}
		r.resources[name] = resource{uri: uri, rng: rng, origin: l.origin}
	}
	for k, name := range l.keys {
		add(name, l.media.Keys[k].URI, hls.ByteRange{Length: -1})
	}
	for k, name := range l.hints {
		if _, ok := r.resources[name]; name != "" && !ok {
			add(name, l.media.Hints[k].URI, l.media.Hints[k].Range)
		}
	}
	for k, name := range l.maps {
		add(name, l.media.Maps[k].URI, l.media.Maps[k].Range)
	}
}

// cacheKey names an object of this rendition for the cache; an epoch's objects are not those of another. Nor is what an
// upstream encrypted under its own number, for want of an IV, that of an edge which numbers differently.
func (r *rendition) cacheKey(leaf string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := r.f.id + "/" + r.name + "/" + strconv.Itoa(r.numbering.Epoch) + "/"
	if s := r.snap; s != nil && slices.ContainsFunc(s.media.Keys, func(k hls.Resource) bool { return !k.HasIV }) {
		key += strconv.FormatInt(r.numbering.Shift, 10) + "/"
	}
	return key + leaf
}
