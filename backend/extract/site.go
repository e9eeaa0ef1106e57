package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"gridwall/backend/cookies"
	"gridwall/backend/httpclient"
	"gridwall/backend/response"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

const (
	// MaxAnswer bounds one answer after decompression, in bytes. A list of 50,000 streams takes some 15 MiB; a film or
	// an endless answer is refused.
	MaxAnswer = 32 << 20
)

// Limits bounds what a Site reads.
type Limits struct {
	// Answer is the most bytes of one answer; 0 means MaxAnswer.
	Answer int64
}

// Transports makes guarded transports.
type Transports = httpclient.Transports

// Site makes the requests of one extraction of one source: with that source's headers, cookies, forward proxy and
// private-address guard, and within limits. It keeps a trace. A Site and its cookie jar serve one extraction only. It is
// safe for concurrent use.
type Site struct {
	src    source.Source
	rt     http.RoundTripper
	client *httpclient.Client // its Home and Scope are set by home
	home   sync.Once
	limits Limits
	trace  trace
	// seed, if set, answers the first request for its URL: a guess tries its proposal on the page that it has fetched.
	seed *seed
}

// Page is an answer that was read completely.
type Page struct {
	// URL is the address that answered, after redirects; relative URLs resolve against it. Nil for a file.
	URL         *url.URL
	ContentType string
	Body        []byte
}

// NewSite makes the Site of one extraction. It fails if the source's cookies.txt cannot be read, or if t has no
// transport for its proxy.
func NewSite(src source.Source, t Transports, limits Limits) (*Site, error) {
	if limits.Answer <= 0 {
		limits.Answer = MaxAnswer
	}
	jar, err := cookies.Load(src.Cookies, time.Now())
	if err != nil {
		return nil, err
	}
	client, err := httpclient.New(t, httpclient.Policy{AllowPrivate: src.AllowPrivate, Proxy: src.Proxy, Headers: src.Headers}, jar)
	if err != nil {
		return nil, err
	}
	s := &Site{src: src, rt: client.Transport, client: client, limits: limits}
	client.Transport = &tracer{rt: s.rt, trace: &s.trace}
	return s, nil
}

// Get fetches rawURL and reads the whole answer. Every error is a *FetchError, whose address is redacted.
func (s *Site) Get(ctx context.Context, rawURL string) (*Page, error) {
	a, err := s.Fetch(ctx, rawURL)
	if err != nil {
		return nil, err
	}
	return a.page()
}

// Fetch is Get for a kind that reads the answer as it arrives. The caller closes the answer's body.
func (s *Site) Fetch(ctx context.Context, rawURL string) (*Answer, error) {
	return s.fetch(ctx, rawURL, "")
}

// GetFrom is Get for an address found on another page. It sends referer, unless the source's headers set one.
func (s *Site) GetFrom(ctx context.Context, rawURL, referer string) (*Page, error) {
	a, err := s.fetch(ctx, rawURL, referer)
	if err != nil {
		return nil, err
	}
	return a.page()
}

func (s *Site) fetch(ctx context.Context, rawURL, referer string) (*Answer, error) {
	shown := stream.RedactURL(rawURL)
	u, err := weburl.Parse(rawURL)
	if err != nil {
		return nil, fetchError(shown, ErrScheme, "cannot be fetched: %v", err)
	}
	if a := s.takeSeed(rawURL); a != nil {
		return a, nil
	}
	r := httpclient.Request{URL: u, Text: true}
	if referer != "" {
		r.Referer, _ = weburl.Parse(referer)
	}
	start := time.Now()
	// The headers were written for the source's address. A source without one belongs to the first address it fetches.
	s.home.Do(func() {
		home, err := weburl.Parse(s.src.URL)
		if err != nil {
			home = u
		}
		s.client.Home, s.client.Scope = home, weburl.NewScope(home, s.src.StreamHosts)
	})
	resp, err := s.client.Get(ctx, r)
	if err != nil {
		return nil, s.failed(shown, err, time.Since(start))
	}
	if weburl.Text(resp.URL) != weburl.Text(u) {
		shown = stream.RedactURL(weburl.Text(resp.URL))
	}
	a, err := s.answer(ctx, resp, shown, start)
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	return a, nil
}

