//go:build !linux

package testcost

import "time"

var start = time.Now()

// threadTime returns elapsed wall-clock time, because a thread's CPU time is not available here.
func threadTime() time.Duration { return time.Since(start) }
