package proxy

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"gridwall/backend/httpclient"
	"gridwall/backend/objects"
	"gridwall/backend/stream"
)

const (
	// saveEvery is how often what must not be lost is written: names and numbers that were given.
	saveEvery = time.Second
	// anchorEvery is how often the newest numbers are written in any case. Where a playlist's window is short they are
	// written sooner (rendition.outlived).
	anchorEvery = 10
	// feedIdle is for how long the state of a stream that is not played stays in memory. What is persisted of it stays.
	feedIdle = 30 * time.Minute
	// cacheIdle is for how long an object is cached that nothing asks for: live players do not go back so far, and unused
	// memory is given back.
	cacheIdle = 3 * time.Minute
	// maxFeeds bounds the feeds in memory; the one that was idle longest goes.
	maxFeeds = 2000
)

// Streams says where a stream is fetched from, and renews its token. It is backend/refresh, seen from here.
type Streams interface {
	// Open is asked for each playback request. It keeps the stream active (activating it where activate is set).
	// stream.ErrUnknownStream: no extraction ever found the id.
	Open(ctx context.Context, id string, activate bool, viewer string) (stream.Upstream, error)
	// Current is where the stream is fetched from now.
	Current(id string) (stream.Upstream, error)
	// Renew asks for a newer token than the one that was refused, and waits for it. An error comes with the upstream
	// as it was.
	Renew(ctx context.Context, id string, r stream.Refusal) (stream.Upstream, error)
	// Expires is told when the permission ends that came with the stream's own playlist, in a cookie or in the URLs
	// of its renditions.
	Expires(id string, generation uint64, at time.Time)
}

// Memory keeps what must outlive the process, a record a stream. Load of an unknown id is nil, nil.
type Memory interface {
	Load(id string) ([]byte, error)
	Save(id string, record []byte) error
}

// Options are what a Proxy is made of. All but RewindDir and Rewind are required.
type Options struct {
	Streams    Streams
	Transports httpclient.Transports
	Memory     Memory
	// CacheBytes bounds the memory of finished segments, keys and init sections.
	CacheBytes int64
	// RewindDir is the folder of the segments that are kept by Rewind; "" for none. What is in it is deleted.
	RewindDir string
	Rewind    Rewind
	Log       *slog.Logger
}

// Proxy serves playback addresses. It is an http.Handler for everything below Prefix.
type Proxy struct {
	services

	opening singleflight.Group // feeds that are being read from the database

	mu    sync.Mutex
	feeds map[string]*feed
}

// New makes a Proxy and starts its housekeeping, which Close ends.
func New(o Options) *Proxy {
	p := &Proxy{feeds: map[string]*feed{}, services: services{streams: o.Streams, memory: o.Memory, log: o.Log, age: playlistAge,
		client: &client{transports: o.Transports, slots: make(chan struct{}, maxUpstream)},
		store:  objects.New(o.CacheBytes), files: objects.NewFiles(o.RewindDir, objects.Retention(o.Rewind), o.Log),
		prefetches: make(chan struct{}, maxPrefetch)}}
	p.tasks.ctx, p.tasks.cancel = context.WithCancel(context.Background())
	p.tasks.run(p.keep)
	return p
}

// Close ends every upstream request and writes what is to be persisted. Requests may still come: they fail.
func (p *Proxy) Close() error {
	p.tasks.cancel()
	p.store.Close()
	p.tasks.wait()
	p.files.Close()
	return p.save(true)
}

// SetCacheBytes changes Options.CacheBytes. Objects that exceed a smaller bound are evicted at once; their readers can
// read on.
func (p *Proxy) SetCacheBytes(n int64) { p.store.Resize(n) }

// SetRewind changes Options.Rewind. Files that exceed the limits are deleted at once.
func (p *Proxy) SetRewind(r Rewind) { p.files.SetRetention(objects.Retention(r)) }

// keep writes stream state, and forgets what is not used.
func (p *Proxy) keep() {
	t := time.NewTicker(saveEvery)
	defer t.Stop()
	for n := 1; ; n++ {
		select {
		case <-p.tasks.ctx.Done():
			return
		case now := <-t.C:
			if err := p.save(n%anchorEvery == 0); err != nil {
				p.log.Error("cannot save stream state; it will be lost on restart", "err", err)
			}
			p.store.Sweep(now.Add(-cacheIdle))
			p.files.Sweep(now)
			p.forgetIdle(now)
			p.forgetData(now)
		}
	}
}

// save writes what is urgent, or all that changed.
func (p *Proxy) save(all bool) error {
	var errs []error
	for _, f := range p.all() {
		if _, urgent := f.unsaved(); urgent || all {
			errs = append(errs, f.save())
		}
	}
	return errors.Join(errs...)
}

func (p *Proxy) forgetIdle(now time.Time) {
	for _, f := range p.all() {
		if dirty, _ := f.unsaved(); dirty || now.Sub(f.lastUsed()) <= feedIdle {
			continue
		}
		p.mu.Lock()
		if now.Sub(f.lastUsed()) > feedIdle {
			delete(p.feeds, f.id)
		}
		p.mu.Unlock()
	}
}

// forgetData forgets the addresses outside of the timelines that no playlist has named for a while, and playlists beyond
// the bound of a feed.
func (p *Proxy) forgetData(now time.Time) {
	for _, f := range p.all() {
		f.assets.Sweep(now)
		f.restRenditions()
	}
}

// all are the feeds in memory.
func (p *Proxy) all() []*feed {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Values(p.feeds))
}

// feed returns the feed of a known stream, with the state that an earlier process saved. Other feeds do not wait for the
// database.
func (p *Proxy) feed(id string) (*feed, error) {
	if f := p.opened(id); f != nil {
		return f, nil
	}
	v, err, _ := p.opening.Do(id, func() (any, error) {
		if f := p.opened(id); f != nil {
			return f, nil
		}
		f, err := p.newFeed(id)
		if err != nil {
			return nil, err
		}
		p.mu.Lock()
		p.feeds[id] = f
		full := len(p.feeds) > maxFeeds
		p.mu.Unlock()
		if full {
			p.forgetOldest()
		}
		return f, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*feed), nil
}

// opened is the feed if it is in memory.
func (p *Proxy) opened(id string) *feed {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.feeds[id]
	if f != nil {
		f.use()
	}
	return f
}

// forgetOldest forgets the stream that was idle longest, once its state is saved.
func (p *Proxy) forgetOldest() {
	var oldest *feed
	for _, f := range p.all() {
		if oldest == nil || f.lastUsed().Before(oldest.lastUsed()) {
			oldest = f
		}
	}
	if err := oldest.save(); err != nil {
		p.log.Error("cannot save stream state", "stream", oldest.id, "err", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if dirty, _ := oldest.unsaved(); !dirty {
		delete(p.feeds, oldest.id)
	}
}
