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
	// saveEvery is how often state that must not be lost is saved: newly assigned names and numbers.
	saveEvery = time.Second
	// anchorEvery is after how many saves all other changes are saved as well, the newest numbers among them. If a playlist's
	// window is short, they are saved sooner (timeline.Result.Save).
	anchorEvery = 10
	// streamIdle is how long the state of a stream that is not played stays in memory. Its record remains.
	streamIdle = 30 * time.Minute
	// cacheIdle is how long an object is cached after its last request: live players do not go back further.
	cacheIdle = 3 * time.Minute
	// maxStreams bounds the streams in memory; beyond it, the one that was idle longest is dropped.
	maxStreams = 2000
)

// Memory persists one record for each stream. Load returns nil, nil for an unknown id.
type Memory interface {
	Load(id string) ([]byte, error)
	Save(id string, record []byte) error
}

// Options configures an Engine. All fields except RewindDir and Rewind are required.
type Options struct {
	Streams    fetch.Streams
	Transports httpclient.Transports
	Memory     Memory
	// CacheBytes bounds the memory of finished segments, keys and init sections.
	CacheBytes int64
	// RewindDir is the folder of the segments that Rewind retains; "" for none. Its earlier content is deleted.
	RewindDir string
	Rewind    Rewind
	Log       *slog.Logger
}

// Engine keeps streams playing. It holds the state of each, and the services that all share.
type Engine struct {
	fetch.Services
	shared

	opening singleflight.Group // streams that are being read from the database

	mu     sync.Mutex
	loaded map[string]*Stream
}

// NewEngine creates an Engine and starts its housekeeping, which Close ends.
func NewEngine(o Options) *Engine {
	p := &Engine{loaded: map[string]*Stream{}, Services: fetch.Services{Streams: o.Streams, Log: o.Log, Client: fetch.NewClient(o.Transports), Tasks: fetch.NewTasks()},
		shared: shared{memory: o.Memory, Age: playlistAge, Store: objects.New(o.CacheBytes), Files: objects.NewFiles(o.RewindDir, objects.Retention(o.Rewind), o.Log),
			Prefetches: make(chan struct{}, maxPrefetch)}}
	p.Tasks.Run(p.housekeep)
	return p
}

// Close ends every upstream request and saves the state of the streams. Later requests fail.
func (p *Engine) Close() error {
	p.Tasks.Cancel()
	p.Store.Close()
	p.Tasks.Wait()
	p.Files.Close()
	return p.Save(true)
}

// SetCacheBytes changes Options.CacheBytes. Objects that exceed a smaller bound are evicted at once; their current readers can
// read to the end.
func (p *Engine) SetCacheBytes(n int64) { p.Store.Resize(n) }

// SetRewind changes Options.Rewind. Files that exceed the limits are deleted at once.
func (p *Engine) SetRewind(r Rewind) { p.Files.SetRetention(objects.Retention(r)) }

// housekeep saves the state of streams, and drops unused state from memory.
func (p *Engine) housekeep() {
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

// Save saves the streams with urgent changes, or all changed streams.
func (p *Engine) Save(all bool) error {
	var errs []error
	for _, f := range p.all() {
		if _, urgent := f.unsaved(); urgent || all {
			errs = append(errs, f.Save())
		}
	}
	return errors.Join(errs...)
}

// forgetIdle drops streams that were not played for streamIdle from memory.
func (p *Engine) forgetIdle(now time.Time) {
	for _, f := range p.all() {
		if dirty, _ := f.unsaved(); dirty || now.Sub(f.lastUsed()) <= streamIdle {
			continue
		}
		p.mu.Lock()
		if now.Sub(f.lastUsed()) > streamIdle {
			delete(p.loaded, f.ID)
		}
		p.mu.Unlock()
	}
}

// forgetData drops the addresses outside the timelines that no playlist has named for a while, and playlists beyond the bound
// of a stream.
func (p *Engine) forgetData(now time.Time) {
	for _, f := range p.all() {
		f.Assets.Sweep(now)
		f.dropOldPlaylists()
	}
}

// all returns the streams in memory.
func (p *Engine) all() []*Stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Values(p.loaded))
}

// Stream returns a known stream, with the state that an earlier process saved. A slow database does not delay other streams.
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

// open loads a stream into memory, unless it is already there.
func (p *Engine) open(id string) (*Stream, error) {
	if f := p.opened(id); f != nil {
		return f, nil
	}
	f, err := p.newStream(id)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.loaded[id] = f
	full := len(p.loaded) > maxStreams
	p.mu.Unlock()
	if full {
		p.forgetOldest()
	}
	return f, nil
}

// opened returns the stream if it is in memory.
func (p *Engine) opened(id string) *Stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.loaded[id]
	if f != nil {
		f.use()
	}
	return f
}

// forgetOldest drops the stream that was idle longest from memory, after saving its state.
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
