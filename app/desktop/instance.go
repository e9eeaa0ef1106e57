package desktop

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"strings"
)

// ErrHanded is returned to a second start: the first has taken its arguments, and the second is done.
var ErrHanded = errors.New("the Gridwall that runs already has taken over")

// start is a second start: its arguments, and the token with which the desktop lets its window come to the front.
type start struct {
	args  []string
	token string
}

// HiddenFlag is the argument of a start that shows no window.
const HiddenFlag = "--hidden"

// ID is the name of the one window over a data folder. Two folders may have a window each.
func ID(dataFolder string) string {
	if p, err := filepath.Abs(dataFolder); err == nil {
		dataFolder = p
	}
	sum := sha256.Sum256([]byte(unlinked(dataFolder)))
	return "i" + hex.EncodeToString(sum[:8])
}

// unlinked is a path without symbolic links: one folder by two names is one folder. What does not exist yet has none.
func unlinked(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	if filepath.Dir(path) == path {
		return path
	}
	return filepath.Join(unlinked(filepath.Dir(path)), filepath.Base(path))
}

// wantsLive reports whether a command line asks for the live session.
func wantsLive(args []string) bool {
	for _, a := range args {
		name, value, given := strings.Cut(a, "=")
		switch {
		case a == "--":
			return false
		case name == "--live" && (!given || value == "true" || value == "1" || value == "yes"):
			return true
		}
	}
	return false
}
