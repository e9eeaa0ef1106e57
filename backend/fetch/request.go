package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/httpclient"
	"gridwall/backend/objects"
	"gridwall/backend/response"
	"gridwall/backend/stream"
)

// hintTimeout bounds the wait for a part that is only hinted at: the upstream answers once the part is available.
const hintTimeout = 30 * time.Second

// fetchObject requests an object from an offset on, with its parent's token parameters if they are needed.
func (f *Fetcher) fetchObject(ctx context.Context, up stream.Upstream, e Object, offset int64) (*objects.Response, error) {
	o, _, err := FetchChild(f, e.Parent, e.URI, func(u *url.URL) (*objects.Response, error) { return f.Get(ctx, up, u, e, offset) })
	return o, err
}

// Get sends the request for an object at u and judges the beginning of the answer.
func (f *Fetcher) Get(ctx context.Context, up stream.Upstream, u *url.URL, e Object, offset int64) (*objects.Response, error) {
	wait := headerTimeout
	if e.Hint {
		wait = hintTimeout
	}
	if err := f.waitWhileBusy(ctx, up.Generation, u); err != nil {
		return nil, err
	}
	leave, err := acquire(ctx, f.objects)
	if err != nil {
		return nil, err
	}
	b := newBody(ctx, wait)
	b.leave = leave
	at := offset
	if offset > 0 {
		at += e.covered()
	}
	req := httpclient.Request{URL: u, Range: rangeOf(e.Range, at), Packed: e.packed()}
	if req.Packed {
		req.Range = ""
	}
	resp, err := f.Client.do(b.ctx, up, f.Jar(up), req)
	if at > 0 && e.Range.Length < 0 && !req.Packed {
		from := max(e.Range.Offset, 0) + at // a hinted part begins within its file
		end := response.Unsatisfied(err)
		switch {
		case end == from: // it was complete, although its length was unknown
			b.ReadCloser = http.NoBody
			return &objects.Response{Body: b, Info: objects.Info{Start: max(e.Range.Offset, 0), Total: offset}}, nil
		case end != response.NotUnsatisfied, err == nil && !response.Resumes(resp, from):
			if err == nil {
				_ = resp.Body.Close()
			}
			resp, err = f.Client.do(b.ctx, up, f.Jar(up), httpclient.Request{URL: u})
		}
	}
	if err = f.busy.Note(up.Generation, u, err); err != nil {
		err = b.fail(err)
		leave()
		return nil, err
	}
	b.ReadCloser = resp.Body
	o, err := b.readHeader(resp, e.Range, at)
	if err == nil {
		err = b.examine(o, &e, u, up.Generation, offset)
	}
	if err != nil {
		_ = b.Close()
		if errors.Is(err, response.ErrGzip) && !req.Packed {
			e.cover.Store(packedCover)
			return f.Get(ctx, up, u, e, offset)
		}
		return nil, err
	}
	if cover := e.covered(); cover > 0 && o.Total >= 0 {
		o.Total = max(0, o.Total-cover)
	}
	return o, nil
}

// waitWhileBusy waits until an address may be requested again, if that is soon. Otherwise it returns the host's last error.
func (f *Fetcher) waitWhileBusy(ctx context.Context, generation uint64, u *url.URL) error {
	wait, err := f.busy.Check(generation, u)
	if err == nil && wait > 0 && !Sleep(ctx, wait) {
		err = ctx.Err()
	}
	return err
}

// covered returns the length of the picture before the object's bytes.
func (e *Object) covered() int64 {
	if e.cover == nil {
		return 0
	}
	return max(0, e.cover.Load())
}

// packed reports whether the object is known to be gzip without a Content-Encoding header.
func (e *Object) packed() bool { return e.cover != nil && e.cover.Load() == packedCover }

// rangeOf returns the Range header for an object from offset on; "" for the whole object.
func rangeOf(rng hls.ByteRange, offset int64) string {
	switch {
	case rng.Length >= 0:
		return fmt.Sprintf("bytes=%d-%d", rng.Offset+offset, rng.Offset+rng.Length-1)
	case rng.Offset > 0 || offset > 0:
		return fmt.Sprintf("bytes=%d-", max(rng.Offset, 0)+offset)
	}
	return ""
}
