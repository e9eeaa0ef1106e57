package proxy

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// singleFile serves a playlist of three byte ranges of one file; part answers the requests for them.
func singleFile(t *testing.T, part func(w http.ResponseWriter, file []byte, first, last int)) *rig {
	file := bytes.Join([][]byte{content(1), content(2), content(3)}, nil)
	n := len(content(1))
	s := newTextServer(t, nil)
	s.handle = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/all.ts" {
			var first, last int
			if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &first, &last); err != nil {
				http.Error(w, "a range was expected", http.StatusBadRequest)
				return true
			}
			part(w, file, first, last)
			return true
		}
		fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n#EXT-X-BYTERANGE:%d@0\nall.ts\n#EXTINF:2,\n#EXT-X-BYTERANGE:%d\nall.ts\n#EXTINF:2,\n#EXT-X-BYTERANGE:%d\nall.ts\n#EXT-X-ENDLIST\n", n, n, n)
		return true
	}
	return newRig(t, s.URL+"/v.m3u8")
}

// Servers answer range requests in many nonstandard ways that browsers and ffmpeg accept.
func TestByteRangesPlayDespiteNonstandardResponses(t *testing.T) {
	labelled := func(status int, format string) func(http.ResponseWriter, []byte, int, int) {
		return func(w http.ResponseWriter, file []byte, first, last int) {
			label := strings.NewReplacer("FIRST", strconv.Itoa(first), "LAST", strconv.Itoa(last), "SIZE", strconv.Itoa(len(file))).Replace(format)
			if label != "" {
				w.Header().Set("Content-Range", label)
			}
			w.Header().Set("Content-Length", strconv.Itoa(last-first+1))
			w.WriteHeader(status)
			_, _ = w.Write(file[first : last+1])
		}
	}
	for name, part := range map[string]func(w http.ResponseWriter, file []byte, first, last int){
		"as in the RFC":             labelled(206, "bytes FIRST-LAST/SIZE"),
		"without a size":            labelled(206, "bytes FIRST-LAST/*"),
		"without a size or a slash": labelled(206, "bytes FIRST-LAST"),
		"in another case":           labelled(206, "Bytes FIRST-LAST/*"),
		"in the request's syntax":   labelled(206, "bytes=FIRST-LAST/SIZE"),
		"with a colon":              labelled(206, "bytes: FIRST-LAST/SIZE"),
		"without a unit":            labelled(206, "FIRST-LAST/SIZE"),
		"without Content-Range":     labelled(206, ""),
		"with status 200":           labelled(200, "bytes FIRST-LAST/SIZE"),
		"with an end that is one too large": func(w http.ResponseWriter, file []byte, first, last int) {
			labelled(206, fmt.Sprintf("bytes FIRST-%d/SIZE", last+1))(w, file, first, last)
		},
		"the whole file, labelled as a part": func(w http.ResponseWriter, file []byte, first, last int) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, len(file)))
			w.Header().Set("Content-Length", strconv.Itoa(len(file)))
			w.WriteHeader(206)
			_, _ = w.Write(file)
		},
		"the whole file, labelled as such": func(w http.ResponseWriter, file []byte, _, _ int) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(file)-1, len(file)))
			w.Header().Set("Content-Length", strconv.Itoa(len(file)))
			_, _ = w.Write(file)
		},
		"the whole file": func(w http.ResponseWriter, file []byte, _, _ int) { _, _ = w.Write(file) },
	} {
		t.Run(name, func(t *testing.T) {
			g := singleFile(t, part)
			for i := range 3 {
				assert.True(t, string(content(i+1)) == g.get(fmt.Sprintf("/hls/feed/main/%d.ts", i)), i)
			}
		})
	}
	t.Run("another part is refused", func(t *testing.T) {
		for name, part := range map[string]func(http.ResponseWriter, []byte, int, int){
			"by its label": func(w http.ResponseWriter, file []byte, first, last int) {
				labelled(206, "bytes 1-LAST/SIZE")(w, file, first, last)
			},
			"by its length": func(w http.ResponseWriter, file []byte, first, last int) { labelled(206, "")(w, file, first, last-1) },
		} {
			status, _, body := singleFile(t, part).do("/hls/feed/main/1.ts")
			assert.Equal(t, http.StatusBadGateway, status, name)
			assert.Contains(t, string(body), "another part than requested", name)
		}
	})
}

// If a server cannot resume, the whole object is requested again, and bytes that were already sent are skipped.
func TestATruncatedBodyPlaysIfTheServerCannotResume(t *testing.T) {
	body := content(103)
	size := strconv.Itoa(len(body))
	for name, tc := range map[string]struct {
		chunked bool // the first answer has no Content-Length, and is cut off after the last byte
		resume  func(w http.ResponseWriter)
		asked   int
	}{
		"it refuses the range":           {false, func(w http.ResponseWriter) { w.WriteHeader(416) }, 3},
		"it refuses the range by a size": {false, func(w http.ResponseWriter) { w.Header().Set("Content-Range", "bytes */"+size); w.WriteHeader(416) }, 3},
		"it answers another range": {false, func(w http.ResponseWriter) {
			w.Header().Set("Content-Range", "bytes 7-"+size+"/"+size)
			w.WriteHeader(206)
			_, _ = w.Write(body[7:])
		}, 3},
		"it omits Content-Range":        {false, func(w http.ResponseWriter) { w.WriteHeader(206); _, _ = w.Write(body[7:]) }, 3},
		"only the final chunk was lost": {true, func(w http.ResponseWriter) { w.Header().Set("Content-Range", "bytes */"+size); w.WriteHeader(416) }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			asked := 0
			e.answers("seg103.ts", func(w http.ResponseWriter, r *http.Request) {
				asked++
				switch {
				case asked == 1 && tc.chunked:
					_, _ = w.Write(body)
					_ = http.NewResponseController(w).Flush()
					panic(http.ErrAbortHandler)
				case asked == 1:
					w.Header().Set("Content-Length", size)
					_, _ = w.Write(body[:len(body)/2])
					_ = http.NewResponseController(w).Flush()
					panic(http.ErrAbortHandler)
				case r.Header.Get("Range") != "":
					tc.resume(w)
				default:
					_, _ = w.Write(body)
				}
			})
			g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
			assert.True(t, string(body) == g.get("/hls/feed/main/103.ts"))
			assert.Equal(t, tc.asked, asked)
		})
	}
}
