package proxy

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// kept are the files of the rewind. They begin again with each process: what the last one kept is deleted, for the
// descriptions that go with it are in memory.
type kept struct {
	dir string
	log *slog.Logger

	mu     sync.Mutex
	limits Rewind
	ready  bool // the folder is there, and empty of what others left
	files  map[string]*list.Element
	order  *list.List // of *keptFile, the oldest first
	bytes  int64
	// writing is how many bytes there are of objects that are being written.
	writing int64
	parts   map[string]bool // their files
}

type keptFile struct {
	key, path   string
	contentType string
	start       int64 // where the object begins in its resource
	size        int64
	at          time.Time
}

func newKept(dir string, limits Rewind, log *slog.Logger) *kept {
	k := &kept{dir: dir, log: log, files: map[string]*list.Element{}, order: list.New(), parts: map[string]bool{}}
	k.set(limits)
	return k
}

// set changes the limits. What is beyond them goes at once.
func (k *kept) set(limits Rewind) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dir == "" {
		limits = Rewind{}
	}
	k.limits = limits
	if limits.Length > 0 && !k.ready {
		if err := k.prepare(); err != nil {
			k.log.Error("nothing is kept for the rewind: its folder cannot be made", "error", err)
			k.limits = Rewind{}
		}
	}
	k.trim(time.Now())
	if k.limits.Length <= 0 {
		for name := range k.parts { // anyone who writes one finds that it is gone
			_ = os.Remove(name)
		}
	}
}

// prepare makes an empty folder. The caller holds mu.
func (k *kept) prepare() error {
	if err := os.RemoveAll(k.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return err
	}
	k.ready = true
	return nil
}

func (k *kept) on() bool { return k.length() > 0 }

func (k *kept) length() time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.limits.Length
}

func (k *kept) has(key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.files[key] != nil
}

// keptShare is the share of the bound of bytes that one object may take.
const keptShare = 8

// errTooLarge says that an object is larger than what is kept of one.
var errTooLarge = errors.New("it is larger than the rewind keeps of one segment")

// errNoRoom says that other objects that are being written leave no room.
var errNoRoom = errors.New("too much else is being kept at the same time")

// put keeps an object that write writes, of at most limit bytes. Its bytes count as they come: what was kept before makes
// room for them.
func (k *kept) put(key, contentType string, start, limit int64, write func(io.Writer) error) error {
	sum := sha256.Sum256([]byte(key))
	path := filepath.Join(k.dir, hex.EncodeToString(sum[:16]))
	tmp, err := k.create()
	if err != nil {
		return err
	}
	defer k.forgetPart(tmp.Name())
	w := &keptWriter{k: k, to: tmp, limit: limit}
	defer w.end()
	err = write(w)
	size, serr := tmp.Seek(0, io.SeekCurrent)
	err = errors.Join(err, serr, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("keep: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if old := k.files[key]; old != nil {
		k.bytes -= old.Value.(*keptFile).size
		k.order.Remove(old)
	}
	k.files[key] = k.order.PushBack(&keptFile{key: key, path: path, contentType: contentType, start: start, size: size, at: time.Now()})
	k.bytes += size
	k.writing -= w.n
	w.n = 0
	k.trim(time.Now())
	return nil
}

// create makes the file of an object that begins to be kept.
func (k *kept) create() (*os.File, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.limits.Length <= 0 {
		return nil, errNoRoom
	}
	tmp, err := os.CreateTemp(k.dir, "part-*")
	if err == nil {
		k.parts[tmp.Name()] = true
	}
	return tmp, err
}

func (k *kept) forgetPart(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.parts, name)
}

// objectLimit is how large an object may be that is kept.
func (k *kept) objectLimit() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.limits.Bytes / keptShare
}

// keptWriter counts what is written of an object while it is written.
type keptWriter struct {
	k     *kept
	to    io.Writer
	limit int64
	n     int64 // counted in k.writing
}

func (w *keptWriter) Write(p []byte) (int, error) {
	w.k.mu.Lock()
	limit := min(w.limit, w.k.limits.Bytes/keptShare)
	if w.n+int64(len(p)) > limit {
		w.k.mu.Unlock()
		return 0, errTooLarge
	}
	if w.k.writing+int64(len(p)) > w.k.limits.Bytes {
		w.k.mu.Unlock()
		return 0, errNoRoom
	}
	w.n += int64(len(p))
	w.k.writing += int64(len(p))
	w.k.trim(time.Now())
	w.k.mu.Unlock()
	return w.to.Write(p)
}

// end gives back what was counted of an object that is not kept.
func (w *keptWriter) end() {
	w.k.mu.Lock()
	defer w.k.mu.Unlock()
	w.k.writing -= w.n
}

// open opens a kept object from an offset on; nil where there is none.
func (k *kept) open(key string, offset int64) *opened {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.files[key]
	if e == nil {
		return nil
	}
	f := e.Value.(*keptFile)
	file, err := os.Open(f.path)
	if err == nil {
		if _, err = file.Seek(offset, io.SeekStart); err != nil {
			_ = file.Close()
		}
	}
	if err != nil {
		k.log.Warn("a kept segment is gone", "error", err)
		k.drop(e)
		return nil
	}
	return &opened{body: file, contentType: f.contentType, start: f.start, total: f.size}
}

// sweep deletes what is too old.
func (k *kept) sweep(now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.trim(now)
}

func (k *kept) trim(now time.Time) {
	for e := k.order.Front(); e != nil; e = k.order.Front() {
		if f := e.Value.(*keptFile); k.bytes+k.writing <= k.limits.Bytes && now.Sub(f.at) <= k.limits.Length {
			return
		}
		k.drop(e)
	}
}

func (k *kept) drop(e *list.Element) {
	f := e.Value.(*keptFile)
	k.order.Remove(e)
	delete(k.files, f.key)
	k.bytes -= f.size
	if err := os.Remove(f.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		k.log.Warn("a kept segment cannot be deleted", "error", err)
	}
}

// close deletes everything.
func (k *kept) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for e := k.order.Front(); e != nil; e = k.order.Front() {
		k.drop(e)
	}
	if k.ready {
		_ = os.RemoveAll(k.dir)
	}
}
