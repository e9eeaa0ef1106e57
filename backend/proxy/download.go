package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	// chunkSize is how a body of unknown length is kept.
	chunkSize = 64 << 10
	// maxExact is the longest body that is kept in one piece; its length was announced.
	maxExact = 16 << 20
	// windowSize is how far an object too large for the cache runs ahead of its slowest reader.
	windowSize = 4 << 20
	// maxBroken is how often in a row a body may break off without a byte before the download is given up.
	maxBroken = 3
)

// errShort tells that a body ended before its announced end.
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
	cancel context.CancelFunc

	mu          sync.Mutex
	changed     chan struct{} // closed and replaced whenever something below changes
	started     bool          // contentType and total are known
	done        bool
	err         error
	contentType string
	origin      int64 // where the object begins in its resource
	total       int64
	chunks      [][]byte
	base        int64 // offset of chunks[0]; grows only for an object that is not kept
	size        int64 // bytes that came
	readers     map[*reader]struct{}
	passing     bool // too large to be kept
	onPassing   func()
	onIdle      func() // the last reader left before the end
}

// reader is one viewer's place in a download.
type reader struct {
	d   *download
	pos int64
}

func newDownload(key string, limit int64) *download {
	return &download{key: key, limit: limit, changed: make(chan struct{}), total: -1, readers: map[*reader]struct{}{}}
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
	d.tell()
	return nil
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

func (d *download) tell() {
	close(d.changed)
	d.changed = make(chan struct{})
}

func (d *download) fill(ctx context.Context, o *opened) error {
	for {
		room, err := d.room(ctx)
		if err != nil {
			return err
		}
		n, err := o.body.Read(room)
		if n > 0 {
			d.grow(n)
		}
		size := d.offset()
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
		if !d.passing || d.size-d.slowest() < windowSize {
			defer d.mu.Unlock()
			return d.free(), nil
		}
		ch := d.changed
		d.mu.Unlock()
		select {
		case <-ch:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (d *download) free() []byte {
	if n := len(d.chunks); n > 0 {
		if c := d.chunks[n-1]; len(c) < cap(c) {
			return c[len(c):cap(c)]
		}
	}
	size := int64(chunkSize)
	if !d.passing && d.total > d.size && d.total <= maxExact {
		size = d.total - d.size
	}
	d.chunks = append(d.chunks, make([]byte, 0, size))
	return d.chunks[len(d.chunks)-1][:size]
}

func (d *download) grow(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	last := len(d.chunks) - 1
	d.chunks[last] = d.chunks[last][:len(d.chunks[last])+n]
	d.size += int64(n)
	if d.size > d.limit {
		d.pass()
	}
	d.tell()
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

// attach adds a reader at the object's beginning; nil where the beginning is gone.
func (d *download) attach() *reader {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.base > 0 || (d.done && d.err != nil) {
		return nil
	}
	r := &reader{d: d}
	d.readers[r] = struct{}{}
	return r
}

// close takes the reader off. The last one to leave an unfinished download ends it.
func (r *reader) close() {
	d := r.d
	d.mu.Lock()
	delete(d.readers, r)
	idle := d.deserted()
	d.tell()
	d.mu.Unlock()
	if idle && d.onIdle != nil {
		d.onIdle()
	}
}

// idle tells that nobody reads the download and it is not finished.
func (d *download) idle() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.deserted()
}

// deserted is idle; the caller holds d.mu. What has all its bytes is as good as finished: its last reader may be quicker
// than whoever notes that.
func (d *download) deserted() bool {
	whole := d.total >= 0 && d.size >= d.total
	return len(d.readers) == 0 && !d.done && !whole
}

// start waits until the object's type, its place in its resource and, where it is announced, its length are known.
func (r *reader) start(ctx context.Context) (contentType string, origin, total int64, err error) {
	d := r.d
	for {
		d.mu.Lock()
		started, done, derr, ch := d.started, d.done, d.err, d.changed
		contentType, origin, total = d.contentType, d.origin, d.total
		d.mu.Unlock()
		switch {
		case started:
			return contentType, origin, total, nil
		case done:
			return "", 0, 0, derr
		}
		select {
		case <-ch:
		case <-ctx.Done():
			return "", 0, 0, context.Cause(ctx)
		}
	}
}

// next returns the bytes at the reader's place, waiting for them. io.EOF at the end, the download's error where it
// broke off.
func (r *reader) next(ctx context.Context) ([]byte, error) {
	d := r.d
	for {
		d.mu.Lock()
		if b := d.at(r.pos); len(b) > 0 {
			d.mu.Unlock()
			return b, nil
		}
		done, derr, ch := d.done, d.err, d.changed
		d.mu.Unlock()
		if done {
			if derr == nil {
				derr = io.EOF
			}
			return nil, derr
		}
		select {
		case <-ch:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// skip moves the reader's place on by n bytes that it has dealt with.
func (r *reader) skip(n int64) {
	d := r.d
	d.mu.Lock()
	defer d.mu.Unlock()
	r.pos += n
	if !d.passing {
		return
	}
	low := d.slowest()
	for len(d.chunks) > 1 && d.base+int64(len(d.chunks[0])) <= low {
		d.base += int64(len(d.chunks[0]))
		d.chunks = d.chunks[1:]
	}
	d.tell()
}

// at returns the bytes that came from pos on, as far as they lie in one piece.
func (d *download) at(pos int64) []byte {
	off := pos - d.base
	for _, c := range d.chunks {
		if off < int64(len(c)) {
			return c[off:]
		}
		off -= int64(len(c))
	}
	return nil
}
