package proxy

import (
	"math/bits"
	"sync"
)

const (
	// arenaSize is how much memory is taken from the system at once, in bytes: one huge page of x86 and arm64.
	arenaSize = 2 << 20
	// The pieces that bodies are kept in: the largest is the most that one read or write moves, the smallest is what
	// memory is counted in. A piece begins at a multiple of its size.
	smallChunk  = 64 << 10
	middleChunk = 4 * smallChunk
	bigChunk    = 4 * middleChunk
	// units is how many of the smallest make an arena; they are its bits.
	units = arenaSize / smallChunk
	// slackArenas is how many arenas are kept that nothing lies in: a feed that goes on needs them in a moment.
	slackArenas = 4
)

// slab gives out the memory that bodies are kept in, and takes it back. Memory that is used again costs nothing; fresh
// memory has to be cleared and mapped by the kernel, page by page, which costs more than sending it. It does not bound
// what it gives: the cache does.
type slab struct {
	mu     sync.Mutex
	arenas []*arena
}

// arena is memory in pieces. What is in use of it belongs to the slab's lock.
type arena struct {
	mem  []byte // arenaSize
	raw  []byte // what was mapped, to be given back
	used uint32 // a bit a unit
}

// chunk is a piece of memory with the bytes that came so far: its length grows up to its capacity.
type chunk struct {
	buf  []byte
	from *arena // nil: the garbage collector's
	bits uint32 // its units
}

// get gives a chunk of one of the three sizes. It goes where something lies already, so that arenas become empty.
func (s *slab) get(size int) chunk {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := size / smallChunk
	for _, a := range s.arenas {
		if a.used == 0 || a.used == ^uint32(0) {
			continue
		}
		if c := a.get(n); c.from != nil {
			return c
		}
	}
	for _, a := range s.arenas {
		if a.used == 0 {
			return a.get(n)
		}
	}
	a := newArena()
	s.arenas = append(s.arenas, a)
	return a.get(n)
}

// get gives a chunk of n units; one without an arena where there is no room for it.
func (a *arena) get(n int) chunk {
	run := uint32(1)<<n - 1
	for at := 0; at < units; at += n {
		if b := run << at; a.used&b == 0 {
			a.used |= b
			from, to := at*smallChunk, (at+n)*smallChunk
			return chunk{buf: a.mem[from:from:to], from: a, bits: b}
		}
	}
	return chunk{}
}

// free takes a chunk back. Nobody may read it any more.
func (s *slab) free(c chunk) {
	if c.from == nil {
		return
	}
	spoil(c.buf[:cap(c.buf)])
	s.mu.Lock()
	defer s.mu.Unlock()
	c.from.used &^= c.bits
}

// trim gives arenas back to the system in which nothing lies, all but keep of them.
func (s *slab) trim(keep int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.arenas[:0]
	for _, a := range s.arenas {
		if a.used == 0 {
			if keep--; keep < 0 {
				a.unmap()
				continue
			}
		}
		kept = append(kept, a)
	}
	clear(s.arenas[len(kept):])
	s.arenas = kept
}

// idle is how much memory the slab has that nothing lies in, in bytes.
func (s *slab) idle() (n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.arenas {
		n += int64(units-bits.OnesCount32(a.used)) * smallChunk
	}
	return n
}

// mapped is how much memory the slab has of the system, in bytes.
func (s *slab) mapped() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.arenas)) * arenaSize
}
