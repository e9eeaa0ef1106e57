//go:build !windows && !darwin

package autostart

import (
	"os"
	"path/filepath"
	"strings"
)

// path returns the path of the entry (Desktop Application Autostart Specification).
func (e Entry) path() (string, error) {
	dir := e.Folder
	if dir == "" {
		config, err := os.UserConfigDir() // $XDG_CONFIG_HOME, or ~/.config
		if err != nil {
			return "", err
		}
		dir = filepath.Join(config, "autostart")
	}
	return filepath.Join(dir, "gridwall.desktop"), nil
}

func (e Entry) apply(on bool) error {
	path, err := e.path()
	if err != nil {
		return err
	}
	text, err := readFile(path)
	if err != nil {
		return err
	}
	if !on {
		if text == "" || !strings.Contains(text, mark) {
			return nil // there is no entry, or the user wrote it
		}
		return removeFile(path)
	}
	if want := desktopEntry(e.Command); text != want {
		return writeFile(path, want)
	}
	return nil
}

// read reports whether there is an entry, and whether it is enabled.
func (e Entry) read() (there, enabled bool, err error) {
	path, err := e.path()
	if err != nil {
		return false, false, err
	}
	text, err := readFile(path)
	if err != nil || text == "" {
		return false, false, err
	}
	v := values(text)
	return true, v["Hidden"] != "true" && v["X-GNOME-Autostart-enabled"] != "false", nil
}
