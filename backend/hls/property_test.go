package hls

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/grafov/m3u8"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// counter names everything by the order in which it is asked.
type counter struct{ n int }

func (c *counter) next(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, '@'), int64(c.n), 10)
	c.n++
	return dst
}
func (c *counter) Segment(dst []byte, _ int) []byte   { return c.next(dst) }
func (c *counter) Part(dst []byte, _, _ int) []byte   { return c.next(dst) }
func (c *counter) Key(dst []byte, _ int) []byte       { return c.next(dst) }
func (c *counter) Map(dst []byte, _ int) []byte       { return c.next(dst) }
func (c *counter) Hint(dst []byte, _ int) []byte      { return c.next(dst) }
func (c *counter) Asset(dst []byte, _ int) []byte     { return c.next(dst) }
func (c *counter) Rendition(dst []byte, _ int) []byte { return c.next(dst) }
func (c *counter) Resource(dst []byte, _ int) []byte  { return c.next(dst) }
func (c *counter) Report(dst []byte, _ int) ([]byte, int64, bool) {
	return c.next(dst), 0, true
}

// mediaLinesOf and multiLinesOf are what the playlists of the property test are made of; § is an address, ¶ an absolute one, ‡ one in words, which no
// player asks for.
var mediaLinesOf = []string{
	"#EXTINF:4.00008,\n§", "#EXTINF:4\n  §\t", "#EXTINF:2.5,t,i=\"t\"le\n#EXT-X-BYTERANGE:10@5\n§", "#EXT-X-GAP\n#EXTINF:1,\n§",
	"#EXT-X-KEY:METHOD=AES-128,URI=\"§\"", "#EXT-X-KEY:URI=\"§\", METHOD=SAMPLE-AES,IV=0xabCD", "#EXT-X-KEY:METHOD=NONE",
	"#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://stays\"", "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"data:,stays\",KEYFORMAT=\"urn:x\"",
	"#EXT-X-MAP:URI=\"§\",BYTERANGE=\"718@0\"", "#EXT-X-MAP:URI=\"§\"", "#EXT-X-PART:DURATION=0.3,URI=\"§\",INDEPENDENT=YES",
	"#EXT-X-PART:URI=\"§\",BYTERANGE=\"5@6\",DURATION=1", "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"§\"", "#EXT-X-PRELOAD-HINT:URI=\"§\",TYPE=MAP",
	"#EXT-X-RENDITION-REPORT:URI=\"§\",LAST-MSN=3", "#EXT-X-RENDITION-REPORT:LAST-MSN=3,URI=\"§\",LAST-PART=1",
	"#EXT-X-DATERANGE:ID=\"a,b\",X-ASSET-URI=\"§\",X-B=\"¶\",X-C=\"see ¶, or ¶\",X-D=\"x//y\"", "#EXT-X-DATERANGE:X-ASSET-LIST=\"§\"", "#EXT-X-DATERANGE:ID=\"x\"",
	"", "  ", "# ‡ comment", "#EXT-X-UNKNOWN:URI=\"§\",A=\"a//b\"", "#EXT-X-UNKNOWN:¶", "#EXT-X-UNKNOWN:A=1,X-LINK=¶,B=\"¶\"", "#EXTM3U",
	"#EXT-X-PREFETCH:§", "#EXT-X-TWITCH-PREFETCH:§", "#EXTINF:2,‡\n§", "#EXT-X-UNKNOWN:a/b//c, URI, URL", "# // no address: http:/x",
	"#EXT-X-DISCONTINUITY", "#EXT-X-PROGRAM-DATE-TIME:2026-05-24T12:00:00Z", "#EXT-X-BITRATE:12", "#",
}

// headLines may stand once, and before the first segment.
var headLines = []string{
	"#EXT-X-MEDIA-SEQUENCE:007", "#EXT-X-DISCONTINUITY-SEQUENCE: 3 ", "#EXT-X-VERSION:9", "#EXT-X-SERVER-CONTROL:X=\"a\"", "#EXT-X-SKIP:SKIPPED-SEGMENTS=3",
	"#EXT-X-PLAYLIST-TYPE:EVENT", "#EXT-X-ENDLIST", "#EXT-X-INDEPENDENT-SEGMENTS",
}

var multiLinesOf = []string{
	"#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"a,b\"\n§", "#EXT-X-STREAM-INF:BANDWIDTH=1\n\n# between\n §", "#EXT-X-MEDIA:TYPE=AUDIO,URI=\"§\",NAME=\"a, b\"",
	"#EXT-X-MEDIA:URI=\"§\", TYPE=SUBTITLES", "#EXT-X-MEDIA:TYPE=VIDEO,NAME=\"none\"", "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,INSTREAM-ID=\"CC1\"",
	"#EXT-X-I-FRAME-STREAM-INF:URI=\"§\",BANDWIDTH=1", "#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=1,URI=\"§\"", "#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"§\"",
	"#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"skd://stays\"", "#EXT-X-SESSION-DATA:DATA-ID=\"x\",URI=\"§\"", "#EXT-X-SESSION-DATA:VALUE=\"¶\"",
	"", "# ‡ comment", "#EXT-X-UNKNOWN:URI=\"§\",THUMB-URL=\"§\"", "#EXT-X-INDEPENDENT-SEGMENTS", "#EXT-X-START:TIME-OFFSET=1", "#EXTM3U",
}

