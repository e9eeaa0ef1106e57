package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"gridwall/backend/httpclient"
	judge "gridwall/backend/media"
	"gridwall/backend/stream"
)

const (
	// maxPlaylist bounds a playlist in bytes: a six-hour DVR playlist with long URLs has about 2 MiB.
	maxPlaylist = 16 << 20
	// playlistTimeout bounds one fetch of one playlist, from dial to last byte.
	playlistTimeout = 5 * time.Second
	// headerTimeout bounds the wait for an object's first byte.
	headerTimeout = 5 * time.Second
	// idleTimeout bounds the wait for an object's next bytes; beyond it the body counts as broken off.
	idleTimeout = 8 * time.Second
	// maxUpstream bounds the upstream requests under way at once, all streams together; more wait.
	maxUpstream = 512
	// maxWait429 is how long a request waits out a 429 before it is answered 503.
	maxWait429 = 2 * time.Second
	// sniffLen is how many bytes of a body are looked at to tell media from a web page.
	sniffLen = 512
)

var errScheme = httpclient.ErrScheme

// refused is an upstream's refusal: 401, 403, 404, 410, or a web page where a playlist or media was asked for.
type refused struct {
	stream.Refusal
	page  bool // with status 200: a web page, or what kind says
	kind  judge.Kind
	asked string // what it came in place of; "" for media
	decoy bool   // a recording in place of the live stream
	// doubtful refusals count only where the stream has worked under that token.
	doubtful bool
	level    level     // what was asked for
	parent   time.Time // when the playlist that names it was asked for; zero for the stream's own URL
	unlisted bool      // the playlist that names it does not do so any more
	missing  bool      // a segment that the fresh playlist does not list, or that a renewal did not bring back
	recent   bool      // one of the newest segments or parts of the playlist that names it
	behind   bool      // known from an older token's playlist alone: the newest one comes from a server that lags
	renewal  error     // why a renewal did not help, where one was tried
	// withheld is the host that refused, where the stream's headers or its parent's token do not go to it.
	withheld string
}

// level is how deep below the stream's URL an object stands.
type level int

const (
	levelMaster level = iota
	levelPlaylist
	levelObject
)

// at fills in what was asked for, where err is a refusal.
func at(err error, l level, parent time.Time) error {
	var r *refused
	if errors.As(err, &r) {
		r.level, r.parent = l, parent
	}
	return err
}

func (r *refused) Error() string {
	if r.decoy {
		return stream.RedactURL(r.URL) + " answered an unrelated recording where the live stream was asked for"
	}
	if r.page {
		asked := r.asked
		if asked == "" || r.kind == judge.HTML {
			asked = "media"
		}
		return fmt.Sprintf("%s answered %s where %s was asked for", stream.RedactURL(r.URL), r.kind, asked)
	}
	said := fmt.Sprintf("%s answered %s", stream.RedactURL(r.URL), statusText(r.Status))
	if r.withheld != "" {
		said += ": " + httpclient.Hint(r.withheld)
	}
	return said
}

func asRefused(err error) (r *refused, ok bool) { return r, errors.As(err, &r) }

// statusError is any other answer that is no media.
type statusError struct {
	url    string
	status int
	after  time.Duration // Retry-After of a 429 or 503
	size   int64         // of a 416: how long the resource is
}

func (e *statusError) Error() string {
	said := fmt.Sprintf("%s answered %s", stream.RedactURL(e.url), statusText(e.status))
	switch e.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		said += ", a redirect without an address (Location)" // with an address it would have been followed
	}
	return said
}

// cause is err without the request line that url.Error puts before it (it holds the token).
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return fmt.Errorf("%s: %w", stream.RedactURL(u.URL), u.Err)
	}
	return err
}

// client sends requests for one feed: with the stream's headers and the feed's cookies.
type client struct {
	transports httpclient.Transports
	slots      chan struct{}
}

