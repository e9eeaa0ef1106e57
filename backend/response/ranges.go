package response

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// PartOf judges the answer to a request for length bytes from start on (-1: to the end). part is true if the body is that
// part, false if it is the whole resource; size is the length of the whole resource, -1: unknown. ok is false if the body is
// neither. Status and Content-Range are checked against Content-Length, as servers make mistakes in all three.
func PartOf(resp *http.Response, start, length int64) (size int64, part, ok bool) {
	size = -1
	first, last, whole, found := contentRange(resp.Header.Get("Content-Range"))
	if found {
		size = whole
	}
	body := resp.ContentLength
	switch {
	case resp.StatusCode != http.StatusPartialContent && !found:
		return size, false, true
	case !found: // 206 without Content-Range: the length has to match
		return size, true, length >= 0 && (body == length || body < 0)
	case last >= first && body == whole && whole > last-first+1: // the whole file, under the header of a part
		return size, false, true
	case first == start:
		return size, true, true
	}
	return size, false, resp.StatusCode != http.StatusPartialContent && first == 0 && body == whole
}

// Resumes reports whether the answer to a request for everything after a byte can be used. If not, the whole resource has to
// be requested.
func Resumes(resp *http.Response, from int64) bool {
	_, _, ok := PartOf(resp, from, -1)
	return ok
}

// contentRange parses "bytes 0-9/100", and the variants that servers send: another case, "=" or ":" after the unit, no unit,
// no total length. whole is -1 if the total length is missing.
func contentRange(s string) (first, last, whole int64, ok bool) {
	s = strings.TrimSpace(s)
	if n := len("bytes"); len(s) >= n && strings.EqualFold(s[:n], "bytes") {
		s = strings.TrimLeft(s[n:], " \t=:")
	}
	span, size, sized := strings.Cut(s, "/")
	from, to, _ := strings.Cut(span, "-")
	if first, ok = decimal(from); !ok {
		return 0, 0, 0, false
	}
	if last, ok = decimal(to); !ok {
		return 0, 0, 0, false
	}
	whole = -1
	if size = strings.TrimSpace(size); sized && size != "*" {
		if whole, ok = decimal(size); !ok {
			return 0, 0, 0, false
		}
	}
	return first, last, whole, true
}

func decimal(s string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	return n, err == nil && n >= 0
}

// Whole reports whether the answer to a request without a range is the whole resource: some servers answer 206 anyway.
func Whole(resp *http.Response) bool {
	if resp.StatusCode != http.StatusPartialContent {
		return true
	}
	first, last, size, ok := contentRange(resp.Header.Get("Content-Range"))
	return !ok || first == 0 && (size < 0 || last == size-1 || resp.ContentLength < 0 || resp.ContentLength == size)
}

const (
	unsized        = -1 // a 416 that does not state the length of the resource
	NotUnsatisfied = -2 // not a 416
)

// Unsatisfied returns the length of a resource, in bytes, if err is a 416 (the requested range is beyond its end); -1 if the 416
// does not state it; NotUnsatisfied if err is no 416.
func Unsatisfied(err error) int64 {
	var s *StatusError
	if !errors.As(err, &s) || s.Status != http.StatusRequestedRangeNotSatisfiable {
		return NotUnsatisfied
	}
	return s.Size
}

// sizeOf returns the length in the Content-Range of a 416: "bytes */100".
func sizeOf(resp *http.Response) int64 {
	_, size, _ := strings.Cut(resp.Header.Get("Content-Range"), "/")
	if n, ok := decimal(size); ok {
		return n
	}
	return unsized
}
