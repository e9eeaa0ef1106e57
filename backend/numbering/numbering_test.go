package numbering

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/hls"
)

func TestBreaksBeyondTheBoundAreStillCounted(t *testing.T) {
	var n Numbering
	for i := range int64(maxBreaks + 5) {
		n.insertBreak(10*i, false)
	}
	assert.Len(t, n.Breaks, maxBreaks)
	assert.Equal(t, int64(maxBreaks+5), n.Discontinuity+n.BreaksUpTo(1<<40))
}

func TestARecordWithImpossibleNumbersIsRejected(t *testing.T) {
	for _, n := range []Numbering{{Shift: 1 << 62}, {Discontinuity: -1 << 62}, {Breaks: []int64{1 << 62}}, {Anchor: &Fingerprint{MSN: 1<<63 - 1}}} {
		_, ok := n.Restored()
		assert.False(t, ok)
	}
	n, ok := Numbering{Shift: -7, Breaks: make([]int64, 2*maxBreaks), Anchor: &Fingerprint{MSN: 3}}.Restored()
	assert.True(t, ok)
	assert.Len(t, n.Breaks, maxBreaks)
}

// A playlist that moved on by its whole length shares no segment with the known one: its EXT-X-DISCONTINUITY-SEQUENCE is believed as far
// as a discontinuity before each segment could explain it.
func TestDiscontinuitiesOfAPlaylistThatMovedOnAreBounded(t *testing.T) {
	known := &Fingerprint{MSN: 9, Discontinuity: 3, Duration: 2 * time.Second}
	for name, tc := range map[string]struct{ msn, is, want int64 }{
		"the same":                {10, 3, 3},
		"one more":                {10, 4, 4},
		"too many":                {10, 1 << 50, 4},
		"fewer":                   {10, 0, 3},
		"after a hole of ten":     {20, 9, 9},
		"too many after the hole": {20, 1 << 50, 14},
	} {
		var n Numbering
		m := &hls.Media{MSN: tc.msn, DiscontinuitySequence: tc.is, Segments: []hls.Segment{{Discontinuity: tc.is, Duration: 2 * time.Second}}}
		n.keepDiscontinuity(known, Candidate{Media: m})
		assert.Equal(t, tc.want, n.DiscontinuityOf(&m.Segments[0], tc.msn), name)
	}
}
