package renditions

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"gridwall/backend/hls"
	"gridwall/internal/testcost"
)

// BenchmarkNames names a ladder of 200 renditions whose bandwidths have drifted, against as many known names.
func BenchmarkNames(b *testing.B) {
	ladder := func(factor float64) (rs []hls.Rendition) {
		for i := range 200 {
			rs = append(rs, hls.Rendition{
				Kind: hls.Variant, URI: fmt.Sprintf("v%d/%f.m3u8", i, factor), Height: 240 + 60*(i%10), Bandwidth: int64(float64(200_000+90_000*i) * factor),
				Codecs: "avc1.64002a,mp4a.40.2", AudioGroup: "aud",
			})
		}
		return rs
	}
	_, known := Names(nil, ladder(1))
	rs := ladder(1.05)
	b.ReportAllocs()
	for b.Loop() {
		Names(known, rs)
	}
}

// A stream with new audio renditions in each reload once held the stream's lock for most of a second each time.
func TestNamingManyNewRenditionsIsCheap(t *testing.T) {
	audio := func(reload int) (rs []hls.Rendition) {
		for i := range hls.MaxRenditions {
			name := strconv.Itoa(reload*hls.MaxRenditions + i)
			rs = append(rs, hls.Rendition{Kind: hls.Audio, URI: name, Language: "en", Name: "Sound " + name, GroupID: "g"})
		}
		return rs
	}
	_, known := Names(nil, audio(0))
	least := uint64(math.MaxUint64) // other goroutines may allocate as well
	for i := range 5 {
		rs := audio(i + 1)
		least = min(least, testcost.Allocated(func() { Names(known, rs) }))
	}
	if most := uint64(32 << 10 * hls.MaxRenditions); least > most {
		t.Errorf("naming %d new audio renditions allocates %d bytes: each was compared with all known ones", hls.MaxRenditions, least)
	} else {
		t.Log(least, most)
	}
}

// FuzzNames names the renditions of any multivariant playlist; the seeds are those of package hls.
func FuzzNames(f *testing.F) {
	files, err := filepath.Glob("../hls/testdata/*/*.m3u8")
	if err != nil || len(files) == 0 {
		f.Fatal("no playlists to start from: ", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := hls.ParseMultivariant(body, hls.Env{})
		if err != nil {
			return
		}
		names, all := Names(nil, m.Renditions)
		for i, n := range names {
			if _, ok := all[n]; !ok || !usable(n) {
				t.Fatalf("rendition %d is named %q", i, n)
			}
		}
		if again, _ := Names(all, m.Renditions); !slices.Equal(names, again) {
			t.Fatalf("naming it again returns %q instead of %q", again, names)
		}
		Select(m, Quality{Height: 720})
	})
}
