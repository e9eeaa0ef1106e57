package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"
)

const (
	// minSlab is the shortest body, or rest of one, that is kept in a piece of the slab; shorter ones lie in the heap,
	// where they take no more than they need.
	minSlab = smallChunk / 2
	// windowSize is how far an object too large for the cache runs ahead of its slowest reader, smallWindow how far one does
	// that is only passed on because the cache's bound is reached by what is under way.
	windowSize  = 4 << 20
	smallWindow = bigChunk
	// maxBroken is how often in a row a body may break off without a byte before the download is given up.
	maxBroken = 3
	// tellBytes and tellAfter are when waiting readers are told of bytes that came: when so many came since the last
	// time, or so long after it. To be woken for each packet costs more than to send it.
	tellBytes = bigChunk / 2
	tellAfter = 2 * time.Millisecond
)

// errShort: a body ended before its announced end.
var errShort = errors.New("the body broke off")

// opened is the upstream's answer to a request for an object, from an offset on.
type opened struct {
	body        io.ReadCloser
	contentType string
	start       int64 // where the object begins in its resource: not 0 for a byte range
	total       int64 // length of the whole object; -1: unknown
	stray       bool  // it is not what its key stands for any more: it is passed on, but not kept
}

// opener asks the upstream for an object from offset on, healing refusals.
type opener func(ctx context.Context, offset int64) (*opened, error)

// download is one object on its way from the upstream, read by all who want it while it comes. It is fetched once.
type download struct {
	key    string
	limit  int64 // a larger object is not kept: it is only passed on
	slab   *slab
	cancel context.CancelFunc

	mu          sync.Mutex
	refs        int  // who may look into chunks: the cache, run, and each reader
	started     bool // contentType and total are known
	done        bool
	err         error
	contentType string
	origin      int64 // where the object begins in its resource
	total       int64
	chunks      []chunk
	base        int64 // offset of chunks[0]; grows only for an object that is not kept
	held        int64 // bytes of memory that chunks take
	size        int64 // bytes that came
	told        int64 // bytes that readers know of
	toldAt      time.Time
	late        *time.Timer // tells of the rest; nil before it was needed
	lateIsSet   bool
	readers     map[*reader]struct{}
	roomier     chan struct{} // run waits for readers to move on
	passing     bool          // too large to be kept
	crowded     bool          // and that because others take all the memory there is
	onPassing   func()
	onHeld      func(n int64) // the memory that chunks take has changed by n bytes
	onPiece     func() bool   // a piece was added; false: there is no room for it beside what others hold
	onIdle      func()        // the last reader left before the end
}

func newDownload(key string, limit int64, s *slab) *download {
	return &download{key: key, limit: limit, slab: s, total: -1, readers: map[*reader]struct{}{}, roomier: make(chan struct{}, 1)}
}

// leave gives up one of refs. Memory goes back with the last of them. The caller holds d.mu.
func (d *download) leave() {
	if d.refs--; d.refs > 0 {
		return
	}
	for _, c := range d.chunks {
		d.slab.free(c)
	}
	d.chunks = nil
	d.hold(-d.held)
}

// hold notes that chunks take n bytes of memory more. The caller holds d.mu.
func (d *download) hold(n int64) {
	d.held += n
	if d.onHeld != nil {
		d.onHeld(n)
	}
}

// release is leave for who does not hold d.mu.
func (d *download) release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.leave()
}

// run fetches the object. A body that breaks off is asked for again from where it broke off, at the newest URL.
func (d *download) run(ctx context.Context, open opener) {
	broken := 0
	for {
		from := d.offset()
		o, err := open(ctx, from)
		if err != nil {
			d.finish(err)
			return
		}
		if err = d.begin(o); err == nil {
			err = d.fill(ctx, o)
		}
		_ = o.body.Close()
		if err == nil {
			d.finish(nil)
			return
		}
		if ctx.Err() != nil {
			d.finish(ctx.Err())
			return
		}
		if d.offset() > from {
			broken = 0
		} else if broken++; broken >= maxBroken {
			d.finish(fmt.Errorf("%w: %w", errShort, cause(err)))
			return
		}
	}
}

func (d *download) offset() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.size
}

// begin notes what the answer says of the object. A resumed body must be of the same object.
func (d *download) begin(o *opened) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.started {
		if o.total >= 0 && d.total >= 0 && o.total != d.total {
			return fmt.Errorf("the object has another length now: %d bytes instead of %d", o.total, d.total)
		}
		return nil
	}
	d.contentType, d.origin, d.total, d.started = o.contentType, o.start, o.total, true
	if d.total > d.limit || o.stray {
		d.pass()
	}
	return nil // the first bytes, which are there, wake the readers
}

// pass makes d an object that is only passed on.
func (d *download) pass() {
	if d.passing {
		return
	}
	d.passing = true
	if d.onPassing != nil {
		go d.onPassing()
	}
}

// tell wakes the readers that wait. The caller holds d.mu.
func (d *download) tell() {
	d.told, d.toldAt = d.size, time.Now()
	for r := range d.readers {
		if r.waits {
			r.waits = false
			select {
			case r.wake <- struct{}{}:
			default: // it gave up waiting, and was told already
			}
		}
	}
}

