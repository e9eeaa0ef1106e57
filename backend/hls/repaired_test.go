package hls

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The playlists of testdata/repaired are what people and servers write, and what some player refuses. What is made of them
// stands beside them: frontend/src/lib/player/repaired.test.ts reads that with the parser of hls.js.
func TestWhatPlayersRefuseIsRepaired(t *testing.T) {
	files, err := filepath.Glob("testdata/repaired/*.m3u8")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		base := strings.TrimSuffix(file, ".m3u8")
		t.Run(filepath.Base(base), func(t *testing.T) {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			got := rewrite(t, body, Shift{})
			assert.NotContains(t, got, "tok", "an upstream address got through")
			if flag.Lookup("update").Value.String() == "true" {
				require.NoError(t, os.WriteFile(base+".golden", []byte(got), 0o644))
			}
			want, err := os.ReadFile(base + ".golden")
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
			if Sniff(body) == KindMedia { // a shift adds no fault
				again := mustMedia(t, rewrite(t, body, Shift{MSN: 3, Discontinuity: 1, Breaks: []int{0, 1}}))
				assert.Empty(t, again.Faults)
				assert.Empty(t, again.lines.late)
			}
			if !strings.Contains(got, "BANDWIDTH=1\n") { // a variant that said nothing says that now, and is named by it
				assert.Equal(t, got, rewrite(t, []byte(got), Shift{}), "what was repaired needs no repair")
			}
		})
	}
}

func repaired(t *testing.T, name string) *Media {
	t.Helper()
	body, err := os.ReadFile("testdata/repaired/" + name + ".m3u8")
	require.NoError(t, err)
	return mustMedia(t, string(body))
}

// However a playlist is spelt, it means the same: two segments, from number 7 on.
func TestUnusualSpellingsAreReadAlike(t *testing.T) {
	for _, name := range []string{
		"target-zero", "target-of-words", "target-negative", "target-quoted", "target-decimal", "header-with-words", "header-behind-blanks", "header-with-blank",
		"bom", "bom-and-blank-line", "bom-in-each-part", "map-without-address", "blanks-that-nobody-sees", "tags-behind-blanks", "sequence-tab", "discontinuity-sequence-negative", "duration-at-the-end",
		"address-before-any-duration", "skip-of-words", "lone-cr", "mixed-line-ends", "lower-case", "lower-case-header", "blanks-behind-colons",
		"key-single-quotes", "key-blanks", "key-unquoted", "key-quoted-words", "key-trailing-commas", "key-twice", "key-without-commas", "key-lower-case",
		"key-open-quote", "key-and-map-keys", "nul", "sequences-two", "title-of-two-lines", "words-behind-tags", "utf-16", "utf-16-without-bom", "comments", "no-line-end",
	} {
		m := repaired(t, name)
		assert.Equal(t, int64(7), m.MSN, name)
		require.Len(t, m.Segments, 2, name)
		assert.Equal(t, "a.ts?tok", m.Segments[0].URI, name)
		assert.Equal(t, 4*time.Second, m.Segments[1].Duration, name)
		assert.LessOrEqual(t, m.TargetDuration, 4004*time.Millisecond, name)
		assert.GreaterOrEqual(t, m.TargetDuration, 4*time.Second, name)
		if strings.Contains(name, "key") || name == "lower-case" || name == "blanks-behind-colons" {
			require.NotEmpty(t, m.Keys, name)
			k := m.Keys[len(m.Keys)-1]
			assert.Equal(t, "AES-128", k.Method, name)
			assert.Equal(t, name != "blanks-behind-colons", k.HasIV, name)
		}
	}
	assert.Equal(t, "https://h.test/k,1?tok=1,2", repaired(t, "key-unquoted").Keys[0].URI)
	assert.Equal(t, "k,1?tok", repaired(t, "key-single-quotes").Keys[0].URI)
	assert.True(t, repaired(t, "lower-case").End)
	assert.Equal(t, "EVENT", repaired(t, "blanks-behind-colons").PlaylistType)
	assert.False(t, repaired(t, "blanks-behind-colons").Segments[0].PDT.IsZero())
}

