//go:build !race

package attack

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
)

// Withstood, in more codings. Guards: maxPlaylist and maxBetween, and the bounds of answers in backend/extract.
func TestABombOfAnyCodingIsBounded(t *testing.T) {
	const size, block = 256 << 20, 4 << 20
	text := bytes.Repeat([]byte("#\n"), block/2)
	packed := func(head string) []byte { // one gzip member for the head, and another repeated many times
		member := func(b []byte) []byte {
			var out bytes.Buffer
			z := gzip.NewWriter(&out)
			_, _ = z.Write(b)
			_ = z.Close()
			return out.Bytes()
		}
		return append(member([]byte(head)), bytes.Repeat(member(text), size/block)...)
	}
	bombs := map[string][]byte{}
	for kind, head := range map[string]string{"m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:4\n", "m3u": "#EXTM3U\n", "json": "[\"", "html": "<!doctype html>", "ics": "BEGIN:VCALENDAR\r\n"} {
		bombs["gzip."+kind] = packed(head)
		var twice bytes.Buffer
		z := gzip.NewWriter(&twice)
		_, _ = z.Write(bombs["gzip."+kind])
		_ = z.Close()
		bombs["gzip,gzip."+kind] = twice.Bytes()
		if kind != "m3u8" {
			continue
		}
		for coding, open := range map[string]func(io.Writer) io.WriteCloser{
			"deflate": func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, flate.BestSpeed); return z },
			"br":      func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestSpeed) },
		} {
			var out bytes.Buffer
			z := open(&out)
			_, _ = io.WriteString(z, head)
			for range size / block {
				_, _ = z.Write(text)
			}
			_ = z.Close()
			bombs[coding+"."+kind] = out.Bytes()
		}
	}
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		w.Header().Set("Content-Encoding", strings.TrimSuffix(name, path.Ext(name)))
		w.Header().Set("Content-Type", map[string]string{".m3u8": playlistType, ".json": "application/json", ".html": "text/html"}[path.Ext(name)])
		_, _ = w.Write(bombs[name])
	})
	sources := map[string]string{}
	for name := range bombs {
		if path.Ext(name) == ".m3u8" {
			sources[strings.NewReplacer(".", "-", ",", "-").Replace(name)] = direct(name, site+"/"+name)
		}
	}
	v := start(t, "", sources)
	most := int64(0)
	for name := range bombs {
		grown := peak(func() {
			switch kind := path.Ext(name)[1:]; kind {
			case "m3u8":
				assert.NotEqual(t, http.StatusOK, v.get("/hls/"+v.stream(name)+"/index.m3u8").status, name)
			case "ics":
				v.do("POST", "/api/v1/calendars/try", asJSON(t, map[string]string{"kind": "ics", "url": site + "/" + name}))
			default:
				toml := fmt.Sprintf("kind = %q\nallow_private = true\nurl = %q\n", map[string]string{"m3u": "m3u", "json": "json", "html": "page"}[kind], site+"/"+name)
				if kind == "json" {
					toml += "query = \".[]\"\n"
				}
				v.do("POST", "/api/v1/sources/x/test", asJSON(t, map[string]string{"text": toml}))
			}
		})
		assert.Less(t, grown, int64(190<<20), name)
		most = max(most, grown)
	}
	report(t, fmt.Sprintf("%d bombs of 256 MB (gzip, twice, deflate, br): grown", len(bombs)), "< 190 MB (gzip alone)", fmt.Sprintf("%d MB at most", most>>20), "190 MB")
}
