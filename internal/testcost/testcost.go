// Package testcost measures what a piece of work costs, for tests that a parser's cost is proportional to its input.
//
// What lives here: the CPU time of one thread, and allocated memory. Neither depends much on how busy the machine is; the
// remaining noise is handled by measuring again.
//
// What does not: what is measured, and how much it may cost.
package testcost

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// CPU returns the CPU time that do takes on this thread.
func CPU(do func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := threadTime()
	do()
	return threadTime() - before
}

// Allocated returns how many bytes are allocated while do runs, including by other goroutines.
func Allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Rarely turns the garbage collector off until the end of the test, or until the heap reaches limit bytes: part of its
// work would be charged to the measured thread.
func Rarely(t testing.TB, limit int64) {
	t.Helper()
	percent, before := debug.SetGCPercent(-1), debug.SetMemoryLimit(limit)
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(before)
	})
}

const (
	// Larger is how many times as large the large input of a test of linear cost is.
	Larger = 16
	// MostGrowth is the growth from which on the cost is not linear. Linear work grows about 16 times, quadratic work 256 times;
	// caches and new memory alone once made linear work grow half as much again on a busy machine.
	MostGrowth = 2 * Larger
)

// Growth returns how many times as long do(true), with a large input, takes as do(false), with a small one, and how
// long do(true) takes. Both are the least of up to 25 runs, because noise only makes things slower; it stops as soon
// as enough returns true.
func Growth(do func(large bool), enough func(ratio float64, took time.Duration) bool) (ratio float64, took time.Duration) {
	small := time.Hour
	took = time.Hour
	for range 25 {
		small = min(small, CPU(func() { do(false) }))
		took = min(took, CPU(func() { do(true) }))
		const noise = 400 * time.Microsecond // anything faster counts as this
		if ratio = float64(took) / float64(max(small, noise)); enough(ratio, took) {
			break
		}
	}
	return ratio, took
}
