// Package instance makes a program the only window over its data folder: a second start hands its arguments to the first.
//
// What lives here: the claim over D-Bus on Linux; elsewhere Wails has a lock of its own. What does not: what the first window
// does with the arguments.
package instance

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
)

// ErrHanded is returned by Claim to a second start whose arguments the first one has taken.
var ErrHanded = errors.New("the Gridwall that runs already has taken over")

// Start is a second start: its arguments, and the token with which the desktop lets its window come to the front.
type Start struct {
	Args  []string
	Token string
}

// ID returns the name of the one window over a data folder. Two folders may have a window each.
func ID(dataFolder string) string {
	if p, err := filepath.Abs(dataFolder); err == nil {
		dataFolder = p
	}
	sum := sha256.Sum256([]byte(unlinked(dataFolder)))
	return "i" + hex.EncodeToString(sum[:8])
}

// unlinked returns path without symbolic links: one folder with two names is one folder. A folder that does not exist yet has
// none.
func unlinked(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	if filepath.Dir(path) == path {
		return path
	}
	return filepath.Join(unlinked(filepath.Dir(path)), filepath.Base(path))
}