// tellLate tells of bytes that were too few to be told of when they came.
func (d *download) tellLate() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lateIsSet = false
	if d.told < d.size {
		d.tell()
	}
}

func (d *download) fill(ctx context.Context, o *opened) error {
	for {
		room, err := d.room(ctx)
		if err != nil {
			return err
		}
		n, err := o.body.Read(room)
		size := d.grow(n)
		if size == int64(n) && n > 0 && size != d.total {
			// Who waits for the first byte is to have it now, and not when more has been copied.
			runtime.Gosched()
		}
		switch {
		case size == d.total:
			return nil
		case errors.Is(err, io.EOF):
			if d.total >= 0 {
				return fmt.Errorf("%w after %d of %d bytes", errShort, size, d.total)
			}
			return nil
		case err != nil:
			return err
		}
	}
}

// room is where the next bytes go. It waits where an object that is not kept has run far enough ahead.
func (d *download) room(ctx context.Context) ([]byte, error) {
	for {
		d.mu.Lock()
		if !d.passing || d.size-d.slowest() < d.window() {
			room, fresh := d.free()
			d.mu.Unlock()
			if fresh && d.onPiece != nil && !d.onPiece() {
				d.crowd()
			}
			return room, nil
		}
		d.mu.Unlock()
		select {
		case <-d.roomier:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// window is how far an object that is passed on may run ahead. The caller holds d.mu.
func (d *download) window() int64 {
	if d.crowded {
		return smallWindow
	}
	return windowSize
}

// crowd makes d an object that is only passed on, for want of memory.
func (d *download) crowd() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.crowded = true
	d.pass()
}

// free is memory for the next bytes; fresh reports whether it was added for them. The caller holds d.mu.
func (d *download) free() (room []byte, fresh bool) {
	left := int64(bigChunk)
	if d.total >= 0 {
		left = d.total - d.size // an upstream that sends more than it announced is not listened to
	}
	n := len(d.chunks)
	if n == 0 || len(d.chunks[n-1].buf) == cap(d.chunks[n-1].buf) {
		c := d.piece(left)
		d.hold(int64(cap(c.buf)))
		d.chunks = append(d.chunks, c)
		n, fresh = len(d.chunks), true
	}
	c := d.chunks[n-1].buf
	return c[len(c):min(int64(cap(c)), int64(len(c))+max(left, 1))], fresh
}

// piece is memory for the next bytes, of which left are to come.
func (d *download) piece(left int64) chunk {
	switch {
	case d.total < 0 && d.size < middleChunk: // it may be short
		return d.slab.get(smallChunk)
	case d.total < 0:
		return d.slab.get(middleChunk)
	case left > bigChunk-middleChunk:
		return d.slab.get(bigChunk)
	case left > middleChunk-smallChunk:
		return d.slab.get(middleChunk)
	case left >= minSlab:
		return d.slab.get(smallChunk)
	}
	return chunk{buf: make([]byte, 0, max(left, 1))}
}

// grow takes in n bytes that were read into room, and returns how many there are.
func (d *download) grow(n int) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n <= 0 {
		return d.size
	}
	last := &d.chunks[len(d.chunks)-1]
	last.buf = last.buf[:len(last.buf)+n]
	d.size += int64(n)
	if d.size > d.limit {
		d.pass()
	}
	switch {
	case d.told == 0, d.size == d.total, d.size-d.told >= tellBytes, time.Since(d.toldAt) >= tellAfter:
		d.tell()
	case d.late == nil:
		d.late, d.lateIsSet = time.AfterFunc(tellAfter, d.tellLate), true
	case !d.lateIsSet:
		d.lateIsSet = true
		d.late.Reset(tellAfter)
	}
	return d.size
}

// slowest is the place of the reader that is furthest behind.
func (d *download) slowest() int64 {
	low := d.size
	for r := range d.readers {
		low = min(low, r.pos)
	}
	return low
}

func (d *download) finish(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done, d.err = true, err
	if err == nil && d.total < 0 {
		d.total = d.size
	}
	d.tell()
}

// widen tells run that a reader has moved on, or left. The caller holds d.mu.
func (d *download) widen() {
	if !d.passing {
		return
	}
	select {
	case d.roomier <- struct{}{}:
	default:
	}
}

// idle reports whether nobody reads the download and it is not finished.
func (d *download) idle() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.deserted()
}

// deserted is idle; the caller holds d.mu. What has all its bytes is as good as finished: its last reader may be quicker
// than the one who notes that.
func (d *download) deserted() bool {
	whole := d.total >= 0 && d.size >= d.total
	return len(d.readers) == 0 && !d.done && !whole
}

// at returns the bytes from pos on, as far as they lie in one piece; none where readers were told of none.
func (d *download) at(pos int64) []byte {
	if d.told <= pos {
		return nil
	}
	off := pos - d.base
	for _, c := range d.chunks {
		if off < int64(len(c.buf)) {
			return c.buf[off:]
		}
		off -= int64(len(c.buf))
	}
	return nil
}
