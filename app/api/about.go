package api

import (
	"context"
	"os/exec"
	"runtime"

	"gridwall/backend/access"
	"gridwall/backend/settings"
)

// The shells.
const (
	ShellWindow = "window"
	ShellServer = "server"
)

// kindDemo is the kind of the built-in demo.
const kindDemo = "demo"

// About answers About: what runs here, and where its files lie.
type About struct {
	Version  string   `json:"version"`
	Shell    string   `json:"shell" enum:"window,server"`
	OS       string   `json:"os" doc:"The operating system where Gridwall runs: linux, windows, darwin."`
	Playback string   `json:"playback" doc:"What goes before /hls/ in playback URLs; empty on the server."`
	Players  []string `json:"players" nullable:"false" doc:"The external players that are installed where Gridwall runs: mpv, vlc."`
	Paths    Paths    `json:"paths"`
	Demo     bool     `json:"demo" doc:"Whether the built-in demo is among the sources, and enabled."`
	LoggedIn bool     `json:"logged_in,omitempty" doc:"Whether the asker came in by the login page, and so can log out; absent where not."`
}

// Paths are the places of Gridwall's files.
type Paths struct {
	Config   string `json:"config" doc:"The folder of config.toml."`
	Sources  string `json:"sources" doc:"The folder of the source files."`
	Data     string `json:"data" doc:"The folder of the database."`
	Database string `json:"database"`
	Log      string `json:"log" doc:"The log file; empty where the log goes to stderr."`
}

// About describes this program. Players are looked up each time, so that one that was just installed counts.
func (a *API) About(ctx context.Context) (About, error) {
	out := About{
		Version: a.o.Program.Version, Shell: a.o.Program.Shell, OS: runtime.GOOS, Playback: a.o.Playback.Prefix, Players: Players(),
		Paths: a.o.Program.Paths, LoggedIn: access.CallerOf(ctx).LoggedIn,
	}
	for _, e := range a.o.Sources.Files.All() {
		if e.Source.Kind == kindDemo && e.Source.Enabled && e.Err == nil {
			out.Demo = true
		}
	}
	return out, nil
}

// Players lists the external players of this machine that the setting ui.player can name, in its order.
func Players() []string {
	out := []string{}
	for _, name := range settings.Players() {
		if _, err := exec.LookPath(name); err == nil {
			out = append(out, name)
		}
	}
	return out
}
