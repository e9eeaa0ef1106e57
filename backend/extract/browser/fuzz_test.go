package browser

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func FuzzPlaylist(f *testing.F) {
	f.Add([]byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n"), "https://x.test/m.m3u8")
	f.Fuzz(func(t *testing.T, body []byte, at string) {
		r := &request{url: at, last: at, body: body, matched: true}
		children := childrenOf(r)
		assert.LessOrEqual(t, len(children), strings.Count(string(body), "\n")+1)
		rec := &recorder{order: []*request{r}}
		streams, refused := rec.streams()
		assert.LessOrEqual(t, len(streams)+refused, 1)
		assert.NotContains(t, withoutDirectives(at), "?_HLS_")
		assert.NotContains(t, withoutDirectives(at), "&_HLS_")
	})
}
