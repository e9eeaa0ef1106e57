//go:build !linux

package m3u

import "time"

var start = time.Now()

// threadTime is the wall clock on systems that do not report the processor time of a thread.
func threadTime() time.Duration { return time.Since(start) }
