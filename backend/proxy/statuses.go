package proxy

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"gridwall/backend/httpclient"
	judge "gridwall/backend/media"
	"gridwall/backend/stream"
)

// What a status says. This is the one place that decides it.
var (
	// refusalStatuses always refuse.
	refusalStatuses = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone}
	// busyStatuses ask for patience. They say nothing of the token.
	busyStatuses = []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}
	// doorStatuses of the 5xx are those of a network that wants a login.
	doorStatuses = []int{http.StatusNetworkAuthenticationRequired}
)

const (
	// excuseLen is how much of a server error's text is read for words that speak of the token.
	excuseLen = 1 << 10
	// lastingFault is for how long a server must fail, or not answer in time, without a break, under a token that worked,
	// until a fresh token is tried once: it may lead to another edge. A restart of an edge takes less.
	lastingFault = 10 * time.Second
)

// classify is the error that an answer's status stands for; nil: a success. Beside the four statuses that always refuse,
// CDNs say that a token has ended with any other of the 4xx (400, 402, 419, 451, 458, 498, …), and some with a 500 whose
// text says so: a doubtful refusal, which counts where the stream has played under that token (feed.heal).
func classify(resp *http.Response, up stream.Upstream) error {
	code, asked := resp.StatusCode, resp.Request
	switch {
	case code >= 200 && code < 300:
		return nil
	case slices.Contains(refusalStatuses, code), doubtful(resp, up):
		return &refused{Refusal: stream.Refusal{Generation: up.Generation, URL: httpclient.Text(asked.URL), Status: code},
			doubtful: !slices.Contains(refusalStatuses, code)}
	}
	e := &statusError{url: httpclient.Text(asked.URL), status: code}
	if code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable {
		e.after, _ = httpclient.RetryAfter(resp.Header, time.Now())
	}
	if code == http.StatusRequestedRangeNotSatisfiable {
		e.size = sizeOf(resp)
	}
	return e
}

// doubtful reports whether a status may mean that the token has ended.
func doubtful(resp *http.Response, up stream.Upstream) bool {
	code, asked := resp.StatusCode, resp.Request
	switch {
	case slices.Contains(busyStatuses, code):
		return false
	case slices.Contains(doorStatuses, code):
		return true
	case code == http.StatusRequestedRangeNotSatisfiable:
		return asked.Header.Get("Range") == ""
	case code == http.StatusProxyAuthRequired:
		return up.Proxy == "" // else it is the forward proxy's own word
	case code == http.StatusBadRequest && strings.Contains(asked.URL.RawQuery, "_HLS_"):
		return false // it wants the playlist asked for without directives (RFC 8216bis 6.2.5.2)
	case code >= 400 && code < 500:
		return true
	case code == http.StatusInternalServerError:
		excuse, _ := io.ReadAll(io.LimitReader(resp.Body, excuseLen))
		return judge.Denies(excuse)
	}
	return false
}

// fleeting reports whether a status may be another in a moment. Those of the 5xx are a server's or its cache's (Cloudflare has
// 520 to 530); a 304 that nobody asked for is a cache that takes one request for another.
func fleeting(status int) bool {
	switch status {
	case http.StatusNotModified, http.StatusRequestTimeout, http.StatusTooEarly:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	return status >= 500
}

// plain is a doubtful refusal as what it is where it is none: a status that nobody can heal.
func (r *refused) plain() error { return &statusError{url: r.URL, status: r.Status} }

// worked notes that something was had under a generation of the stream's token; hasWorked reports whether anything was,
// hasPlayed whether under any token. The token that comes first after a dead one can be dead as well.
func (f *fetcher) worked(generation uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.works = max(f.works, generation)
}

func (f *fetcher) hasWorked(generation uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.works == generation
}

func (f *fetcher) hasPlayed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.works != 0
}

// lasting makes a refusal of a server's fault that lasts although the stream played under this token; nil where err is
// something else, or may pass. what names the thing that fails. An advertisement's server may be slow or broken for as long as
// it likes: it says nothing of the stream's token.
func (f *fetcher) lasting(what string, err error, up stream.Upstream) *refused {
	if strings.HasPrefix(what, dataPause) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var s *statusError
	switch {
	case errors.As(err, &s) && s.status >= 500:
	case late(err) && !errors.As(err, new(*withheld)):
		s = &statusError{url: up.URL, status: http.StatusGatewayTimeout}
	default:
		delete(f.ailing, what)
		return nil
	}
	since, known := f.ailing[what]
	if !known {
		if len(f.ailing) >= maxAiling {
			clear(f.ailing)
		}
		if f.ailing == nil {
			f.ailing = map[string]time.Time{}
		}
		f.ailing[what] = time.Now()
		return nil
	}
	if time.Since(since) < lastingFault || f.works != up.Generation {
		return nil
	}
	delete(f.ailing, what)
	return &refused{doubtful: true, Refusal: stream.Refusal{Generation: up.Generation, URL: s.url, Status: s.status}}
}

// dataPause begins the names under which heal knows what stands outside of the timeline: an advertisement's server that
// answers 400 says nothing of the stream's token.
const dataPause = "data-"

// statusText is a status in a sentence; many that CDNs have have no name.
func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// maxAiling bounds the things of a feed of which it is known since when they fail.
const maxAiling = 256
