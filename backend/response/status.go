package response

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"gridwall/backend/httpclient"
	"gridwall/backend/media"
	"gridwall/backend/weburl"
)

var (
	// refusalStatuses always refuse.
	refusalStatuses = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone}
	// busyStatuses ask for patience. They say nothing about the token.
	busyStatuses = []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}
	// loginStatuses are those of the 5xx by which a network demands a login.
	loginStatuses = []int{http.StatusNetworkAuthenticationRequired}
)

// excuseLen is how much of a server error's text is read for words about the token, in bytes.
const excuseLen = 1 << 10

// Success reports whether a status is one of the 2xx.
func Success(status int) bool { return status >= 200 && status < 300 }

// Refuses reports whether a status always refuses access.
func Refuses(status int) bool { return slices.Contains(refusalStatuses, status) }

// CheckStatus returns nil for a success, a *Refused or a *StatusError. Apart from the statuses that always refuse, CDNs
// say that a token has ended with any other of the 4xx (400, 402, 419, 451, 458, 498, …), and some with a 500 whose text
// says so: a doubtful refusal. forwarded reports whether the request went through a forward proxy.
func CheckStatus(resp *httpclient.Response, forwarded bool) error {
	code, address := resp.StatusCode, weburl.Text(resp.Request.URL)
	refuses := Refuses(code)
	if Success(code) {
		return nil
	}
	if refuses || mayRefuse(resp.Response, forwarded) {
		r := &Refused{URL: address, Status: code, Doubtful: !refuses}
		if httpclient.Denied(code) {
			r.Withheld = resp.Withheld
		}
		return r
	}
	e := &StatusError{URL: address, Status: code, RetryAfter: RetryAfter(resp.Response)}
	if code == http.StatusRequestedRangeNotSatisfiable {
		e.Size = sizeOf(resp.Response)
	}
	return e
}

// RetryAfter returns for how long a server that is busy, by its 429 or 503, asks to be left alone; 0 if it does not say.
func RetryAfter(resp *http.Response) (wait time.Duration) {
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable {
		wait, _ = httpclient.RetryAfter(resp.Header, time.Now())
	}
	return wait
}

// mayRefuse reports whether a status may mean that the token has ended.
func mayRefuse(resp *http.Response, forwarded bool) bool {
	code, req := resp.StatusCode, resp.Request
	switch {
	case slices.Contains(busyStatuses, code):
		return false
	case slices.Contains(loginStatuses, code):
		return true
	case code == http.StatusRequestedRangeNotSatisfiable:
		return req.Header.Get("Range") == ""
	case code == http.StatusProxyAuthRequired:
		return !forwarded // else it is the forward proxy's own answer
	case code == http.StatusBadRequest && strings.Contains(req.URL.RawQuery, "_HLS_"):
		return false // the server wants the playlist requested without directives (RFC 8216bis 6.2.5.2)
	case code >= 400 && code < 500:
		return true
	case code == http.StatusInternalServerError:
		excuse, _ := io.ReadAll(io.LimitReader(resp.Body, excuseLen))
		return media.Denies(excuse)
	}
	return false
}

// TransientStatus reports whether a status may be another in a moment. Those of the 5xx are a server's or its cache's
// (Cloudflare has 520 to 530); a 304 to an unconditional request is a cache that takes one request for another.
func TransientStatus(status int) bool {
	switch status {
	case http.StatusNotModified, http.StatusRequestTimeout, http.StatusTooEarly:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	return status >= 500
}

// StatusText returns a status in a sentence. Many that CDNs use have no name.
func StatusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}
