//go:build race

package proxy

// spoil overwrites memory that nobody may read any more, so that a test sees who does.
func spoil(b []byte) {
	b[0] = 0xdd
	for n := 1; n < len(b); n *= 2 { // byte by byte it would take the race detector seconds
		copy(b[n:], b[:n])
	}
}