// compose makes a playlist, and what it must become.
func compose(r *rand.Rand, lines []string) (in, out string) {
	end := []string{"\n", "\r\n"}[r.IntN(2)]
	var b strings.Builder
	b.WriteString("#EXTM3U" + end)
	if strings.HasPrefix(lines[0], tagExtInf) {
		b.WriteString("#EXT-X-TARGETDURATION:4" + end)
		for _, l := range headLines {
			if r.IntN(3) == 0 {
				b.WriteString(l + end)
			}
		}
	}
	b.WriteString(strings.ReplaceAll(lines[0], "\n", end) + end)
	for range r.IntN(40) {
		b.WriteString(strings.ReplaceAll(lines[r.IntN(len(lines))], "\n", end) + end)
	}
	text := b.String()
	if r.IntN(2) == 0 {
		text = strings.TrimSuffix(text, end)
	}
	var written, wanted strings.Builder
	n := 0
	for _, c := range text {
		if c == '‡' {
			written.WriteString("https://cdn.test/SECRET/x.ts?t=SECRET,1")
			wanted.WriteString(blanked)
			continue
		}
		if c != '§' && c != '¶' {
			written.WriteRune(c)
			wanted.WriteRune(c)
			continue
		}
		base := "https://cdn.test"
		if c == '§' {
			base = []string{"https://cdn.test", "HTTP://cdn.test:80", "..", ""}[r.IntN(4)]
		}
		fmt.Fprintf(&written, "%s/SECRET/%d.ts?t=SECRET,1&u=%d", base, n, r.IntN(100))
		fmt.Fprintf(&wanted, "@%d", n)
		n++
	}
	return written.String(), wanted.String()
}

// Each address is named once and in order, and nothing else changes by a byte.
func TestOnlyAddressesChange(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 3))
		in, want := compose(r, mediaLinesOf)
		m, err := ParseMedia([]byte(in), Env{})
		require.NoError(t, err, in)
		require.Equal(t, want, string(m.Render(nil, &counter{}, Shift{})), "seed %d", seed)
		in, want = compose(r, multiLinesOf)
		v, err := ParseMultivariant([]byte(in), Env{})
		require.NoError(t, err, in)
		require.Equal(t, want, string(v.Render(nil, &counter{})), "seed %d", seed)
	}
}

// Each position is asked for with its own index, and the indexes are those of the structure.
func TestEveryAddressIsNamedExactlyOnce(t *testing.T) {
	for seed := range uint64(300) {
		in, _ := compose(rand.New(rand.NewPCG(seed, 4)), mediaLinesOf)
		m, err := ParseMedia([]byte(in), Env{})
		require.NoError(t, err)
		n := &namer{m: m, count: map[string]int{}}
		m.Render(nil, n, Shift{})
		want := map[string]int{}
		add := func(kind string, count int) {
			for i := range count {
				want[fmt.Sprintf("%s %d 0", kind, i)] = 1
			}
		}
		add("segment", len(m.Segments))
		add("key", len(m.Keys))
		add("map", len(m.Maps))
		add("hint", len(m.Hints))
		add("asset", len(m.Assets))
		add("report", len(m.Reports))
		for i := range len(m.Segments) + 1 {
			parts := m.Open
			if i < len(m.Segments) {
				parts = m.Segments[i].Parts
			}
			for p := range parts {
				want[fmt.Sprintf("part %d %d", i, p)] = 1
			}
		}
		require.Equal(t, want, n.count, "seed %d", seed)
	}
}

// A renumbered playlist read again says what it said before, with the numbers shifted.
func TestRenumberingChangesOnlyTheNumbers(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 5))
		in, _ := compose(r, mediaLinesOf)
		m, err := ParseMedia([]byte(in), Env{})
		require.NoError(t, err)
		s := Shift{MSN: int64(r.IntN(1000)), Discontinuity: int64(r.IntN(5))}
		out := rendered(m, s)
		again, err := ParseMedia([]byte(out), Env{})
		require.NoError(t, err, out)
		require.Equal(t, m.MSN+s.MSN, again.MSN)
		require.Equal(t, m.DiscontinuitySequence+s.Discontinuity, again.DiscontinuitySequence)
		require.Equal(t, len(m.Segments), len(again.Segments))
		for i := range m.Segments {
			a, b := m.Segments[i], again.Segments[i]
			a.Discontinuity += s.Discontinuity
			a.URI, b.URI, a.Parts, b.Parts = "", "", nil, nil
			require.Equal(t, a, b, "seed %d segment %d", seed, i)
		}
		require.Equal(t, len(m.Open), len(again.Open))
	}
}

// grafov/m3u8 gives a second opinion on what ffmpeg wrote, before and after.
func TestASecondParserReadsTheSamePlaylist(t *testing.T) {
	for _, name := range []string{"ts", "fmp4", "byteranges", "aes"} {
		body, err := os.ReadFile("testdata/golden/" + name + ".m3u8")
		require.NoError(t, err)
		m := mustMedia(t, string(body))
		for _, text := range []string{string(body), rendered(m, Shift{})} {
			p, kind, err := m3u8.DecodeFrom(strings.NewReader(text), false)
			require.NoError(t, err)
			require.Equal(t, m3u8.MEDIA, kind)
			their := p.(*m3u8.MediaPlaylist)
			assert.Equal(t, uint64(m.MSN), their.SeqNo)
			assert.Equal(t, m.End, their.Closed)
			require.Equal(t, uint(len(m.Segments)), their.Count())
			for i, s := range m.Segments {
				seg := their.Segments[i]
				assert.InDelta(t, seg.Duration, s.Duration.Seconds(), 1e-6)
				assert.True(t, s.PDT.Equal(seg.ProgramDateTime))
				if seg.Limit > 0 {
					assert.Equal(t, ByteRange{seg.Limit, seg.Offset}, s.Range)
				}
			}
		}
	}
}
