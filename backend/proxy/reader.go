package proxy

import (
	"context"
	"io"
)

// reader is one viewer's place in a download.
type reader struct {
	d     *download
	pos   int64
	waits bool
	wake  chan struct{}
}

// attach adds a reader at the object's beginning; nil where the beginning is gone. The caller sees to it that the cache
// does not let go of d meanwhile.
func (d *download) attach() *reader {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.base > 0 || (d.done && d.err != nil) {
		return nil
	}
	r := &reader{d: d, wake: make(chan struct{}, 1)}
	d.readers[r] = struct{}{}
	d.refs++
	return r
}

// close takes the reader off. The last one to leave an unfinished download ends it.
func (r *reader) close() {
	d := r.d
	d.mu.Lock()
	delete(d.readers, r)
	idle := d.deserted()
	d.widen()
	d.leave()
	d.mu.Unlock()
	if idle && d.onIdle != nil {
		d.onIdle()
	}
}

// start waits until the object's type, its place in its resource and, where it is announced, its length are known.
func (r *reader) start(ctx context.Context) (contentType string, origin, total int64, err error) {
	d := r.d
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.started {
		if d.done {
			return "", 0, 0, d.err
		}
		if err := r.wait(ctx); err != nil {
			return "", 0, 0, err
		}
	}
	return d.contentType, d.origin, d.total, nil
}

// next returns the bytes at the reader's place, waiting for them. They are the download's: they may be read until the
// reader has skipped them, or is closed. io.EOF at the end, the download's error where it broke off.
func (r *reader) next(ctx context.Context) ([]byte, error) {
	d := r.d
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		if b := d.at(r.pos); len(b) > 0 {
			return b, nil
		}
		if d.done {
			if d.err == nil {
				return nil, io.EOF
			}
			return nil, d.err
		}
		if err := r.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// wait waits to be told of something new. The caller holds d.mu, and has it again afterwards.
func (r *reader) wait(ctx context.Context) error {
	r.waits = true
	r.d.mu.Unlock()
	defer r.d.mu.Lock()
	select {
	case <-r.wake:
		return nil
	case <-ctx.Done():
		// The one who tells may have done so since; the next wait then ends at once, and looks again.
		return context.Cause(ctx)
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
	for len(d.chunks) > 1 && d.base+int64(len(d.chunks[0].buf)) <= low {
		c := d.chunks[0]
		d.base += int64(len(c.buf))
		d.hold(-int64(cap(c.buf)))
		d.chunks[0] = chunk{}
		d.chunks = d.chunks[1:]
		d.slab.free(c)
	}
	d.widen()
}
