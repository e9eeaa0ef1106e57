package autostart

import (
	"fmt"
	"os"
	"path/filepath"
)

// Entry is the system's entry that starts a program at login.
type Entry struct {
	// Command is the program's absolute path, followed by its arguments.
	Command []string
	// Folder overrides the system's folder of entries; for tests.
	Folder string
}

// New returns the entry that starts this program with args. For an AppImage, that is the AppImage file, not the executable that
// it mounts while it runs.
func New(args ...string) (Entry, error) {
	path := os.Getenv("APPIMAGE")
	if path == "" {
		var err error
		if path, err = os.Executable(); err != nil {
			return Entry{}, fmt.Errorf("start at login: cannot find the program's own path: %w", err)
		}
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return Entry{}, err
	}
	return Entry{Command: append([]string{path}, args...)}, nil
}

// Apply turns the start at login on or off. Turning it on also overrides the desktop's own settings if it was disabled there.
// On Linux, turning it off does not remove an entry that the user wrote.
func (e Entry) Apply(on bool) error {
	if err := e.apply(on); err != nil {
		return fmt.Errorf("start at login: %w", err)
	}
	return nil
}

// Update is Apply for starts of the program, when the user did not ask for a change: it updates an entry that has an old path of
// the program and creates a missing one, but does not enable an entry that was disabled in the desktop's settings.
func (e Entry) Update(on bool) error {
	if on {
		if there, enabled, err := e.read(); err == nil && there && !enabled {
			return nil
		}
	}
	return e.Apply(on)
}

// State reports whether the program starts at login.
func (e Entry) State() (bool, error) {
	there, enabled, err := e.read()
	if err != nil {
		return false, fmt.Errorf("start at login: %w", err)
	}
	return there && enabled, nil
}
