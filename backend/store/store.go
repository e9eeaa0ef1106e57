package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// FileName is the name of the database inside the data folder.
const FileName = "gridwall.db"

const (
	// lockWait is the shortest time-out of bbolt (0 means none), so that a lock held by another process is reported at once.
	lockWait = time.Nanosecond
	// The file contains URLs with their tokens: only its owner may read it.
	fileMode = 0o600
	dirMode  = 0o700
)

// Store is an open database. Its methods may be called from any goroutine.
type Store struct {
	path string
	db   *bbolt.DB
	now  func() time.Time
	// urls counts the entries of the URL index, so that checking its bound needs no scan. Written under bbolt's write lock.
	urls    atomic.Int64
	maxURLs int
	// broken is set for good by a fault inside a transaction: bbolt's locks may then never be released.
	broken atomic.Pointer[Error]
}

// Option configures Open.
type Option func(*Store)

// WithNow sets the clock for the age of URLs; the default is time.Now.
func WithNow(now func() time.Time) Option { return func(s *Store) { s.now = now } }

// Open opens the database file at path, and creates it and its folder if they do not exist. It returns an *Error:
// ErrLocked at once when another process has it open, ErrDamaged, ErrNewer or ErrNoAccess.
func Open(path string, opts ...Option) (*Store, error) {
	return open(path, migrations, opts...)
}

func open(path string, steps []migration, opts ...Option) (*Store, error) {
	path = filepath.Clean(path)
	s := &Store{path: path, now: time.Now, maxURLs: maxURLs}
	for _, o := range opts {
		o(s)
	}
	if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		return nil, accessError(path, err)
	}
	switch fi, err := os.Stat(path); {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, accessError(path, err)
	case fi.IsDir():
		return nil, foreignError(path, "a folder")
	case !fi.Mode().IsRegular():
		return nil, foreignError(path, "no regular file")
	case fi.Mode().Perm()&0o077 != 0:
		// A copy or a restore may have made it readable for others; the tokens inside are for its owner only. Best effort: if the
		// file is another user's, opening it below fails with a clear error.
		_ = os.Chmod(path, fileMode)
	}
	if err := s.openFile(); err != nil {
		return nil, err
	}
	err := s.migrate(steps)
	if err == nil {
		err = s.pruneURLs()
	}
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// openFile checks the file and opens it with bbolt. The first check is made without the lock, because bbolt takes the lock
// only together with mapping the file. A file that looks damaged may be one that another process is writing at this moment:
// if bbolt can lock it, it is checked again under the lock.
func (s *Store) openFile() error {
	sound := checkFile(s.path)
	if sound != nil && errors.Is(sound, os.ErrPermission) {
		return accessError(s.path, sound)
	}
	err := guard(func() error {
		db, err := bbolt.Open(s.path, fileMode, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType})
		s.db = db
		return err
	})
	var f *fault
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return lockedError(s.path, err)
	case errors.As(err, &f), errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return damagedError(s.path, reason(firstOf(sound, err)), err)
	case err != nil && sound != nil && !isPathError(err):
		return damagedError(s.path, reason(sound), sound)
	case err != nil:
		return accessError(s.path, err)
	}
	if sound != nil {
		if sound = checkFile(s.path); sound != nil {
			_ = s.db.Close()
			return damagedError(s.path, reason(sound), sound)
		}
	}
	return nil
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func isPathError(err error) bool {
	var p *os.PathError
	return errors.As(err, &p)
}

// Path returns the path of the database file.
func (s *Store) Path() string { return s.path }

// Close waits for running transactions and closes the file. It may be called more than once.
func (s *Store) Close() error {
	if s.broken.Load() != nil {
		// A transaction died inside bbolt with its locks held; Close would wait for it forever.
		return nil
	}
	if err := s.db.Close(); err != nil {
		return writeError(s.path, err)
	}
	return nil
}

// view runs a read transaction with the root bucket.
func (s *Store) view(fn func(root *bbolt.Bucket) error) error {
	return s.run(func() error {
		return s.db.View(func(tx *bbolt.Tx) error { return withRoot(tx, fn) })
	})
}

// errUnchanged rolls back a write transaction that has nothing to write.
var errUnchanged = errors.New("nothing to write")

// update runs a write transaction. fn reports whether it changed anything; if not, nothing is committed or synced to disk.
func (s *Store) update(fn func(root *bbolt.Bucket) (changed bool, err error)) error {
	err := s.run(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			return withRoot(tx, func(root *bbolt.Bucket) error {
				changed, err := fn(root)
				if err == nil && !changed {
					return errUnchanged
				}
				return err
			})
		})
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

func withRoot(tx *bbolt.Tx, fn func(root *bbolt.Bucket) error) error {
	root := tx.Bucket(bucketRoot)
	if root == nil {
		return errMissing(bucketRoot)
	}
	return fn(root)
}

// damage is an error in the content: bbolt can read the page, but Gridwall did not write this.
type damage struct{ what string }

func (d *damage) Error() string { return d.what }

func errMissing(bucket []byte) error { return &damage{fmt.Sprintf("the bucket %q is missing", bucket)} }

// run guards a transaction and turns its error into an *Error.
func (s *Store) run(tx func() error) error {
	if b := s.broken.Load(); b != nil {
		return b
	}
	err := guard(tx)
	var (
		ours *Error
		f    *fault
		d    *damage
	)
	switch {
	case err == nil, errors.Is(err, errUnchanged), errors.As(err, &ours):
		return err
	case errors.As(err, &f):
		e := damagedError(s.path, f.what, err).(*Error)
		s.broken.CompareAndSwap(nil, e)
		return e
	case errors.As(err, &d):
		return damagedError(s.path, d.what, err)
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return &Error{s.path, ErrClosed, err, "the database " + s.path + " is closed"}
	case errors.Is(err, berrors.ErrKeyRequired), errors.Is(err, berrors.ErrKeyTooLarge), errors.Is(err, berrors.ErrBucketNameRequired):
		return &Error{s.path, ErrBadKey, err, fmt.Sprintf("bad key for the database %s: %v", s.path, err)}
	}
	return writeError(s.path, err)
}

// fault is a panic or memory fault inside bbolt.
type fault struct{ what string }

func (f *fault) Error() string { return f.what }

// guard runs fn and turns a panic of bbolt on a damaged page, or a fault on the mapped file, into an error.
func guard(fn func() error) (err error) {
	// This applies to the current goroutine only, in which bbolt's reads and writes run.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = &fault{fmt.Sprintf("a page cannot be read: %v", r)}
		}
	}()
	return fn()
}
