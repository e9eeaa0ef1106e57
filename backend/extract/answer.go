package extract

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

// Answer is an HTTP response, or a file, whose body is read as it arrives.
type Answer struct {
	// URL is the address that answered, after redirects. Nil for a file.
	URL         *url.URL
	ContentType string
	// Body is bounded in size and time; its errors are *FetchErrors. The caller closes it.
	Body io.ReadCloser

	shown string
	// limit is the most bytes that Text unpacks; 0 means MaxAnswer.
	limit int64
}

// Shown returns the answer's name for error texts: its redacted URL, or its path.
func (a *Answer) Shown() string { return a.shown }

// MarkupError returns the error for an answer that begins with markup (head) where expected ("an M3U list") was wanted.
func (a *Answer) MarkupError(head []byte, expected string) error {
	return markupError(a.shown, head, expected)
}

// Shown returns the page's name for error texts: its redacted URL, or "the file".
func (p *Page) Shown() string {
	if p.URL == nil {
		return "the file"
	}
	return stream.RedactURL(p.URL.String())
}

// MarkupError returns the same error as Answer.MarkupError.
func (p *Page) MarkupError(expected string) error { return markupError(p.Shown(), p.Body, expected) }

// WrongError returns the error for a page that is not what was expected. msg follows its address.
func (p *Page) WrongError(msg string) error { return fetchError(p.Shown(), nil, "%s", msg) }

func (a *Answer) page() (*Page, error) {
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		return nil, err
	}
	return &Page{URL: a.URL, ContentType: a.ContentType, Body: body}, nil
}

// boundedBody fails if an answer grows too large, and turns errors into *FetchErrors that a user understands.
type boundedBody struct {
	site  *Site
	ctx   context.Context
	shown string
	r     io.Reader
	c     io.Closer
	left  int64
	start time.Time
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, b.site.failed(b.shown, err, time.Since(b.start))
	}
	// Reading one byte more than is allowed distinguishes an answer that is too large from one that fits exactly.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, b.site.tooLarge(b.shown)
	}
	if err != nil && err != io.EOF {
		err = b.site.failed(b.shown, err, time.Since(b.start))
	}
	return n, err
}

func (b *boundedBody) Close() error { return b.c.Close() }

// tracer records every request as a step, redirects included.
type tracer struct {
	rt    http.RoundTripper
	trace *trace
}

func (t *tracer) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	step := t.trace.add(Step{What: "request", Method: req.Method, URL: stream.RedactURL(weburl.Text(req.URL))})
	resp, err := t.rt.RoundTrip(req)
	if err != nil {
		step(func(st *Step) { st.Duration, st.Error = time.Since(start), stream.Describe(err) })
		return nil, err
	}
	step(func(st *Step) { st.Duration, st.Status = time.Since(start), resp.StatusCode })
	resp.Body = &tracedBody{ReadCloser: resp.Body, start: start, step: step}
	return resp, nil
}

// tracedBody keeps the step's size and duration up to date while the body is read.
type tracedBody struct {
	io.ReadCloser
	start time.Time
	step  func(func(*Step))
}

func (b *tracedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.step(func(st *Step) {
		st.Bytes += int64(n)
		st.Duration = time.Since(b.start)
		if err != nil && err != io.EOF {
			st.Error = stream.Describe(err)
		}
	})
	return n, err
}
