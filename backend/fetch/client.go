package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"gridwall/backend/cookies"
	"gridwall/backend/httpclient"
	"gridwall/backend/media"
	"gridwall/backend/response"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

const (
	// maxPlaylist bounds a playlist in bytes: a six-hour DVR playlist with long URLs has about 2 MiB.
	maxPlaylist = 16 << 20
	// PlaylistTimeout bounds one fetch of one playlist, from dial to last byte.
	PlaylistTimeout = 5 * time.Second
	// headerTimeout bounds the wait for an object's first byte.
	headerTimeout = 5 * time.Second
	// idleTimeout bounds the wait for an object's next bytes; beyond it the body counts as broken off.
	idleTimeout = 8 * time.Second
	// maxUpstream bounds the upstream requests under way at once, all streams together; more wait.
	maxUpstream = 512
)

var errScheme = weburl.ErrScheme

// Refused is an upstream's refusal, with the known state of the object that was asked for.
type Refused struct {
	response.Refused
	Generation uint64    // of the token under which it was refused
	level      level     // what was asked for
	parent     time.Time // when the playlist that names it was requested; zero for the stream's own URL
	unlisted   bool      // the playlist that names it no longer does
	missing    bool      // a segment that the newest playlist does not list, or that a renewal did not bring back
	recent     bool      // one of the newest segments or parts of the playlist that names it
	behind     bool      // known from an older token's playlist alone: the newest one comes from a server that lags
	renewal    error     // why a renewal did not help, if one was tried
}

// under returns err, a *refused of that generation if it is a refusal.
func under(generation uint64, err error) error {
	var r *response.Refused
	if errors.As(err, &r) {
		return &Refused{Refused: *r, Generation: generation}
	}
	return err
}

// level is how deep below the stream's URL an object stands.
type level int

const (
	LevelRoot level = iota
	LevelPlaylist
	levelObject
)

// At fills in what was asked for, where err is a refusal.
func At(err error, l level, parent time.Time) error {
	var r *Refused
	if errors.As(err, &r) {
		r.level, r.parent = l, parent
	}
	return err
}

func AsRefused(err error) (r *Refused, ok bool) { return r, errors.As(err, &r) }

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

func NewClient(transports httpclient.Transports) *client {
	return &client{transports: transports, slots: make(chan struct{}, maxUpstream)}
}

// do sends one GET. The caller closes the body. A refusal, a 429 and any other status that is not a success come back as
// errors with the body closed. The response's Request.URL is where it came from.
func (c *client) do(ctx context.Context, up stream.Upstream, jar *cookies.Jar, r httpclient.Request) (*http.Response, error) {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return nil, fmt.Errorf("%s: %w", stream.RedactURL(r.URL.String()), errScheme)
	}
	home, err := weburl.Parse(up.URL)
	if err != nil {
		return nil, BadAddress(up.URL, err)
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
	if err := response.CheckStatus(resp, up.Proxy != ""); err != nil {
		_ = resp.Body.Close()
		return nil, under(up.Generation, err)
	}
	return resp.Response, nil
}

// failedRequest says which request failed. A redirect that leads nowhere leads nowhere the next time, too.
func failedRequest(u *url.URL, err error) error {
	for _, final := range []error{weburl.ErrAddress, httpclient.ErrRedirectLoop, httpclient.ErrTooManyRedirects} {
		if errors.Is(err, final) {
			return Failf(http.StatusBadGateway, "bad_redirect", "%s: %v", stream.RedactURL(weburl.Text(u)), err)
		}
	}
	return fmt.Errorf("%s: %w", stream.RedactURL(weburl.Text(u)), err)
}

// BadAddress is the error of an address, written in a playlist or found by an extraction, that cannot be asked for.
func BadAddress(address string, err error) error {
	return Failf(http.StatusBadGateway, "bad_address", "the address %q cannot be asked for: %v", stream.RedactURL(address), err)
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

// Jar returns the feed's cookie jar, which follows the source's cookies.txt.
func (f *Fetcher) Jar(up stream.Upstream) *cookies.Jar {
	jar, changed, err := f.cookies.Jar(up.Cookies, up.Generation)
	switch {
	case err != nil:
		f.Log.Warn("the source's cookies have changed and cannot be read; the stream continues with the old ones", "stream", f.ID, "err", err)
	case changed:
		f.Log.Info("the source's cookies have changed", "stream", f.ID)
	}
	return jar
}

// Text is an answer that was read whole, or up to where it showed that it is not what was asked for.
type Text struct {
	Body    []byte
	Base    *url.URL // after redirects
	kind    media.Kind
	endless bool // no length was announced
}

// Text fetches a playlist, or another text, whole. Where its beginning is of a kind that stop reports true for, the rest
// is not waited for. If the body breaks off, what came before that is returned with the error.
func (c *client) text(ctx context.Context, up stream.Upstream, jar *cookies.Jar, target *url.URL, timeout time.Duration, stop func(media.Kind) bool) (t Text, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp, err := c.do(ctx, up, jar, httpclient.Request{URL: target, Text: true})
	if err != nil {
		return Text{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	if !response.Whole(resp) {
		return Text{}, Failf(http.StatusBadGateway, "bad_range", "%s answered a part of what was asked for", resp.Request.URL.String())
	}
	if n := resp.ContentLength; n > maxPlaylist {
		return Text{}, tooLong(resp)
	}
	t = Text{Base: resp.Request.URL, endless: resp.ContentLength < 0}
	if t.Body, t.kind, err = response.ReadText(resp, maxPlaylist+1, stop); err != nil {
		return t, fmt.Errorf("%s broke off: %w", stream.RedactURL(resp.Request.URL.String()), cause(err))
	}
	if len(t.Body) > maxPlaylist {
		return Text{}, tooLong(resp)
	}
	return t, nil
}

func tooLong(resp *http.Response) error {
	return Failf(http.StatusBadGateway, "playlist_too_long", "%s answered more than %d MiB where a playlist was expected",
		resp.Request.URL.String(), maxPlaylist>>20)
}
