package numbering

import (
	"testing"

	"github.com/stretchr/testify/assert"
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
