package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/httpclient"
	"gridwall/backend/objects"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// hintTimeout bounds the wait for a part that was only announced: the upstream answers when it is made.
const hintTimeout = 30 * time.Second

// finder finds out where an object is to be had under up's generation, relying on nothing older than fresh.
type finder func(ctx context.Context, up stream.Upstream, fresh time.Time) (entry, time.Time, error)

// entry is where an object is to be fetched, and what it is then judged as.
type entry struct {
	timeline.Ref
	expected
}

// find is the finder of a segment or, with a part that is not negative, of a partial segment.
func (r *rendition) find(msn int64, part int) finder {
	look := timeline.Segment(msn)
	if part >= 0 {
		look = timeline.Part(msn, part)
	}
	return r.finder(look, func(s *timeline.Snapshot, ref timeline.Ref) expected { return expects(s, ref.URI) })
}

// resource is the finder of a key or an init section by its name.
func (r *rendition) resource(name string) finder {
	return r.finder(timeline.Named(name), func(s *timeline.Snapshot, _ timeline.Ref) expected { return expectsOf(s, name) })
}

// finder finds what the timeline knows of an object from the newest playlist, reading it again where need be. Only a playlist
// that is new enough can say that something is not listed.
func (r *rendition) finder(look timeline.Lookup, expect func(*timeline.Snapshot, timeline.Ref) expected) finder {
	return func(ctx context.Context, up stream.Upstream, fresh time.Time) (entry, time.Time, error) {
		// Another request may have renewed the token, and read the playlist under it, since up was asked for.
		if ref, listed, s := r.timeline.Find(look, up.Generation, fresh); listed {
			return entry{ref, expect(s, ref)}, s.At, nil
		}
		newer := time.Now().Add(-missAge)
		if _, err := r.load(ctx, up, want{playlist: newer, master: fresh, timeout: playlistTimeout}); err != nil {
			return entry{}, time.Time{}, err
		}
		ref, listed, s := r.timeline.Find(look, up.Generation, fresh)
		switch {
		case s == nil: // cannot happen while snapshots only get newer; if it does, the player shall ask again
			return entry{}, time.Time{}, errHealing
		case !listed:
			return entry{}, s.At, errSegment
		}
		return entry{ref, expect(s, ref)}, s.At, nil
	}
}

// open makes a fetcher of what a finder finds. missing, where not nil, reports whether the object is known to be missing.
func (f *feed) open(what string, find finder, missing *missing) objects.FetchFunc {
	return f.openCovered(what, find, missing, new(atomic.Int64))
}

// openCovered is open for an object of which another fetcher may have found out how long the picture before it is.
func (f *feed) openCovered(what string, find finder, missing *missing, cover *atomic.Int64) objects.FetchFunc {
	return func(ctx context.Context, offset int64) (o *objects.Response, err error) {
		err = f.heal(ctx, what+"/media", func(ctx context.Context, up stream.Upstream, fresh time.Time) error {
			e, named, err := find(ctx, up, fresh)
			if err != nil {
				return err
			}
			e.cover = cover
			o, err = f.fetchObject(ctx, up, e, offset)
			if r, ok := asRefused(err); ok {
				r.level, r.parent, r.recent, r.behind = levelObject, named, e.Recent, e.Behind
				r.unlisted = !e.Listed
				r.missing = e.Gap || r.absent() && missing.is(up.Generation) || r.unlisted && !fresh.IsZero()
			}
			if err == nil && !e.expected.key { // keys can stand where nobody asks for a token
				f.proves(what+"/media", max(up.Generation, e.Parent.Generation))
			}
			return err
		})
		if r, ok := asRefused(err); ok && r.missing {
			missing.mark(r.Generation)
		}
		return o, err
	}
}

// missing is the record of whether an object that its upstream lists could not be served. nil: none is kept.
type missing struct {
	timeline *timeline.Timeline
	leaf     string // of its address, without an extension that may change
}

func (m *missing) is(generation uint64) bool {
	return m != nil && m.timeline.IsMissing(m.leaf, generation)
}

