//go:build !linux || race

package proxy

// OnHeap tells whether cached bodies lie in memory that the garbage collector counts.
const OnHeap = true

// newArena takes memory from the heap; under the race detector too, which sees no other.
func newArena() *arena { return &arena{mem: make([]byte, arenaSize)} }

func (a *arena) unmap() { a.mem = nil }
