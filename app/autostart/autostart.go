package autostart

import (
	"fmt"
	"os"
	"path/filepath"
)

// Entry is the start at login of one program.
type Entry struct {
	// Command is what is started: the program's absolute path, and its arguments.
	Command []string
	// Folder overrides the system's folder of entries; for tests.
	Folder string
}

// New returns the entry of this program with arguments. An AppImage is started as the file that the user has, not as what
// lies inside while it runs.
func New(args ...string) (Entry, error) {
	path := os.Getenv("APPIMAGE")
	if path == "" {
		var err error
		if path, err = os.Executable(); err != nil {
			return Entry{}, fmt.Errorf("start at login: the program's own path is not known: %w", err)
		}
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return Entry{}, err
	}
	return Entry{Command: append([]string{path}, args...)}, nil
}

// Apply turns the start at login on or off. Turning it on also overrules that it was switched off in the settings of
// the desktop; turning it off leaves an entry that the user wrote alone.
func (e Entry) Apply(on bool) error {
	if err := e.apply(on); err != nil {
		return fmt.Errorf("start at login: %w", err)
	}
	return nil
}

// Update is Apply for the start of the program, without a request of the user: it brings an entry up to date that
// points to an older place of the program, and makes the one that is missing, but leaves off what was switched off in
// the settings of the desktop.
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
