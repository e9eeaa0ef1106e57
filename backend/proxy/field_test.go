package proxy

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/hls"
)

// Tests with playlists from public bug reports, through the whole proxy.

// reloading answers each request for a playlist with the next of its texts, repeating the last one, and any other request
// with an object that contains the path.
type reloading struct {
	*textServer
	mu    sync.Mutex
	texts map[string][]string
}

func newReloading(t *testing.T, texts map[string][]string) *reloading {
	r := &reloading{textServer: newTextServer(t, map[string]string{}), texts: texts}
	r.handle = func(w http.ResponseWriter, q *http.Request) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		list, ok := r.texts[q.URL.Path]
		if !ok {
			fmt.Fprintf(w, "\x47object %s", q.URL.Path)
			return true
		}
		fmt.Fprint(w, list[0])
		if len(list) > 1 {
			r.texts[q.URL.Path] = list[1:]
		}
		return true
	}
	return r
}

// shown returns a playlist as a player sees it, and for each segment's content its media and discontinuity sequence numbers.
func (g *rig) shown(dir string) (m *hls.Media, at map[string][2]int64) {
	g.t.Helper()
	list := g.get(dir + "index.m3u8")
	name := dir
	if dir == "/hls/feed/" { // a media playlist at the stream's own address
		name = "/hls/feed/"
	}
	m, err := hls.ParseMedia([]byte(list), hls.Env{})
	require.NoError(g.t, err, list)
	at = map[string][2]int64{}
	for i, s := range m.Segments {
		at[g.get(name+s.URI)] = [2]int64{m.MSN + int64(i), s.Discontinuity}
	}
	return m, at
}

// assertNumbersKept fails if a segment that the player knows has other numbers now.
func assertNumbersKept(t *testing.T, before, after map[string][2]int64) {
	t.Helper()
	common := 0
	for content, at := range before {
		if now, ok := after[content]; ok {
			assert.Equal(t, at, now, content)
			common++
		}
	}
	assert.Positive(t, common, "the two playlists have no segment in common")
}

const edgeHead = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n"

func segments(names ...string) string {
	var b strings.Builder
	for _, n := range names {
		if strings.HasPrefix(n, "#") {
			b.WriteString(n + "\n")
			continue
		}
		b.WriteString("#EXTINF:4,\n" + n + ".ts\n")
	}
	return b.String()
}

// hls.js refuses a playlist in which the discontinuity sequence number of a known segment changes.
func TestADiscontinuityThatLeavesTheWindowIsStillCounted(t *testing.T) {
	const d = "#EXT-X-DISCONTINUITY"
	for name, head := range map[string]string{"no sequence": "", "a constant sequence": "#EXT-X-DISCONTINUITY-SEQUENCE:0\n", "starting at four": "#EXT-X-DISCONTINUITY-SEQUENCE:4\n"} {
		t.Run(name, func(t *testing.T) {
			text := func(msn int, names ...string) string {
				return edgeHead + head + fmt.Sprintf("#EXT-X-MEDIA-SEQUENCE:%d\n", msn) + segments(names...)
			}
			s := newReloading(t, map[string][]string{"/v.m3u8": {
				text(10, "10", d, "11", "12"), text(11, "11", "12", "13"), text(11, d, "11", "12", "13"), text(12, "12", "13", d, "14"),
				text(13, "13", d, "14", "15"), text(14, "14", "15", d, "16"), text(15, "15", d, "16", "17"),
			}})
			g := newRig(t, s.URL+"/v.m3u8")
			_, before := g.shown("/hls/feed/main/")
			for range 6 {
				_, after := g.shown("/hls/feed/main/")
				assertNumbersKept(t, before, after)
				before = after
			}
			g.restart()
			_, after := g.shown("/hls/feed/main/")
			assertNumbersKept(t, before, after)
		})
	}
}

