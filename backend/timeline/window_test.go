package timeline

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheTimeShiftBufferIsBounded(t *testing.T) {
	b := buffer{segments: map[int64]buffered{}}
	for i := range int64(3 * maxBuffered) {
		b.segments[i] = buffered{}
	}
	b.trim()
	assert.LessOrEqual(t, len(b.segments), maxBuffered)
	assert.Contains(t, b.segments, int64(3*maxBuffered-1), "the newest are kept")
	for i := range int64(40) {
		s := buffered{}
		s.Lines = strings.Repeat("x", 1<<20)
		b.segments[int64(3*maxBuffered)+i] = s
	}
	b.trim()
	assert.LessOrEqual(t, len(b.segments), 8)
}
