package objects

import "sync"

// The sizes of the pieces that hold bodies, in bytes. One read or write moves at most the largest.
const (
	smallPiece  = 64 << 10
	middlePiece = 4 * smallPiece
	largePiece  = 4 * middlePiece
	// minPiece is the shortest body, or rest of one, that gets such a piece; shorter ones get memory of their own length.
	minPiece = smallPiece / 2
	// maxIdle bounds the free pieces that are kept for reuse, in bytes. The garbage collector frees the rest.
	maxIdle = 8 << 20
)

// memory allocates the pieces that hold bodies. It reuses freed pieces, because fresh memory must be cleared and collected. It
// does not bound the memory in use: the store does.
type memory struct {
	mu   sync.Mutex
	idle map[int][][]byte // free pieces by size
	size int64            // of all free pieces, in bytes
	// poison overwrites freed pieces, so that a test notices if they are still read.
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

// overwrite fills p with bytes that are not media.
func overwrite(p []byte) {
	p[0] = 0xdd
	for n := 1; n < len(p); n *= 2 { // a loop over single bytes takes seconds under the race detector
		copy(p[n:], p[:n])
	}
}
