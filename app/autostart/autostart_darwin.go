package autostart

import (
	"os"
	"path/filepath"
)

// path returns the path of the entry, in the folder of the user's launchd agents.
func (e Entry) path() (string, error) {
	dir := e.Folder
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, "Library", "LaunchAgents")
	}
	return filepath.Join(dir, label+".plist"), nil
}

func (e Entry) apply(on bool) error {
	path, err := e.path()
	if err != nil {
		return err
	}
	if !on {
		return removeFile(path)
	}
	text, err := readFile(path)
	if want := launchAgent(e.Command); err == nil && text != want {
		err = writeFile(path, want)
	}
	return err
}

func (e Entry) read() (there, enabled bool, err error) {
	path, err := e.path()
	if err != nil {
		return false, false, err
	}
	text, err := readFile(path)
	return text != "", text != "", err
}
