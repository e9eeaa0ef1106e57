package proxy

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/fetch"
	"gridwall/backend/objects"
	"gridwall/backend/playback"
	"gridwall/backend/response"
	"gridwall/backend/stream"
)

// serveObject serves a segment, a part, a key or an init section. Concurrent requests share one download.
func (h handler) serveObject(w http.ResponseWriter, r *http.Request, a address) error {
	h.stream.MarkPlaying()
	leaf := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	from := h.feeder(a, leaf)
	if from.Stream != h.stream {
		from.Stream.MarkPlaying()
	}
	rend, err := from.Stream.FindRendition(r.Context(), from.Rendition)
	if err != nil {
		return err
	}
	var o *playback.MediaObject
	switch a.kind {
	case kindSegment:
		rend.Interest.Requested(from.MSN)
		o = from.Stream.Segment(rend, from.MSN)
	case kindPart:
		o = from.Stream.Part(rend, from.MSN, a.part, from.Name)
	default:
		o = from.Stream.Resource(rend, from.Name)
	}
	rd := o.Open()
	defer rd.Close()
	err = h.send(w, r, rd, mediaType(a, leaf))
	if h.spare != nil && a.kind == kindSegment && r.Context().Err() == nil {
		h.spare.Done(rend, from.Feeder, from.MSN, err)
	}
	return err
}

// send writes an object to a player while it downloads. fallback is its media type if the upstream sends no usable one.
func (h handler) send(w http.ResponseWriter, r *http.Request, rd *objects.Reader, fallback string) error {
	wctx, cancel := context.WithTimeoutCause(r.Context(), playerWait, fetch.ErrSlow)
	info, err := rd.Info(wctx)
	cancel()
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", response.ServedType(info.ContentType, fallback))
	header.Set("X-Content-Type-Options", "nosniff")
	// The player has the object, and so has Gridwall's cache. WebKit would write it to its disk cache as well.
	header.Set("Cache-Control", "no-store")
	header.Set("Accept-Ranges", "bytes")
	start, total := info.Start, info.Total
	from, to, partial, ok := playerRange(r.Header.Get("Range"), start, total)
	if !ok {
		header.Set("Content-Range", "bytes */"+strconv.FormatInt(start+total, 10))
		return &fetch.Failure{Status: http.StatusRequestedRangeNotSatisfiable, Code: "bad_range", Message: "the requested range is beyond the end of the segment"}
	}
	switch {
	case partial:
		whole := "*"
		if start == 0 && total >= 0 {
			whole = strconv.FormatInt(total, 10)
		}
		header.Set("Content-Range", "bytes "+strconv.FormatInt(start+from, 10)+"-"+strconv.FormatInt(start+to-1, 10)+"/"+whole)
		header.Set("Content-Length", strconv.FormatInt(to-from, 10))
		w.WriteHeader(http.StatusPartialContent)
	case total >= 0:
		header.Set("Content-Length", strconv.FormatInt(total, 10))
		w.WriteHeader(http.StatusOK)
	default:
		to = -1
		w.WriteHeader(http.StatusOK)
	}
	if r.Method == http.MethodHead {
		return nil
	}
	if err := copyTo(r.Context(), w, rd, from, to); err != nil {
		if r.Context().Err() == nil {
			h.log.Warn("a segment was interrupted and could not be resumed", "path", r.URL.Path, "why", stream.RedactText(err.Error()))
		}
		panic(http.ErrAbortHandler) // a short body must not end as if it were complete
	}
	return nil
}

// copyTo writes the bytes [from, to) of a download as they arrive; to < 0: to its end.
func copyTo(ctx context.Context, w http.ResponseWriter, rd *objects.Reader, from, to int64) error {
	rc := http.NewResponseController(w)
	rd.Advance(from)
	pos := from
	for to < 0 || pos < to {
		b, err := rd.Peek(ctx)
		if errors.Is(err, io.EOF) && to < 0 {
			return nil
		}
		if err != nil {
			return err
		}
		if to >= 0 && int64(len(b)) > to-pos {
			b = b[:to-pos]
		}
		_ = rc.SetWriteDeadline(time.Now().Add(writeWait))
		if _, err := w.Write(b); err != nil {
			return err
		}
		pos += int64(len(b))
		rd.Advance(int64(len(b)))
		if to < 0 || pos < to {
			if err := rc.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return err
			}
		}
	}
	return nil
}

// playerRange parses a player's Range header and returns the bytes [from, to) of the object. start is the object's position in
// the resource to which the header refers. A header that is not a single range is ignored (RFC 9110, 14.2). While the
// object's length is unknown (total < 0), because it is part of a resource that is still growing, only a range with both
// ends is used; any other is ignored. ok is false for a range beyond the object's end.
func playerRange(header string, start, total int64) (from, to int64, partial, ok bool) {
	spec, found := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !found || !dash || strings.Contains(spec, ",") || total < 0 && (first == "" || last == "") {
		return 0, total, false, true
	}
	if first == "" { // the last n bytes
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil || n < 0 {
			return 0, total, false, true
		}
		if n == 0 || total == 0 {
			return 0, 0, false, false
		}
		return max(0, total-n), total, true, true
	}
	a, err := strconv.ParseInt(first, 10, 64)
	if err != nil || a < 0 {
		return 0, total, false, true
	}
	from, to = a-start, total
	if last != "" {
		b, err := strconv.ParseInt(last, 10, 64)
		if err != nil || b < a {
			return 0, total, false, true
		}
		to = b + 1 - start
		if total >= 0 {
			to = min(to, total)
		}
	}
	if from < 0 || total >= 0 && from >= total {
		return 0, 0, false, false
	}
	return from, to, true, true
}

// mediaType returns the media type of an object for which the upstream sends no usable one.
func mediaType(a address, leaf string) string {
	switch a.kind {
	case kindKey, kindData:
		return "application/octet-stream"
	case kindInit:
		return "video/mp4"
	}
	switch leaf[strings.LastIndexByte(leaf, '.')+1:] {
	case "vtt", "webvtt":
		return "text/vtt"
	case "aac":
		return "audio/aac"
	case "m4s", "mp4", "m4v", "m4a", "cmfv", "cmfa":
		return "video/mp4"
	}
	return "video/mp2t"
}
