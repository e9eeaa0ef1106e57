//go:build !linux

package testcost

import "time"

var start = time.Now()

// threadTime returns the wall's clock where the processor's time of a thread is not to be had.
func threadTime() time.Duration { return time.Since(start) }
