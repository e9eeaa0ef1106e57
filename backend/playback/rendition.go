package playback

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/hls"
	"gridwall/backend/numbering"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
	"gridwall/backend/weburl"
)

const (
	// A media playlist is served to further viewers without requesting it again for a quarter of its target duration, within
	// minPlaylistAge and maxPlaylistAge; one that has ended, for endedPlaylistAge.
	minPlaylistAge   = 100 * time.Millisecond
	maxPlaylistAge   = time.Second
	endedPlaylistAge = 10 * time.Second
	// missAge is the minimum time between reloads for objects that the playlist does not list.
	missAge = 500 * time.Millisecond
	// maxRepeats is how often a playlist is requested again at once if a rival server or one that lags has answered.
	maxRepeats = 3
)

// Rendition is one media playlist of a stream.
type Rendition struct {
	name     string
	cacheKey string // prefix of the cache keys of its objects
	Timeline *timeline.Timeline
	Interest interest

	requested atomic.Int64 // when its playlist was last requested, in Unix nanoseconds
	Retaining atomic.Bool  // segments are being fetched for the DVR window
	warmed    atomic.Bool  // its playlist was read for a stream that it could continue
	wanted    atomic.Int64 // when a player last requested its playlist, in Unix nanoseconds
}

func newRendition(stream, name string) *Rendition {
	return &Rendition{name: name, cacheKey: stream + "/" + name + "/", Timeline: timeline.New(weburl.Resolve)}
}

// identityOf returns the token-free path of an address as written in a playlist.
func identityOf(uri string, parent *timeline.Parent) string {
	return timeline.Resolver(weburl.Resolve).Of(uri, parent)
}

// playlistAge returns how long a snapshot is served before the upstream is asked again.
func playlistAge(s *timeline.Snapshot) time.Duration {
	if s.Over() {
		return endedPlaylistAge
	}
	return min(max(s.Media.TargetDuration/4, minPlaylistAge), maxPlaylistAge)
}

// Current returns the playlist that is shown; nil if there is none.
func (r *Rendition) Current() *timeline.Snapshot { return r.Timeline.Current() }

// Want says how new a playlist must be.
type Want struct {
	Playlist time.Time // the earliest request time of the media playlist
	root     time.Time // the earliest request time of the root playlist
	// Directives are those of a blocking reload (RFC 8216bis 6.2.5.2), with the upstream's numbers; "" for none.
	Directives string
	Timeout    time.Duration
}

// LoadPlaylist returns the media playlist of r as read under up's generation or a newer one, as new as w requires. Concurrent
// calls share one fetch. A running fetch may have started too early for w: LoadPlaylist waits for it, as its result may be new
// enough, and otherwise starts another one, which only calls with the same requirements join.
func (f *Stream) LoadPlaylist(ctx context.Context, r *Rendition, up stream.Upstream, w Want) (*timeline.Snapshot, error) {
	if w.Playlist.Before(w.root) {
		w.Playlist = w.root
	}
	r.requested.Store(time.Now().UnixNano())
	key := fmt.Sprintf("%s/%d/%s", r.name, up.Generation, w.Directives)
	for joined := false; ; joined = true {
		if s := r.Current(); s != nil && w.Directives == "" && s.Serves(up.Generation, w.Playlist) {
			return s, nil
		}
		if joined {
			key = fmt.Sprintf("%s/%d/%s/%d/%d", r.name, up.Generation, w.Directives, w.Playlist.UnixNano(), w.root.UnixNano())
		}
		once := f.Once
		if w.Directives != "" {
			once = f.OnceWaited
		}
		v, err := once(ctx, key, func(ctx context.Context) (any, error) { return f.fetchPlaylist(ctx, r, up, w) })
		if err != nil {
			return nil, err
		}
		if s := v.(*timeline.Snapshot); s.Serves(up.Generation, w.Playlist) || joined {
			return s, nil
		}
	}
}

// RecoverPlaylist is LoadPlaylist under the stream's token, which is renewed if it is refused.
func (f *Stream) RecoverPlaylist(ctx context.Context, r *Rendition, w Want) (s *timeline.Snapshot, err error) {
	err = f.Recover(ctx, fetch.Subject{Name: r.name}, func(ctx context.Context, a fetch.Attempt) (err error) {
		w.root = a.NotBefore
		s, err = f.LoadPlaylist(ctx, r, a.Upstream, w)
		if w.Directives != "" && fetch.IsTimeout(err) {
			err = &fetch.BlockingTimeout{Err: err} // there was nothing new, which is not a fault
		}
		return err
	})
	return s, err
}

// fetchPlaylist reads the playlist. If the answer cannot replace the shown playlist, it tries again: another server of the
// balancer may answer.
func (f *Stream) fetchPlaylist(ctx context.Context, r *Rendition, up stream.Upstream, w Want) (*timeline.Snapshot, error) {
	for tries := 0; ; tries++ {
		s, err := f.fetchPlaylistOnce(ctx, r, up, w)
		if err != nil || !s.Repeated || tries >= maxRepeats || w.Directives != "" {
			return s, err
		}
		w.Playlist = time.Now()
	}
}

