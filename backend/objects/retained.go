package objects

import (
	"container/list"
	"context"
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

// Retention bounds the objects that are retained in files.
type Retention struct {
	// Length is how long objects are retained; 0 retains none.
	Length time.Duration
	// Bytes bounds the files of all objects together; the oldest are deleted first.
	Bytes int64
}

// maxRetainedShare is the share of Retention.Bytes that one object may take (an eighth).
const maxRetainedShare = 8

var (
	// ErrTooLarge is returned for an object that is too large to be retained.
	ErrTooLarge = errors.New("the object is too large to be retained")
	// errNoRoom is returned if other objects that are being written leave no room, or if retention is off.
	errNoRoom = errors.New("other objects that are being written leave no room")
)

// Files retains objects in files of a folder. It starts empty: files of an earlier process are deleted. It is safe for
// concurrent use.
type Files struct {
	dir string
	log *slog.Logger

	mu      sync.Mutex
	limits  Retention
	ready   bool // the folder exists, without files of an earlier process
	files   map[string]*list.Element
	order   *list.List // of *file, the oldest first
	bytes   int64
	writing int64           // bytes of objects that are being written
	parts   map[string]bool // paths of their files
}

type file struct {
	key, path string
	info      Info
	at        time.Time
}

// NewFiles returns Files in folder dir, whose earlier content is deleted. If dir is "", nothing is retained. Close ends it.
func NewFiles(dir string, r Retention, log *slog.Logger) *Files {
	f := &Files{dir: dir, log: log, files: map[string]*list.Element{}, order: list.New(), parts: map[string]bool{}}
	f.SetRetention(r)
	return f
}

// SetRetention changes the limits. Files that exceed them are deleted at once.
func (f *Files) SetRetention(r Retention) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dir == "" {
		r = Retention{}
	}
	f.limits = r
	if r.Length > 0 && !f.ready {
		if err := f.prepare(); err != nil {
			f.log.Error("the rewind buffer is off: its folder cannot be created", "error", err)
			f.limits = Retention{}
		}
	}
	f.trim(time.Now())
	if f.limits.Length <= 0 {
		for name := range f.parts { // their writers get an error
			_ = os.Remove(name)
		}
	}
}

// prepare creates an empty folder. The caller holds mu.
func (f *Files) prepare() error {
	if err := os.RemoveAll(f.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	f.ready = true
	return nil
}

// Length returns how long objects are retained; 0 if none are.
func (f *Files) Length() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.limits.Length
}

// Has reports whether the object is retained.
func (f *Files) Has(key string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.files[key] != nil
}

// MaxObject returns the size up to which an object is retained, in bytes.
func (f *Files) MaxObject() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.limits.Bytes / maxRetainedShare
}

// Save retains the object that r reads, from r's position on. It returns ErrTooLarge if the object has more than limit or
// MaxObject bytes.
func (f *Files) Save(ctx context.Context, key string, r *Reader, limit int64) error {
	info, err := r.Info(ctx)
	if err != nil {
		return err
	}
	if limit = min(limit, f.MaxObject()); info.Total > limit {
		return ErrTooLarge
	}
	return f.write(key, info, limit, func(w io.Writer) error {
		for {
			b, err := r.Peek(ctx)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if _, err := w.Write(b); err != nil {
				return err
			}
			r.Advance(int64(len(b)))
		}
	})
}

// write retains the bytes that from writes, at most limit. They count while they are written: older objects make room for them.
func (f *Files) write(key string, info Info, limit int64, from func(io.Writer) error) error {
	sum := sha256.Sum256([]byte(key))
	path := filepath.Join(f.dir, hex.EncodeToString(sum[:16]))
	tmp, err := f.create()
	if err != nil {
		return err
	}
	defer f.forgetPart(tmp.Name())
	w := &fileWriter{f: f, to: tmp, limit: limit}
	defer w.end()
	err = from(w)
	size, serr := tmp.Seek(0, io.SeekCurrent)
	err = errors.Join(err, serr, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("retain: %w", err)
	}
	info.Total = size
	f.mu.Lock()
	defer f.mu.Unlock()
	if old := f.files[key]; old != nil {
		f.bytes -= old.Value.(*file).info.Total
		f.order.Remove(old)
	}
	f.files[key] = f.order.PushBack(&file{key: key, path: path, info: info, at: time.Now()})
	f.bytes += size
	f.writing -= w.n
	w.n = 0
	f.trim(time.Now())
	return nil
}

// create creates the temporary file of an object that is about to be written.
func (f *Files) create() (*os.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.limits.Length <= 0 {
		return nil, errNoRoom
	}
	tmp, err := os.CreateTemp(f.dir, "part-*")
	if err == nil {
		f.parts[tmp.Name()] = true
	}
	return tmp, err
}

func (f *Files) forgetPart(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.parts, name)
}

// fileWriter counts the bytes of an object while it is written.
type fileWriter struct {
	f     *Files
	to    io.Writer
	limit int64
	n     int64 // counted in f.writing
}

func (w *fileWriter) Write(p []byte) (int, error) {
	if err := w.count(int64(len(p))); err != nil {
		return 0, err
	}
	return w.to.Write(p)
}

func (w *fileWriter) count(n int64) error {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	if w.n+n > min(w.limit, w.f.limits.Bytes/maxRetainedShare) {
		return ErrTooLarge
	}
	if w.f.writing+n > w.f.limits.Bytes {
		return errNoRoom
	}
	w.n += n
	w.f.writing += n
	w.f.trim(time.Now())
	return nil
}

// end stops counting an object that was not retained.
func (w *fileWriter) end() {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	w.f.writing -= w.n
}

// Open returns a retained object from an offset (in bytes) on; nil if there is none.
func (f *Files) Open(key string, offset int64) *Response {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.files[key]
	if e == nil {
		return nil
	}
	x := e.Value.(*file)
	body, err := os.Open(x.path)
	if err == nil {
		if _, err = body.Seek(offset, io.SeekStart); err != nil {
			_ = body.Close()
		}
	}
	if err != nil {
		f.log.Warn("a retained segment cannot be read", "error", err)
		f.remove(e)
		return nil
	}
	return &Response{Info: x.info, Body: body}
}

// Sweep deletes files that are too old.
func (f *Files) Sweep(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.trim(now)
}

// trim deletes the oldest files until the rest is within the limits. The caller holds mu.
func (f *Files) trim(now time.Time) {
	for e := f.order.Front(); e != nil; e = f.order.Front() {
		if x := e.Value.(*file); f.bytes+f.writing <= f.limits.Bytes && now.Sub(x.at) <= f.limits.Length {
			return
		}
		f.remove(e)
	}
}

// remove deletes a file. The caller holds mu.
func (f *Files) remove(e *list.Element) {
	x := e.Value.(*file)
	f.order.Remove(e)
	delete(f.files, x.key)
	f.bytes -= x.info.Total
	if err := os.Remove(x.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		f.log.Warn("a retained segment cannot be deleted", "error", err)
	}
}

// Close deletes everything.
func (f *Files) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for e := f.order.Front(); e != nil; e = f.order.Front() {
		f.remove(e)
	}
	if f.ready {
		_ = os.RemoveAll(f.dir)
	}
}
