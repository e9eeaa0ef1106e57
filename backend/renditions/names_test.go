package renditions

import (
	"encoding/json"
	"fmt"
	"gridwall/backend/hls"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func v(height int, bandwidth int64, uri string) hls.Rendition {
	return hls.Rendition{Kind: hls.Variant, URI: uri, Height: height, Bandwidth: bandwidth, Codecs: "avc1.64002a,mp4a.40.2", FrameRate: 25, AudioGroup: "aac"}
}

func with(r hls.Rendition, change func(*hls.Rendition)) hls.Rendition {
	change(&r)
	return r
}

func TestNamesDescribeTheirRenditions(t *testing.T) {
	hevc := func(r *hls.Rendition) { r.Codecs = "hvc1.2.4.L120" }
	for name, tc := range map[string]struct {
		in   []hls.Rendition
		want []string
	}{
		"a ladder":             {[]hls.Rendition{v(1080, 6_000_400, "a"), v(720, 2_999_999, "b")}, []string{"1080p-6000k", "720p-3000k"}},
		"no resolution":        {[]hls.Rendition{v(0, 6_000_000, "a")}, []string{"6000k"}},
		"nothing at all":       {[]hls.Rendition{{Kind: hls.Variant, URI: "a"}}, []string{"variant"}},
		"audio only":           {[]hls.Rendition{{Kind: hls.Variant, URI: "a", Bandwidth: 128_000, Codecs: "mp4a.40.2"}}, []string{"audio-128k"}},
		"frame rates":          {[]hls.Rendition{v(1080, 6e6, "a"), with(v(1080, 6e6, "b"), func(r *hls.Rendition) { r.FrameRate = 49.95 })}, []string{"1080p-6000k", "1080p-6000k-50fps"}},
		"codecs":               {[]hls.Rendition{v(1080, 6e6, "a"), with(v(1080, 6e6, "b"), hevc)}, []string{"1080p-6000k", "1080p-6000k-hevc"}},
		"audio groups":         {[]hls.Rendition{v(1080, 6e6, "a"), with(v(1080, 6e6, "b"), func(r *hls.Rendition) { r.AudioGroup = "ec 3" })}, []string{"1080p-6000k", "1080p-6000k-ec"}},
		"same attributes":      {[]hls.Rendition{v(1080, 6e6, "https://one/a"), v(1080, 6e6, "https://two/a")}, []string{"1080p-6000k", "1080p-6000k"}},
		"pathways":             {[]hls.Rendition{with(v(1080, 6e6, "a"), func(r *hls.Rendition) { r.PathwayID, r.AudioGroup = "A", "aac-1" }), with(v(1080, 6e6, "b"), func(r *hls.Rendition) { r.PathwayID, r.AudioGroup = "B", "aac-2" })}, []string{"1080p-6000k", "1080p-6000k-b"}},
		"audio failover":       {[]hls.Rendition{with(v(1080, 6e6, "a"), func(r *hls.Rendition) { r.AudioGroup = "aac-1" }), with(v(1080, 6e6, "b"), func(r *hls.Rendition) { r.AudioGroup = "aac-2" })}, []string{"1080p-6000k", "1080p-6000k"}},
		"one address":          {[]hls.Rendition{v(1080, 6e6, "a"), v(1080, 6_200_000, "a")}, []string{"1080p-6000k", "1080p-6000k"}},
		"only averages differ": {[]hls.Rendition{with(v(1080, 6e6, "b"), func(r *hls.Rendition) { r.AverageBandwidth = 2 }), with(v(1080, 6e6, "a"), func(r *hls.Rendition) { r.AverageBandwidth = 1 })}, []string{"1080p-6000k-2", "1080p-6000k"}},
		"languages":            {[]hls.Rendition{{Kind: hls.Audio, URI: "a", Language: "EN", Name: "English"}, {Kind: hls.Subtitles, URI: "b", Language: "pt-BR"}}, []string{"audio-en", "subtitles-pt-br"}},
		"names for languages":  {[]hls.Rendition{{Kind: hls.Audio, URI: "a", Name: "Team Radio #4"}, {Kind: hls.Video, URI: "b", GroupID: "cam 2"}}, []string{"audio-team-radio-4", "video-cam-2"}},
		"groups of a language": {[]hls.Rendition{{Kind: hls.Audio, URI: "a", Language: "en", GroupID: "aac"}, {Kind: hls.Audio, URI: "b", Language: "en", GroupID: "ac3"}}, []string{"audio-en", "audio-en-ac3"}},
		"forced":               {[]hls.Rendition{{Kind: hls.Subtitles, URI: "a", Language: "en"}, {Kind: hls.Subtitles, URI: "b", Language: "en", Forced: true}}, []string{"subtitles-en", "subtitles-en-forced"}},
		"non-Latin names":      {[]hls.Rendition{{Kind: hls.Audio, URI: "a", Name: "Русский"}, {Kind: hls.Audio, URI: "b", Name: "日本語"}}, []string{"audio", "audio-2"}},
		"thumbnails":           {[]hls.Rendition{{Kind: hls.IFrame, URI: "a", Height: 1080, Bandwidth: 5e5}, {Kind: hls.Image, URI: "b", Height: 180, Bandwidth: 12_000}}, []string{"iframe-1080p-500k", "image-180p-12k"}},
		"an undefined kind":    {[]hls.Rendition{{Kind: "index", URI: "a"}}, []string{"variant-index"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, all := Names(nil, tc.in)
			assert.Equal(t, tc.want, got)
			for _, n := range got {
				assert.Contains(t, all, n)
			}
		})
	}
}

func TestPlayersKeepTheirRenditionWhenTheLadderChanges(t *testing.T) {
	_, known := Names(nil, []hls.Rendition{v(1080, 6e6, "1080a"), v(1080, 5e6, "1080b"), v(720, 3e6, "720"), {Kind: hls.Audio, URI: "en", Language: "en", Name: "English", GroupID: "aac"}})
	for name, tc := range map[string]struct {
		in   []hls.Rendition
		want []string
	}{
		"a new token":            {[]hls.Rendition{v(1080, 6e6, "1080a?t=2"), v(720, 3e6, "720?t=2")}, []string{"1080p-6000k", "720p-3000k"}},
		"bandwidth drifts":       {[]hls.Rendition{v(720, 3_600_000, "x"), v(1080, 5_800_000, "y"), v(1080, 6_900_000, "z")}, []string{"720p-3000k", "1080p-5000k", "1080p-6000k"}},
		"too far":                {[]hls.Rendition{v(720, 4_500_000, "x")}, []string{"720p-4500k"}},
		"far, but the same path": {[]hls.Rendition{v(720, 4_500_000, "720?t=2")}, []string{"720p-3000k"}},
		"another codec":          {[]hls.Rendition{with(v(720, 3e6, "720"), func(r *hls.Rendition) { r.Codecs = "hvc1.1" })}, []string{"720p-3000k-hevc"}},
		"another height":         {[]hls.Rendition{v(540, 3e6, "x")}, []string{"540p-3000k"}},
		"… at the same path":     {[]hls.Rendition{v(540, 3e6, "720")}, []string{"540p-3000k"}},
		"codecs left out":        {[]hls.Rendition{with(v(720, 3_100_000, "x"), func(r *hls.Rendition) { r.Codecs = "" })}, []string{"720p-3000k"}},
		"the better of two": {[]hls.Rendition{with(v(720, 3_000_000, "x"), func(r *hls.Rendition) { r.FrameRate = 50 }), with(v(720, 3_300_000, "y"), func(r *hls.Rendition) { r.FrameRate = 25 })},
			[]string{"720p-3000k-50fps", "720p-3000k"}},
		"a renamed group":  {[]hls.Rendition{{Kind: hls.Audio, URI: "x", Language: "en", Name: "English", GroupID: "aac-2"}}, []string{"audio-en"}},
		"another language": {[]hls.Rendition{{Kind: hls.Audio, URI: "x", Language: "de", Name: "English", GroupID: "aac"}}, []string{"audio-de"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, all := Names(known, tc.in)
			assert.Equal(t, tc.want, got)
			for n := range known {
				assert.Contains(t, all, n, "a rendition that is missing now may come back")
			}
		})
	}
	stable := func(r *hls.Rendition) { r.StableID = "main" }
	_, known = Names(nil, []hls.Rendition{with(v(720, 3e6, "x"), stable)})
	got, _ := Names(known, []hls.Rendition{with(v(1080, 9e6, "y"), stable)})
	assert.Equal(t, []string{"720p-3000k"}, got, "the stable ID decides")
}

// Renditions that differ in a single attribute have different video or audio. If they shared an address, a player could get
// either.
func TestRenditionsThatDifferInOneAttributeGetDifferentNames(t *testing.T) {
	base := map[string]string{
		"#EXT-X-STREAM-INF":         `BANDWIDTH=6000000,RESOLUTION=1920x1080,CODECS="avc1.640028,mp4a.40.2"`,
		"#EXT-X-I-FRAME-STREAM-INF": `BANDWIDTH=600000,RESOLUTION=1920x1080,CODECS="avc1.640028"`,
		"#EXT-X-MEDIA":              `TYPE=AUDIO,GROUP-ID="a",LANGUAGE="en",NAME="English"`,
	}
	for tag, more := range map[string][]string{
		"#EXT-X-STREAM-INF": {`VIDEO-RANGE=PQ`, `VIDEO-RANGE=SDR`, `HDCP-LEVEL=TYPE-1`, `HDCP-LEVEL=NONE`, `CODECS="hvc1.2.4.L123,mp4a.40.2"`,
			`CODECS="avc1.64002a,mp4a.40.2"`, `SUPPLEMENTAL-CODECS="dvh1.08.07/db4h"`, `FRAME-RATE=50`, `FRAME-RATE=25.000`, `REQ-VIDEO-LAYOUT="CH-STEREO"`,
			`PATHWAY-ID="A"`, `PATHWAY-ID="B"`, `STABLE-VARIANT-ID="one"`, `STABLE-VARIANT-ID="two"`, `ALLOWED-CPC="com.x:SW"`, `CLOSED-CAPTIONS="cc"`, `CLOSED-CAPTIONS=NONE`},
		"#EXT-X-I-FRAME-STREAM-INF": {`VIDEO-RANGE=HLG`, `HDCP-LEVEL=TYPE-0`, `CODECS="hvc1.2.4.L123"`, `SUPPLEMENTAL-CODECS="dvh1.08.07/db4h"`,
			`REQ-VIDEO-LAYOUT="CH-STEREO"`, `PATHWAY-ID="A"`, `STABLE-VARIANT-ID="one"`},
		"#EXT-X-MEDIA": {`CHANNELS="2"`, `CHANNELS="16/JOC"`, `CHARACTERISTICS="public.accessibility.describes-video"`, `ASSOC-LANGUAGE="de"`, `INSTREAM-ID="CC1"`,
			`STABLE-RENDITION-ID="one"`, `SAMPLE-RATE=48000`, `BIT-DEPTH=24`, `GROUP-ID="b"`, `NAME="Team radio"`},
	} {
		text := "#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,URI=\"s\"\n"
		for i := range len(more) + 2 {
			list := base[tag] // the last two are the same: each other's failover
			if i < len(more) {
				list += "," + more[i]
			}
			if tag == "#EXT-X-STREAM-INF" {
				text += fmt.Sprintf("%s:%s\nv%d.m3u8\n", tag, list, i)
			} else {
				text += fmt.Sprintf("%s:%s,URI=\"v%d.m3u8\"\n", tag, list, i)
			}
		}
		m, err := hls.ParseMultivariant([]byte(text), hls.Env{})
		require.NoError(t, err)
		names, all := Names(nil, m.Renditions)
		names = names[1:]
		last := len(names) - 1
		assert.Equal(t, names[last-1], names[last], "identical renditions are each other's failover")
		seen := map[string]string{}
		for i, n := range names[:last] {
			attribute := "nothing"
			if i < len(more) {
				attribute = more[i]
			}
			assert.Empty(t, seen[n], "%s: %s and %s are both named %s", tag, seen[n], attribute, n)
			seen[n] = attribute
		}
		again, _ := Names(all, m.Renditions)
		assert.Equal(t, names, again[1:], tag)
	}
}

// The database of an older version stores fewer attributes of each rendition. Its names keep their meaning.
func TestNamesFromAnOlderDatabaseAreKept(t *testing.T) {
	text := "#EXTM3U\n" +
		"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",LANGUAGE=\"en\",NAME=\"English\",SAMPLE-RATE=48000,URI=\"new/en.m3u8\"\n" +
		"#EXT-X-STREAM-INF:BANDWIDTH=6000000,RESOLUTION=1920x1080,HDCP-LEVEL=TYPE-0,PATHWAY-ID=\"A\"\nnew/a.m3u8\n" +
		"#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1280x720,STABLE-VARIANT-ID=\"hd\",PATHWAY-ID=\"A\"\nnew/b.m3u8\n" +
		"#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1280x720,STABLE-VARIANT-ID=\"hd\",PATHWAY-ID=\"B\"\nhttps://b.test/b.m3u8\n"
	m, err := hls.ParseMultivariant([]byte(text), hls.Env{})
	require.NoError(t, err)
	var known map[string]Description
	require.NoError(t, json.Unmarshal([]byte(`{
		"audio-old": {"kind":"audio","group_id":"a","language":"en","name":"English","path":"old/en.m3u8"},
		"1080p-old": {"kind":"variant","bandwidth":6000000,"width":1920,"height":1080,"path":"old/a.m3u8"},
		"720p-old": {"kind":"variant","bandwidth":3000000,"width":1280,"height":720,"stable_id":"hd","path":"new/b.m3u8"}}`), &known))
	names, _ := Names(known, m.Renditions)
	assert.Equal(t, []string{"audio-old", "1080p-old", "720p-old"}, names[:3])
	assert.NotContains(t, names[:3], names[3])
}

func TestDescriptionsSurviveTheDatabase(t *testing.T) {
	_, all := Names(nil, randomRenditions(rand.New(rand.NewPCG(1, 1)), 40))
	text, err := json.Marshal(all)
	require.NoError(t, err)
	var back map[string]Description
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, all, back)
}

