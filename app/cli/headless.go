//go:build !(desktop || dev || bindings)

package cli

import "context"

// shellCommands are the commands that depend on the build. This is the headless build: gridwall without a command serves.
type shellCommands struct {
	Serve serveCommand `cmd:"" default:"withargs" help:"Serve over HTTP: playback, the HTTP API, and the same pages as in the window. A bare gridwall does the same."`
}

// checkWindow reports that this build has no window.
func checkWindow(context.Context) []finding {
	return []finding{{fine, "window", "headless build: no window", ""}}
}
