package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/objects"
	"gridwall/backend/response"
)

// body is an answer's body with a bound on every wait for the upstream. The time between two reads does not count: a player
// that does not read must not make the upstream time out.
type body struct {
	io.ReadCloser
	ctx      context.Context
	cancel   context.CancelFunc
	timer    *time.Timer // runs from the request to the first byte, and then while a read waits
	started  bool        // the first byte has come
	timedOut atomic.Bool
	leave    func() // frees its slot among the stream's requests; nil afterwards
}

func newBody(ctx context.Context, wait time.Duration) *body {
	b := &body{}
	b.ctx, b.cancel = context.WithCancel(ctx)
	b.timer = time.AfterFunc(wait, func() {
		b.timedOut.Store(true)
		b.cancel()
	})
	return b
}

// fail ends the request and returns err, or ErrSlow if the wait timed out.
func (b *body) fail(err error) error {
	b.timer.Stop()
	b.cancel()
	if b.timedOut.Load() {
		return ErrSlow
	}
	return err
}

func (b *body) Read(p []byte) (int, error) {
	if b.started {
		b.timer.Reset(idleTimeout)
	}
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.started = true
	}
	if b.started {
		b.timer.Stop()
	}
	return n, err
}

func (b *body) Close() error {
	b.timer.Stop()
	b.cancel()
	err := b.ReadCloser.Close()
	if b.leave != nil {
		b.leave()
		b.leave = nil
	}
	return err
}

// readHeader reads the object's length from the answer's header, and makes b deliver the requested part. It returns an error if
// the answer is another part.
func (b *body) readHeader(resp *http.Response, rng hls.ByteRange, offset int64) (*objects.Response, error) {
	o := &objects.Response{Info: objects.Info{ContentType: resp.Header.Get("Content-Type"), Start: max(rng.Offset, 0), Total: -1}}
	if rng.Length >= 0 {
		o.Total = rng.Length
	}
	start := max(rng.Offset, 0) + offset
	if rng.Length < 0 && start == 0 { // the whole resource was requested
		if !response.Whole(resp) {
			return nil, anotherPart(resp)
		}
		o.Total = resp.ContentLength
		return o, nil
	}
	length := int64(-1)
	if rng.Length >= 0 {
		length = rng.Length - offset
	}
	size, part, ok := response.PartOf(resp, start, length)
	switch {
	case !ok:
		return nil, anotherPart(resp)
	case part:
		if rng.Length < 0 && rng.Offset <= 0 {
			o.Total = size
		}
		return o, nil
	}
	// The bytes before the part are read and discarded.
	if _, err := io.CopyN(io.Discard, b, start); err != nil {
		return nil, fmt.Errorf("%w before the requested part", objects.ErrShort)
	}
	if rng.Length >= 0 {
		b.ReadCloser = limited{io.LimitReader(b.ReadCloser, rng.Length-offset), b.ReadCloser}
	} else if rng.Offset <= 0 {
		o.Total = resp.ContentLength
	}
	return o, nil
}

func anotherPart(resp *http.Response) error {
	return Failf(http.StatusBadGateway, "bad_range", "%s answered another part than requested", resp.Request.URL.String())
}

type limited struct {
	io.Reader
	io.Closer
}

// Peeked is a body whose beginning has already been read.
type Peeked struct {
	Head []byte
	err  error // of the read that returned the end of Head: nil, io.EOF, or the error that ended the body
	rest *body
}

func (p *Peeked) Read(b []byte) (int, error) {
	if len(p.Head) > 0 {
		n := copy(b, p.Head)
		p.Head = p.Head[n:]
		if len(p.Head) == 0 && p.err != nil {
			return n, p.err
		}
		return n, nil
	}
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.rest.Read(b)
	err = cause(err)
	if err != nil && !errors.Is(err, io.EOF) && p.rest.timedOut.Load() {
		err = fmt.Errorf("no bytes for %s: %w", idleTimeout, objects.ErrShort)
	}
	return n, err
}

func (p *Peeked) Close() error { return p.rest.Close() }
