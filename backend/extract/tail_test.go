package extract

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTailKeepsTheEndOfTheOutput(t *testing.T) {
	const keep = 16 << 10
	tail := NewTail(keep)
	var all strings.Builder
	for i := range 10_000 {
		line := strings.Repeat("x", i%97) + "\n" + strconv.Itoa(i) + "\n"
		all.WriteString(line)
		n, err := tail.Write([]byte(line))
		assert.NoError(t, err)
		assert.Equal(t, len(line), n)
	}
	assert.Equal(t, all.String()[all.Len()-keep:], string(tail.Bytes()))
	_, _ = tail.Write([]byte(strings.Repeat("y", 5*keep) + "\nend"))
	assert.Equal(t, strings.Repeat("y", keep-4)+"\nend", string(tail.Bytes()))
	assert.LessOrEqual(t, cap(tail.buf), 8*keep)
}
