package objects

import "sync"

// The sizes of the pieces that bodies are kept in, in bytes. The largest is the most that one read or write moves, the
// smallest is the unit of what an object takes.
const (
	smallPiece  = 64 << 10
	middlePiece = 4 * smallPiece
	largePiece  = 4 * middlePiece
	// minPiece is the shortest body, or rest of one, that is kept in such a piece; shorter ones get memory of their length.
	minPiece = smallPiece / 2
	// maxIdle bounds the pieces that are kept for the next object, in bytes. The garbage collector takes what exceeds it.
	maxIdle = 8 << 20
)

// memory allocates the pieces that bodies are kept in. Freed pieces are used again: fresh memory must be cleared, and makes
// work for the garbage collector. It does not bound what is in use: the store does.
type memory struct {
	mu   sync.Mutex
	idle map[int][][]byte // free pieces by size
	size int64            // of all free pieces, in bytes
	// poison overwrites freed pieces, so that a test sees who still reads them.
	poison bool
}

// get returns an empty piece with room for size bytes.
func (m *memory) get(size int) []byte {
	if p := m.reuse(size); p != nil {
		return p
	}
	return make([]byte, 0, size)
}

// reuse returns a free piece; nil if there is none.
func (m *memory) reuse(size int) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	free := m.idle[size]
	if len(free) == 0 {
		return nil
	}
	last := len(free) - 1
	p := free[last]
	free[last] = nil
	m.idle[size] = free[:last]
	m.size -= int64(size)
	return p
}

// put takes a piece back. The caller must not use it again.
func (m *memory) put(p []byte) {
	size := cap(p)
	if size != smallPiece && size != middlePiece && size != largePiece {
		return
	}
	if m.poison {
		overwrite(p[:size])
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.size+int64(size) > maxIdle {
		return
	}
	if m.idle == nil {
		m.idle = map[int][][]byte{}
	}
	m.idle[size] = append(m.idle[size], p[:0])
	m.size += int64(size)
}

// overwrite fills p with bytes that are no media.
func overwrite(p []byte) {
	p[0] = 0xdd
	for n := 1; n < len(p); n *= 2 { // byte by byte the race detector would take seconds
		copy(p[n:], p[:n])
	}
}