// do sends one GET. The caller closes the body. A refusal, a 429 and any other status that is no success come back as
// errors with the body closed. The response's Request.URL is where it came from.
func (c *client) do(ctx context.Context, up stream.Upstream, jar *httpclient.Jar, r httpclient.Request) (*http.Response, error) {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return nil, fmt.Errorf("%s: %w", stream.RedactURL(r.URL.String()), errScheme)
	}
	home, err := httpclient.Parse(up.URL)
	if err != nil {
		return nil, badAddress(up.URL, err)
	}
	hc, err := httpclient.New(c.transports, httpclient.Policy{
		AllowPrivate: up.AllowPrivate, Proxy: up.Proxy, Home: home, Headers: up.Headers, StreamHosts: up.StreamHosts,
	}, jar)
	if err != nil {
		return nil, err
	}
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	resp, err := hc.Get(ctx, r)
	if err != nil {
		<-c.slots
		return nil, failedRequest(r.URL, err)
	}
	resp.Body = &slotBody{ReadCloser: resp.Body, slots: c.slots}
	if err := classify(resp.Response, up); err != nil {
		if r, ok := asRefused(err); ok && httpclient.Denied(r.Status) {
			r.withheld = resp.Withheld
		}
		_ = resp.Body.Close()
		return nil, err
	}
	return resp.Response, nil
}

// failedRequest says which request failed. A redirect that leads nowhere leads nowhere the next time, too.
func failedRequest(u *url.URL, err error) error {
	for _, final := range []error{httpclient.ErrAddress, httpclient.ErrRedirectLoop, httpclient.ErrTooManyRedirects} {
		if errors.Is(err, final) {
			return failf(http.StatusBadGateway, "bad_redirect", "%s: %v", stream.RedactURL(httpclient.Text(u)), err)
		}
	}
	return fmt.Errorf("%s: %w", stream.RedactURL(httpclient.Text(u)), err)
}

// badAddress is the error of an address, written in a playlist or found by an extraction, that cannot be asked for.
func badAddress(address string, err error) error {
	return failf(http.StatusBadGateway, "bad_address", "the address %q cannot be asked for: %v", stream.RedactURL(address), err)
}

// slotBody gives its place back when it is closed.
type slotBody struct {
	io.ReadCloser
	slots chan struct{}
}

func (b *slotBody) Close() error {
	if b.slots != nil {
		<-b.slots
		b.slots = nil
	}
	return b.ReadCloser.Close()
}

// jar returns the feed's cookie jar, which follows the source's cookies.txt.
func (f *fetcher) jar(up stream.Upstream) *httpclient.Jar {
	jar, changed, err := f.cookies.Jar(up.Cookies, up.Generation)
	switch {
	case err != nil:
		f.log.Warn("the source's cookies have changed and cannot be read; the stream continues with the old ones", "stream", f.id, "err", err)
	case changed:
		f.log.Info("the source's cookies have changed", "stream", f.id)
	}
	return jar
}

// text is an answer that was read whole, or up to where it showed that it is not what was asked for.
type text struct {
	body    []byte
	base    *url.URL // after redirects
	kind    judge.Kind
	endless bool // no length was announced
}

// text fetches a playlist, or another text, whole. Where its beginning is of a kind that stop reports true for, the rest
// is not waited for. If the body breaks off, what came before that is returned with the error.
func (c *client) text(ctx context.Context, up stream.Upstream, jar *httpclient.Jar, target *url.URL, timeout time.Duration, stop func(judge.Kind) bool) (t text, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp, err := c.do(ctx, up, jar, httpclient.Request{URL: target, Text: true})
	if err != nil {
		return text{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	if !whole(resp) {
		return text{}, failf(http.StatusBadGateway, "bad_range", "%s answered a part of what was asked for", resp.Request.URL.String())
	}
	if n := resp.ContentLength; n > maxPlaylist {
		return text{}, tooLong(resp)
	}
	t = text{base: resp.Request.URL, endless: resp.ContentLength < 0}
	if t.body, t.kind, err = readText(resp, stop); err != nil {
		return t, fmt.Errorf("%s broke off: %w", stream.RedactURL(resp.Request.URL.String()), cause(err))
	}
	if len(t.body) > maxPlaylist {
		return text{}, tooLong(resp)
	}
	return t, nil
}

func tooLong(resp *http.Response) error {
	return failf(http.StatusBadGateway, "playlist_too_long", "%s answered more than %d MiB where a playlist was expected",
		resp.Request.URL.String(), maxPlaylist>>20)
}
