package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"gridwall/app/api"
)

// errorBody is how each error is answered, whoever found it. It is also the error that huma's handlers return.
type errorBody struct {
	Err *api.Error `json:"error"`
}

// Error returns the message.
func (e *errorBody) Error() string { return e.Err.Message }

// GetStatus tells huma the HTTP status.
func (e *errorBody) GetStatus() int { return e.Err.Code.Status() }

// fail answers err.
func fail(w http.ResponseWriter, err error) {
	e := api.AsError(err)
	writeJSON(w, e.Code.Status(), errorBody{Err: e})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the client has gone; there is no one left to tell
}

// notFound answers a request that no route took: 405 where the path has a route for another method, else 404.
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
		fail(w, api.Errorf(api.CodeNotFound, "there is nothing at %s; GET /api/openapi.json describes what there is", r.URL.Path))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	fail(w, api.Errorf(api.CodeMethodNotAllowed, "%s does not take %s, but %s", r.URL.Path, r.Method, strings.Join(allowed, " or ")))
}

// bounded gives all but playback and events an end, and reads their bodies: at most api.MaxBody bytes of JSON, or api.MaxListBody
// where an M3U list may be in it.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/hls/") || r.URL.Path == eventsPath {
			next.ServeHTTP(w, r)
			return
		}
		rc := http.NewResponseController(w)
		_ = rc.SetWriteDeadline(time.Now().Add(answerTimeout)) // only fails where there is no connection to bound
		if err := readBody(w, r, rc); err != nil {
			fail(w, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// readBody reads the whole body, checks that it is JSON, and puts it back. It is read here, and not by each route,
// so that a deadline for reading never outlives the reading: net/http would take it for a client gone away.
func readBody(w http.ResponseWriter, r *http.Request, rc *http.ResponseController) error {
	if !changes(r.Method) || r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	_ = rc.SetReadDeadline(time.Now().Add(bodyTimeout))
	most := int64(api.MaxBody)
	if strings.HasPrefix(r.URL.Path, "/api/v1/sources/") {
		most = api.MaxListBody
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	_ = rc.SetReadDeadline(time.Time{})
	if err != nil {
		var large *http.MaxBytesError
		var slow net.Error
		switch {
		case errors.As(err, &large):
			return api.Errorf(api.CodeTooLarge, "the body is larger than %d bytes", most)
		case errors.As(err, &slow) && slow.Timeout():
			return api.Errorf(api.CodeTimeout, "the body did not arrive within %s", bodyTimeout)
		}
		return api.Errorf(api.CodeBadRequest, "the body broke off")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	if len(body) == 0 {
		r.Body = http.NoBody
		return nil
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return api.Errorf(api.CodeUnsupportedType, "a body must be application/json")
	}
	if !json.Valid(body) {
		return api.Errorf(api.CodeBadRequest, "the body is not JSON")
	}
	return nil
}

// changes tells whether a method may change something.
func changes(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}
