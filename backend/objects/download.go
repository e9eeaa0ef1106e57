package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	// windowSize is how far an object that is passed through runs ahead of its slowest reader. smallWindow replaces it if the
	// object is passed through because running downloads have reached the store's bound.
	windowSize  = 4 << 20
	smallWindow = largePiece
	// maxEmpty is how many bodies in a row may be cut off without a byte before the download fails.
	maxEmpty = 3
)

// ErrShort is returned by readers when a body ended before its announced end and could not be resumed.
var ErrShort = errors.New("the body was truncated")

// download is one object that is being fetched, or was. It is fetched once and shared by all its readers.
type download struct {
	store  *Store
	key    string
	limit  int64 // a larger object is passed through
	cancel context.CancelFunc

	mu       sync.Mutex
	refs     int  // users of pieces: the store, run, and each reader
	started  bool // info is known
	done     bool
	err      error
	info     Info
	pieces   [][]byte // all but the last are full
	base     int64    // offset of pieces[0]; grows only for an object that is passed through
	held     int64    // memory of pieces, in bytes
	size     int64    // bytes received
	readers  map[*Reader]struct{}
	advanced chan struct{} // signals run that readers have advanced
	// passThrough is set for an object that is not cached: it is too large, uncacheable or, with crowded, running downloads
	// take all the memory.
	passThrough, crowded bool
}

func newDownload(s *Store, key string) *download {
	return &download{store: s, key: key, limit: s.MaxObject(), info: Info{Total: -1}, readers: map[*Reader]struct{}{}, advanced: make(chan struct{}, 1)}
}

// unref gives up one of refs. The last one frees the memory. The caller holds d.mu.
func (d *download) unref() {
	if d.refs--; d.refs > 0 {
		return
	}
	for _, p := range d.pieces {
		d.store.memory.put(p)
	}
	d.pieces = nil
	d.hold(-d.held)
}

// hold adds n bytes to the counted memory. The caller holds d.mu.
func (d *download) hold(n int64) {
	d.held += n
	d.store.held.Add(n)
}

// release gives up one of refs. The caller does not hold d.mu.
func (d *download) release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unref()
}

// run fetches the object. A truncated body is resumed at its end.
func (d *download) run(ctx context.Context, f Fetcher) {
	empty := 0
	for {
		from := d.offset()
		resp, err := f.Fetch(ctx, from)
		if err != nil {
			d.finish(err)
			return
		}
		if err = d.begin(resp); err == nil {
			err = d.fill(ctx, resp.Body)
		}
		_ = resp.Body.Close()
		if err == nil {
			d.finish(nil)
			return
		}
		if ctx.Err() != nil {
			d.finish(ctx.Err())
			return
		}
		if d.offset() > from {
			empty = 0
		} else if empty++; empty >= maxEmpty {
			d.finish(fmt.Errorf("%w: %w", ErrShort, err))
			return
		}
	}
}

// offset returns the number of bytes received.
func (d *download) offset() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.size
}

// begin takes the object's description from the response. A resumed body must belong to the same object.
func (d *download) begin(resp *Response) error {
	d.mu.Lock()
	if d.started {
		defer d.mu.Unlock()
		if resp.Total >= 0 && d.info.Total >= 0 && resp.Total != d.info.Total {
			return fmt.Errorf("the object has another length now: %d bytes instead of %d", resp.Total, d.info.Total)
		}
		return nil
	}
	d.info, d.started = resp.Info, true
	d.mu.Unlock()
	if resp.Total > d.limit || resp.Uncacheable {
		d.setPassThrough(false)
	}
	return nil // the first bytes, which are already available, wake the readers
}

// setPassThrough makes d an object that is passed through and not cached. The caller does not hold d.mu.
func (d *download) setPassThrough(crowded bool) {
	d.mu.Lock()
	d.crowded = d.crowded || crowded
	already := d.passThrough
	d.passThrough = true
	d.mu.Unlock()
	if !already {
		d.store.drop(d)
	}
}

// notify wakes blocked readers. Gathering bytes before waking them, or yielding the processor to them, made no measurable
// difference in CPU per GB or latency, with 1 or 300 readers. The caller holds d.mu.
func (d *download) notify() {
	for r := range d.readers {
		if r.waits {
			r.waits = false
			select {
			case r.wake <- struct{}{}:
			default: // it gave up waiting after it was woken
			}
		}
	}
}

