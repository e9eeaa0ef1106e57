// Package testkind is the conformance suite of the source kinds: what a kind must yield from a good answer, and
// the answers that it must refuse with one clear error: in time, without a leak, and without a token in the text.
// Every kind runs it from its own test; a test in package extract fails for a kind that does not.
package testkind

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// Suites maps each kind to the folder below backend/extract whose tests call Run. The demo has no foreign answers to
// refuse; package democdn tests it.
var Suites = map[string]string{
	"direct":  "direct",
	"m3u":     "m3u",
	"json":    "jsonapi",
	"page":    "page",
	"command": "command",
	"browser": "browser",
	"demo":    "",
}

const (
	// secret is part of every URL that the suite uses; no error and no trace may contain it.
	secret = "s3cr3t-0123456789abcdef"
	// hangTimeout is the source's timeout in cases that hang, patience that in all others: more than a busy machine needs.
	hangTimeout = 250 * time.Millisecond
	patience    = time.Minute
	// hugeAnswer is the size of an answer that is far too large.
	hugeAnswer = 100 << 20
)

// Answer is what a site answers.
type Answer struct {
	Name        string
	ContentType string
	Body        string
	// Want is the expected streams. "{base}" in a URL stands for the site's address.
	Want []extract.Found
}

// Case is a kind under test.
type Case struct {
	Kind      string
	Extractor extract.Extractor
	// Transports are the real ones (backend/upstream), fresh for the test; the suite uses their guard.
	Transports extract.Transports
	// Source is a source of the kind for a site at url.
	Source func(url string) source.Source
	// Good are answers that yield streams, Empty ones that are well formed and list none.
	Good, Empty []Answer
	// Begin and Repeat make an answer of any size that the kind reads to the end.
	Begin, Repeat string
	// Offline marks a kind that uses no network: only Good is run.
	Offline bool
	// Patience bounds a run that does not hang; 0: a minute. A kind that starts programs takes long on a loaded machine.
	Patience time.Duration
	// Outside marks a kind whose answers another program reads: part of a body arrives before its header is known.
	Outside bool
	// Close releases what the runs share, before the check for leaks. Nil: nothing.
	Close func()
}

// Run runs the suite.
func Run(t *testing.T, c Case) {
	require.Contains(t, source.Kinds(), c.Kind)
	if c.Patience == 0 {
		c.Patience = patience
	}
	t.Cleanup(func() { goleak.VerifyNone(t) })
	if c.Close != nil {
		t.Cleanup(c.Close)
	}
	site := newSite(t)
	t.Cleanup(site.close)
	for _, a := range c.Good {
		t.Run("yields/"+a.Name, func(t *testing.T) {
			site.body(a)
			r := c.run(t, site, site.url+"/good", c.Patience)
			require.NoError(t, r.err)
			want := make([]extract.Found, len(a.Want))
			for i, f := range a.Want {
				f.URL = strings.ReplaceAll(f.URL, "{base}", site.url)
				if f.Headers = maps.Clone(f.Headers); f.Headers != nil {
					for name, value := range f.Headers {
						f.Headers[name] = strings.ReplaceAll(value, "{base}", site.url)
					}
				}
				want[i] = f
			}
			assert.Equal(t, want, r.found)
			if c.Offline {
				for _, step := range r.steps {
					assert.Empty(t, step.Method, "an offline kind asked the network: %+v", step)
				}
			} else {
				assert.NotEmpty(t, r.steps, "the trace tells what was asked for")
			}
			// Users share traces, including those of successful runs.
			for _, step := range r.steps {
				assert.NotContains(t, step.URL+step.Error+step.What, secret)
			}
		})
	}
	t.Run("ends when it is cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := c.runIn(t, ctx, c.source(site.url+"/good"), c.Transports)
		require.ErrorIs(t, r.err, context.Canceled)
	})
	if c.Offline {
		return
	}
	for _, a := range c.Empty {
		t.Run("empty/"+a.Name, func(t *testing.T) {
			site.body(a)
			r := c.refused(t, site, "/good", c.Patience)
			require.ErrorIs(t, r.err, stream.ErrNoStreams)
		})
	}
	site.begin, site.repeat = c.Begin, c.Repeat
	for _, tc := range refusals {
		t.Run("refuses/"+tc.name, func(t *testing.T) {
			timeout := c.Patience
			if tc.hangs {
				timeout = hangTimeout
			}
			r := c.refused(t, site, tc.path, timeout)
			if tc.is != nil {
				require.ErrorIs(t, r.err, tc.is)
			}
			for _, word := range tc.says {
				assert.Contains(t, r.err.Error(), word)
			}
			if tc.path == "/huge-declared" {
				for _, step := range r.steps {
					if c.Outside {
						assert.Less(t, step.Bytes, int64(extract.MaxAnswer), "the header said enough")
					} else {
						assert.Zero(t, step.Bytes, "the header said enough")
					}
				}
			}
			if tc.path == "/huge" {
				assert.Less(t, site.sent.Load(), int64(hugeAnswer), "the answer was read beyond the bound")
			}
		})
	}
	t.Run("refuses/a private address", func(t *testing.T) {
		site.body(c.Good[0])
		src := c.source(site.url + "/good")
		src.AllowPrivate = false
		r := c.checked(t, c.runIn(t, t.Context(), src, c.Transports))
		assert.Contains(t, r.err.Error(), "allow_private = true")
	})
	t.Run("refuses/a redirect to a private address", func(t *testing.T) {
		src := c.source("http://public.test/to-private")
		src.AllowPrivate = false
		before := site.private.Load()
		r := c.checked(t, c.runIn(t, t.Context(), src, site.asPublic(c.Transports)))
		assert.Contains(t, r.err.Error(), "allow_private = true")
		assert.Equal(t, before, site.private.Load(), "the private address was asked")
	})
}

