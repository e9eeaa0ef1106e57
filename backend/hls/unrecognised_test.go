package hls

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// No player requests an address in a comment: it is neither kept nor replaced with one that could be fetched.
func TestAddressesInCommentsAreBlanked(t *testing.T) {
	for in, want := range map[string]string{
		"# see https://cdn.test/a?t=tok now": "# see (address) now",
		"#https://cdn.test/tok":              "#(address)",
		"## rtmp://h/tok \"udp://h\"":        "## (address) \"(address)\"",
		"# src=//cdn.test/tok":               "# src=(address)",
		"# 10 // 20, a//b, c: //":            "# 10 // 20, a//b, c: //",
		"#EXTINF:4,live at https://x/tok":    "#EXTINF:4,live at (address)",
		"#extra: https://x/tok":              "#extra: (address)",
	} {
		m := mustMedia(t, head+in+"\na\n#EXTINF:4,\na\n")
		assert.Contains(t, rendered(m, Shift{}), want+"\n", in)
		assert.Empty(t, m.Assets, in)
	}
	m := mustMedia(t, head+"#EXT-X-VENDOR:uri=\"key?tok\"\n#EXTINF:4,\na\n")
	assert.Contains(t, rendered(m, Shift{}), "#EXT-X-VENDOR:uri=\"asset-0\"\n")
}

// Beyond the bounds the excess is left out, and no address of it gets through.
func TestNoAddressLeaksBeyondTheLimits(t *testing.T) {
	many := func(n int, line string) string {
		b := make([]byte, 0, n*len(line))
		for range n {
			b = append(b, line...)
		}
		return string(b)
	}
	for name, text := range map[string]string{
		"attributes":  head + "#EXT-X-KEY:METHOD=AES-128,IV=0x1," + many(2*MaxAttributes, "URI=\"https://h/tok\",") + "X=\"https://h/tok\"\n#EXTINF:4,\na\n",
		"hints":       head + many(MaxHints+1, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"tok\"\n") + "#EXTINF:4,\na\n",
		"prefetches":  head + many(MaxHints+1, "#EXT-X-PREFETCH:tok\n") + "#EXTINF:4,\na\n",
		"reports":     head + many(MaxReports+1, "#EXT-X-RENDITION-REPORT:URI=\"tok\"\n") + "#EXTINF:4,\na\n",
		"date ranges": head + many(MaxDateRanges+1, "#EXT-X-DATERANGE:ID=\"a\",X-ASSET-URI=\"tok\"\n") + "#EXTINF:4,\na\n",
		"assets":      head + many(MaxAssets+1, "#EXT-X-VENDOR:https://h/tok\n") + "#EXTINF:4,\na\n",
		"two each":    head + many(MaxDateRanges, "#EXT-X-DATERANGE:ID=\"a\",X-ASSET-URI=\"tok\",X-ASSET-LIST=\"tok\"\n") + "#EXTINF:4,\na\n",
		"formats":     head + many(1, "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"tok\",KEYFORMAT=\"a\"\n") + "#EXTINF:4,\na\n",
	} {
		m := mustMedia(t, text)
		out := rendered(m, Shift{MSN: 1})
		assert.NotContains(t, out, "tok", name)
		assert.Len(t, m.Segments, 1, name)
		assert.LessOrEqual(t, len(m.Hints), MaxHints, name)
		assert.LessOrEqual(t, len(m.Reports), MaxReports, name)
		assert.LessOrEqual(t, len(m.Assets), MaxAssets, name)
		assert.LessOrEqual(t, strings.Count(out, tagDateRange), MaxDateRanges, name)
		if name == "attributes" {
			assert.LessOrEqual(t, strings.Count(out, "URI="), MaxAttributes)
		}
	}
	for name, text := range map[string]string{
		"keys": head + many(MaxKeys+1, "#EXT-X-KEY:METHOD=AES-128,URI=\"tok\"\n"), "maps": head + many(MaxMaps+1, "#EXT-X-MAP:URI=\"tok\"\n"),
	} {
		_, err := ParseMedia([]byte(text), Env{})
		assert.ErrorIs(t, err, ErrTooLarge, name)
		assert.NotContains(t, err.Error(), "tok")
	}
	v, err := ParseMultivariant([]byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na\n"+many(MaxAssets+1, "#EXT-X-SESSION-DATA:DATA-ID=\"a\",URI=\"tok\"\n")), Env{})
	assert.NoError(t, err)
	assert.Len(t, v.Resources, MaxAssets)
	assert.NotContains(t, string(v.Render(nil, fixed{})), "tok")
	v, err = ParseMultivariant([]byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na\n"+many(MaxAssets+1, "#EXT-X-VENDOR:https://h/tok\n")), Env{})
	assert.NoError(t, err)
	assert.Len(t, v.Resources, MaxAssets)
	assert.NotContains(t, string(v.Render(nil, fixed{})), "tok")
}
