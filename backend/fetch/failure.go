package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"gridwall/backend/media"
	"gridwall/backend/response"
	"gridwall/backend/stream"
)

// Failure is an error answer to a player: a status, the code of the contract and a reason in one line, without any token.
type Failure struct {
	Status  int
	Code    string
	Message string
	Retry   time.Duration // Retry-After; 0: none
}

func (f *Failure) Error() string { return f.Message }

// Failf returns a Failure with a formatted, redacted message.
func Failf(status int, code, format string, args ...any) *Failure {
	return &Failure{Status: status, Code: code, Message: stream.RedactText(fmt.Sprintf(format, args...))}
}

var (
	ErrNotFound = &Failure{Status: http.StatusNotFound, Code: "not_found", Message: "no such playback address"}
	ErrSegment  = &Failure{Status: http.StatusNotFound, Code: "segment_gone",
		Message: "the upstream's playlist does not list this segment (any more); reload the playlist"}
	ErrSlow = &Failure{Status: http.StatusGatewayTimeout, Code: "upstream_timeout",
		Message: "the upstream did not answer in time", Retry: time.Second}
	ErrRenewing = &Failure{Status: http.StatusServiceUnavailable, Code: "renewing",
		Message: "the token is being renewed; try again in a moment", Retry: 2 * time.Second}
	errClosed = &Failure{Status: http.StatusServiceUnavailable, Code: "stopping", Message: "Gridwall is stopping"}
)

// AsFailure returns the Failure with which a player's request is answered after err.
func AsFailure(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	if r, ok := AsRefused(err); ok {
		if r.missing {
			return ErrSegment
		}
		msg := r.Error()
		if r.renewal != nil {
			msg += "; renewing the token did not help: " + r.renewal.Error()
		}
		return &Failure{Status: http.StatusBadGateway, Code: "upstream_refused", Message: stream.RedactText(msg), Retry: 2 * time.Second}
	}
	var u *response.Unexpected
	if errors.As(err, &u) {
		return unexpected(u)
	}
	var s *response.StatusError
	if errors.As(err, &s) && s.RetryAfter > 0 {
		return &Failure{Status: http.StatusServiceUnavailable, Code: "upstream_busy", Message: stream.RedactText(s.Error()), Retry: s.RetryAfter}
	}
	switch {
	case errors.Is(err, stream.ErrUnknownStream):
		return &Failure{Status: http.StatusNotFound, Code: "unknown_stream", Message: "no extraction found a stream with this id"}
	case errors.Is(err, context.DeadlineExceeded), IsTimeout(err):
		return ErrSlow
	case errors.Is(err, context.Canceled):
		return errClosed
	}
	return Failf(http.StatusBadGateway, "upstream_failed", "the upstream failed: %v", cause(err))
}

// unexpected returns the Failure for an answer of an unexpected kind.
func unexpected(u *response.Unexpected) *Failure {
	f := &Failure{Status: http.StatusBadGateway, Code: "not_hls", Message: stream.RedactText(u.Error())}
	switch {
	case u.Kind == media.Empty:
		f.Code, f.Retry = "upstream_empty", time.Second
	case u.Multivariant, u.Kind == media.BarePlaylist:
		f.Code, f.Retry = "bad_playlist", time.Second
	}
	return f
}

// Message returns an error of this package as one line for users, without any token.
func Message(err error) string { return AsFailure(err).Message }

// IsTimeout reports whether err is a timeout.
func IsTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
