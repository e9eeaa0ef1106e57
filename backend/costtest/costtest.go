// Package costtest measures what a piece of work costs, for tests that hold a parser to the length of its input.
//
// What lives here: the processor time of one thread, and allocated memory. Neither is a clock on the wall: a busy machine
// changes them little, and what noise remains is met by measuring again.
//
// What does not: what is measured, and how much it may cost.
package costtest

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// CPU is the processor time that do takes on this thread, apart from whatever else the machine does.
func CPU(do func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := threadTime()
	do()
	return threadTime() - before
}

// Allocated is how much memory do allocates, in bytes; other goroutines' is counted with it.
func Allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Rarely puts the garbage collector off until the end of the test, or until the heap takes limit bytes: it works on the
// thread that is measured.
func Rarely(t testing.TB, limit int64) {
	t.Helper()
	percent, before := debug.SetGCPercent(-1), debug.SetMemoryLimit(limit)
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(before)
	})
}

// Growth measures how many times as long do(true), with a large input, takes as do(false), with a small one, and how long
// that is: the least of several runs, and only until enough is satisfied, for noise makes things slower and never faster.
func Growth(do func(large bool), enough func(ratio float64, took time.Duration) bool) (ratio float64, took time.Duration) {
	small := time.Hour
	took = time.Hour
	for range 25 {
		small = min(small, CPU(func() { do(false) }))
		took = min(took, CPU(func() { do(true) }))
		const noise = 400 * time.Microsecond // what is so quick is quick enough
		if ratio = float64(took) / float64(max(small, noise)); enough(ratio, took) {
			break
		}
	}
	return ratio, took
}
