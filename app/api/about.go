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

// About is the response of About: the running program, and the paths of its files.
type About struct {
	Version  string   `json:"version"`
	Shell    string   `json:"shell" enum:"window,server"`
	OS       string   `json:"os" doc:"The operating system where Gridwall runs: linux, windows, darwin."`
	Playback string   `json:"playback" doc:"The prefix of /hls/ in playback URLs; empty on the server."`
	Players  []string `json:"players" nullable:"false" doc:"The external players that are installed where Gridwall runs: mpv, vlc."`
	Paths    Paths    `json:"paths"`
	Demo     bool     `json:"demo" doc:"Whether the built-in demo is an enabled source."`
	LoggedIn bool     `json:"logged_in,omitempty" doc:"Whether the client logged in on the login page, and so can log out; absent if not."`
}

// Paths are the paths of Gridwall's files.
type Paths struct {
	Config   string `json:"config" doc:"The folder of config.toml."`
	Sources  string `json:"sources" doc:"The folder of the source files."`
	Data     string `json:"data" doc:"The folder of the database."`
	Database string `json:"database"`
	Log      string `json:"log" doc:"The log file; empty if the log goes to stderr."`
}

// About describes this program. Players are looked up for each call, so that a newly installed one is found.
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

// Players returns the players installed on this machine that the setting ui.player can name, in the order of its values.
func Players() []string {
	out := []string{}
	for _, name := range settings.Players() {
		if _, err := exec.LookPath(name); err == nil {
			out = append(out, name)
		}
	}
	return out
}
