package hls

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const head = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n"

func TestAPlayerSeekingByClockFindsTheSegment(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		require.NoError(t, err)
		return v.UTC()
	}
	m := mustMedia(t, head+"#EXT-X-DISCONTINUITY-SEQUENCE:7\n"+
		"#EXTINF:2.5,\na\n"+ // carried back from b
		"#EXTINF:2,\n#EXT-X-PROGRAM-DATE-TIME:2026-05-24T14:00:00.250+02:00\nb\n"+
		"#EXTINF:4,\nc\n"+
		"#EXT-X-DISCONTINUITY\n#EXTINF:4,\nd\n#EXTINF:4,\ne\n"+ // nothing to carry
		"#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:2026-05-24T13:00:00Z\n#EXTINF:1.5,\nf\n#EXTINF:4,\ng\n")
	var got []time.Time
	var disc []int64
	for _, s := range m.Segments {
		got = append(got, s.PDT)
		disc = append(disc, s.Discontinuity)
	}
	assert.Equal(t, []time.Time{
		at("2026-05-24T11:59:57.75Z"), at("2026-05-24T12:00:00.25Z"), at("2026-05-24T12:00:02.25Z"), {}, {},
		at("2026-05-24T13:00:00Z"), at("2026-05-24T13:00:01.5Z"),
	}, got)
	assert.Equal(t, []int64{7, 7, 7, 8, 8, 9, 9}, disc)
}

func TestLowLatencyPlaylistsKeepTheirPreloadHints(t *testing.T) {
	m := mustMedia(t, head+"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=24.0,HOLD-BACK=12\n#EXT-X-PART-INF:PART-TARGET=0.5\n"+
		"#EXT-X-MEDIA-SEQUENCE:100\n#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n"+
		"#EXT-X-PART:DURATION=0.5,URI=\"p0\",INDEPENDENT=YES\n#EXT-X-PART:DURATION=0.5,URI=\"p1\",GAP=YES\n#EXTINF:1,\nseg103\n"+
		"#EXT-X-PART:DURATION=0.5,URI=\"q0\"\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"q1\",BYTERANGE-START=10,BYTERANGE-LENGTH=20\n"+
		"#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"init2\"\n#EXT-X-RENDITION-REPORT:URI=\"../b.m3u8\",LAST-MSN=104,LAST-PART=0\n#EXT-X-RENDITION-REPORT:URI=\"../c.m3u8\"\n")
	assert.True(t, m.CanBlock)
	assert.False(t, m.End)
	assert.Equal(t, 24*time.Second, m.CanSkipUntil)
	assert.Equal(t, 500*time.Millisecond, m.PartTarget)
	assert.Equal(t, 4*time.Second, m.TargetDuration)
	assert.Equal(t, int64(100), m.MSN)
	assert.Equal(t, int64(3), m.Skipped)
	require.Len(t, m.Segments, 1)
	assert.Equal(t, []Part{
		{URI: "p0", Duration: 500 * time.Millisecond, Range: wholeRange, Independent: true},
		{URI: "p1", Duration: 500 * time.Millisecond, Range: wholeRange, Gap: true},
	}, m.Segments[0].Parts)
	assert.Equal(t, []Part{{URI: "q0", Duration: 500 * time.Millisecond, Range: wholeRange}}, m.Open)
	assert.Equal(t, []Hint{
		{Type: "PART", URI: "q1", Range: ByteRange{20, 10}, Segment: 1, Part: 1},
		{Type: "MAP", URI: "init2", Range: wholeRange, Segment: 1},
	}, m.Hints)
	assert.Equal(t, []Report{{"../b.m3u8", 104, 0}, {"../c.m3u8", -1, -1}}, m.Reports)
}

