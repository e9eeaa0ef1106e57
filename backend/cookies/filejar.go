package cookies

import (
	"os"
	"sync"
	"time"
)

// fileJarCheck is the minimum time between two checks of a cookies.txt for changes.
const fileJarCheck = 2 * time.Second

// FileJar is a jar for as long as a stream plays: it starts with the cookies of a cookies.txt, and is filled again when that
// file changes (the user has logged in again with a browser) or is replaced by another. Then cookies set by servers are
// dropped; servers set them again. It is safe for concurrent use.
type FileJar struct {
	mu         sync.Mutex
	jar        *Jar
	path       string
	modified   time.Time // modification time and size of the file when it was read; zero if there was none
	size       int64
	checked    time.Time
	generation uint64 // at the last check
}

// OpenFile reads the cookies.txt at path; an empty path means no file. generation is that of the stream, as in Jar.
func OpenFile(path string, generation uint64) (*FileJar, error) {
	f := &FileJar{path: path, checked: time.Now(), generation: generation}
	f.modified, f.size = fileState(path)
	jar, err := Load(path, time.Now())
	if err != nil {
		return nil, err
	}
	f.jar = jar
	return f, nil
}

// Jar returns the jar for a request under the stream's generation, whose source has the cookies.txt at path. It checks the
// file whenever path or generation changes, and otherwise every two seconds. changed reports whether this call read the file
// again. If the file is invalid, the jar is not changed, and err is returned once for each state of the file.
func (f *FileJar) Jar(path string, generation uint64) (jar *Jar, changed bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if path == f.path && generation <= f.generation && now.Sub(f.checked) < fileJarCheck {
		return f.jar, false, nil
	}
	f.checked, f.generation = now, max(generation, f.generation)
	modified, size := fileState(path)
	if path == f.path && modified.Equal(f.modified) && size == f.size || path != "" && modified.IsZero() {
		return f.jar, false, nil
	}
	f.path, f.modified, f.size = path, modified, size
	fresh, err := Load(path, now)
	if err != nil {
		return f.jar, false, err
	}
	f.jar = fresh
	return fresh, true, nil
}

// fileState returns the modification time and the size of a file; zero if there is none.
func fileState(path string) (time.Time, int64) {
	if path == "" {
		return time.Time{}, 0
	}
	fi, err := os.Stat(path)
	if err != nil {
		return time.Time{}, 0
	}
	return fi.ModTime(), fi.Size()
}