func (f *Stream) fetchPlaylistOnce(ctx context.Context, r *Rendition, up stream.Upstream, w Want) (*timeline.Snapshot, error) {
	m, err := f.Load(ctx, up, w.root)
	if err == nil && m.Multi == nil && m.at.Before(w.Playlist) && w.Directives == "" {
		m, err = f.Load(ctx, up, w.Playlist)
	}
	if err != nil {
		return nil, err
	}
	up.Generation = max(up.Generation, m.origin.Generation) // another request may have renewed the token meanwhile
	if m.Multi == nil && w.Directives == "" {
		s, err := f.integrate(r, m.body, m.origin, m, up, m.at)
		return s, fetch.Annotate(err, fetch.LevelRoot, time.Time{})
	}
	if w.Directives != "" {
		leave, err := f.AcquireBlocking(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
	}
	level, parent := fetch.LevelPlaylist, m.at
	uris := []string{up.URL}
	if m.Multi != nil {
		uris = m.targets(r.name)
	} else {
		level, parent = fetch.LevelRoot, time.Time{}
	}
	if len(uris) == 0 {
		return nil, fetch.Failf(http.StatusNotFound, "unknown_rendition", "the stream has no rendition %q (any more)", r.name)
	}
	var first error
	for _, uri := range uris {
		now := time.Now()
		body, o, err := f.Playlist(ctx, up, m.origin, uri, w.Directives, w.Timeout)
		if w.Directives != "" {
			// The upstream answers once the awaited segment exists, so the time of the answer counts. If it answered at once, the
			// playlist is older by the duration of its transfer: a refusal within that time can cost a renewal that reading the
			// playlist again would have avoided.
			now = time.Now()
		}
		if err == nil {
			s, err := f.integrate(r, body, o, m, up, now)
			return s, fetch.Annotate(err, level, parent)
		}
		if _, was := fetch.AsRefused(first); first == nil || !was {
			first = fetch.Annotate(err, level, parent)
		}
	}
	return nil, first
}

// integrate parses a media playlist and passes it to the rendition's timeline.
func (f *Stream) integrate(r *Rendition, body []byte, o *timeline.Parent, m *rootPlaylist, up stream.Upstream, asked time.Time) (*timeline.Snapshot, error) {
	kind := m.kind(r.name)
	env := hls.Env{URL: o.URL, IFrames: kind == hls.IFrame}
	if m.Multi != nil {
		env.Import = m.Multi.Variables
	}
	if err := f.misplaced(r, body, o, up); err != nil {
		return nil, err
	}
	media, err := hls.ParseMedia(body, env)
	if err != nil {
		return nil, badPlaylist(o.URL, err)
	}
	f.LogFaults(r.name, media.Faults)
	if s, err := f.ending(r, media, o, up, asked); s != nil || err != nil {
		return s, err
	}
	sibling := timeline.SiblingOf(f.othersShown(r), media, up.Generation)
	res := r.Timeline.Update(&timeline.Playlist{Media: media, Parent: o, At: asked, Kind: kind}, up.Generation, sibling)
	switch res.Change {
	case numbering.Realigned:
		f.Log.Info("another edge numbers its segments differently", "stream", f.ID, "rendition", r.name, "shift", res.Shift)
	case numbering.Restarted:
		f.Log.Info("the upstream's segment numbers restarted; the player's numbers continue", "stream", f.ID, "rendition", r.name, "shift", res.Shift)
	}
	f.touch(res.Save)
	f.describe(r, res.Shown.Playlist)
	f.retainSoon(r, res.Shown.Playlist)
	f.prefetchNewest(r, res.Shown)
	return res.Shown, nil
}

// ending judges a playlist that ends, or lists nothing. s is the last playlist if players continue to see it; err is the
// refusal if the playlist is an unrelated recording.
func (f *Stream) ending(r *Rendition, media *hls.Media, o *timeline.Parent, up stream.Upstream, asked time.Time) (s *timeline.Snapshot, err error) {
	ending, held := r.Timeline.Ending(media, o, timeline.Request{StreamURL: up.URL, Generation: up.Generation, At: asked, EndConfirmed: f.Ended.Load() == up.Generation})
	switch ending {
	case timeline.Held:
		return held, nil
	case timeline.NewDecoy:
		f.Log.Warn("the upstream returned a recording instead of the live stream", "stream", f.ID, "rendition", r.name, "url", stream.RedactURL(o.URL.String()))
		return nil, decoyAt(o, up)
	case timeline.Decoy:
		return nil, decoyAt(o, up)
	}
	return nil, nil
}

// othersShown returns the current playlists of the stream's other renditions.
func (f *Stream) othersShown(r *Rendition) (shown []*timeline.Snapshot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.renditions {
		if o != r {
			shown = append(shown, o.Current())
		}
	}
	return shown
}

// CacheKey returns the cache key of an object of this rendition.
func (r *Rendition) CacheKey(leaf string) string {
	return r.cacheKey + r.Timeline.ObjectKey(leaf)
}