// answer checks the status and length of resp and bounds its body.
func (s *Site) answer(ctx context.Context, resp *httpclient.Response, shown string, start time.Time) (*Answer, error) {
	if !response.Success(resp.StatusCode) {
		status := response.StatusText(resp.StatusCode)
		if hint := resp.Hint(); hint != "" {
			status += ": " + hint
		}
		return nil, &FetchError{URL: shown, Status: resp.StatusCode, RetryAfter: response.RetryAfter(resp.Response), Msg: "answered " + status, Err: ErrStatus}
	}
	if resp.ContentLength > s.limits.Answer {
		return nil, s.tooLarge(shown)
	}
	return &Answer{
		URL: resp.URL, ContentType: resp.Header.Get("Content-Type"), shown: shown, limit: s.limits.Answer,
		Body: &boundedBody{site: s, ctx: ctx, shown: shown, r: resp.Body, c: resp.Body, left: s.limits.Answer, start: start},
	}, nil
}

// Open opens the local file that the source names instead of a URL (source.Source.Path), within the same limits.
func (s *Site) Open(ctx context.Context, path string) (*Answer, error) {
	start := time.Now()
	step := s.trace.add(Step{What: "file", URL: path})
	fail := func(why string, err error) (*Answer, error) {
		step(func(st *Step) { st.Error = why })
		return nil, fetchError(path, err, "cannot be read: %s", why)
	}
	// A pipe or a device would block, or never end.
	fi, err := os.Stat(path)
	if err != nil {
		return fail(stream.Describe(err), err)
	}
	if !fi.Mode().IsRegular() {
		return fail("it is not a regular file", os.ErrInvalid)
	}
	if fi.Size() > s.limits.Answer {
		err := s.tooLarge(path)
		step(func(st *Step) { st.Error = ErrTooLarge.Error() })
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return fail(stream.Describe(err), err)
	}
	step(func(st *Step) { st.Duration, st.Bytes = time.Since(start), fi.Size() })
	return &Answer{shown: path, limit: s.limits.Answer, Body: &boundedBody{site: s, ctx: ctx, shown: path, r: f, c: f, left: s.limits.Answer, start: start}}, nil
}

// Transport returns the guarded transport of the source, without its headers, cookies and trace. It is for kinds whose
// requests are made by another program.
func (s *Site) Transport() http.RoundTripper { return s.rt }

// Source returns the source that the Site fetches for.
func (s *Site) Source() source.Source { return s.src }

// Trace returns the steps taken so far, in order.
func (s *Site) Trace() []Step { return s.trace.all() }

// Note adds a step of the kind's own to the trace: what it did, and how many results that gave. step contains no token.
func (s *Site) Note(step string, yield int) { s.trace.add(Step{What: step, Yield: yield}) }

// Record adds a step of the kind's own with all its details to the trace. It contains no token.
func (s *Site) Record(step Step) { s.trace.add(step) }

func (s *Site) tooLarge(shown string) error {
	return fetchError(shown, ErrTooLarge, "answered more than %d MiB: %v", s.limits.Answer>>20, ErrTooLarge)
}

// failed returns the error that tells the user why a request or read failed. took is the time since the request began.
func (s *Site) failed(shown string, err error, took time.Duration) error {
	var mine *FetchError
	var dial interface{ PrivateAddress() string }
	switch {
	case errors.As(err, &mine):
		return mine
	case errors.Is(err, ErrRedirectLoop), errors.Is(err, ErrTooManyRedirects), errors.Is(err, ErrScheme), errors.Is(err, weburl.ErrAddress):
		return fetchError(shown, err, "cannot be fetched: %s", stream.Describe(err))
	case errors.Is(err, context.Canceled):
		return fetchError(shown, context.Canceled, "was abandoned: the extraction was cancelled")
	case errors.As(err, &dial):
		return fetchError(shown, err, "is refused: %s", stream.Describe(err))
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		return fetchError(shown, fmt.Errorf("%w: %w", ErrTimeout, context.DeadlineExceeded),
			"did not answer within %s; if it is only slow, raise timeout in the source's file", took.Round(100*time.Millisecond))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fetchError(shown, err, "closed the connection before its answer was complete")
	}
	return fetchError(shown, err, "could not be fetched: %s", stream.Describe(err))
}
