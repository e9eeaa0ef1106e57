// Package config reads config.toml and knows where Gridwall's folders are. It checks every key and value and says
// where (file:line) and what would be right. It knows nothing of what the values do, nor of source files
// (backend/source) or of settings made in the window (app/api); but it tells which keys the file sets, since those win
// over the window's.
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

// FileName is the name of the configuration inside the configuration folder.
const FileName = "config.toml"

// maxFileSize bounds config.toml; a greater file is no configuration.
const maxFileSize = 1 << 20

// Config is what config.toml says, with defaults for what it does not say.
type Config struct {
	// File is the path of config.toml, there or not.
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

// Server is the section [server], the headless server's.
type Server struct {
	// Listen is host:port. Whether an address beyond loopback is permitted is decided where the flags are known.
	Listen string
	// Token is asked of every client; "" for none.
	Token string
	// PlayToken plays and reads the calendar, and nothing else; "" for none.
	PlayToken string
	// TrustedHosts are names, in lower case and with a port where the file gives one, under which a reverse proxy
	// may present us.
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
	// Cache bounds the segments that are kept in memory, in bytes.
	Cache int64
	// Rewind is for how long played segments are kept on the disk, so that a feed without a window of its own can be
	// rewound; 0: not at all. RewindSize bounds them, in bytes, all feeds together.
	Rewind     time.Duration
	RewindSize int64
}

// Notify is the section [notify].
type Notify struct {
	// Before is how long before a session its notice comes; 0 for at its start.
	Before time.Duration
	// Preflight is how long before a session its feeds are checked, each time once; empty for never. Sorted, the longest
	// first.
	Preflight []time.Duration
}

// Schedule is one [[schedule]]: a calendar to fetch.
type Schedule struct {
	// Kind is one of ScheduleKinds.
	Kind string
	// URL is where it is fetched from; "" for the kind's own place, which ics has not.
	URL string
	// Path is the file of an ics calendar in place of a URL: absolute, or beginning with ~/, or from the folder of
	// config.toml.
	Path string
	// Series is which series it is, or how it is named; "" for the kind's own.
	Series string
	// Name is what the user calls the calendar; "" for none.
	Name string
	// Color is one of ScheduleColors, or #rrggbb; "" for none.
	Color string
}

// ScheduleKinds lists what [[schedule]] kind may be.
var ScheduleKinds = []string{"jolpica", "f1calendar", "ics", "demo"}

// Default is the configuration of an empty file.
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

// Error is something wrong in config.toml. Its text is one line: "config.toml:3: …".
type Error struct {
	File string
	// Line and Column begin at 1; 0 where the file as a whole is meant.
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

// Load reads dir/config.toml. A missing file or folder is an empty file; one that cannot be read, or is wrong, is an
// *Error.
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

func readFile(file string) ([]byte, error) {
	// Looked at before it is opened: a named pipe in its place would block for ever.
	fi, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if fi.IsDir() {
		return nil, errors.New("it is a folder, not a file")
	}
	if !fi.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
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

// reason leaves the path out, which stands in our text already.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// Fixed reports whether the file sets the key, dotted as in "refresh.interval", so that the window cannot. A section
// ("refresh", "schedule") is fixed when any key of it is.
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

// FixedKeys lists the dotted keys that the file sets, sorted. All of [[schedule]] is the one key "schedule".
func (c Config) FixedKeys() []string { return slices.Sorted(maps.Keys(c.set)) }

// Line tells where in the file a key is set; 0 where it is not.
func (c Config) Line(key string) int { return c.set[key] }