// When media sequence numbers are missing or wrong, segments are recognised by name.
func TestBadMediaSequenceNumbersAreReplaced(t *testing.T) {
	for name, texts := range map[string][]string{
		"missing although the window slides": {edgeHead + segments("a1", "a2", "a3"), edgeHead + segments("a2", "a3", "a4"), edgeHead + segments("a3", "a4", "a5")},
		"a skipped number":                   {edgeHead + "#EXT-X-MEDIA-SEQUENCE:5\n" + segments("s5", "s6", "s7"), edgeHead + "#EXT-X-MEDIA-SEQUENCE:7\n" + segments("s6", "s7", "s8")},
		"negative":                           {edgeHead + "#EXT-X-MEDIA-SEQUENCE:-3\n" + segments("a1", "a2", "a3"), edgeHead + "#EXT-X-MEDIA-SEQUENCE:-2\n" + segments("a2", "a3", "a4")},
		"words, then numbers":                {edgeHead + "#EXT-X-MEDIA-SEQUENCE:x\n" + segments("a1", "a2", "a3"), edgeHead + "#EXT-X-MEDIA-SEQUENCE:9\n" + segments("a2", "a3", "a4")},
		"too large for any player":           {edgeHead + "#EXT-X-MEDIA-SEQUENCE:18446744073709551610\n" + segments("a1", "a2", "a3"), edgeHead + "#EXT-X-MEDIA-SEQUENCE:18446744073709551611\n" + segments("a2", "a3", "a4")},
	} {
		t.Run(name, func(t *testing.T) {
			s := newReloading(t, map[string][]string{"/v.m3u8": texts})
			g := newRig(t, s.URL+"/v.m3u8")
			m, before := g.shown("/hls/feed/main/")
			require.Len(t, m.Segments, 3)
			for range texts[1:] {
				_, after := g.shown("/hls/feed/main/")
				require.Len(t, after, 3)
				assertNumbersKept(t, before, after)
				before = after
			}
			assert.Zero(t, g.site.count(), "no token was renewed")
		})
	}
}

// A tolerated fault of a playlist is logged once, not with each reload, and without an address.
func TestAFaultOfAPlaylistIsLoggedOnce(t *testing.T) {
	s := newReloading(t, map[string][]string{"/v.m3u8": {edgeHead + "#EXT-X-MEDIA-SEQUENCE:-1\n#EXTINF:-1,\n1.ts?token=secret\n"}})
	g := newRig(t, s.URL+"/v.m3u8?token=secret")
	var log strings.Builder
	g.proxy.engine.Log = slog.New(slog.NewTextHandler(&log, nil))
	for range 4 {
		g.get(mainList)
	}
	assert.Equal(t, 1, strings.Count(log.String(), "EXT-X-MEDIA-SEQUENCE is not a sequence number: counting begins at 0"))
	assert.Equal(t, 1, strings.Count(log.String(), "EXTINF is not a duration"))
	assert.NotContains(t, log.String(), "secret")
}

// A playlist without segments is not a fault: the stream has ended or has not started.
func TestAPlaylistWithoutSegmentsIsServed(t *testing.T) {
	for name, text := range map[string]string{
		"ended, without segments": "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-ENDLIST\n",
		"ended":                   edgeHead + "#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-ENDLIST\n",
		"not started":             edgeHead + "#EXT-X-MEDIA-SEQUENCE:0\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := newReloading(t, map[string][]string{"/v.m3u8": {text}})
			g := newRig(t, s.URL+"/v.m3u8")
			for range 3 {
				list := g.get(mainList)
				assert.Equal(t, strings.Contains(text, "ENDLIST"), strings.Contains(list, "#EXT-X-ENDLIST"))
				assert.Contains(t, list, "#EXT-X-TARGETDURATION:", "without the tag, players would treat it as a multivariant playlist")
			}
			assert.Zero(t, g.site.count(), "no token was renewed")
		})
	}
}

