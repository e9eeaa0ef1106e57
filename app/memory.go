package app

import (
	"os"
	"runtime/debug"
)

// memoryBesidesCache is how much memory the program may need in addition to its segment cache, in bytes. The sum is the garbage
// collector's soft limit: segments are allocated and dropped by the megabyte, and without a limit twice the size of the cache
// would accumulate before the collector runs.
const memoryBesidesCache = 100 << 20

// limitMemory sets the soft memory limit for a segment cache of so many bytes. The environment variable GOMEMLIMIT takes
// precedence.
func limitMemory(cache int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetMemoryLimit(cache + memoryBesidesCache)
}
