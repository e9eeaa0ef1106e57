// Package instance makes a program the only window over its data folder: a second start passes its arguments to the first.
//
// Here: the claim over D-Bus on Linux; on other systems Wails has its own lock. Not here: what the first window does with the
// arguments.
package instance

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
)

// ErrHanded is returned by Claim if the first start has taken over the arguments.
var ErrHanded = errors.New("a Gridwall that is already running has taken over")

// Start is a second start: its arguments, and the activation token with which the desktop lets the window come to the front.
type Start struct {
	Args  []string
	Token string
}

// ID returns the name of the only window over a data folder. Each folder can have a window.
func ID(dataFolder string) string {
	if p, err := filepath.Abs(dataFolder); err == nil {
		dataFolder = p
	}
	sum := sha256.Sum256([]byte(unlinked(dataFolder)))
	return "i" + hex.EncodeToString(sum[:8])
}

// unlinked returns path without symbolic links, so that a folder has one name. A part of the path that does not exist yet stays as it
// is.
func unlinked(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	if filepath.Dir(path) == path {
		return path
	}
	return filepath.Join(unlinked(filepath.Dir(path)), filepath.Base(path))
}
