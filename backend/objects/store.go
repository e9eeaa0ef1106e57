package objects

import (
	"container/list"
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// maxShare is the share of the store's bound that one object may take (a quarter); a larger one is passed through.
const maxShare = 4

// Info describes an object.
type Info struct {
	ContentType string
	// Start is the object's position in its resource, in bytes: not 0 for a byte range.
	Start int64
	// Total is the object's length in bytes; -1: unknown.
	Total int64
}

// Response holds an object's bytes from an offset on.
type Response struct {
	Info
	// Body is read to its end and closed by the store.
	Body io.ReadCloser
	// Uncacheable is true for bytes that no longer belong to the key. They are passed through to the current readers and not
	// cached.
	Uncacheable bool
}

// Fetcher fetches one object.
type Fetcher interface {
	// Fetch returns the object from offset (in bytes) on. It is called once with offset 0, and again after each truncated body.
	// Calls never overlap. ctx ends when the last reader has left, or the store closes.
	Fetch(ctx context.Context, offset int64) (*Response, error)
}

// FetchFunc is a function that implements Fetcher.
type FetchFunc func(ctx context.Context, offset int64) (*Response, error)

// Fetch calls f.
func (f FetchFunc) Fetch(ctx context.Context, offset int64) (*Response, error) { return f(ctx, offset) }

// Stats describes the contents of a Store.
type Stats struct {
	// Cached is the memory of the cached objects, in bytes.
	Cached int64
	// Held is the memory of all objects, in bytes, including running downloads and evicted objects that are still read.
	Held int64
	// Readers is the number of readers of all objects that can be joined.
	Readers int
}

// Store holds running downloads, and caches finished ones within a bound in bytes: the least recently used are evicted first.
// Running downloads and evicted objects that are still read count towards the bound; if they leave no room, further objects are
// passed through. It is safe for concurrent use.
type Store struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	memory memory
	held   atomic.Int64 // memory of all downloads, in bytes
	limit  atomic.Int64 // max, readable without mu

	mu       sync.Mutex
	max      int64
	joinable map[string]*download
	finished *list.List // of *finished, most recently used first
	index    map[string]*list.Element
	bytes    int64 // memory of the finished downloads
}

type finished struct {
	d    *download
	size int64 // of its memory, in bytes
	used time.Time
}

// New returns an empty store with a bound of maxBytes of memory. Close ends it.
func New(maxBytes int64) *Store {
	s := &Store{max: maxBytes, joinable: map[string]*download{}, finished: list.New(), index: map[string]*list.Element{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.limit.Store(maxBytes)
	return s
}

// Join returns a reader of the cached object or running download with this key, or of a new download, for which f is called. It
// does not block. The caller must close the reader. After Close it returns readers that fail with context.Canceled.
func (s *Store) Join(key string, f Fetcher) *Reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.joinable[key]; d != nil {
		if r := d.attach(); r != nil {
			if e := s.index[key]; e != nil {
				e.Value.(*finished).used = time.Now()
				s.finished.MoveToFront(e)
			}
			return r
		}
		s.forget(d)
	}
	d := newDownload(s, key)
	ctx, cancel := context.WithCancel(s.ctx)
	d.cancel = cancel
	s.joinable[key] = d
	d.refs = 2 // the store's and run's
	r := d.attach()
	if err := s.ctx.Err(); err != nil { // Close has waited, or is waiting, and would not wait for this one
		cancel()
		s.forget(d)
		d.finish(err)
		d.release()
		return r
	}
	s.wg.Go(func() {
		defer cancel()
		d.run(ctx, f)
		s.cache(d)
		d.release()
	})
	return r
}

// Close cancels all downloads and waits for them. None starts after it.
func (s *Store) Close() {
	s.cancel()
	s.mu.Lock() // any Join that saw the context before it ended has counted its download
	//lint:ignore SA2001 the lock orders Join's count before Wait
	s.mu.Unlock()
	s.wg.Wait()
}

// Has reports whether the object is cached.
func (s *Store) Has(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.index[key] != nil
}

// Resize changes the bound. Objects that exceed it are evicted at once; their current readers can read to the end.
func (s *Store) Resize(maxBytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.max = maxBytes
	s.limit.Store(maxBytes)
	s.evict()
}

// Sweep evicts the objects that were last joined before the given time.
func (s *Store) Sweep(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.finished.Back(); e != nil && e.Value.(*finished).used.Before(before); e = s.finished.Back() {
		s.forget(e.Value.(*finished).d)
	}
}

// MaxObject returns the size up to which an object is cached, in bytes.
func (s *Store) MaxObject() int64 { return max(s.limit.Load()/maxShare, smallPiece) }

// Stats returns the current statistics.
func (s *Store) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Stats{Cached: s.bytes, Held: s.held.Load()}
	for _, d := range s.joinable {
		st.Readers += d.readerCount()
	}
	return st
}

// cancelIfIdle cancels a download without readers.
func (s *Store) cancelIfIdle(d *download) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.idle() { // no reader can join meanwhile: Join takes the same lock
		s.forget(d)
		d.cancel()
	}
}

// drop makes d unavailable to new readers.
func (s *Store) drop(d *download) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(d)
}

// dropIfAlone makes d unavailable to new readers if it has at most one reader, and reports whether it did.
func (s *Store) dropIfAlone(d *download) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	alone := d.readerCount() <= 1
	if alone {
		s.forget(d)
	}
	return alone
}

// forget makes d unavailable to new readers; its current readers keep it. The caller holds mu.
func (s *Store) forget(d *download) {
	if s.joinable[d.key] != d {
		return
	}
	delete(s.joinable, d.key)
	if e := s.index[d.key]; e != nil {
		s.bytes -= e.Value.(*finished).size
		s.finished.Remove(e)
		delete(s.index, d.key)
	}
	d.release()
}

// cache adds a download that has ended to the finished ones, if it succeeded and may be cached.
func (s *Store) cache(d *download) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.joinable[d.key] != d {
		return
	}
	size, ok := d.cacheable()
	if !ok || size > s.max {
		s.forget(d)
		return
	}
	s.index[d.key] = s.finished.PushFront(&finished{d: d, size: size, used: time.Now()})
	s.bytes += size
	s.evict()
}

// evict drops the least recently used objects until the rest and the running downloads fit. The caller holds mu.
func (s *Store) evict() {
	for s.finished.Len() > 0 && (s.bytes > s.max || s.held.Load() > s.max) {
		s.forget(s.finished.Back().Value.(*finished).d)
	}
}

// makeRoom evicts objects for memory that a download has just allocated, and reports whether everything fits now.
func (s *Store) makeRoom() bool {
	if s.held.Load() <= s.limit.Load() {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.evict()
	return s.held.Load() <= s.max
}
