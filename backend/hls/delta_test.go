package hls

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A player that asks for what is new alone gets no segment less of it, and can join it with what it has.
func TestDeltaUpdatesSkipOnlyKnownSegments(t *testing.T) {
	var b strings.Builder
	b.WriteString("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=12.0\n#EXT-X-MEDIA-SEQUENCE:10\n#EXT-X-DISCONTINUITY-SEQUENCE:3\n")
	for i := range 12 {
		if i%5 == 0 {
			fmt.Fprintf(&b, "#EXT-X-KEY:METHOD=AES-128,URI=\"k%d?tok\"\n#EXT-X-MAP:URI=\"i%d?tok\"\n", i, i)
		}
		if i == 2 {
			b.WriteString("#EXT-X-DATERANGE:ID=\"x\",X-ASSET-URI=\"a?tok\"\n")
		}
		fmt.Fprintf(&b, "#EXTINF:2.0,\ns%d.ts?tok\n", i)
	}
	b.WriteString("#EXT-X-PART:DURATION=1,URI=\"p?tok\"\n")
	m := mustMedia(t, b.String())
	require.Equal(t, 6, m.Skippable())
	out := string(m.RenderDelta(nil, &namer{m: m}, Shift{}, 6))
	assert.Equal(t, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=12.0\n#EXT-X-MEDIA-SEQUENCE:10\n#EXT-X-DISCONTINUITY-SEQUENCE:3\n"+
		"#EXT-X-SKIP:SKIPPED-SEGMENTS=6\n#EXT-X-DATERANGE:ID=\"x\",X-ASSET-URI=\"asset-0\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"key-15\"\n#EXT-X-MAP:URI=\"init-15.mp4\"\n"+
		"#EXTINF:2.0,\n16.m4s\n#EXTINF:2.0,\n17.m4s\n#EXTINF:2.0,\n18.m4s\n#EXTINF:2.0,\n19.m4s\n"+
		"#EXT-X-KEY:METHOD=AES-128,URI=\"key-20\"\n#EXT-X-MAP:URI=\"init-20.mp4\"\n#EXTINF:2.0,\n20.m4s\n#EXTINF:2.0,\n21.m4s\n#EXT-X-PART:DURATION=1,URI=\"22.0.m4s\"\n", out)
	// With another edge's numbers and segments of the proxy's own before it.
	again := mustMedia(t, string(m.RenderDelta(nil, &namer{m: m}, Shift{MSN: 100, Retained: Retained{Segments: 4, Text: []byte("#EXTINF:2,\nx\n")}}, 6)))
	assert.Equal(t, int64(106), again.MSN)
	assert.Equal(t, int64(10), again.Skipped)
	assert.Len(t, again.Segments, 6)
	assert.Contains(t, string(m.RenderDelta(nil, &namer{m: m}, Shift{MSN: 100}, 6)), "IV=0x00000000000000000000000000000010\n#EXT-X-MAP")
	for _, none := range []string{
		strings.Replace(b.String(), "CAN-SKIP", "CANNOT", 1), strings.Replace(b.String(), "UNTIL=12.0", "UNTIL=24.0", 1), b.String() + "#EXT-X-ENDLIST\n",
		strings.Replace(strings.Replace(b.String(), "#EXT-X-TARGETDURATION:2\n", "", 1), "#EXT-X-DATERANGE", "#EXT-X-TARGETDURATION:2\n#EXT-X-DATERANGE", 1),
	} {
		assert.Zero(t, mustMedia(t, none).Skippable(), none)
	}
}
