package objects

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPiecesDoNotOverlapAndAreReused(t *testing.T) {
	var m memory
	var pieces [][]byte
	for i, size := range []int{smallPiece, largePiece, smallPiece, middlePiece, largePiece, smallPiece, middlePiece} {
		p := m.get(size)
		require.Equal(t, size, cap(p))
		require.Empty(t, p)
		pieces = append(pieces, append(p, bytes.Repeat([]byte{byte(i)}, size)...))
	}
	for i, p := range pieces {
		require.Equal(t, byte(i), p[0], "piece %d", i)
		require.Equal(t, byte(i), p[len(p)-1], "piece %d", i)
	}
	first := &pieces[1][0]
	m.put(pieces[1])
	again := m.get(largePiece)
	assert.Empty(t, again)
	assert.Same(t, first, &again[:1][0])
	assert.Zero(t, m.size)
}

func TestIdleMemoryIsBounded(t *testing.T) {
	var m memory
	for range 20 {
		m.put(make([]byte, 0, largePiece))
		m.put(make([]byte, 0, middlePiece))
	}
	assert.LessOrEqual(t, m.size, int64(maxIdle))
	assert.Greater(t, m.size, int64(maxIdle-largePiece))
	m.put(make([]byte, 0, 5)) // the rest of an object
	for _, size := range []int{smallPiece, middlePiece, largePiece} {
		for range 40 {
			m.get(size)
		}
	}
	assert.Zero(t, m.size)
}
