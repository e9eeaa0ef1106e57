package objects

import (
	"context"
	"io"
)

// Reader reads an object from its start. Its methods must not be called concurrently, except for ForgetIfAlone and PassThrough.
type Reader struct {
	d     *download
	pos   int64
	waits bool
	wake  chan struct{}
}

// attach adds a reader at the object's start; nil if the start has been dropped. The caller makes sure that the store does not
// forget d meanwhile.
func (d *download) attach() *Reader {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.base > 0 || (d.done && d.err != nil) {
		return nil
	}
	r := &Reader{d: d, wake: make(chan struct{}, 1)}
	d.readers[r] = struct{}{}
	d.refs++
	return r
}

// Close detaches the reader. An unfinished download is cancelled when its last reader closes.
func (r *Reader) Close() {
	d := r.d
	d.mu.Lock()
	delete(d.readers, r)
	idle := d.deserted()
	d.readerAdvanced()
	d.unref()
	d.mu.Unlock()
	if idle {
		d.store.cancelIfIdle(d)
	}
}

// Info waits for the source's answer and returns the object's description. Its Total is -1 while the length is unknown.
func (r *Reader) Info(ctx context.Context) (Info, error) {
	d := r.d
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.started {
		if d.done {
			return Info{}, d.err
		}
		if err := r.wait(ctx); err != nil {
			return Info{}, err
		}
	}
	return d.info, nil
}

// Peek waits for the bytes at the reader's position and returns them; Advance moves the position. The bytes are shared by all
// readers: they must not be changed, and are valid until the reader has advanced past them, or is closed. At the object's end
// the error is io.EOF; if the download failed, it is the download's error.
func (r *Reader) Peek(ctx context.Context) ([]byte, error) {
	d := r.d
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		if b := d.from(r.pos); len(b) > 0 {
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

// wait blocks until the download notifies its readers. The caller holds d.mu, which is released while it waits.
func (r *Reader) wait(ctx context.Context) error {
	r.waits = true
	r.d.mu.Unlock()
	defer r.d.mu.Lock()
	select {
	case <-r.wake:
		return nil
	case <-ctx.Done():
		// notify may have sent meanwhile; the next wait then returns at once.
		return context.Cause(ctx)
	}
}

// Advance moves the reader's position by n bytes. The bytes before it cannot be read again.
func (r *Reader) Advance(n int64) {
	d := r.d
	d.mu.Lock()
	defer d.mu.Unlock()
	r.pos += n
	if !d.passThrough {
		return
	}
	low := d.slowest()
	for len(d.pieces) > 1 && d.base+int64(len(d.pieces[0])) <= low {
		p := d.pieces[0]
		d.base += int64(len(p))
		d.hold(-int64(cap(p)))
		d.pieces[0] = nil
		d.pieces = d.pieces[1:]
		d.store.memory.put(p)
	}
	d.readerAdvanced()
}

// PassThrough reports whether the object is passed through and not cached.
func (r *Reader) PassThrough() bool {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	return r.d.passThrough
}

// ForgetIfAlone makes the object unavailable to new readers if r is its only reader, and reports whether it did.
func (r *Reader) ForgetIfAlone() bool { return r.d.store.dropIfAlone(r.d) }
