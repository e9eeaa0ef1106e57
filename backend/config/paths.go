package config

import (
	"path/filepath"

	"github.com/adrg/xdg"
)

// dirName is Gridwall's folder inside each of the XDG base directories.
const dirName = "gridwall"

// Paths are Gridwall's folders. This package does not create them.
type Paths struct {
	// Config contains config.toml and sources/*.toml.
	Config string
	// Data contains the database.
	Data string
	// State contains files that may be lost, such as logs and window positions.
	State string
}

// DefaultPaths returns the folders of the XDG Base Directory Specification, and their counterparts on Windows and macOS.
func DefaultPaths() Paths {
	xdg.Reload() // the library reads the environment when it is loaded; it may have changed since
	return Paths{
		Config: filepath.Join(xdg.ConfigHome, dirName),
		Data:   filepath.Join(xdg.DataHome, dirName),
		State:  filepath.Join(xdg.StateHome, dirName),
	}
}

// With returns p with the folders of --config and --data, if they are not empty, as absolute paths. With --data, State is Data: a
// second Gridwall with its own folder must not write to the log of the first.
func (p Paths) With(configDir, dataDir string) (Paths, error) {
	var err error
	if configDir != "" {
		if p.Config, err = filepath.Abs(configDir); err != nil {
			return Paths{}, err
		}
	}
	if dataDir != "" {
		if p.Data, err = filepath.Abs(dataDir); err != nil {
			return Paths{}, err
		}
		p.State = p.Data
	}
	return p, nil
}

// ConfigFile returns the path of config.toml.
func (p Paths) ConfigFile() string { return filepath.Join(p.Config, FileName) }

// Sources returns the folder of the source files.
func (p Paths) Sources() string { return filepath.Join(p.Config, "sources") }

// Rewind returns the folder of the segments for rewinding. Its content does not outlive the process.
func (p Paths) Rewind() string { return filepath.Join(p.Data, "cache", "rewind") }

// Database returns the path of the database.
func (p Paths) Database() string { return filepath.Join(p.Data, "gridwall.db") }

// Log returns the path of the window's log; serve logs to stderr.
func (p Paths) Log() string { return filepath.Join(p.State, "gridwall.log") }

// Window returns the path of the file with the window's position and the last page.
func (p Paths) Window() string { return filepath.Join(p.State, "window.json") }
