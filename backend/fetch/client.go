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
	// idleTimeout bounds the wait for an object's next bytes; after it the body counts as truncated.
	idleTimeout = 8 * time.Second
	// maxUpstream bounds the concurrent upstream requests of all streams together; more wait.
	maxUpstream = 512
)

var errScheme = weburl.ErrScheme

// Refused is an upstream's refusal, with the known state of the requested object.
type Refused struct {
	response.Refused
	Generation uint64    // of the token under which it was refused
	level      level     // of the requested object
	parent     time.Time // when the playlist that lists it was requested; zero for the stream's own URL
	unlisted   bool      // the newest playlist no longer lists it
	missing    bool      // a segment that the newest playlist does not list, or that a renewal did not bring back
	recent     bool      // one of the newest segments or parts of its playlist
	behind     bool      // known only from an older token's playlist: the newest one comes from a server that lags
	renewal    error     // why a renewal did not help, if one was tried
}

// under returns err; a *response.Refused becomes a *Refused of that generation.
func under(generation uint64, err error) error {
	var r *response.Refused
	if errors.As(err, &r) {
		return &Refused{Refused: *r, Generation: generation}
	}
	return err
}

// level is how deep below the stream's URL an object is.
type level int

const (
	LevelRoot level = iota
	LevelPlaylist
	levelObject
)

// Annotate adds to a refusal the level of the requested object, and when its parent playlist was requested. It returns err.
func Annotate(err error, l level, parent time.Time) error {
	var r *Refused
	if errors.As(err, &r) {
		r.level, r.parent = l, parent
	}
	return err
}

// AsRefused returns the *Refused in err's chain.
func AsRefused(err error) (r *Refused, ok bool) { return r, errors.As(err, &r) }

// cause returns err without the request line that url.Error puts before it, which contains the token.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return fmt.Errorf("%s: %w", stream.RedactURL(u.URL), u.Err)
	}
	return err
}

// client sends requests, each with its stream's headers and cookies. All streams share it.
type client struct {
	transports httpclient.Transports
	slots      chan struct{}
}

// NewClient returns a client that sends its requests over transports.
func NewClient(transports httpclient.Transports) *client {
	return &client{transports: transports, slots: make(chan struct{}, maxUpstream)}
}

// do sends one GET. The caller closes the body. A refusal and any other status that is not a success are returned as errors
// with the body closed. The response's Request.URL is the final URL, after redirects.
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

// failedRequest adds to err which request failed. A broken redirect is a Failure, as a retry would not help.
func failedRequest(u *url.URL, err error) error {
	for _, final := range []error{weburl.ErrAddress, httpclient.ErrRedirectLoop, httpclient.ErrTooManyRedirects} {
		if errors.Is(err, final) {
			return Failf(http.StatusBadGateway, "bad_redirect", "%s: %v", stream.RedactURL(weburl.Text(u)), err)
		}
	}
	return fmt.Errorf("%s: %w", stream.RedactURL(weburl.Text(u)), err)
}

// BadAddress returns the error for an address, written in a playlist or found by an extraction, that cannot be requested.
func BadAddress(address string, err error) error {
	return Failf(http.StatusBadGateway, "bad_address", "the address %q cannot be requested: %v", stream.RedactURL(address), err)
}

// slotBody frees its slot when it is closed.
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

// Jar returns the stream's cookie jar, which is kept up to date with the source's cookies.txt.
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

// Text is an answer that was read whole, or until it was clear that it is not the requested text.
type Text struct {
	Body    []byte
	Base    *url.URL // after redirects
	kind    media.Kind
	endless bool // it had no Content-Length
}

// text fetches a playlist or another text. It stops reading if stop returns true for the kind that the beginning shows. If the
// body is truncated, the part that was read is returned with the error.
func (c *client) text(ctx context.Context, up stream.Upstream, jar *cookies.Jar, target *url.URL, timeout time.Duration, stop func(media.Kind) bool) (t Text, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp, err := c.do(ctx, up, jar, httpclient.Request{URL: target, Text: true})
	if err != nil {
		return Text{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	if !response.Whole(resp) {
		return Text{}, Failf(http.StatusBadGateway, "bad_range", "%s answered a part of the requested text", resp.Request.URL.String())
	}
	if n := resp.ContentLength; n > maxPlaylist {
		return Text{}, tooLong(resp)
	}
	t = Text{Base: resp.Request.URL, endless: resp.ContentLength < 0}
	if t.Body, t.kind, err = response.ReadText(resp, maxPlaylist+1, stop); err != nil {
		return t, fmt.Errorf("%s answered a truncated body: %w", stream.RedactURL(resp.Request.URL.String()), cause(err))
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