// fill reads a body to its end.
func (d *download) fill(ctx context.Context, body io.Reader) error {
	for {
		room, err := d.room(ctx)
		if err != nil {
			return err
		}
		n, err := body.Read(room)
		size, total := d.grow(n)
		if size > d.limit {
			d.setPassThrough(false)
		}
		switch {
		case size == total:
			return nil
		case errors.Is(err, io.EOF):
			if total >= 0 {
				return fmt.Errorf("%w after %d of %d bytes", ErrShort, size, total)
			}
			return nil
		case err != nil:
			return err
		}
	}
}

// room returns memory for the next bytes. It blocks while an object that is passed through is too far ahead of its readers.
func (d *download) room(ctx context.Context) ([]byte, error) {
	for {
		d.mu.Lock()
		if !d.passThrough || d.size-d.slowest() < d.window() {
			room, added := d.free()
			d.mu.Unlock()
			if added && !d.store.makeRoom() {
				d.setPassThrough(true)
			}
			return room, nil
		}
		d.mu.Unlock()
		select {
		case <-d.advanced:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// window returns how far an object that is passed through may run ahead. The caller holds d.mu.
func (d *download) window() int64 {
	if d.crowded {
		return smallWindow
	}
	return windowSize
}

// free returns memory for the next bytes; added reports whether it was allocated for them. The caller holds d.mu.
func (d *download) free() (room []byte, added bool) {
	left := int64(largePiece)
	if d.info.Total >= 0 {
		left = d.info.Total - d.size // bytes beyond the announced length are not read
	}
	n := len(d.pieces)
	if n == 0 || len(d.pieces[n-1]) == cap(d.pieces[n-1]) {
		p := d.piece(left)
		d.hold(int64(cap(p)))
		d.pieces = append(d.pieces, p)
		n, added = len(d.pieces), true
	}
	p := d.pieces[n-1]
	return p[len(p):min(int64(cap(p)), int64(len(p))+max(left, 1))], added
}

// piece allocates memory for the next bytes. left is the number of bytes still to come.
func (d *download) piece(left int64) []byte {
	m := &d.store.memory
	switch {
	case d.info.Total < 0 && d.size < middlePiece: // it may be short
		return m.get(smallPiece)
	case d.info.Total < 0:
		return m.get(middlePiece)
	case left > largePiece-middlePiece:
		return m.get(largePiece)
	case left > middlePiece-smallPiece:
		return m.get(middlePiece)
	case left >= minPiece:
		return m.get(smallPiece)
	}
	return make([]byte, 0, max(left, 1))
}

// grow adds n bytes that were read into room, and returns the bytes received so far and the object's length (-1: unknown).
func (d *download) grow(n int) (size, total int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n <= 0 {
		return d.size, d.info.Total
	}
	last := &d.pieces[len(d.pieces)-1]
	*last = (*last)[:len(*last)+n]
	d.size += int64(n)
	d.notify()
	return d.size, d.info.Total
}

// slowest returns the offset of the reader that is furthest behind. The caller holds d.mu.
func (d *download) slowest() int64 {
	low := d.size
	for r := range d.readers {
		low = min(low, r.pos)
	}
	return low
}

// finish records the result of the download.
func (d *download) finish(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done, d.err = true, err
	if err == nil && d.info.Total < 0 {
		d.info.Total = d.size
	}
	d.notify()
}

// cacheable reports whether d, which has ended, may be cached; size is its memory in bytes.
func (d *download) cacheable() (size int64, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.held, d.err == nil && !d.passThrough
}

// readerAdvanced wakes run if it waits for its readers. The caller holds d.mu.
func (d *download) readerAdvanced() {
	if !d.passThrough {
		return
	}
	select {
	case d.advanced <- struct{}{}:
	default:
	}
}

func (d *download) readerCount() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.readers)
}

// idle reports whether the download is running without readers.
func (d *download) idle() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.deserted()
}

// deserted is idle; the caller holds d.mu. A download that has received all its bytes counts as finished, because its last
// reader may close before run sets done.
func (d *download) deserted() bool {
	whole := d.info.Total >= 0 && d.size >= d.info.Total
	return len(d.readers) == 0 && !d.done && !whole
}

// from returns the received bytes from pos on, up to the end of their piece. The caller holds d.mu.
func (d *download) from(pos int64) []byte {
	off := pos - d.base
	for _, p := range d.pieces {
		if off < int64(len(p)) {
			return p[off:]
		}
		off -= int64(len(p))
	}
	return nil
}