func TestByteRangesWithoutOffsetFetchTheRightBytes(t *testing.T) {
	seg := func(r, uri string) string { return "#EXTINF:1,\n#EXT-X-BYTERANGE:" + r + "\n" + uri + "\n" }
	for name, tc := range map[string]struct {
		in   string
		want []ByteRange
	}{
		"continued":          {seg("10@5", "a") + seg("20", "a") + seg("30", "a"), []ByteRange{{10, 5}, {20, 15}, {30, 35}}},
		"another resource":   {seg("10@5", "a") + seg("20", "b") + seg("5", "a"), []ByteRange{{10, 5}, {20, 0}, {5, 0}}},
		"after a whole one":  {seg("10@5", "a") + "#EXTINF:1,\na\n" + seg("5", "a"), []ByteRange{{10, 5}, {-1, 0}, {5, 0}}},
		"quoted and spaced":  {seg("\"10 @ 5\"", "a") + seg("7", "a"), []ByteRange{{10, 5}, {7, 15}}},
		"behind the address": {"#EXT-X-BYTERANGE:10@5\n#EXTINF:1,\na\n" + seg("7", "a"), []ByteRange{{10, 5}, {7, 15}}},
		"delta update":       {"#EXT-X-SKIP:SKIPPED-SEGMENTS=2\n" + seg("10", "a") + seg("20@99", "a"), []ByteRange{{10, -1}, {20, 99}}},
	} {
		t.Run(name, func(t *testing.T) {
			m := mustMedia(t, head+tc.in)
			var got []ByteRange
			for _, s := range m.Segments {
				got = append(got, s.Range)
			}
			assert.Equal(t, tc.want, got)
			again := mustMedia(t, rendered(m, Shift{}))
			for i, s := range again.Segments {
				assert.Equal(t, tc.want[i], s.Range, "the rendered text says the same without the addresses")
			}
		})
	}
	m := mustMedia(t, head+"#EXT-X-PART:URI=\"a\",BYTERANGE=\"10@5\",DURATION=1\n#EXT-X-PART:URI=\"a\",BYTERANGE=\"7\",DURATION=1\n#EXT-X-PART:BYTERANGE=\"7\",URI=\"b\",DURATION=1\n")
	assert.Equal(t, []ByteRange{{10, 5}, {7, 15}, {7, 0}}, []ByteRange{m.Open[0].Range, m.Open[1].Range, m.Open[2].Range})
	assert.Contains(t, rendered(m, Shift{}), `BYTERANGE="7@15"`)
}

func TestKeysAndInitSectionsApplyFromTheRightSegment(t *testing.T) {
	m := mustMedia(t, head+"#EXT-X-MAP:URI=\"i0\",BYTERANGE=\"8\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"k0\"\n#EXTINF:1,\na\n#EXTINF:1,\n"+
		"#EXT-X-KEY:METHOD=AES-128,URI=\"k1\",IV=0xAb,KEYFORMAT=\"identity\"\nb\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"SKD://x\"\n"+
		"#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"Data:,x\"\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:1,\nc\n#EXT-X-MAP:URI=\"i3\"\n")
	assert.Equal(t, []Resource{
		{URI: "k0", From: 0, Tag: "EXT-X-KEY", Method: "AES-128", KeyFormat: "identity", Range: wholeRange},
		{URI: "k1", From: 1, Tag: "EXT-X-KEY", Method: "AES-128", KeyFormat: "identity", Range: wholeRange, HasIV: true},
	}, m.Keys)
	assert.Equal(t, []Resource{
		{URI: "i0", From: 0, Tag: "EXT-X-MAP", Range: ByteRange{8, 0}}, {URI: "i3", From: 3, Tag: "EXT-X-MAP", Range: wholeRange},
	}, m.Maps)
}

// A renumbered segment would be decrypted to noise with the number as IV: upstream's must be written out.
func TestRenumberedSegmentsAreStillDecrypted(t *testing.T) {
	m := mustMedia(t, head+"#EXT-X-MEDIA-SEQUENCE:255\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:1,\na\n#EXTINF:1,\nb\n")
	assert.Equal(t, head+"#EXT-X-MEDIA-SEQUENCE:258\n"+
		"#EXT-X-KEY:METHOD=AES-128,URI=\"key-255\",IV=0x000000000000000000000000000000FF\n#EXTINF:1,\n255.m4s\n"+
		"#EXT-X-KEY:METHOD=AES-128,URI=\"key-255\",IV=0x00000000000000000000000000000100\n#EXTINF:1,\n256.m4s\n", rendered(m, Shift{MSN: 3}))
	m = mustMedia(t, head+"#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:1,\na\n#EXT-X-KEY:METHOD=NONE,KEYFORMAT=\"x\"\n#EXTINF:1,\nb\n")
	assert.Equal(t, 1, strings.Count(rendered(m, Shift{MSN: 3}), "IV="), "METHOD=NONE ends every key")
	m = mustMedia(t, head+"#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI=\"k\"\n#EXTINF:1,\na\n#EXTINF:1,\nb\n")
	assert.NotContains(t, rendered(m, Shift{MSN: 3}), "IV=", "this method takes its IV from the samples")
}

