package fault

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"gridwall/backend/access"
	"gridwall/backend/lineup"
	"gridwall/backend/pairing"
	"gridwall/backend/screens"
	"gridwall/backend/settings"
	"gridwall/backend/spares"
	"gridwall/backend/store"
	"gridwall/backend/stream"
	"gridwall/backend/walls"
)

// Code names a kind of error. Clients may switch on it: its meaning never changes.
type Code string

const (
	// CodeBadRequest: the request could not be read, for example a body that is not JSON.
	CodeBadRequest Code = "bad_request"
	// CodeInvalid: the request could be read, but has invalid values.
	CodeInvalid Code = "invalid"
	// CodeUnauthorized: server.token is set, and the request has no token or a wrong one.
	CodeUnauthorized Code = "unauthorized"
	// CodeForbidden: the client may not do this.
	CodeForbidden Code = "forbidden"
	// CodeUntrustedHost: the Host header does not name this server.
	CodeUntrustedHost Code = "untrusted_host"
	// CodeNotFound: there is no such route.
	CodeNotFound Code = "not_found"
	// CodeUnknownStream: no extraction ever found the stream.
	CodeUnknownStream Code = "unknown_stream"
	// CodeNotActive: the stream is not active.
	CodeNotActive Code = "not_active"
	// CodeIncompatible: the spare cannot continue the stream's playlists; a page can open it by itself.
	CodeIncompatible Code = "incompatible"
	// CodeUnknownSource: no source file has the key.
	CodeUnknownSource Code = "unknown_source"
	// CodeBrokenSource: the source's file does not parse, or the source is disabled.
	CodeBrokenSource Code = "broken_source"
	// CodeUnknownSession: the calendar has no such session.
	CodeUnknownSession Code = "unknown_session"
	// CodeMethodNotAllowed: the route exists, but not with this method.
	CodeMethodNotAllowed Code = "method_not_allowed"
	// CodeFixed: config.toml sets the setting, and it can be changed only there.
	CodeFixed Code = "fixed"
	// CodeStale: the object has changed since the client read it; read it again.
	CodeStale Code = "stale"
	// CodePreconditionRequired: the request could overwrite another client's change, because it names no revision.
	CodePreconditionRequired Code = "precondition_required"
	// CodeUnknownWall: no wall is saved under the name.
	CodeUnknownWall Code = "unknown_wall"
	// CodeUnknownScreen: no page or window has reported under the id in the last seconds.
	CodeUnknownScreen Code = "unknown_screen"
	// CodeTaken: another page has the id.
	CodeTaken Code = "taken"
	// CodeRefused: the screen could not carry out the command; the message says why.
	CodeRefused Code = "refused"
	// CodeTooLarge: the body is larger than api.MaxBody, or than the limit of its route.
	CodeTooLarge Code = "too_large"
	// CodeUnsupportedType: the body is not application/json.
	CodeUnsupportedType Code = "unsupported_media_type"
	// CodeTooMany: too many requests.
	CodeTooMany Code = "too_many_requests"
	// CodeUpstream: a site or a CDN did not answer as it should.
	CodeUpstream Code = "upstream"
	// CodeTimeout: the answer took too long.
	CodeTimeout Code = "timeout"
	// CodeSlow: the request's body did not arrive in time.
	CodeSlow Code = "request_timeout"
	// CodeStorage: the database failed; the message says why and what to do.
	CodeStorage Code = "storage"
	// CodeStopping: the server is shutting down, or the request was cancelled.
	CodeStopping Code = "stopping"
	// CodeInternal: a bug; the log says more.
	CodeInternal Code = "internal"
)

