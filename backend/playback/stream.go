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

// shared holds the services that all streams share, besides those of their fetchers.
type shared struct {
	memory Memory
	Store  *objects.Store
	Files  *objects.Files
	// Prefetches holds a slot for each segment that is being prefetched.
	Prefetches chan struct{}
	Age        func(*timeline.Snapshot) time.Duration // playlistAge, except in tests
}

// Stream is one stream as this process serves it: the playlist at its URL, and its renditions.
type Stream struct {
	*fetch.Fetcher
	*shared
	Assets *assets.Table
	used   atomic.Int64 // when it was last requested, in Unix nanoseconds
	// naming is held while names are assigned. That can be slow for a long list, so mu is not held meanwhile.
	naming sync.Mutex
	saving sync.Mutex // held while the stream's record is written

	mu         sync.Mutex // taken before the fetcher's
	root       *rootPlaylist
	renditions map[string]*Rendition
	names      map[string]renditions.Description
	namedAll   namedAll
	mediaAt    time.Time // when a player last requested media
	stall      stallState
	dirty      bool // something changed that is to be saved
	urgent     bool // and could not be reconstructed if it were lost
	trimmed    bool // it was logged that not everything fits into the record
}

// namedAll records when, and under which generation, all known playlists were last read for the addresses that they name.
type namedAll struct {
	at         time.Time
	generation uint64
}

// newStream returns a known stream with its saved state.
func (p *Engine) newStream(id string) (*Stream, error) {
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
		p.Log.Error("cannot read the saved state of a stream; its names and numbers are assigned again", "stream", id, "err", err)
	}
	return f, nil
}

// touch marks the stream's record as changed.
func (f *Stream) touch(urgent bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dirty, f.urgent = true, f.urgent || urgent
}

// unsaved reports whether there are unsaved changes, and whether they are urgent.
func (f *Stream) unsaved() (dirty, urgent bool) {
	inheriting := f.InheritingChanged()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dirty || inheriting, f.urgent || inheriting
}

func (f *Stream) use() { f.used.Store(time.Now().UnixNano()) }

func (f *Stream) lastUsed() time.Time { return time.Unix(0, f.used.Load()) }

// Rendition returns the rendition of that name, and creates it if necessary.
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

// FindRendition returns the rendition of that name, and loads the root playlist if the name is unknown. Unlike Rendition, it
// never creates a rendition that the stream does not have.
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

// KnownRendition returns the rendition of that name if the name is known; otherwise nil.
func (f *Stream) KnownRendition(name string) *Rendition {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.names[name]; ok || name == MainRendition {
		return f.renditionLocked(name)
	}
	return nil
}
