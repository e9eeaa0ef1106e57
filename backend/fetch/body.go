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

// body is an answer's body with a bound on every wait for the upstream. What passes between two reads is our own time: a
// player that does not take its bytes does not make the upstream late.
type body struct {
	io.ReadCloser
	ctx    context.Context
	cancel context.CancelFunc
	timer  *time.Timer // runs from the request to the first byte, and then while a read waits
	begun  bool        // the first byte has come
	late   atomic.Bool
	leave  func() // gives its place among the feed's requests back; nil afterwards
}

func newBody(ctx context.Context, wait time.Duration) *body {
	b := &body{}
	b.ctx, b.cancel = context.WithCancel(ctx)
	b.timer = time.AfterFunc(wait, func() {
		b.late.Store(true)
		b.cancel()
	})
	return b
}

// fail ends the request and tells a bound that ran out from other errors.
func (b *body) fail(err error) error {
	b.timer.Stop()
	b.cancel()
	if b.late.Load() {
		return ErrSlow
	}
	return err
}

func (b *body) Read(p []byte) (int, error) {
	if b.begun {
		b.timer.Reset(idleTimeout)
	}
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.begun = true
	}
	if b.begun {
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

// opened reads the answer's header: how long the object is, and whether the answer is the part that was asked for.
func (b *body) opened(resp *http.Response, rng hls.ByteRange, offset int64) (*objects.Response, error) {
	o := &objects.Response{Info: objects.Info{ContentType: resp.Header.Get("Content-Type"), Start: max(rng.Offset, 0), Total: -1}}
	if rng.Length >= 0 {
		o.Total = rng.Length
	}
	start := max(rng.Offset, 0) + offset
	if rng.Length < 0 && start == 0 { // all of it was asked for
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
	// What comes before the part is read and thrown away.
	if _, err := io.CopyN(io.Discard, b, start); err != nil {
		return nil, fmt.Errorf("%w before the part that was asked for", objects.ErrShort)
	}
	if rng.Length >= 0 {
		b.ReadCloser = limited{io.LimitReader(b.ReadCloser, rng.Length-offset), b.ReadCloser}
	} else if rng.Offset <= 0 {
		o.Total = resp.ContentLength
	}
	return o, nil
}

func anotherPart(resp *http.Response) error {
	return Failf(http.StatusBadGateway, "bad_range", "%s answered another part than was asked for", resp.Request.URL.String())
}

type limited struct {
	io.Reader
	io.Closer
}

// Peeked is a body whose beginning was looked at.
type Peeked struct {
	Head []byte
	err  error // what came with the head: nil, io.EOF, or why no more will come
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
	if err != nil && !errors.Is(err, io.EOF) && p.rest.late.Load() {
		err = fmt.Errorf("no bytes for %s: %w", idleTimeout, objects.ErrShort)
	}
	return n, err
}

func (p *Peeked) Close() error { return p.rest.Close() }
