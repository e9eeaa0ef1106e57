package response

import (
	"net/http"
	"testing"
)

func FuzzContentRange(f *testing.F) {
	for _, s := range []string{"bytes 0-9/100", "bytes */100", "Bytes=5-/*", "0-9", "bytes 9-0/1", "bytes 99999999999999999999-1/2", "bytes 0-9/", "- -/-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		first, last, whole, ok := contentRange(s)
		if ok && (first < 0 || last < 0 || whole < -1) || !ok && (first|last|whole) != 0 {
			t.Fatalf("%q: %d-%d/%d %v", s, first, last, whole, ok)
		}
		resp := &http.Response{StatusCode: 206, ContentLength: whole, Header: http.Header{"Content-Range": {s}}}
		if n := sizeOf(resp); n < unsized {
			t.Fatalf("%q: %d", s, n)
		}
		PartOf(resp, 5, 10)
	})
}
