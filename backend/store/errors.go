package store

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

var (
	// ErrLocked is returned by Open when another process has the database open.
	ErrLocked = errors.New("database is in use")
	// ErrDamaged is returned by Open, and later by any call, when the file is not an undamaged Gridwall database.
	ErrDamaged = errors.New("database is damaged")
	// ErrNewer is returned by Open when a newer version of Gridwall wrote the file.
	ErrNewer = errors.New("database is of a newer version")
	// ErrNoAccess is returned by Open when folder or file cannot be created, read or written.
	ErrNoAccess = errors.New("database cannot be opened")
	// ErrWrite is returned when a change could not be written, for example to a full disk. The file is unchanged.
	ErrWrite = errors.New("database cannot be written")
	// ErrClosed is returned by calls after Close.
	ErrClosed = errors.New("database is closed")
	// ErrBadKey is returned for an unknown bucket, or a key that is empty or longer than 32,768 bytes.
	ErrBadKey = errors.New("bad database key")
)

// Error is the error of every method of this package: one line with the path and how to fix it. It unwraps to one of the
// sentinel errors above, and to the cause if there is one.
type Error struct {
	Path string
	// Kind is the sentinel.
	Kind error
	// Cause is the error of bbolt or the system; may be nil.
	Cause error
	text  string
}

func (e *Error) Error() string { return e.text }

// Unwrap lets errors.Is find the sentinel and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

func lockedError(path string, cause error) error {
	return &Error{path, ErrLocked, cause, path + " is in use by another Gridwall; stop it or use another --data DIR"}
}

func damagedError(path, what string, cause error) error {
	return &Error{path, ErrDamaged, cause, fmt.Sprintf(
		"%s is damaged (%s); move it away: mv %s %s ; Gridwall starts with an empty one",
		path, what, shellQuote(path), shellQuote(path+".damaged"))}
}

func foreignError(path, what string) error {
	return &Error{path, ErrDamaged, nil, fmt.Sprintf(
		"%s is %s, not a Gridwall database; move it away: mv %s %s ; Gridwall starts with an empty one, or use another --data DIR",
		path, what, shellQuote(path), shellQuote(path+".old"))}
}

func newerError(path string, has, knows int) error {
	return &Error{path, ErrNewer, nil, fmt.Sprintf(
		"%s was written by a newer Gridwall (version %d of the database; this program knows up to %d); update Gridwall or use another --data DIR",
		path, has, knows)}
}

func accessError(path string, cause error) error {
	hint := "use another --data DIR"
	switch {
	case errors.Is(cause, fs.ErrPermission):
		hint = "make folder and file writable for this user, or use another --data DIR"
	case errors.Is(cause, syscall.EROFS):
		hint = "the file system is read-only; use another --data DIR"
	case errors.Is(cause, syscall.ENOSPC):
		hint = "the disk is full; make room, or use another --data DIR"
	}
	return &Error{path, ErrNoAccess, cause, fmt.Sprintf("cannot open the database %s: %s; %s", path, reason(cause), hint)}
}

func writeError(path string, cause error) error {
	hint := "nothing of this change was kept"
	if errors.Is(cause, syscall.ENOSPC) || strings.Contains(cause.Error(), "no space left") {
		hint = "make room on the disk; " + hint
	}
	return &Error{path, ErrWrite, cause, fmt.Sprintf("cannot write the database %s: %s; %s", path, reason(cause), hint)}
}

// reason returns the system's error without the path, which the text already contains.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// shellQuote makes a path safe to paste into a POSIX shell.
func shellQuote(s string) string {
	if strings.IndexFunc(s, func(r rune) bool {
		return !(r == '/' || r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