func TestDescriptionsHoldNoToken(t *testing.T) {
	text, err := json.Marshal(Describe(hls.Rendition{URI: "https://me:sec@cdn.test/exp=1893456000~acl=/*~hmac=5ec0123456789abcdef0123456789abcd/a.m3u8?t=sec"}))
	require.NoError(t, err)
	assert.NotContains(t, string(text), "sec")
	assert.NotContains(t, string(text), "5ec")
}

func TestNamesStayWithinBounds(t *testing.T) {
	known := map[string]Description{"index": {Kind: hls.Variant}, "main": {Kind: hls.Variant}, "init-3": {Kind: hls.Variant}, "../x": {Kind: hls.Variant}, "key-1": {Kind: hls.Variant}}
	_, all := Names(known, nil)
	assert.Empty(t, all, "names that could collide with other addresses are dropped")
	for i := range 2 * MaxNames {
		known[fmt.Sprintf("old-%d", i)] = Description{Kind: hls.Audio, Language: fmt.Sprint(i)}
	}
	var names []string
	names, all = Names(known, []hls.Rendition{v(1080, 6e6, "a"), with(v(0, 0, "b"), func(r *hls.Rendition) { r.Kind = hls.Audio; r.Language = strings.Repeat("long", 100) })})
	assert.Len(t, all, MaxNames)
	for _, n := range names {
		assert.Contains(t, all, n)
		assert.LessOrEqual(t, len(n), maxName+8)
	}
	for n := range all {
		assert.True(t, usable(n), n)
	}
}

