package proxy

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/httpclient"
	"gridwall/backend/numbering"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

const (
	// A media playlist is shown to the next viewer without asking for it again for a quarter of its target duration,
	// within these bounds; one that has ended, for longer.
	minPlaylistAge   = 100 * time.Millisecond
	maxPlaylistAge   = time.Second
	endedPlaylistAge = 10 * time.Second
	// missAge keeps reloads apart that are made for numbers which the playlist does not list.
	missAge = 500 * time.Millisecond
	// againTries is how often a playlist is asked for again at once where a rival or one that lags has answered.
	againTries = 3
)

// rendition is one media playlist of a feed.
type rendition struct {
	*fetcher
	stream   *feed
	name     string
	interest interest

	asked atomic.Int64 // when its playlist was last needed, in Unix nanoseconds

	timeline  *timeline.Timeline
	retaining atomic.Bool // segments are being fetched for the time-shift buffer
}

func newRendition(f *feed, name string) *rendition {
	return &rendition{fetcher: f.fetcher, stream: f, name: name, timeline: timeline.New(httpclient.Resolve)}
}

// identityOf returns the token-free path of an address as written in a playlist.
func identityOf(uri string, parent *timeline.Parent) string {
	return timeline.Resolver(httpclient.Resolve).Of(uri, parent)
}

// playlistAge is for how long a snapshot is shown without asking the upstream again.
func playlistAge(s *timeline.Snapshot) time.Duration {
	if s.Over() {
		return endedPlaylistAge
	}
	return min(max(s.Media.TargetDuration/4, minPlaylistAge), maxPlaylistAge)
}

func (r *rendition) current() *timeline.Snapshot { return r.timeline.Current() }

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
func (r *rendition) load(ctx context.Context, up stream.Upstream, w want) (*timeline.Snapshot, error) {
	if w.playlist.Before(w.master) {
		w.playlist = w.master
	}
	r.asked.Store(time.Now().UnixNano())
	key := fmt.Sprintf("%s/%d/%s", r.name, up.Generation, w.directives)
	for joined := false; ; joined = true {
		if s := r.current(); s != nil && w.directives == "" && s.Serves(up.Generation, w.playlist) {
			return s, nil
		}
		if joined {
			key = fmt.Sprintf("%s/%d/%s/%d/%d", r.name, up.Generation, w.directives, w.playlist.UnixNano(), w.master.UnixNano())
		}
		once := r.once
		if w.directives != "" {
			once = r.onceWaited
		}
		v, err := once(ctx, key, func(ctx context.Context) (any, error) { return r.fetch(ctx, up, w) })
		if err != nil {
			return nil, err
		}
		if s := v.(*timeline.Snapshot); s.Serves(up.Generation, w.playlist) || joined {
			return s, nil
		}
	}
}

// fetch reads the playlist. Where one comes that cannot take the place of what is shown, it is asked for again: another
// server of the balancer may answer then.
func (r *rendition) fetch(ctx context.Context, up stream.Upstream, w want) (*timeline.Snapshot, error) {
	for tries := 0; ; tries++ {
		s, err := r.fetchOnce(ctx, up, w)
		if err != nil || !s.Repeated || tries >= againTries || w.directives != "" {
			return s, err
		}
		w.playlist = time.Now()
	}
}

func (r *rendition) fetchOnce(ctx context.Context, up stream.Upstream, w want) (*timeline.Snapshot, error) {
	m, err := r.stream.load(ctx, up, w.master)
	if err == nil && m.multi == nil && m.at.Before(w.playlist) && w.directives == "" {
		m, err = r.stream.load(ctx, up, w.playlist)
	}
	if err != nil {
		return nil, err
	}
	up.Generation = max(up.Generation, m.origin.Generation) // another request may have renewed the token meanwhile
	if m.multi == nil && w.directives == "" {
		s, err := r.integrate(m.body, m.origin, m, up, m.at)
		return s, at(err, levelMaster, time.Time{})
	}
	if w.directives != "" {
		leave, err := place(ctx, r.blocking)
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
		body, o, err := r.playlist(ctx, up, m.origin, uri, w.directives, w.timeout)
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
func (r *rendition) integrate(body []byte, o *timeline.Parent, m *master, up stream.Upstream, asked time.Time) (*timeline.Snapshot, error) {
	kind := m.kind(r.name)
	env := hls.Env{URL: o.URL, IFrames: kind == hls.IFrame}
	if m.multi != nil {
		env.Import = m.multi.Variables
	}
	if err := r.misplaced(body, o, up); err != nil {
		return nil, err
	}
	media, err := hls.ParseMedia(body, env)
	if err != nil {
		return nil, badPlaylist(o.URL, err)
	}
	r.stream.logFaults(r.name, media.Faults)
	if s, err := r.ending(media, o, up, asked); s != nil || err != nil {
		return s, err
	}
	sibling := timeline.SiblingOf(r.stream.othersShown(r), media, up.Generation)
	res := r.timeline.Update(&timeline.Playlist{Media: media, Parent: o, At: asked, Kind: kind}, up.Generation, sibling)
	switch res.Change {
	case numbering.Realigned:
		r.log.Info("another edge numbers its segments differently", "stream", r.id, "rendition", r.name, "shift", res.Shift)
	case numbering.Restarted:
		r.log.Info("the segments' numbers start anew; counting goes on", "stream", r.id, "rendition", r.name, "shift", res.Shift)
	}
	r.stream.touch(res.Save)
	r.describe(res.Shown.Playlist)
	r.retainSoon(res.Shown.Playlist)
	r.ahead(res.Shown)
	return res.Shown, nil
}

// ending judges a playlist that ends, or lists nothing. s is not nil where the last one goes on to be shown; err is the
// refusal of a recording.
func (r *rendition) ending(media *hls.Media, o *timeline.Parent, up stream.Upstream, asked time.Time) (s *timeline.Snapshot, err error) {
	ending, held := r.timeline.Ending(media, o, timeline.Request{StreamURL: up.URL, Generation: up.Generation, At: asked, EndConfirmed: r.ended.Load() == up.Generation})
	switch ending {
	case timeline.Held:
		return held, nil
	case timeline.NewDecoy:
		r.log.Warn("a recording stands in place of the live stream", "stream", r.id, "rendition", r.name, "url", stream.RedactURL(o.URL.String()))
		return nil, decoyAt(o, up)
	case timeline.Decoy:
		return nil, decoyAt(o, up)
	}
	return nil, nil
}

// established returns media of a rendition for a fetcher to try a token with.
func (f *feed) established(name string, generation uint64, behind int64) (es []entry) {
	r := f.named(name)
	if r == nil {
		return nil
	}
	refs, s := r.timeline.Established(generation, behind)
	for _, ref := range refs {
		es = append(es, entry{Ref: ref, expected: expected{Expected: expects(s, ref.URI)}})
	}
	return es
}

// othersShown returns what the other renditions of the stream show.
func (f *feed) othersShown(r *rendition) (shown []*timeline.Snapshot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.renditions {
		if o != r {
			shown = append(shown, o.current())
		}
	}
	return shown
}

// cacheKey names an object of this rendition for the cache.
func (r *rendition) cacheKey(leaf string) string {
	return r.id + "/" + r.name + "/" + r.timeline.ObjectKey(leaf)
}
