//go:build !(desktop || dev || bindings)

package app

// shellCommands are the commands that depend on the build. This is the headless one: a bare gridwall serves.
type shellCommands struct {
	Serve serveCommand `cmd:"" default:"withargs" help:"Serve over HTTP: playback, the interface for scripts, and a plain page. A bare gridwall does the same."`
}

// window tells what this build can say about a window of its own.
func window() (ok bool, note string) { return true, "headless build: no window" }