func randomRenditions(r *rand.Rand, n int) []hls.Rendition {
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	out := make([]hls.Rendition, n)
	for i := range out {
		x := hls.Rendition{URI: fmt.Sprintf("%s?t=%d", pick("a", "b", "c", fmt.Sprint(i)), i), PathwayID: pick("", "A", "B"), Name: pick("", "x")}
		switch x.Kind = hls.RenditionKind(pick("variant", "variant", "variant", "audio", "subtitles", "iframe")); x.Kind {
		case hls.Audio, hls.Subtitles:
			x.Language, x.GroupID, x.Forced = pick("", "en", "de"), pick("", "one", "two"), r.IntN(4) == 0
		default:
			x.Height, x.Bandwidth, x.FrameRate = 360*r.IntN(4), int64(r.IntN(12))*500_000, float64(25*r.IntN(3))
			x.Codecs, x.AudioGroup = pick("", "avc1.64,mp4a.40", "hvc1.1", "mp4a.40.2"), pick("", "aac", "ac-3")
		}
		if i > 0 && r.IntN(6) == 0 {
			x.URI = out[r.IntN(i)].URI
		}
		out[i] = x
	}
	return out
}

// A CDN may list its renditions in any order, so names must not depend on it.
func TestNamesDoNotDependOnTheOrderOfAPlaylist(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		_, known := Names(nil, randomRenditions(r, r.IntN(15)))
		rs := randomRenditions(r, 1+r.IntN(25))
		names, all := Names(known, rs)
		order := r.Perm(len(rs))
		shuffled := make([]hls.Rendition, len(rs))
		for i, j := range order {
			shuffled[i] = rs[j]
		}
		names2, all2 := Names(known, shuffled)
		require.Equal(t, all, all2, "seed %d", seed)
		byURI := map[string]string{}
		byName := map[string][]int{}
		for i, j := range order {
			require.Equal(t, names[j], names2[i], "seed %d", seed)
			if n, ok := byURI[rs[j].URI]; ok {
				require.Equal(t, n, names[j], "one address, one name")
			}
			byURI[rs[j].URI] = names[j]
			byName[names[j]] = append(byName[names[j]], j)
			require.True(t, usable(names[j]), names[j])
		}
		// Renditions keep their names.
		again, all3 := Names(all, rs)
		require.Equal(t, names, again, "seed %d", seed)
		require.Equal(t, all, all3)
		_, of := group(rs)
		for n, members := range byName {
			require.True(t, !slices.ContainsFunc(members, func(i int) bool { return of[i] != of[members[0]] }), "different renditions share the name %s", n)
		}
	}
}