func (m *missing) mark(generation uint64) {
	if m != nil {
		m.timeline.MarkMissing(m.leaf, generation)
	}
}

// fetchObject asks for an object from an offset on, with its parent's token parameters where they are needed.
func (f *feed) fetchObject(ctx context.Context, up stream.Upstream, e entry, offset int64) (*objects.Response, error) {
	o, _, err := fetchChild(f, e.Parent, e.URI, func(u *url.URL) (*objects.Response, error) { return f.ask(ctx, up, u, e, offset) })
	return o, err
}

// ask sends the request and looks at what begins to come.
func (f *feed) ask(ctx context.Context, up stream.Upstream, u *url.URL, e entry, offset int64) (*objects.Response, error) {
	wait := headerTimeout
	if e.Hint {
		wait = hintTimeout
	}
	if err := f.cool(ctx, up.Generation, u); err != nil {
		return nil, err
	}
	leave, err := place(ctx, f.objects)
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
	resp, err := f.p.client.do(b.ctx, up, f.jar(up), req)
	if at > 0 && e.Range.Length < 0 && !req.Packed {
		from := max(e.Range.Offset, 0) + at // a hinted part begins within its file
		end := unsatisfied(err)
		switch {
		case end == from: // it was complete, but its end had not been announced
			b.ReadCloser = http.NoBody
			return &objects.Response{Body: b, Info: objects.Info{Start: max(e.Range.Offset, 0), Total: offset}}, nil
		case end != noRange, err == nil && !resumes(resp, from):
			if err == nil {
				_ = resp.Body.Close()
			}
			resp, err = f.p.client.do(b.ctx, up, f.jar(up), httpclient.Request{URL: u})
		}
	}
	if err = f.cooled(up.Generation, u, err); err != nil {
		err = b.fail(err)
		leave()
		return nil, err
	}
	b.ReadCloser = resp.Body
	o, err := b.opened(resp, e.Range, at)
	if err == nil {
		err = b.examine(o, &e, u, up.Generation, offset)
	}
	if err != nil {
		_ = b.Close()
		if errors.Is(err, errPacked) && !req.Packed {
			e.cover.Store(packedCover)
			return f.ask(ctx, up, u, e, offset)
		}
		return nil, err
	}
	if cover := e.covered(); cover > 0 && o.Total >= 0 {
		o.Total = max(0, o.Total-cover)
	}
	return o, nil
}

// covered is how long the picture is that stands before the object's bytes.
func (e *entry) covered() int64 {
	if e.cover == nil {
		return 0
	}
	return max(0, e.cover.Load())
}

// packed reports whether the object is known to be gzip without a Content-Encoding header.
func (e *entry) packed() bool { return e.cover != nil && e.cover.Load() == packedCover }

// rangeOf is the Range header for an object from offset on; "" for all of it.
func rangeOf(rng hls.ByteRange, offset int64) string {
	switch {
	case rng.Length >= 0:
		return fmt.Sprintf("bytes=%d-%d", rng.Offset+offset, rng.Offset+rng.Length-1)
	case rng.Offset > 0 || offset > 0:
		return fmt.Sprintf("bytes=%d-", max(rng.Offset, 0)+offset)
	}
	return ""
}

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
		return errSlow
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
		if !whole(resp) {
			return nil, anotherPart(resp)
		}
		o.Total = resp.ContentLength
		return o, nil
	}
	length := int64(-1)
	if rng.Length >= 0 {
		length = rng.Length - offset
	}
	size, part, ok := partOf(resp, start, length)
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
	return failf(http.StatusBadGateway, "bad_range", "%s answered another part than was asked for", resp.Request.URL.String())
}

type limited struct {
	io.Reader
	io.Closer
}

// peeked is a body whose beginning was looked at.
type peeked struct {
	head []byte
	err  error // what came with the head: nil, io.EOF, or why no more will come
	rest *body
}

func (p *peeked) Read(b []byte) (int, error) {
	if len(p.head) > 0 {
		n := copy(b, p.head)
		p.head = p.head[n:]
		if len(p.head) == 0 && p.err != nil {
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

func (p *peeked) Close() error { return p.rest.Close() }
