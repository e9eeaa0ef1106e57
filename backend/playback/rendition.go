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

// Rendition is one media playlist of a feed.
type Rendition struct {
	name     string
	cacheKey string // what the cache keys of its objects begin with
	Timeline *timeline.Timeline
	Interest interest

	asked     atomic.Int64 // when its playlist was last needed, in Unix nanoseconds
	Retaining atomic.Bool  // segments are being fetched for the time-shift buffer
}

func newRendition(stream, name string) *Rendition {
	return &Rendition{name: name, cacheKey: stream + "/" + name + "/", Timeline: timeline.New(weburl.Resolve)}
}

// identityOf returns the token-free path of an address as written in a playlist.
func identityOf(uri string, parent *timeline.Parent) string {
	return timeline.Resolver(weburl.Resolve).Of(uri, parent)
}

// playlistAge is for how long a snapshot is shown without asking the upstream again.
func playlistAge(s *timeline.Snapshot) time.Duration {
	if s.Over() {
		return endedPlaylistAge
	}
	return min(max(s.Media.TargetDuration/4, minPlaylistAge), maxPlaylistAge)
}

func (r *Rendition) Current() *timeline.Snapshot { return r.Timeline.Current() }

// Want says how new what is answered must be.
type Want struct {
	Playlist time.Time // the media playlist was asked for at or after this moment
	root     time.Time // so was what stands at the stream's URL
	// Directives are those of a blocking reload (RFC 8216bis 6.2.5.2), with upstream's numbers; "" for none.
	Directives string
	Timeout    time.Duration
}

// LoadPlaylist returns the media playlist of r as read under up's generation, or a newer one, as new as w wants it. Requests at the same
// time share one fetch. One that began before the moment that w names can bring a playlist which is too old for it: it is
// waited for, since it may be new enough, and followed by a fetch that only those join who need no newer one.
func (f *Stream) LoadPlaylist(ctx context.Context, r *Rendition, up stream.Upstream, w Want) (*timeline.Snapshot, error) {
	if w.Playlist.Before(w.root) {
		w.Playlist = w.root
	}
	r.asked.Store(time.Now().UnixNano())
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

// RecoverPlaylist is LoadPlaylist under the stream's token, which is renewed where it is refused.
func (f *Stream) RecoverPlaylist(ctx context.Context, r *Rendition, w Want) (s *timeline.Snapshot, err error) {
	err = f.Recover(ctx, fetch.Subject{Name: r.name}, func(ctx context.Context, a fetch.Attempt) (err error) {
		w.root = a.NotBefore
		s, err = f.LoadPlaylist(ctx, r, a.Upstream, w)
		if w.Directives != "" && fetch.IsTimeout(err) {
			err = &fetch.BlockingTimeout{Err: err} // nothing new has come, which is not a fault
		}
		return err
	})
	return s, err
}

// fetchPlaylist reads the playlist. Where one comes that cannot take the place of what is shown, it is asked for again: another
// server of the balancer may answer then.
func (f *Stream) fetchPlaylist(ctx context.Context, r *Rendition, up stream.Upstream, w Want) (*timeline.Snapshot, error) {
	for tries := 0; ; tries++ {
		s, err := f.fetchPlaylistOnce(ctx, r, up, w)
		if err != nil || !s.Repeated || tries >= againTries || w.Directives != "" {
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
			// The upstream answers when what was waited for is there. Where it answers at once, the answer is older than this by
			// the time that its transfer took: a refusal within that time can cost a renewal that another reading would have spared.
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

// integrate takes a media playlist in: its numbers, the names of its keys and init sections, the table.
func (f *Stream) integrate(r *Rendition, body []byte, o *timeline.Parent, m *master, up stream.Upstream, asked time.Time) (*timeline.Snapshot, error) {
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
		f.Log.Info("the segments' numbers start again; counting goes on", "stream", f.ID, "rendition", r.name, "shift", res.Shift)
	}
	f.touch(res.Save)
	f.describe(r, res.Shown.Playlist)
	f.retainSoon(r, res.Shown.Playlist)
	f.ahead(r, res.Shown)
	return res.Shown, nil
}

// ending judges a playlist that ends, or lists nothing. s is not nil if the last one goes on to be shown; err is the
// refusal of a recording.
func (f *Stream) ending(r *Rendition, media *hls.Media, o *timeline.Parent, up stream.Upstream, asked time.Time) (s *timeline.Snapshot, err error) {
	ending, held := r.Timeline.Ending(media, o, timeline.Request{StreamURL: up.URL, Generation: up.Generation, At: asked, EndConfirmed: f.Ended.Load() == up.Generation})
	switch ending {
	case timeline.Held:
		return held, nil
	case timeline.NewDecoy:
		f.Log.Warn("a recording stands instead of the live stream", "stream", f.ID, "rendition", r.name, "url", stream.RedactURL(o.URL.String()))
		return nil, decoyAt(o, up)
	case timeline.Decoy:
		return nil, decoyAt(o, up)
	}
	return nil, nil
}

// othersShown returns what the other renditions of the stream show.
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

// CacheKey names an object of this rendition for the cache.
func (r *Rendition) CacheKey(leaf string) string {
	return r.cacheKey + r.Timeline.ObjectKey(leaf)
}
