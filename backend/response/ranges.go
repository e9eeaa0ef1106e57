package response

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// PartOf judges the answer to a request for length bytes from start on (-1: to the end). part reports whether they are
// what comes, otherwise the whole comes; size is how long that is, -1: unknown. ok is false for anything else. What the
// status and Content-Range say is held against Content-Length: servers err in each of them.
func PartOf(resp *http.Response, start, length int64) (size int64, part, ok bool) {
	size = -1
	first, last, whole, named := contentRange(resp.Header.Get("Content-Range"))
	if named {
		size = whole
	}
	comes := resp.ContentLength
	switch {
	case resp.StatusCode != http.StatusPartialContent && !named:
		return size, false, true
	case !named: // 206 without a word on which part: its length tells
		return size, true, length >= 0 && (comes == length || comes < 0)
	case last >= first && comes == whole && whole > last-first+1: // the file, under the header of a part
		return size, false, true
	case first == start:
		return size, true, true
	}
	return size, false, resp.StatusCode != http.StatusPartialContent && first == 0 && comes == whole
}

// Resumes reports whether the answer to a request for all from a byte on can be used. Where it cannot, the whole can.
func Resumes(resp *http.Response, from int64) bool {
	_, _, ok := PartOf(resp, from, -1)
	return ok
}

// contentRange reads "bytes 0-9/100", and what servers write in its place: another case, "=" or ":" behind the unit, no
// unit, no length of the whole. whole is -1 where it is not said.
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

// Whole reports whether an answer to a request without a range is the whole: 206 is sent unasked by some servers.
func Whole(resp *http.Response) bool {
	if resp.StatusCode != http.StatusPartialContent {
		return true
	}
	first, last, size, ok := contentRange(resp.Header.Get("Content-Range"))
	return !ok || first == 0 && (size < 0 || last == size-1 || resp.ContentLength < 0 || resp.ContentLength == size)
}

const (
	unsized        = -1 // a 416 that does not say how long the resource is
	NotUnsatisfied = -2 // no 416 at all
)

// Unsatisfied returns how long a resource is, going by the answer that it does not reach to the range that was asked for (416).
func Unsatisfied(err error) int64 {
	var s *StatusError
	if !errors.As(err, &s) || s.Status != http.StatusRequestedRangeNotSatisfiable {
		return NotUnsatisfied
	}
	return s.Size
}

// sizeOf reads the Content-Range of a 416: "bytes */100".
func sizeOf(resp *http.Response) int64 {
	_, size, _ := strings.Cut(resp.Header.Get("Content-Range"), "/")
	if n, ok := decimal(size); ok {
		return n
	}
	return unsized
}
