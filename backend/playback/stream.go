package playback

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"gridwall/backend/assets"
	"gridwall/backend/fetch"
	"gridwall/backend/objects"
	"gridwall/backend/renditions"
	"gridwall/backend/timeline"
	"gridwall/backend/weburl"
)

// shared is what all streams share beside their requests to the upstream.
type shared struct {
	memory Memory
	Store  *objects.Store
	Files  *objects.Files
	// Prefetches holds a place for each segment that is fetched ahead.
	Prefetches chan struct{}
	Age        func(*timeline.Snapshot) time.Duration // playlistAge, but for tests
}

// Stream is one stream as this process serves it: what stands at its URL, and its renditions.
type Stream struct {
	*fetch.Fetcher
	*shared
	Assets *assets.Table
	used   atomic.Int64 // when it was last asked for, in Unix nanoseconds
	// naming is held while names are given: that takes its time for a long list, and the feed goes on meanwhile.
	naming sync.Mutex
	saving sync.Mutex // held while the feed's record is written

	mu         sync.Mutex // taken before the fetcher's
	master     *master
	renditions map[string]*Rendition
	names      map[string]renditions.Description
	namedAll   namedAll
	fetched    time.Time // when a player last asked for media
	standing   standing
	dirty      bool // something changed that is to outlive the process
	urgent     bool // and it cannot be found out again
	trimmed    bool // it was logged that not all of it fits into the record
}

// namedAll is when, and under which generation, all known playlists were last written for what they name.
type namedAll struct {
	at         time.Time
	generation uint64
}

func (p *Engine) newFeed(id string) (*Stream, error) {
	up, err := p.Streams.Current(id)
	if err != nil {
		return nil, err
	}
	f := &Stream{shared: &p.shared, renditions: map[string]*Rendition{}, names: map[string]renditions.Description{}, Assets: assets.New(weburl.Resolve)}
	f.use()
	if f.Fetcher, err = fetch.NewFetcher(&p.Services, up, id); err != nil {
		return nil, err
	}
	raw, err := p.memory.Load(id)
	if err == nil && len(raw) > 0 {
		err = f.restore(raw)
	}
	if err != nil {
		p.Log.Error("what was known of a feed cannot be read; its names and numbers are given again", "stream", id, "err", err)
	}
	return f, nil
}

// touch marks the feed's record as changed.
func (f *Stream) touch(urgent bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dirty, f.urgent = true, f.urgent || urgent
}

// unsaved reports what waits to be written.
func (f *Stream) unsaved() (dirty, urgent bool) {
	noted := f.InheritingChanged()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dirty || noted, f.urgent || noted
}

func (f *Stream) use() { f.used.Store(time.Now().UnixNano()) }

func (f *Stream) lastUsed() time.Time { return time.Unix(0, f.used.Load()) }

func (f *Stream) Rendition(name string) *Rendition {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.renditionLocked(name)
}

func (f *Stream) renditionLocked(name string) *Rendition {
	r := f.renditions[name]
	if r == nil {
		r = newRendition(f.ID, name)
		f.renditions[name] = r
	}
	return r
}

// FindRendition returns the rendition of that name, if the stream has or had one: a name is never made up by who asks.
func (f *Stream) FindRendition(ctx context.Context, name string) (*Rendition, error) {
	if r := f.KnownRendition(name); r != nil {
		return r, nil
	}
	if err := f.Recover(ctx, fetch.Subject{}, func(ctx context.Context, a fetch.Attempt) error {
		_, err := f.Load(ctx, a.Upstream, a.NotBefore)
		return err
	}); err != nil {
		return nil, err
	}
	if r := f.KnownRendition(name); r != nil {
		return r, nil
	}
	return nil, fetch.Failf(http.StatusNotFound, "unknown_rendition", "the stream has no rendition %q", name)
}

func (f *Stream) KnownRendition(name string) *Rendition {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.names[name]; ok || name == MainRendition {
		return f.renditionLocked(name)
	}
	return nil
}
