package hls

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// namer gives names as the proxy does, and counts what it named.
type namer struct {
	m     *Media
	count map[string]int // nil: do not count
}

func (n *namer) named(kind string, i, j int) {
	if n.count != nil {
		n.count[kind+" "+strconv.Itoa(i)+" "+strconv.Itoa(j)]++
	}
}

func (n *namer) number(dst []byte, prefix string, i int) []byte {
	return strconv.AppendInt(append(dst, prefix...), n.m.MSN+n.m.Skipped+int64(i), 10)
}

func (n *namer) Segment(dst []byte, i int) []byte {
	n.named("segment", i, 0)
	return append(n.number(dst, "", i), ".m4s"...)
}

func (n *namer) Part(dst []byte, segment, part int) []byte {
	n.named("part", segment, part)
	dst = append(n.number(dst, "", segment), '.')
	return append(strconv.AppendInt(dst, int64(part), 10), ".m4s"...)
}

func (n *namer) Key(dst []byte, k int) []byte {
	n.named("key", k, 0)
	dst = n.number(dst, "key-", n.m.Keys[k].From)
	if n.m.Keys[k].ForMap {
		dst = append(dst, "-map"...)
	}
	return dst
}

func (n *namer) Map(dst []byte, k int) []byte {
	n.named("map", k, 0)
	return append(n.number(dst, "init-", n.m.Maps[k].From), ".mp4"...)
}

func (n *namer) Hint(dst []byte, k int) []byte {
	n.named("hint", k, 0)
	h := n.m.Hints[k]
	if h.Type == "MAP" {
		return append(n.number(dst, "init-", h.Segment), ".mp4"...)
	}
	dst = append(n.number(dst, "", h.Segment), '.')
	return append(strconv.AppendInt(dst, int64(h.Part), 10), ".m4s"...)
}

func (n *namer) Asset(dst []byte, k int) []byte {
	n.named("asset", k, 0)
	return strconv.AppendInt(append(dst, "asset-"...), int64(k), 10)
}

// Report knows no rendition "gone", and that "4M" is numbered a thousand higher.
func (n *namer) Report(dst []byte, k int) ([]byte, int64, bool) {
	n.named("report", k, 0)
	uri := n.m.Reports[k].URI
	var shift int64
	if strings.Contains(uri, "4M") {
		shift = -1000
	}
	dst = strconv.AppendInt(append(dst, "../report-"...), int64(k), 10)
	return append(dst, "/index.m3u8"...), shift, !strings.Contains(uri, "gone")
}

type multiNamer struct {
	names []string
	count map[string]int
}

func (n *multiNamer) Rendition(dst []byte, i int) []byte {
	if n.count != nil {
		n.count["rendition "+strconv.Itoa(i)]++
	}
	return append(append(dst, n.names[i]...), "/index.m3u8"...)
}

func (n *multiNamer) Resource(dst []byte, i int) []byte {
	if n.count != nil {
		n.count["resource "+strconv.Itoa(i)]++
	}
	return strconv.AppendInt(append(dst, "resource-"...), int64(i), 10)
}

var testEnv = Env{
	URL:    &url.URL{Scheme: "https", Host: "cdn.test", Path: "/live/media.m3u8", RawQuery: "sig=s%49g"},
	Import: map[string]string{"token": "0xABC"},
}

func mustMedia(t *testing.T, text string) *Media {
	t.Helper()
	m, err := ParseMedia([]byte(text), testEnv)
	require.NoError(t, err)
	return m
}

func rendered(m *Media, s Shift) string { return string(m.Render(nil, &namer{m: m}, s)) }
