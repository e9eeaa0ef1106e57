package extract

import (
	"bytes"
	"sync"
)

// Tail is a writer that keeps only the end of what is written to it, such as a program's last output. It is safe for
// concurrent use.
type Tail struct {
	keep int
	mu   sync.Mutex
	buf  []byte
}

// NewTail returns a Tail that keeps the last keep bytes.
func NewTail(keep int) *Tail { return &Tail{keep: keep} }

// Write appends p. It never fails.
func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p[max(0, len(p)-t.keep):]...)
	if len(t.buf) > 2*t.keep {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-t.keep:]...)
	}
	return len(p), nil
}

// Bytes returns a copy of the bytes that are kept.
func (t *Tail) Bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.buf[max(0, len(t.buf)-t.keep):])
}
