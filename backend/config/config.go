// Package config reads config.toml and determines Gridwall's folders. It validates every key and value; an error says where it is
// (file:line), and how to correct it. The package reports which keys the file sets, because those take precedence over settings
// made in the window.
//
// What does not live here: what the values do, source files (backend/source), and settings made in the window (backend/settings).
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gridwall/backend/rules"
)

// FileName is the name of the configuration file inside the configuration folder.
const FileName = "config.toml"

// maxFileSize bounds config.toml, in bytes.
const maxFileSize = 1 << 20

// Config has the values of config.toml, and defaults for keys that it does not set.
type Config struct {
	// File is the path of config.toml, whether or not it exists.
	File     string
	Server   Server
	Refresh  Refresh
	Extract  Extract
	Proxy    Proxy
	Notify   Notify
	Schedule []Schedule
	// Rules are the [[rule]] tables, in the order of the file; each one compiles.
	Rules []rules.Rule

	// set maps the dotted keys that the file sets to their lines.
	set map[string]int
}

// Server is the section [server], for the headless server.
type Server struct {
	// Listen is host:port. Whether it may be an address other than loopback depends on the flags, and is checked elsewhere.
	Listen string
	// Token is required from every client; "" for none.
	Token string
	// PlayToken permits playing streams and reading the calendar, and nothing else; "" for none.
	PlayToken string
	// TrustedHosts are the names that a reverse proxy may send as Host, in lower case, and with a port if the file has one.
	TrustedHosts []string
	// AllowCommands permits writing sources of the kind command over HTTP.
	AllowCommands bool
}

// Refresh is the section [refresh].
type Refresh struct {
	// Interval is the time between two rounds of renewals.
	Interval time.Duration
}

// Extract is the section [extract].
type Extract struct {
	// Interval is the time between two extractions of a source, LiveInterval the same while a session is live.
	Interval, LiveInterval time.Duration
	// Timeout bounds one extraction of one source.
	Timeout time.Duration
}

// Proxy is the section [proxy].
type Proxy struct {
	// Listen is host:port of the desktop's playback proxy.
	Listen string
	// Cache bounds the segments in memory, in bytes.
	Cache int64
	// Rewind is how long played segments are kept on disk, so that a stream without its own DVR window can be rewound; 0 turns
	// that off. RewindSize bounds them, in bytes, for all streams together.
	Rewind     time.Duration
	RewindSize int64
}

// Notify is the section [notify].
type Notify struct {
	// Before is how long before a session its notification is shown; 0 for at its start.
	Before time.Duration
	// Preflight lists how long before a session its streams are checked, the longest first; empty for never.
	Preflight []time.Duration
}

// Schedule is one [[schedule]]: a calendar to fetch.
type Schedule struct {
	// Kind is one of ScheduleKinds.
	Kind string
	// URL is the address of the calendar; "" for the kind's public address, which ics does not have.
	URL string
	// Path is the file of an ics calendar, instead of a URL: absolute, beginning with ~/, or relative to the folder of
	// config.toml.
	Path string
	// Series is the series, or a name for it; "" for the kind's own.
	Series string
	// Name is the user's name for the calendar; "" for none.
	Name string
	// Color is one of ScheduleColors, or #rrggbb; "" for none.
	Color string
}

// ScheduleKinds are the permitted values of kind in a [[schedule]].
var ScheduleKinds = []string{"jolpica", "f1calendar", "ics", "demo"}

// Default returns the configuration of an empty file.
func Default() Config {
	return Config{
		Server:   Server{Listen: "127.0.0.1:8787"},
		Refresh:  Refresh{Interval: 4 * time.Minute},
		Extract:  Extract{Interval: 30 * time.Minute, LiveInterval: 5 * time.Minute, Timeout: 30 * time.Second},
		Proxy:    Proxy{Listen: "127.0.0.1:8788", Cache: 256 << 20, RewindSize: 4 << 30},
		Notify:   Notify{Before: 15 * time.Minute, Preflight: []time.Duration{30 * time.Minute, 10 * time.Minute}},
		Schedule: []Schedule{{Kind: "jolpica"}},
		set:      map[string]int{},
	}
}

// Error is a mistake in config.toml. Its text is one line: "config.toml:3: …".
type Error struct {
	File string
	// Line and Column count from 1; both are 0 for an error of the whole file.
	Line, Column int
	Msg          string
	cause        error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
}

func (e *Error) Unwrap() error { return e.cause }

// Load reads dir/config.toml. A missing file or folder counts as an empty file. An unreadable file or a mistake is an *Error.
func Load(dir string) (Config, error) {
	file := filepath.Join(dir, FileName)
	text, err := readFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c := Default()
		c.File = file
		return c, nil
	case errors.Is(err, fs.ErrPermission):
		return Config{}, &Error{File: file, Msg: "permission denied; make it readable for this user, or use another --config DIR", cause: err}
	case err != nil:
		return Config{}, &Error{File: file, Msg: "cannot be read: " + reason(err), cause: err}
	}
	return Parse(file, text)
}

// readFile returns the content of a regular file of at most maxFileSize bytes.
func readFile(file string) ([]byte, error) {
	// The file is checked before it is opened: opening a named pipe would block.
	fi, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if fi.IsDir() {
		return nil, errors.New("it is a folder, not a file")
	}
	if !fi.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err == nil && len(text) > maxFileSize {
		err = errors.New("it is larger than 1 MiB")
	}
	return text, err
}

// reason returns the text of an error without the path, which the message already has.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// Fixed reports whether the file sets a dotted key such as "refresh.interval", so that the window cannot. A section ("refresh",
// "schedule") is fixed if any key of it is.
func (c Config) Fixed(key string) bool {
	if _, ok := c.set[key]; ok {
		return true
	}
	for k := range c.set {
		if strings.HasPrefix(k, key+".") {
			return true
		}
	}
	return false
}

// FixedKeys returns the dotted keys that the file sets, sorted. All of [[schedule]] is the one key "schedule".
func (c Config) FixedKeys() []string { return slices.Sorted(maps.Keys(c.set)) }

// Line returns the line of the file that sets a key; 0 if none does.
func (c Config) Line(key string) int { return c.set[key] }
