//go:build desktop || dev || bindings

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"gridwall/app"
	"gridwall/app/desktop"
	"gridwall/app/desktop/machine"
	"gridwall/backend/stream"
)

// shellCommands are the commands that depend on the build. This is the build with a window: gridwall without a command shows it.
type shellCommands struct {
	Window windowCommand `cmd:"" default:"withargs" help:"Show the window. A bare gridwall does the same."`
	Serve  serveCommand  `cmd:"" help:"Serve over HTTP, without a window: playback, the HTTP API, and the same pages as in the window."`
}

type windowCommand struct {
	folders
	Live   bool   `help:"Open the feeds of the session that is live, or of the next one; a Gridwall that is already running opens them."`
	Wall   string `placeholder:"NAME" help:"Open another window with a saved wall, over the Gridwall that is already running; without one, start it with that wall."`
	Hidden bool   `help:"Start in the tray, without showing the window; for a start at login. Without a tray the window is shown."`
	Demo   bool   `help:"Add the built-in demo: four live feeds whose tokens expire after 30 seconds, and a calendar."`
}

// Run shows the window until the user quits. The build that generates the bindings runs this too, and must open nothing.
func (c windowCommand) Run(p *process) error {
	if desktop.Generating {
		return desktop.New(desktop.Options{Log: p.log}).Run(p.ctx)
	}
	paths, conf, err := c.load()
	if err != nil {
		return c.refuse(p, "Gridwall cannot start", err)
	}
	level, err := logLevel()
	if err != nil {
		return err
	}
	err = app.RunWindow(p.ctx, app.WindowOptions{
		Options: app.Options{Config: conf, Paths: paths, Demo: c.Demo, Version: p.version},
		Folders: app.Folders(c.folders), Live: c.Live, Hidden: c.Hidden, Wall: c.Wall,
		Report: func(err error) { fmt.Fprintln(p.stderr, "gridwall: "+stream.OneLine(err)) },
	}, func() (*slog.Logger, func()) {
		log, file := desktop.OpenLog(paths.Log(), level, c.alsoLog(p.stderr))
		return log, func() { _ = file.Close() }
	})
	if errors.Is(err, desktop.ErrReported) {
		return errReported
	}
	var unknown *app.UnknownWallError
	if errors.As(err, &unknown) {
		return c.refuse(p, "Gridwall cannot open the wall", err)
	}
	return err
}

// refuse reports a mistake of the user. One who clicked an icon does not see stderr; Alert shows no dialog to one with a terminal.
func (windowCommand) refuse(p *process, title string, err error) error {
	fmt.Fprintln(p.stderr, "gridwall: "+stream.OneLine(err))
	desktop.Alert(p.ctx, title, err)
	return &usageError{errReported}
}

// alsoLog returns stderr if the log should also go there, because it is a terminal or logVariable is set; otherwise nil.
func (windowCommand) alsoLog(stderr io.Writer) io.Writer {
	if f, ok := stderr.(*os.File); os.Getenv(logVariable) != "" || (ok && desktop.IsTerminal(f)) {
		return stderr
	}
	return nil
}

// checkWindow returns what the window needs of this machine, and how to install what is missing.
func checkWindow(ctx context.Context) []finding {
	var out []finding
	for _, c := range machine.Checks(ctx, desktop.WebviewVersion()) {
		v := fine
		if c.Fix != "" {
			v = warning
		}
		out = append(out, finding{v, c.What, c.Detail, c.Fix})
	}
	return out
}
