//go:build !race

package proxy

import (
	"syscall"
	"unsafe"
)

// OnHeap tells whether cached bodies lie in memory that the garbage collector counts.
const OnHeap = false

// newArena maps memory outside the garbage collector's, which would keep as much again of it before it looked. A huge
// page is mapped in one fault instead of 512.
func newArena() *arena {
	raw, err := syscall.Mmap(-1, 0, 2*arenaSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil { // out of memory or of mappings: the heap decides
		return &arena{mem: make([]byte, arenaSize)}
	}
	// A huge page begins at a multiple of its size. What lies beside it is never touched, and takes no memory.
	skip := -uintptr(unsafe.Pointer(&raw[0])) & (arenaSize - 1)
	a := &arena{mem: raw[skip : skip+arenaSize : skip+arenaSize], raw: raw}
	_ = syscall.Madvise(a.mem, syscall.MADV_HUGEPAGE) // a kernel without them maps small pages
	return a
}

func (a *arena) unmap() {
	if a.raw != nil {
		_ = syscall.Munmap(a.raw)
	}
	a.mem, a.raw = nil, nil
}
