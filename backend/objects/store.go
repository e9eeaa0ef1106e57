package objects

import (
	"container/list"
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// maxShare is the share of the store's bound that one object may take; a larger one is passed through.
const maxShare = 4

// Info describes an object.
type Info struct {
	ContentType string
	// Start is where the object begins in its resource, in bytes: not 0 for a byte range.
	Start int64
	// Total is the object's length in bytes; -1: unknown.
	Total int64
}

// Response is an object's bytes from an offset on.
type Response struct {
	Info
	// Body is read to its end, and closed by the store.
	Body io.ReadCloser
	// Uncacheable is true for bytes that the key does not stand for any more. They are passed through to the readers that
	// there are, and not kept.
	Uncacheable bool
}

// Fetcher fetches one object.
type Fetcher interface {
	// Fetch returns the object from offset (in bytes) on. It is called once at offset 0, and again each time that a body
	// breaks off. Two calls never overlap. ctx ends when the last reader has left, or the store closes.
	Fetch(ctx context.Context, offset int64) (*Response, error)
}

// FetchFunc is a Fetcher made of a function.
type FetchFunc func(ctx context.Context, offset int64) (*Response, error)

// Fetch calls f.
func (f FetchFunc) Fetch(ctx context.Context, offset int64) (*Response, error) { return f(ctx, offset) }

// Stats is what a Store holds at one moment.
type Stats struct {
	// Cached is how many bytes of memory the finished objects take that can still be joined.
	Cached int64
	// Held is how many bytes of memory all objects take: those under way, and those that cannot be joined any more but are
	// still read, too.
	Held int64
	// Readers counts the readers of all objects that can be joined.
	Readers int
}

// Store holds the downloads under way, and the finished ones within a bound of bytes: the least recently used are evicted
// first. Downloads under way count towards the bound, and so do objects that cannot be joined any more but are still read;
// where they leave no room, further objects are passed through. All methods may be called from any goroutine.
type Store struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	memory memory
	held   atomic.Int64 // bytes of memory that all downloads take
	limit  atomic.Int64 // max, readable without mu

	mu       sync.Mutex
	max      int64
	joinable map[string]*download
	finished *list.List // of *finished, most recently used first
	index    map[string]*list.Element
	bytes    int64 // of memory that the finished downloads take
}

type finished struct {
	d    *download
	size int64 // of the memory that it takes
	used time.Time
}

// New returns an empty store with a bound of maxBytes of memory. Close ends it.
func New(maxBytes int64) *Store {
	s := &Store{max: maxBytes, joinable: map[string]*download{}, finished: list.New(), index: map[string]*list.Element{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.limit.Store(maxBytes)
	return s
}

// Join returns a reader of the object: of the one that is held or under way under this key, or of a new download, which f
// fetches. It does not wait. The caller must close the reader. After Close it returns readers that fail with
// context.Canceled.
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
	if err := s.ctx.Err(); err != nil { // Close has waited, or is waiting, and would not see this one
		cancel()
		s.forget(d)
		d.finish(err)
		d.release()
		return r
	}
	s.wg.Go(func() {
		defer cancel()
		d.run(ctx, f)
		s.keep(d)
		d.release()
	})
	return r
}

// Close ends all downloads and waits for them. None begins after it.
func (s *Store) Close() {
	s.cancel()
	s.mu.Lock() // Join has looked at the context, and has counted what it starts
	//lint:ignore SA2001 the lock orders Join's count before Wait
	s.mu.Unlock()
	s.wg.Wait()
}

// Has reports whether the whole object is in memory.
func (s *Store) Has(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.index[key] != nil
}

// Resize changes the bound. Objects that exceed it are evicted at once; their readers can read on.
func (s *Store) Resize(maxBytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.max = maxBytes
	s.limit.Store(maxBytes)
	s.evict()
}

// Sweep evicts the objects that were last joined before that moment.
func (s *Store) Sweep(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.finished.Back(); e != nil && e.Value.(*finished).used.Before(before); e = s.finished.Back() {
		s.forget(e.Value.(*finished).d)
	}
}

// MaxObject returns how large an object may be to be kept, in bytes.
func (s *Store) MaxObject() int64 { return max(s.limit.Load()/maxShare, smallPiece) }

// Stats returns what the store holds now.
func (s *Store) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Stats{Cached: s.bytes, Held: s.held.Load()}
	for _, d := range s.joinable {
		st.Readers += d.readerCount()
	}
	return st
}

// cancelIfIdle ends a download without readers.
func (s *Store) cancelIfIdle(d *download) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.idle() { // no reader has joined in between: Join holds the same lock
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

// dropIfAlone makes d unavailable to new readers where it has one reader at most, and reports whether it did.
func (s *Store) dropIfAlone(d *download) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	alone := d.readerCount() <= 1
	if alone {
		s.forget(d)
	}
	return alone
}

// forget makes d unavailable to new readers; those it has keep it. The caller holds mu.
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

// keep counts a download that has ended among the finished ones, where it succeeded and may be kept.
func (s *Store) keep(d *download) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.joinable[d.key] != d {
		return
	}
	size, ok := d.keepable()
	if !ok || size > s.max {
		s.forget(d)
		return
	}
	s.index[d.key] = s.finished.PushFront(&finished{d: d, size: size, used: time.Now()})
	s.bytes += size
	s.evict()
}

// evict forgets the least recently used objects until the rest fits beside the downloads under way. The caller holds mu.
func (s *Store) evict() {
	for s.finished.Len() > 0 && (s.bytes > s.max || s.held.Load() > s.max) {
		s.forget(s.finished.Back().Value.(*finished).d)
	}
}

// makeRoom evicts for memory that a download has just taken, and reports whether all fits now.
func (s *Store) makeRoom() bool {
	if s.held.Load() <= s.limit.Load() {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.evict()
	return s.held.Load() <= s.max
}
