package proxy

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/timeline"
)

func TestPathsParseToTheirAddresses(t *testing.T) {
	for path, want := range map[string]address{
		"/hls/ab2/index.m3u8":                  {kind: kindRoot, id: "ab2"},
		"/hls/ab2/1080p-6000k/index.m3u8":      {kind: kindPlaylist, id: "ab2", rendition: "1080p-6000k"},
		"/hls/ab2/audio-en/0.aac":              {kind: kindSegment, id: "ab2", rendition: "audio-en"},
		"/hls/ab2/main/883412345.ts":           {kind: kindSegment, id: "ab2", rendition: "main", n: 883412345},
		"/hls/ab2/main/883412345.7.m4s":        {kind: kindPart, id: "ab2", rendition: "main", n: 883412345, part: 7},
		"/hls/ab2/main/init-12.mp4":            {kind: kindInit, id: "ab2", rendition: "main", n: 12},
		"/hls/ab2/main/key-12":                 {kind: kindKey, id: "ab2", rendition: "main", n: 12},
		"/hls/ab2/main/key-12-2":               {kind: kindKey, id: "ab2", rendition: "main", n: 12, name: "2"},
		"/hls/ab2/data-00ff":                   {kind: kindData, id: "ab2", name: "00ff"},
		"/hls/ab2/main/4611686018427387903.ts": {kind: kindSegment, id: "ab2", rendition: "main", n: maxNumber},
	} {
		got, ok := parseAddress(path)
		assert.True(t, ok, path)
		assert.Equal(t, want, got, path)
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"/hls/a/index.m3u8", "/hls/a/b/1.2.m4s", "/hls/a/b/key-1-2", "/hls/a/b/init-1.mp4", "/hls/../etc/passwd", "/hls/a/b/%2e%2e/1.ts", "/hls/a/b/1.2.3.ts"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		a, ok := parseAddress(path)
		if !ok {
			return
		}
		if strings.Contains(path, "..") || strings.ContainsAny(path, "%?#\\") || a.id == "" || a.n < 0 || a.part < 0 {
			t.Fatalf("%q was parsed as %+v", path, a)
		}
		if a.kind == kindSegment && !strings.Contains(path, "/"+strconv.FormatInt(a.n, 10)+".") {
			t.Fatalf("%q was parsed as number %d", path, a.n)
		}
	})
}

// Regression: a subtitle segment named a.webvtt was listed in the playlist, but its address was rejected when requested.
func TestEveryWrittenExtensionIsParsed(t *testing.T) {
	for _, ext := range []string{"ts", "m4s", "webvtt", "z09azz"} { // see backend/timeline: letters and digits, at most MaxExtension
		assert.LessOrEqual(t, len(ext), timeline.MaxExtension)
		for _, path := range []string{"/hls/a/b/7.", "/hls/a/b/7.1."} {
			_, ok := parseAddress(path + ext)
			assert.True(t, ok, path+ext)
		}
	}
}