// codeStatus is the HTTP status of each code.
var codeStatus = map[Code]int{
	CodeBadRequest:           http.StatusBadRequest,
	CodeInvalid:              http.StatusUnprocessableEntity,
	CodeUnauthorized:         http.StatusUnauthorized,
	CodeForbidden:            http.StatusForbidden,
	CodeUntrustedHost:        http.StatusMisdirectedRequest,
	CodeNotFound:             http.StatusNotFound,
	CodeUnknownStream:        http.StatusNotFound,
	CodeNotActive:            http.StatusNotFound,
	CodeIncompatible:         http.StatusConflict,
	CodeUnknownSource:        http.StatusNotFound,
	CodeBrokenSource:         http.StatusConflict,
	CodeUnknownSession:       http.StatusNotFound,
	CodeMethodNotAllowed:     http.StatusMethodNotAllowed,
	CodeFixed:                http.StatusConflict,
	CodeStale:                http.StatusPreconditionFailed,
	CodeUnknownWall:          http.StatusNotFound,
	CodeUnknownScreen:        http.StatusNotFound,
	CodeTaken:                http.StatusConflict,
	CodeRefused:              http.StatusConflict,
	CodeTooLarge:             http.StatusRequestEntityTooLarge,
	CodeUnsupportedType:      http.StatusUnsupportedMediaType,
	CodeTooMany:              http.StatusTooManyRequests,
	CodeUpstream:             http.StatusBadGateway,
	CodeTimeout:              http.StatusGatewayTimeout,
	CodeSlow:                 http.StatusRequestTimeout,
	CodePreconditionRequired: http.StatusPreconditionRequired,
	CodeStorage:              http.StatusInternalServerError,
	CodeStopping:             http.StatusServiceUnavailable,
	CodeInternal:             http.StatusInternalServerError,
}

// Status returns the HTTP status that goes with the code.
func (c Code) Status() int {
	if s, ok := codeStatus[c]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Error is an error as a client sees it: what is wrong, where, and how to fix it, without tokens.
type Error struct {
	Code    Code   `json:"code" doc:"The kind of error; clients may switch on it."`
	Message string `json:"message" doc:"What is wrong, where, and how to fix it, in one line."`
	cause   error
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause, for logs; clients never see it.
func (e *Error) Unwrap() error { return e.cause }

// Cause returns the text of the cause for a log, without tokens; "" if there is none.
func (e *Error) Cause() string {
	if e.cause == nil {
		return ""
	}
	return stream.RedactText(e.cause.Error())
}

// Errorf returns an Error with a redacted message. An error in args that is wrapped with %w becomes its cause.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: stream.RedactText(err.Error()), cause: errors.Unwrap(err)}
}

// kindCodes maps the kinds of stream.Error to codes.
var kindCodes = map[error]Code{
	stream.ErrInvalid:         CodeInvalid,
	stream.ErrMalformed:       CodeBadRequest,
	stream.ErrTooLarge:        CodeTooLarge,
	settings.ErrFixed:         CodeFixed,
	access.ErrForbidden:       CodeForbidden,
	lineup.ErrUnknownSession:  CodeUnknownSession,
	spares.ErrIncompatible:    CodeIncompatible,
	spares.ErrNotActive:       CodeNotActive,
	spares.ErrUnavailable:     CodeUpstream,
	walls.ErrUnknown:          CodeUnknownWall,
	walls.ErrStale:            CodeStale,
	walls.ErrRevisionRequired: CodePreconditionRequired,
	screens.ErrUnknown:        CodeUnknownScreen,
	screens.ErrTaken:          CodeTaken,
	screens.ErrStale:          CodeStale,
	screens.ErrTooMany:        CodeTooMany,
	screens.ErrNoAnswer:       CodeTimeout,
	screens.ErrRefused:        CodeRefused,
	pairing.ErrWrongCode:      CodeUnauthorized,
	pairing.ErrUnknown:        CodeNotFound,
}

// kindCode returns the code of a kind of stream.Error, CodeInternal for one that is not listed.
func kindCode(kind error) Code {
	if c, ok := kindCodes[kind]; ok {
		return c
	}
	return CodeInternal
}

// AsError converts any error into an Error. An unknown error becomes CodeInternal with a message that only refers to the log,
// because its text may reveal secrets.
func AsError(err error) *Error {
	var e *Error
	var db *store.Error
	var user *stream.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case errors.As(err, &user):
		return &Error{Code: kindCode(user.Kind), Message: stream.RedactText(err.Error()), cause: err}
	case errors.As(err, &db):
		return &Error{Code: CodeStorage, Message: stream.RedactText(db.Error()), cause: err}
	case errors.Is(err, stream.ErrUnknownStream):
		return &Error{Code: CodeUnknownStream, Message: "no extraction has found this stream; run the extraction again, or look at GET /api/v1/streams?all=1", cause: err}
	case errors.Is(err, stream.ErrUnknownSource):
		return &Error{Code: CodeUnknownSource, Message: "no source has this key; GET /api/v1/sources lists the sources", cause: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Code: CodeTimeout, Message: "the request timed out; try again", cause: err}
	case errors.Is(err, context.Canceled):
		return &Error{Code: CodeStopping, Message: "the request was cancelled", cause: err}
	}
	return &Error{Code: CodeInternal, Message: "internal error; see Gridwall's log for details", cause: err}
}
