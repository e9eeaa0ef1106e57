package playback

import (
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"gridwall/backend/fetch"
	"gridwall/backend/httpclient"
	"gridwall/backend/objects"
)

const (
	// saveEvery is how often what must not be lost is written: names and numbers that were given.
	saveEvery = time.Second
	// anchorEvery is how often the newest numbers are written in any case. Where a playlist's window is short they are
	// written sooner (timeline.Result.Save).
	anchorEvery = 10
	// feedIdle is for how long the state of a stream that is not played stays in memory. What is persisted of it stays.
	feedIdle = 30 * time.Minute
	// cacheIdle is for how long an object is cached that nothing asks for: live players do not go back so far, and unused
	// memory is given back.
	cacheIdle = 3 * time.Minute
	// maxFeeds bounds the feeds in memory; the one that was idle longest goes.
	maxFeeds = 2000
)

// Memory keeps what must outlive the process, a record a stream. Load of an unknown id is nil, nil.
type Memory interface {
	Load(id string) ([]byte, error)
	Save(id string, record []byte) error
}

// Options are what an Engine is made of. All but RewindDir and Rewind are required.
type Options struct {
	Streams    fetch.Streams
	Transports httpclient.Transports
	Memory     Memory
	// CacheBytes bounds the memory of finished segments, keys and init sections.
	CacheBytes int64
	// RewindDir is the folder of the segments that are kept by Rewind; "" for none. What is in it is deleted.
	RewindDir string
	Rewind    Rewind
	Log       *slog.Logger
}

// Engine keeps streams playing. It holds the known state of each, and what all share.
type Engine struct {
	fetch.Services
	shared

	opening singleflight.Group // streams that are being read from the database

	mu     sync.Mutex
	loaded map[string]*Stream
}

// NewEngine makes an Engine and starts its housekeeping, which Close ends.
func NewEngine(o Options) *Engine {
	p := &Engine{loaded: map[string]*Stream{}, Services: fetch.Services{Streams: o.Streams, Log: o.Log, Client: fetch.NewClient(o.Transports), Tasks: fetch.NewTasks()},
		shared: shared{memory: o.Memory, Age: playlistAge, Store: objects.New(o.CacheBytes), Files: objects.NewFiles(o.RewindDir, objects.Retention(o.Rewind), o.Log),
			Prefetches: make(chan struct{}, maxPrefetch)}}
	p.Tasks.Run(p.keep)
	return p
}

// Close ends every upstream request and writes what is to be persisted. Requests may still come: they fail.
func (p *Engine) Close() error {
	p.Tasks.Cancel()
	p.Store.Close()
	p.Tasks.Wait()
	p.Files.Close()
	return p.Save(true)
}

// SetCacheBytes changes Options.CacheBytes. Objects that exceed a smaller bound are evicted at once; their readers can
// read on.
func (p *Engine) SetCacheBytes(n int64) { p.Store.Resize(n) }

// SetRewind changes Options.Rewind. Files that exceed the limits are deleted at once.
func (p *Engine) SetRewind(r Rewind) { p.Files.SetRetention(objects.Retention(r)) }

// keep writes stream state, and forgets what is not used.
func (p *Engine) keep() {
	t := time.NewTicker(saveEvery)
	defer t.Stop()
	for n := 1; ; n++ {
		select {
		case <-p.Tasks.Context.Done():
			return
		case now := <-t.C:
			if err := p.Save(n%anchorEvery == 0); err != nil {
				p.Log.Error("cannot save stream state; it will be lost on restart", "err", err)
			}
			p.Store.Sweep(now.Add(-cacheIdle))
			p.Files.Sweep(now)
			p.forgetIdle(now)
			p.forgetData(now)
		}
	}
}

// Save writes what is urgent, or all that changed.
func (p *Engine) Save(all bool) error {
	var errs []error
	for _, f := range p.all() {
		if _, urgent := f.unsaved(); urgent || all {
			errs = append(errs, f.Save())
		}
	}
	return errors.Join(errs...)
}

func (p *Engine) forgetIdle(now time.Time) {
	for _, f := range p.all() {
		if dirty, _ := f.unsaved(); dirty || now.Sub(f.lastUsed()) <= feedIdle {
			continue
		}
		p.mu.Lock()
		if now.Sub(f.lastUsed()) > feedIdle {
			delete(p.loaded, f.ID)
		}
		p.mu.Unlock()
	}
}

// forgetData forgets the addresses outside of the timelines that no playlist has named for a while, and playlists beyond
// the bound of a feed.
func (p *Engine) forgetData(now time.Time) {
	for _, f := range p.all() {
		f.Assets.Sweep(now)
		f.restRenditions()
	}
}

// all returns the feeds in memory.
func (p *Engine) all() []*Stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Values(p.loaded))
}

// Stream returns a known stream, with the state that an earlier process saved. Other streams do not wait for the database.
func (p *Engine) Stream(id string) (*Stream, error) {
	if f := p.opened(id); f != nil {
		return f, nil
	}
	v, err, _ := p.opening.Do(id, func() (any, error) { return p.open(id) })
	if err != nil {
		return nil, err
	}
	return v.(*Stream), nil
}

// open brings a stream into memory, if it is not there yet.
func (p *Engine) open(id string) (*Stream, error) {
	if f := p.opened(id); f != nil {
		return f, nil
	}
	f, err := p.newFeed(id)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.loaded[id] = f
	full := len(p.loaded) > maxFeeds
	p.mu.Unlock()
	if full {
		p.forgetOldest()
	}
	return f, nil
}

// opened returns the feed if it is in memory.
func (p *Engine) opened(id string) *Stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.loaded[id]
	if f != nil {
		f.use()
	}
	return f
}

// forgetOldest forgets the stream that was idle longest, once its state is saved.
func (p *Engine) forgetOldest() {
	var oldest *Stream
	for _, f := range p.all() {
		if oldest == nil || f.lastUsed().Before(oldest.lastUsed()) {
			oldest = f
		}
	}
	if err := oldest.Save(); err != nil {
		p.Log.Error("cannot save stream state", "stream", oldest.ID, "err", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if dirty, _ := oldest.unsaved(); !dirty {
		delete(p.loaded, oldest.ID)
	}
}