func TestUnreadableNumbersAreReplacedAndReported(t *testing.T) {
	for name, fault := range map[string]string{
		"sequence-negative":           "EXT-X-MEDIA-SEQUENCE is not a sequence number: counting begins at 0",
		"sequence-of-words":           "EXT-X-MEDIA-SEQUENCE is not a sequence number: counting begins at 0",
		"sequence-huge":               "EXT-X-MEDIA-SEQUENCE is not a sequence number: counting begins at 0",
		"target-negative":             "EXT-X-TARGETDURATION is not a number of seconds: the longest segment rules",
		"skip-of-words":               "EXT-X-SKIP does not say how many segments it skips: none are",
		"map-range":                   "EXT-X-MAP has an unreadable BYTERANGE: the whole resource is fetched",
		"byteranges":                  "EXT-X-BYTERANGE is not a byte range: the whole resource is fetched",
		"address-before-any-duration": "EXTINF is missing before an address: the address is left out",
		"durations":                   "EXTINF is not a duration: the segment is taken to last as long as the target duration",
	} {
		assert.Equal(t, []string{fault}, repaired(t, name).Faults, name)
	}
	for _, name := range []string{"sequence-negative", "sequence-of-words", "sequence-huge"} {
		assert.Zero(t, repaired(t, name).MSN, name)
	}
	assert.Empty(t, repaired(t, "no-line-end").Faults)
}

func TestDurationsAreReadAsTheirAuthorsMeantThem(t *testing.T) {
	var got []float64
	for _, s := range repaired(t, "durations").Segments {
		got = append(got, s.Duration.Seconds())
	}
	assert.Equal(t, []float64{4, 4, 4.004, 3.84, 4, 4, 4, 4, 4.5, 4, 4, 0.5}, got)
	for in, want := range map[string]time.Duration{"4.000,123": 4 * time.Second, "4,123": 4123 * time.Millisecond, "4,1": 4 * time.Second, "4,1 lap": 4 * time.Second, "4,12,x": 4120 * time.Millisecond, "6,4711": 6 * time.Second, "6,10123": 6 * time.Second} {
		assert.Equal(t, want, mustMedia(t, head+"#EXTINF:"+in+"\na\n").Segments[0].Duration, in)
	}
	m := repaired(t, "no-target-version-twice")
	assert.Equal(t, 6*time.Second, m.TargetDuration, "the longest segment, rounded up")
	assert.Equal(t, []ByteRange{{100, 0}, {50, 100}, {20, 150}, {-1, 0}, {30, 40}}, func() (r []ByteRange) {
		for _, s := range repaired(t, "byteranges").Segments {
			r = append(r, s.Range)
		}
		return r
	}())
}

// Players refuse a playlist in which EXT-X-MEDIA-SEQUENCE stands behind a segment: what is inserted before the first one must
// not push it there.
func TestInsertionsFollowTheHeaderTags(t *testing.T) {
	m := repaired(t, "head-behind-key")
	retained := Retained{Segments: 1, Text: []byte("#EXTINF:6,\n4710.ts\n")}
	for _, s := range []Shift{{Breaks: []int{0}}, {MSN: 3, Breaks: []int{0}}, {Retained: retained}, {Retained: retained, Breaks: []int{0, 1}}} {
		out := rendered(m, s)
		first := strings.Index(out, "#EXTINF")
		for _, tag := range []string{tagMSN, tagTarget, tagVersion} {
			assert.Equal(t, 1, strings.Count(out, tag), out)
			assert.Less(t, strings.Index(out, tag), first, out)
		}
		again := mustMedia(t, out)
		assert.Equal(t, m.MSN+s.msn(), again.MSN)
		assert.Len(t, again.Segments, 2+int(s.Retained.Segments))
		assert.True(t, again.Segments[len(again.Segments)-2].PDT.Equal(m.Segments[0].PDT), "the date is still that of its segment")
	}
	assert.Equal(t, "#EXTM3U\n#EXT-X-VERSION:3\n## made by x\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:4710\n#EXTINF:6,\n4710.ts\n"+
		"#EXT-X-PROGRAM-DATE-TIME:2026-05-24T12:59:50.000Z\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:6,\n4711.m4s\n#EXTINF:6,\n4712.m4s\n", rendered(m, Shift{Retained: retained}))
}

func TestIFramePlaylistsKeepTheirTag(t *testing.T) {
	m, err := ParseMedia([]byte(head+"#EXTINF:4,\na\n"), Env{IFrames: true})
	require.NoError(t, err)
	assert.Contains(t, rendered(m, Shift{}), "#EXT-X-I-FRAMES-ONLY\n")
	assert.NotContains(t, rendered(mustMedia(t, head+"#EXTINF:4,\na\n"), Shift{}), "I-FRAMES")
}
