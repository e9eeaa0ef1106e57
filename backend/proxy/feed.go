package proxy

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"gridwall/backend/httpclient"
	judge "gridwall/backend/media"
	"gridwall/backend/renditions"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

const (
	// maxFeedUpstream bounds the upstream requests of one feed that are under way at once; more wait. It is a share of
	// maxUpstream: no viewer of one feed can take the places of all. maxLists of them are kept for playlists: segments last
	// for as long as their slowest reader.
	maxFeedUpstream = 64
	maxLists        = maxBlocking + 8
	// maxBlocking bounds those among them that wait for a segment which is not there yet.
	maxBlocking = 16
)

// feed is one stream as this process serves it: what stands at its URL, its renditions, its cookies.
type feed struct {
	p       *Proxy
	id      string
	cookies *httpclient.FileJar
	side    *timeline.SideTable
	loads   singleflight.Group
	used    atomic.Int64 // when it was last asked for, in Unix nanoseconds
	// naming is held while names are given: that takes its time for a long list, and the feed goes on meanwhile.
	naming sync.Mutex
	saving sync.Mutex // held while the feed's record is written
	// objects and lists hold a place for each upstream request of this feed that is under way, blocking for each of those
	// that the upstream answers when it likes.
	objects, lists, blocking chan struct{}

	mu         sync.Mutex
	master     *master
	waits      map[string]*waited
	renditions map[string]*rendition
	names      map[string]renditions.Description
	inherit    map[string]bool // hosts whose children need the parent's token parameters
	pauses     map[string]pause
	paused     time.Time         // until when nothing is renewed that has no pause of its own
	had        map[string]uint64 // the newest generation under which media of a rendition was had
	renewing   time.Duration     // how long the last renewal took
	coolings   coolings
	namedAll   namedAll
	faults     map[string]bool // of its playlists, by rendition, that were logged
	fetched    time.Time       // when a player last asked for media
	works      uint64          // the newest generation of the token under which something was had
	ailing     map[string]time.Time
	standing   standing
	ended      atomic.Uint64 // the generation under which the source lists the stream no more
	dirty      bool          // something changed that is to outlive the process
	urgent     bool          // and it cannot be found out again
	trimmed    bool          // it was logged that not all of it fits into the record
}

// namedAll is when, and under which generation, all known playlists were last written for what they name.
type namedAll struct {
	at         time.Time
	generation uint64
}

func (p *Proxy) newFeed(id string) (*feed, error) {
	up, err := p.streams.Current(id)
	if err != nil {
		return nil, err
	}
	f := &feed{p: p, id: id, objects: make(chan struct{}, maxFeedUpstream-maxLists), lists: make(chan struct{}, maxLists), blocking: make(chan struct{}, maxBlocking), waits: map[string]*waited{}, renditions: map[string]*rendition{}, names: map[string]renditions.Description{},
		inherit: map[string]bool{}, pauses: map[string]pause{}, side: timeline.NewSideTable(httpclient.Resolve)}
	f.use()
	if f.cookies, err = httpclient.OpenFileJar(up.Cookies, up.Generation); err != nil {
		return nil, failf(http.StatusBadGateway, "cookies_unreadable", "the source's cookies: %v", err)
	}
	raw, err := p.memory.Load(id)
	if err == nil && len(raw) > 0 {
		err = f.restore(raw)
	}
	if err != nil {
		p.log.Error("what was known of a feed cannot be read; its names and numbers are given again", "stream", id, "err", err)
	}
	return f, nil
}

// touch marks the feed's record as changed.
func (f *feed) touch(urgent bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dirty, f.urgent = true, f.urgent || urgent
}

// unsaved tells what waits to be written.
func (f *feed) unsaved() (dirty, urgent bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dirty, f.urgent
}

func (f *feed) use() { f.used.Store(time.Now().UnixNano()) }

func (f *feed) lastUsed() time.Time { return time.Unix(0, f.used.Load()) }

func (f *feed) rendition(name string) *rendition {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.renditionLocked(name)
}

func (f *feed) renditionLocked(name string) *rendition {
	r := f.renditions[name]
	if r == nil {
		r = newRendition(f, name)
		f.renditions[name] = r
	}
	return r
}

// playlist fetches a playlist that o names. A body that is no playlist is a refusal: a web page in its place.
func (f *feed) playlist(ctx context.Context, up stream.Upstream, o *timeline.Parent, uri, query string, timeout time.Duration) ([]byte, *timeline.Parent, error) {
	t, u, err := fetchChild(f, o, uri, func(u *url.URL) (text, error) { return f.fetchPlaylist(ctx, up, u, query, timeout) })
	if err != nil {
		return nil, nil, err
	}
	return t.body, parentOf(o, up, t.base, u), nil
}

func (f *feed) fetchPlaylist(ctx context.Context, up stream.Upstream, u *url.URL, query string, timeout time.Duration) (text, error) {
	u = withQuery(u, query)
	if err := f.cool(ctx, up.Generation, u); err != nil {
		return text{}, err
	}
	leave, err := place(ctx, f.lists)
	if err != nil {
		return text{}, err
	}
	defer leave()
	stop := func(k judge.Kind) bool { return k != judge.Playlist }
	t, err := f.p.client.text(ctx, up, f.jar(up), u, timeout, stop)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		first := t
		if t, err = f.p.client.text(ctx, up, f.jar(up), u, timeout, stop); errors.Is(err, io.ErrUnexpectedEOF) && first.endsAlike(t) {
			t.kind, err = judge.Playlist, nil
		}
	}
	if err = f.cooled(up.Generation, u, err); err != nil {
		return text{}, err
	}
	if t.kind != judge.Playlist {
		return text{}, f.noPlaylist(up.Generation, u, t)
	}
	t.body, _ = judge.PlaylistText(t.body)
	return t, nil
}

// endsAlike reports whether a playlist that broke off twice is complete: both times it ended at the same end of a
// line. Some servers never send the last chunk, or announce a wrong length, and most players accept that.
func (t text) endsAlike(again text) bool {
	if n := len(t.body); n == 0 || n > maxPlaylist || t.body[n-1] != '\n' || !bytes.Equal(t.body, again.body) {
		return false
	}
	_, ok := judge.PlaylistText(t.body)
	return ok
}

// fetchText fetches JSON. A web page in its place is a refusal.
func (f *feed) fetchText(ctx context.Context, up stream.Upstream, u *url.URL, query string) (text, error) {
	u = withQuery(u, query)
	if err := f.cool(ctx, up.Generation, u); err != nil {
		return text{}, err
	}
	leave, err := place(ctx, f.lists)
	if err != nil {
		return text{}, err
	}
	defer leave()
	t, err := f.p.client.text(ctx, up, f.jar(up), u, playlistTimeout, func(k judge.Kind) bool { return k == judge.HTML })
	if err = f.cooled(up.Generation, u, err); err != nil {
		return text{}, err
	}
	if t.kind == judge.HTML {
		return text{}, inPlace(up.Generation, u, t.kind, "a list of assets")
	}
	return t, nil
}

// place takes a place in slots, and waits for one where all are taken. leave gives it back.
func place(ctx context.Context, slots chan struct{}) (leave func(), err error) {
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func withQuery(u *url.URL, query string) *url.URL {
	if query == "" {
		return u
	}
	v := *u
	if v.RawQuery != "" {
		v.RawQuery += "&"
	}
	v.RawQuery += query
	return &v
}
