package proxy

import (
	"encoding/json"
	"gridwall/backend/fetch"
	"math"
	"net/http"
	"strconv"
)

var (
	errViewer = &fetch.Failure{Status: http.StatusBadRequest, Code: "bad_request",
		Message: "viewer may have at most 64 letters, digits, dots, hyphens and underscores"}
	errMethod = &fetch.Failure{Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Message: "playback answers GET and HEAD"}
)

func (p *Proxy) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil { // the player has disconnected: nobody would read the answer
		return
	}
	f := fetch.AsFailure(err)
	if f.Status >= http.StatusInternalServerError {
		p.log.Warn("playback failed", "path", r.URL.Path, "status", f.Status, "why", f.Message)
	} else {
		p.log.Debug("playback refused", "path", r.URL.Path, "status", f.Status, "why", f.Message)
	}
	writeFailure(w, f)
}

func writeFailure(w http.ResponseWriter, f *fetch.Failure) {
	h := w.Header()
	if f.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(f.Retry.Seconds())))))
	}
	if f.Status == http.StatusMethodNotAllowed {
		h.Set("Allow", "GET, HEAD")
	}
	body, _ := json.Marshal(map[string]any{"error": map[string]string{"code": f.Code, "message": f.Message}})
	_ = writeText(w, f.Status, "application/json", append(body, '\n'))
}
