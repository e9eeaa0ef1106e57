package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"gridwall/backend/media"
	"gridwall/backend/response"
	"gridwall/backend/stream"
)

// failure is an answer to a player that is no media: a status, the code of the contract and one line of reason,
// without any token.
type failure struct {
	status  int
	code    string
	message string
	retry   time.Duration // Retry-After; 0: none
}

func (f *failure) Error() string { return f.message }

func failf(status int, code, format string, args ...any) *failure {
	return &failure{status: status, code: code, message: stream.RedactText(fmt.Sprintf(format, args...))}
}

var (
	errNotFound = &failure{status: http.StatusNotFound, code: "not_found", message: "no such playback address"}
	errSegment  = &failure{status: http.StatusNotFound, code: "segment_gone",
		message: "the upstream's playlist does not list this segment (any more); reload the playlist"}
	errViewer = &failure{status: http.StatusBadRequest, code: "bad_request",
		message: "viewer may have at most 64 letters, digits, dots, hyphens and underscores"}
	errMethod = &failure{status: http.StatusMethodNotAllowed, code: "method_not_allowed", message: "playback answers GET and HEAD"}
	errSlow   = &failure{status: http.StatusGatewayTimeout, code: "upstream_timeout",
		message: "the upstream did not answer in time", retry: time.Second}
	errHealing = &failure{status: http.StatusServiceUnavailable, code: "renewing",
		message: "the token is being renewed; try again in a moment", retry: 2 * time.Second}
	errClosed = &failure{status: http.StatusServiceUnavailable, code: "stopping", message: "Gridwall is stopping"}
)

// asFailure says what a player is told of err.
func asFailure(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	if r, ok := asRefused(err); ok {
		if r.missing {
			return errSegment
		}
		msg := r.Error()
		if r.renewal != nil {
			msg += "; renewing the token did not help: " + r.renewal.Error()
		}
		return &failure{status: http.StatusBadGateway, code: "upstream_refused", message: stream.RedactText(msg), retry: 2 * time.Second}
	}
	var u *response.Unexpected
	if errors.As(err, &u) {
		return unexpected(u)
	}
	var s *response.StatusError
	if errors.As(err, &s) && s.RetryAfter > 0 {
		return &failure{status: http.StatusServiceUnavailable, code: "upstream_busy", message: stream.RedactText(s.Error()), retry: s.RetryAfter}
	}
	switch {
	case errors.Is(err, stream.ErrUnknownStream):
		return &failure{status: http.StatusNotFound, code: "unknown_stream", message: "no extraction found a stream with this id"}
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return errSlow
	case errors.Is(err, context.Canceled):
		return errClosed
	}
	return failf(http.StatusBadGateway, "upstream_failed", "the upstream failed: %v", cause(err))
}

// unexpected says what a player is told of an answer that is not what was asked for.
func unexpected(u *response.Unexpected) *failure {
	f := &failure{status: http.StatusBadGateway, code: "not_hls", message: stream.RedactText(u.Error())}
	switch {
	case u.Kind == media.Empty:
		f.code, f.retry = "upstream_empty", time.Second
	case u.Multivariant, u.Kind == media.BarePlaylist:
		f.code, f.retry = "bad_playlist", time.Second
	}
	return f
}

// Message is what a person is told of an error of this package: one line, without any token.
func Message(err error) string { return asFailure(err).message }

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

func (p *Proxy) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil { // the player has gone: nobody reads the answer
		return
	}
	f := asFailure(err)
	if f.status >= http.StatusInternalServerError {
		p.log.Warn("playback failed", "path", r.URL.Path, "status", f.status, "why", f.message)
	} else {
		p.log.Debug("playback refused", "path", r.URL.Path, "status", f.status, "why", f.message)
	}
	writeFailure(w, f)
}

func writeFailure(w http.ResponseWriter, f *failure) {
	h := w.Header()
	if f.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(f.retry.Seconds())))))
	}
	if f.status == http.StatusMethodNotAllowed {
		h.Set("Allow", "GET, HEAD")
	}
	body, _ := json.Marshal(map[string]any{"error": map[string]string{"code": f.code, "message": f.message}})
	_ = writeText(w, f.status, "application/json", append(body, '\n'))
}
