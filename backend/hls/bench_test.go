package hls

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// dvr returns a six-hour playlist as a live DVR window has it: segments of four seconds, a PDT each, and unknown lines.
func dvr(segments, unknown int) []byte {
	var b strings.Builder
	b.WriteString("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:1200345\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4?t=abc\"\n")
	at := time.Date(2026, 5, 24, 12, 0, 0, 0, time.UTC)
	for i := range segments {
		fmt.Fprintf(&b, "#EXT-X-PROGRAM-DATE-TIME:%s\n", at.Format("2006-01-02T15:04:05.000Z"))
		for k := range unknown {
			fmt.Fprintf(&b, "#EXT-X-VENDOR-%d:some-value=%d,other=\"x\"\n", k, i)
		}
		fmt.Fprintf(&b, "#EXTINF:4.00000,\nchunk_%d.m4s?token=0123456789abcdef\n", 1200345+i)
		at = at.Add(4 * time.Second)
	}
	return []byte(b.String())
}

func benchmarkRewrite(b *testing.B, body []byte, s Shift) {
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	dst := make([]byte, 0, 2*len(body))
	for b.Loop() {
		m, err := ParseMedia(body, Env{})
		if err != nil || len(m.Segments) != 5400 {
			b.Fatal(err)
		}
		dst = m.Render(dst[:0], &namer{m: m}, s)
	}
}

func BenchmarkRewrite(b *testing.B)             { benchmarkRewrite(b, dvr(5400, 0), Shift{}) }
func BenchmarkRewriteUnknownLines(b *testing.B) { benchmarkRewrite(b, dvr(5400, 10), Shift{}) }
func BenchmarkRewriteShifted(b *testing.B) {
	body := strings.Replace(string(dvr(5400, 0)), "#EXT-X-MAP", "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXT-X-MAP", 1)
	benchmarkRewrite(b, []byte(body), Shift{MSN: 7, Breaks: []int{3000}})
}

func BenchmarkParse(b *testing.B) {
	body := dvr(5400, 0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseMedia(body, Env{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	body := dvr(5400, 0)
	m, err := ParseMedia(body, Env{})
	if err != nil {
		b.Fatal(err)
	}
	dst := make([]byte, 0, 2*len(body))
	b.ReportAllocs()
	for b.Loop() {
		dst = m.Render(dst[:0], &namer{m: m}, Shift{})
	}
}
