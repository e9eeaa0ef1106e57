package proxy

import (
	"container/list"
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// cacheIdle is for how long an object is kept that nobody asks for: a live player never goes back so far, and memory
// that nobody needs is given back.
const cacheIdle = 3 * time.Minute

// maxCached is the share of the cache that one object may take; a larger one is only passed on.
const maxCached = 4

// cache holds the downloads under way, and the finished ones within a bound of bytes: the least recently used go first.
// What is under way counts, and so does what nobody can join any more but somebody still reads: where that leaves no room,
// an object is only passed on.
type cache struct {
	ctx  context.Context
	wg   *sync.WaitGroup
	slab slab
	held atomic.Int64 // bytes of memory that all downloads take

	limit atomic.Int64 // max, for who does not hold mu

	mu    sync.Mutex
	max   int64
	all   map[string]*download
	done  *list.List // of *cached, most recently used first
	index map[string]*list.Element
	bytes int64
}

type cached struct {
	d    *download
	size int64 // of the memory that it takes
	used time.Time
}

func newCache(ctx context.Context, wg *sync.WaitGroup, maxBytes int64) *cache {
	c := &cache{max: maxBytes, ctx: ctx, wg: wg, all: map[string]*download{}, done: list.New(), index: map[string]*list.Element{}}
	c.limit.Store(maxBytes)
	return c
}

// join returns a reader of the object: of the cached one, of the one under way, or of a new download. The reader must
// be closed.
func (c *cache) join(key string, open opener) *reader {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.all[key]; d != nil {
		if r := d.attach(); r != nil {
			if e := c.index[key]; e != nil {
				e.Value.(*cached).used = time.Now()
				c.done.MoveToFront(e)
			}
			return r
		}
		c.forget(d)
	}
	d := newDownload(key, c.objectLimit(), &c.slab)
	ctx, cancel := context.WithCancel(c.ctx)
	d.cancel = cancel
	d.onPassing = func() { c.drop(d) }
	d.onIdle = func() { c.abandon(d) }
	d.onHeld = func(n int64) { c.held.Add(n) }
	d.onPiece = c.fits
	c.all[key] = d
	d.refs = 2 // ours, and run's
	r := d.attach()
	if err := c.ctx.Err(); err != nil { // close has waited, or is waiting, and would not see this one
		cancel()
		c.forget(d)
		d.finish(err)
		d.release()
		return r
	}
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		defer cancel()
		d.run(ctx, open)
		c.keep(d)
		d.release()
	}()
	return r
}

// close waits for the downloads under way, whose context has ended. None begins after it.
func (c *cache) close() {
	c.mu.Lock() // join is past its look at the context, and has counted what it starts
	//lint:ignore SA2001 nothing is to be done inside
	c.mu.Unlock()
	c.wg.Wait()
}

// abandon ends a download that nobody reads any more.
func (c *cache) abandon(d *download) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d.idle() { // nobody joined in between: join holds the same lock
		c.forget(d)
		d.cancel()
	}
}

func (c *cache) drop(d *download) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(d)
}

// forget takes d out of reach for new readers; those it has keep it. The caller holds mu.
func (c *cache) forget(d *download) {
	if c.all[d.key] != d {
		return
	}
	delete(c.all, d.key)
	if e := c.index[d.key]; e != nil {
		c.bytes -= e.Value.(*cached).size
		c.done.Remove(e)
		delete(c.index, d.key)
	}
	d.release()
}

// keep makes a finished download a cached one, where it succeeded and may be kept.
func (c *cache) keep(d *download) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d.mu.Lock()
	failed, passing, size := d.err != nil, d.passing, d.held
	d.mu.Unlock()
	if c.all[d.key] != d {
		return
	}
	if failed || passing || size > c.max {
		c.forget(d)
		return
	}
	c.index[d.key] = c.done.PushFront(&cached{d: d, size: size, used: time.Now()})
	c.bytes += size
	c.evict()
}

// evict forgets what was used least recently until the rest fits beside what is under way. The caller holds mu.
func (c *cache) evict() {
	for c.done.Len() > 0 && (c.bytes > c.max || c.held.Load() > c.max) {
		c.forget(c.done.Back().Value.(*cached).d)
	}
}

// fits makes room for memory that a download has just taken, and reports whether there was any.
func (c *cache) fits() bool {
	if c.held.Load() <= c.limit.Load() {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.evict()
	return c.held.Load() <= c.max
}

// resize changes the bound; what is too much for it goes at once.
func (c *cache) resize(maxBytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.max = maxBytes
	c.limit.Store(maxBytes)
	c.evict()
}

// sweep forgets what nobody has asked for since before.
func (c *cache) sweep(before time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.done.Back(); e != nil && e.Value.(*cached).used.Before(before); e = c.done.Back() {
		c.forget(e.Value.(*cached).d)
	}
	c.compact()
	c.slab.trim(slackArenas)
}

// compact forgets what was used least recently while too much memory lies idle between what is kept: small pieces can
// hold arenas that large ones do not fit into. The caller holds mu.
func (c *cache) compact() {
	for c.done.Len() > 0 && c.slab.idle() > c.max/8+slackArenas*2*arenaSize {
		c.forget(c.done.Back().Value.(*cached).d)
		c.slab.trim(slackArenas)
	}
}

// objectLimit is how large an object may be that is kept.
func (c *cache) objectLimit() int64 { return max(c.limit.Load()/maxCached, smallChunk) }

// size is how many bytes of memory the finished downloads take.
func (c *cache) size() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}
