package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridwall/app/api"
)

// errorBody is the body of every error response. It is also the error that huma's handlers return.
type errorBody struct {
	Err *api.Error `json:"error"`
}

// Error returns the message.
func (e *errorBody) Error() string { return e.Err.Message }

// GetStatus returns the HTTP status, for huma.
func (e *errorBody) GetStatus() int { return e.Err.Code.Status() }

// fail responds with err.
func fail(w http.ResponseWriter, err error) {
	e := api.AsError(err)
	var pause *pauseError
	if errors.As(err, &pause) {
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(pause.wait.Seconds()))))
	}
	writeJSON(w, e.Code.Status(), errorBody{Err: e})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	if h.Get("Content-Security-Policy") == "" {
		h.Set("Content-Security-Policy", dataPolicy)
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // cannot fail: the types of all responses can be encoded
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // fails only if the client has disconnected
}

// notFound responds to a request without a route: with 405 if the path has a route for another method, else with 404.
func notFound(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := mux.Handler(other); pattern != "/" && pattern != "" {
			allowed = append(allowed, m)
		}
	}
	if allowed == nil || slices.Contains(allowed, r.Method) {
		fail(w, api.Errorf(api.CodeNotFound, "there is no route %s; GET /api/openapi.json lists all routes", r.URL.Path))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	fail(w, api.Errorf(api.CodeMethodNotAllowed, "%s does not support %s; use %s", r.URL.Path, r.Method, strings.Join(allowed, " or ")))
}

// changes reports whether a method may change something.
func changes(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}
