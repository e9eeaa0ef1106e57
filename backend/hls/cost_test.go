//go:build !race

package hls

import (
	"gridwall/internal/testcost"
	"strings"
	"testing"
	"time"
)

// work does all that the proxy does with a playlist.
func work(body []byte) {
	if Sniff(body) == KindMultivariant {
		m, err := ParseMultivariant(body, testEnv)
		if err != nil {
			return
		}
		m.RenderOnly(nil, fixed{}, nil)
		return
	}
	m, err := ParseMedia(body, testEnv)
	if err != nil {
		return
	}
	m.Render(nil, fixed{}, Shift{})
	s := Shift{MSN: 7, Discontinuity: 1}
	for i := range m.Segments {
		s.Breaks = append(s.Breaks, i)
	}
	m.Render(nil, fixed{}, s)
	excerpt := m.SegmentTexts(fixed{}, s)
	for i := range m.Segments {
		excerpt(i)
		m.Governing(i)
	}
	m.CanSkipUntil = time.Second
	if k := m.Skippable(); k > 0 {
		m.RenderDelta(nil, fixed{}, s, k)
	}
}

// One line of 24 KB once took 17 seconds, and nothing stops a parser that has begun: any server that answers a playlist could stop
// the whole program. The cost must be linear, and a megabyte may take a quarter of a second.
func TestNoPlaylistCostsMoreThanItsLength(t *testing.T) {
	testcost.Rarely(t, 256<<20)
	const size = 4 << 10
	for name, text := range hostile() {
		small, large := []byte(text(size)), []byte(text(testcost.Larger*size))
		most := time.Duration(float64(250*time.Millisecond) * float64(len(large)) / (1 << 20))
		fine := func(ratio float64, took time.Duration) bool { return ratio < testcost.MostGrowth && took < most }
		ratio, took := testcost.Growth(func(l bool) {
			if l {
				work(large)
			} else {
				work(small)
			}
		}, fine)
		if !fine(ratio, took) {
			t.Errorf("%.120s: %d times the length took %.1f times as long, %v for %d bytes", name, testcost.Larger, ratio, took, len(large))
		}
	}
}

func TestNoAssetListCostsMoreThanItsLength(t *testing.T) {
	testcost.Rarely(t, 256<<20)
	for _, piece := range []string{`"URI":"https://h",`, `"a":["https://h"],`, `"a":"b",`, `"\\\"":"\u0068",`} {
		text := func(n int) []byte { return []byte(`{` + strings.Repeat(piece, n) + `"z":1}`) }
		small, large := text(500), text(500*testcost.Larger)
		fine := func(ratio float64, _ time.Duration) bool { return ratio < testcost.MostGrowth }
		if ratio, _ := testcost.Growth(func(l bool) {
			body := small
			if l {
				body = large
			}
			if _, err := RewriteAssetList(nil, body, nameAsset); err != nil {
				t.Fatal(err)
			}
		}, fine); ratio >= testcost.MostGrowth {
			t.Errorf("%s: %.1f times", piece, ratio)
		}
	}
}
