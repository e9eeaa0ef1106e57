package server

import (
	"net/http"
	"slices"
	"strings"

	"gridwall/app/api/fault"
	"gridwall/app/server/reply"
)

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
		reply.Fail(w, fault.Errorf(fault.CodeNotFound, "unknown route %s; GET /api/openapi.json lists all routes", r.URL.Path))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	reply.Fail(w, fault.Errorf(fault.CodeMethodNotAllowed, "%s does not support %s; use %s", r.URL.Path, r.Method, strings.Join(allowed, " or ")))
}

// changes reports whether a method may change something.
func changes(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}