// refusals are the answers that every kind refuses. path is the site's.
var refusals = []struct {
	name, path string
	is         error
	says       []string
	hangs      bool
}{
	{name: "a web page", path: "/html", is: extract.ErrWebPage, says: []string{"web page"}},
	{name: "a 500", path: "/500", is: extract.ErrStatus, says: []string{"answered 500 Internal Server Error"}},
	{name: "a 403 with a web page", path: "/403", is: extract.ErrStatus, says: []string{"answered 403 Forbidden"}},
	{name: "noise", path: "/noise"},
	{name: "nothing", path: "/nothing"},
	{name: "a redirect loop", path: "/loop", is: extract.ErrRedirectLoop, says: []string{"redirect loop"}},
	{name: "endless redirects", path: "/on/1", is: extract.ErrTooManyRedirects, says: []string{"10"}},
	{name: "a redirect to a file", path: "/to-file", is: extract.ErrScheme, says: []string{"http"}},
	{name: "100 MB", path: "/huge", is: extract.ErrTooLarge, says: []string{"32 MiB"}},
	{name: "100 MB, as its header says", path: "/huge-declared", is: extract.ErrTooLarge, says: []string{"32 MiB"}},
	{name: "100 MB in a small gzip", path: "/huge-gzip", is: extract.ErrTooLarge, says: []string{"32 MiB"}},
	{name: "a hang before the header", path: "/hang", is: extract.ErrTimeout, says: []string{"timeout"}, hangs: true},
	{name: "a hang in the body", path: "/hang-body", is: extract.ErrTimeout, says: []string{"timeout"}, hangs: true},
	{name: "a drip without end", path: "/drip", is: extract.ErrTimeout, says: []string{"timeout"}, hangs: true},
	{name: "a connection closed in mid-body", path: "/cut", says: []string{"closed the connection"}},
	{name: "a broken redirect", path: "/to-broken"},
}

type result struct {
	found []extract.Found
	err   error
	steps []extract.Step
}

// source returns the case's source for url, with a token in the query, as every URL of the suite has.
func (c Case) source(url string) source.Source {
	src := c.Source(url + "?token=" + secret)
	src.AllowPrivate = true
	src.Headers = map[string]string{"Cookie": "session=" + secret}
	return src
}

func (c Case) run(t *testing.T, s *site, url string, timeout time.Duration) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	return c.runIn(t, ctx, c.source(url), c.Transports)
}

// runIn runs one extraction, and fails the test if it continues long after its context ended.
func (c Case) runIn(t *testing.T, ctx context.Context, src source.Source, transports extract.Transports) result {
	t.Helper()
	site, err := extract.NewSite(src, transports, extract.Limits{})
	require.NoError(t, err)
	done := make(chan result, 1)
	go func() {
		found, err := c.Extractor.Extract(ctx, src, site)
		done <- result{found, err, site.Trace()}
	}()
	select {
	case r := <-done:
		return r
	case <-time.After(2 * c.Patience):
		require.FailNow(t, "the extraction hangs")
		return result{}
	}
}

func (c Case) refused(t *testing.T, s *site, path string, timeout time.Duration) result {
	t.Helper()
	return c.checked(t, c.run(t, s, s.url+path, timeout))
}

// checked requires that a refusal has a one-line error without a token, and a trace without one.
func (c Case) checked(t *testing.T, r result) result {
	t.Helper()
	require.Error(t, r.err)
	assert.Empty(t, r.found)
	for err := r.err; err != nil; err = errors.Unwrap(err) {
		assert.NotContains(t, err.Error(), secret)
		assert.NotContains(t, err.Error(), "\n")
	}
	for _, step := range r.steps {
		assert.NotContains(t, step.URL+step.Error+step.What, secret)
	}
	return r
}

// roundTripper is a function that implements http.RoundTripper.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