func TestDiscontinuitiesAreWhereAPlayerMustResetItsDecoder(t *testing.T) {
	m := mustMedia(t, head+"#EXTINF:1,\na\n#EXT-X-PROGRAM-DATE-TIME:2026-05-24T12:00:00Z\n#EXTINF:1,\nb\n#EXT-X-DISCONTINUITY\n#EXTINF:1,\nc\n")
	assert.Equal(t, head+"#EXT-X-DISCONTINUITY\n#EXTINF:1,\n0.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:2026-05-24T12:00:00Z\n#EXTINF:1,\n1.m4s\n"+
		"#EXT-X-DISCONTINUITY\n#EXTINF:1,\n2.m4s\n", rendered(m, Shift{Breaks: []int{2, 1, 0, 1, -1, 99}}))
	m = mustMedia(t, head+"#EXTINF:1,\na\n#EXT-X-DISCONTINUITY\n#EXT-X-PART:URI=\"b0\",DURATION=1\n")
	assert.Equal(t, 1, strings.Count(rendered(m, Shift{Breaks: []int{1}}), tagDiscontinuity), "one break is one reset")
	assert.Equal(t, "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:4\n", rendered(mustMedia(t, "#EXTM3U"), Shift{MSN: 4}))
}

func TestBadPlaylistsAreRefusedWithTheLine(t *testing.T) {
	for name, tc := range map[string]struct {
		in   string
		want error
		text string
	}{
		"a web page":               {"<!doctype html><p>#EXTM3U", ErrNotPlaylist, ""},
		"nothing":                  {"", ErrNotPlaylist, ""},
		"the other kind":           {"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na\n", ErrNotPlaylist, ""},
		"an endless line":          {head + "#" + strings.Repeat("x", MaxLine), ErrLineTooLong, "line 3"},
		"an undefined variable":    {head + "#EXTINF:1,\n{$who}\n", ErrVariable, `line 4: undefined variable: "who"`},
		"… in an attribute":        {head + "#EXT-X-KEY:METHOD=AES-128,URI=\"{$who}\"\n", ErrVariable, `line 3: EXT-X-KEY: undefined variable: "who"`},
		"an import nobody exports": {head + "#EXT-X-DEFINE:IMPORT=\"nobody\"\n", ErrVariable, `defines no "nobody"`},
		"a query without it":       {head + "#EXT-X-DEFINE:QUERYPARAM=\"absent\"\n", ErrVariable, `no query parameter "absent"`},
		"too many segments":        {head + strings.Repeat("#EXTINF:1,\na\n", MaxSegments+1), ErrTooLarge, "line"},
		"too much":                 {head + strings.Repeat("\n", MaxPlaylist), ErrTooLarge, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseMedia([]byte(tc.in), testEnv)
			require.ErrorIs(t, err, tc.want)
			assert.Contains(t, err.Error(), tc.text)
		})
	}
}

func TestVariableSubstitutionIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + "#EXT-X-DEFINE:NAME=\"v0\",VALUE=\"0123456789\"\n")
	for i := range 40 {
		v := "{$v" + string(rune('0'+i%2)) + "}"
		b.WriteString("#EXT-X-DEFINE:NAME=\"v" + string(rune('0'+(i+1)%2)) + "\",VALUE=\"" + strings.Repeat(v, 10) + "\"\n")
	}
	_, err := ParseMedia([]byte(b.String()), Env{})
	require.ErrorIs(t, err, ErrVariable)
	once := head + "#EXT-X-DEFINE:NAME=\"v\",VALUE=\"" + strings.Repeat("x", 1<<19) + "\"\n"
	_, err = ParseMedia([]byte(once+strings.Repeat("#EXTINF:4,\n{$v}\n", MaxSubstituted>>19+1)), Env{})
	require.ErrorIs(t, err, ErrVariable, "nor by and by")
}

func TestAVariableCannotWriteTagsOfItsOwn(t *testing.T) {
	for _, value := range []string{"a%0a%23EXT-X-KEY:METHOD=AES-128", "a%22,URI=%22b"} {
		u, err := url.Parse("https://cdn.test/?sig=" + value)
		require.NoError(t, err)
		_, err = ParseMedia([]byte(head+"#EXT-X-DEFINE:QUERYPARAM=\"sig\"\n"), Env{URL: u})
		assert.True(t, errors.Is(err, ErrVariable))
		assert.NotContains(t, err.Error(), "AES")
	}
}

func TestOnePlaylistServesManyViewersAtOnce(t *testing.T) {
	m := mustMedia(t, string(dvr(300, 1)))
	want := rendered(m, Shift{MSN: 3, Breaks: []int{7, 3}})
	done := make(chan string)
	for range 8 {
		go func() { done <- rendered(m, Shift{MSN: 3, Breaks: []int{7, 3}}) }()
	}
	for range 8 {
		assert.Equal(t, want, <-done)
	}
}

func TestUnknownLinesAllocateNoMemory(t *testing.T) {
	count := func(body []byte) float64 {
		return testing.AllocsPerRun(5, func() {
			if _, err := ParseMedia(body, Env{}); err != nil {
				t.Fatal(err)
			}
		})
	}
	assert.Equal(t, count(dvr(500, 0)), count(dvr(500, 10)))
}
