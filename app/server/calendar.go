package server

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"

	"gridwall/app/api/fault"
	"gridwall/app/server/reply"
)

// calendar serves the calendar for calendar apps. They poll, so it supports conditional requests.
func (s *Server) calendar(w http.ResponseWriter, r *http.Request) {
	body, err := s.o.API.ScheduleICS(r.Context(), r.URL.Query().Get("series"))
	if err != nil {
		reply.Fail(w, fault.AsError(err))
		return
	}
	sum := sha256.Sum256([]byte(body))
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="gridwall.ics"`)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(body))
	}
}
