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
	// busyStatuses ask the client to try again later. They say nothing about the token.
	busyStatuses = []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}
	// loginStatuses are the 5xx statuses with which a network demands a login.
	loginStatuses = []int{http.StatusNetworkAuthenticationRequired}
)

// errorTextLen is how much of a server error's body is searched for a message about the token, in bytes.
const errorTextLen = 1 << 10

// Success reports whether a status is one of the 2xx.
func Success(status int) bool { return status >= 200 && status < 300 }

// Refuses reports whether a status always refuses access.
func Refuses(status int) bool { return slices.Contains(refusalStatuses, status) }

// CheckStatus returns nil for a success, otherwise a *Refused or a *StatusError. Besides the statuses that always refuse, CDNs
// report an expired token with any other 4xx (400, 402, 419, 451, 458, 498, …), and some with a 500 whose text says so: these
// are doubtful refusals. forwarded reports whether the request went through a forward proxy.
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

// RetryAfter returns how long a busy server (429 or 503) asks clients to wait; 0 if it does not say.
func RetryAfter(resp *http.Response) (wait time.Duration) {
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable {
		wait, _ = httpclient.RetryAfter(resp.Header, time.Now())
	}
	return wait
}

// mayRefuse reports whether a status may mean that the token has expired.
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
		return !forwarded // otherwise it is the forward proxy's own answer
	case code == http.StatusBadRequest && strings.Contains(req.URL.RawQuery, "_HLS_"):
		return false // the server wants the playlist requested without directives (RFC 8216bis 6.2.5.2)
	case code >= 400 && code < 500:
		return true
	case code == http.StatusInternalServerError:
		text, _ := io.ReadAll(io.LimitReader(resp.Body, errorTextLen))
		return media.Denies(text)
	}
	return false
}

// TransientStatus reports whether a retry may soon succeed. A 5xx is a fault of the server or its cache (Cloudflare has 520 to
// 530); a 304 to an unconditional request is a cache that mixes up requests.
func TransientStatus(status int) bool {
	switch status {
	case http.StatusNotModified, http.StatusRequestTimeout, http.StatusTooEarly:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	return status >= 500
}

// StatusText returns a status and its name, if it has one. Many that CDNs use have none.
func StatusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}