// A final playlist that is empty except for EXT-X-ENDLIST ends the stream and costs no renewal.
func TestAnEmptyFinalPlaylistEndsTheStream(t *testing.T) {
	s := newReloading(t, map[string][]string{"/v.m3u8": {
		edgeHead + "#EXT-X-MEDIA-SEQUENCE:7\n" + segments("7", "8"), "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-ENDLIST\n",
	}})
	g := newRig(t, s.URL+"/v.m3u8")
	g.shown("/hls/feed/main/")
	assert.Contains(t, g.get(mainList), "#EXT-X-ENDLIST")
	assert.Zero(t, g.site.count())
}

// Audio and video whose sequence numbers differ by one keep that difference.
func TestRenditionsKeepTheirNumberingOffset(t *testing.T) {
	list := func(msn, n int) []string {
		var names []string
		for i := range 3 {
			names = append(names, fmt.Sprintf("%d", n+i))
		}
		return []string{edgeHead + fmt.Sprintf("#EXT-X-MEDIA-SEQUENCE:%d\n", msn) + segments(names...)}
	}
	texts := map[string][]string{
		"/m.m3u8":   {"#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",LANGUAGE=\"en\",NAME=\"en\",URI=\"a/x.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=1280x720,AUDIO=\"a\"\nv/x.m3u8\n"},
		"/v/x.m3u8": append(list(100, 1), list(101, 2)...), "/a/x.m3u8": append(list(101, 1), list(102, 2)...),
	}
	s := newReloading(t, texts)
	g := newRig(t, s.URL+"/m.m3u8")
	g.get("/hls/feed/index.m3u8")
	for i := range int64(2) {
		v, _ := g.shown("/hls/feed/720p-2000k/")
		a, _ := g.shown("/hls/feed/audio-en/")
		assert.Equal(t, [2]int64{100 + i, 101 + i}, [2]int64{v.MSN, a.MSN})
	}
}

// Azure and IIS use commas and parentheses in their addresses.
func TestAzureAddressesAreRequestedUnescaped(t *testing.T) {
	s := newReloading(t, map[string][]string{
		"/ev.isml/Manifest(format=m3u8-aapl)": {"#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"en\",URI=\"QualityLevels(64000)/Manifest(audio_en,format=m3u8-aapl)\"\n" +
			"#EXT-X-STREAM-INF:BANDWIDTH=400000,AUDIO=\"audio\"\nQualityLevels(400000)/Manifest(video,format=m3u8-aapl)\n"},
		"/ev.isml/QualityLevels(400000)/Manifest(video,format=m3u8-aapl)":   {edgeHead + "#EXTINF:4,no-desc\nFragments(video=0,format=m3u8-aapl)\n"},
		"/ev.isml/QualityLevels(64000)/Manifest(audio_en,format=m3u8-aapl)": {edgeHead + "#EXTINF:4,no-desc\nFragments(audio_en=0,format=m3u8-aapl)\n"},
	})
	g := newRig(t, s.URL+"/ev.isml/Manifest(format=m3u8-aapl)")
	root := g.get("/hls/feed/index.m3u8")
	assert.Contains(t, root, "400k/index.m3u8")
	assert.Contains(t, root, `URI="audio-en/index.m3u8"`)
	_, at := g.shown("/hls/feed/400k/")
	assert.Contains(t, at, "\x47object /ev.isml/QualityLevels(400000)/Fragments(video=0,format=m3u8-aapl)")
	_, at = g.shown("/hls/feed/audio-en/")
	assert.Contains(t, at, "\x47object /ev.isml/QualityLevels(64000)/Fragments(audio_en=0,format=m3u8-aapl)")
}

// A variant without an address cannot be played.
func TestAVariantWithoutAddressIsNotOffered(t *testing.T) {
	s := newReloading(t, map[string][]string{
		"/m.m3u8": {"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000,CODECS=\"avc1.4d400d\"\n#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=1280x720\nv/720.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=500000\n"},
	})
	g := newRig(t, s.URL+"/m.m3u8")
	assert.Equal(t, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=1280x720\n720p-900k/index.m3u8\n", g.get("/hls/feed/index.m3u8"))
	assert.Equal(t, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=1280x720\n720p-900k/index.m3u8\n", g.get("/hls/feed/index.m3u8?quality=720p"))
}
