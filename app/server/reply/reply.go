package reply

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"gridwall/app/api/fault"
)

// DataPolicy is the Content-Security-Policy of data: a browser that opens it as a page runs nothing.
const DataPolicy = "default-src 'none'; frame-ancestors 'none'"

// ErrorBody is the body of every error response. It is also the error that huma's handlers return.
type ErrorBody struct {
	Err *fault.Error `json:"error"`
}

// Error returns the message.
func (e *ErrorBody) Error() string { return e.Err.Message }

// GetStatus returns the HTTP status, for huma.
func (e *ErrorBody) GetStatus() int { return e.Err.Code.Status() }

// pauseError is an error with a Retry-After header in its response.
type pauseError struct {
	err  *fault.Error
	wait time.Duration
}

// Pause returns an error whose response asks the client to try again after wait.
func Pause(err *fault.Error, wait time.Duration) error { return &pauseError{err, wait} }

// Error returns the message.
func (e *pauseError) Error() string { return e.err.Error() }

// Unwrap returns the error of the contract.
func (e *pauseError) Unwrap() error { return e.err }

// Fail responds with err.
func Fail(w http.ResponseWriter, err error) {
	e := fault.AsError(err)
	var pause *pauseError
	if errors.As(err, &pause) {
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(pause.wait.Seconds()))))
	}
	JSON(w, e.Code.Status(), ErrorBody{Err: e})
}

// JSON responds with v as JSON.
func JSON(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	if h.Get("Content-Security-Policy") == "" {
		h.Set("Content-Security-Policy", DataPolicy)
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // cannot fail: the types of all responses can be encoded
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // fails only if the client has disconnected
}
