package app

import (
	"os"
	"runtime/debug"
)

// memoryBeside is what the program may need besides its segment cache, in bytes. Both together are the garbage collector's
// soft limit, because segments come and go by the megabyte: without a limit twice the cache would pile up before it runs.
const memoryBeside = 100 << 20

// limitMemory sets the soft memory limit for a segment cache of so many bytes. GOMEMLIMIT wins.
func limitMemory(cache int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetMemoryLimit(cache + memoryBeside)
}
