//go:build desktop || dev || bindings

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"gridwall/app/desktop"
	"gridwall/app/server"
	"gridwall/frontend"
)

// shellCommands are the commands that depend on the build. This is the one with a window: a bare gridwall shows it.
type shellCommands struct {
	Window windowCommand `cmd:"" default:"withargs" help:"Show the window. A bare gridwall does the same."`
	Serve  serveCommand  `cmd:"" help:"Serve over HTTP, without a window: playback, the interface for scripts, and the page."`
}

type windowCommand struct {
	folders
	Live   bool `help:"Open the feeds of the session that is live, or of the next one; a Gridwall that is already running opens them."`
	Hidden bool `help:"Start in the tray, without showing the window; for a start at login. Without a tray the window is shown."`
	Demo   bool `help:"Add the built-in demo: four live feeds whose tokens live 30 seconds, and a calendar."`
}

// Run shows the window until it is closed for good. Nothing is opened before there is one: making the bindings runs
// this too.
func (c windowCommand) Run(p *process) error {
	if desktop.Generating {
		return desktop.New(desktop.Options{Log: p.log}).Run(p.ctx)
	}
	paths, conf, err := c.load()
	if err != nil {
		// Who double-clicks an icon sees no stderr; who has a terminal gets no dialog.
		fmt.Fprintln(p.stderr, "gridwall: "+oneLine(err))
		desktop.Alert(p.ctx, "Gridwall cannot start", err)
		return &usageError{errReported}
	}
	var args []string
	switch {
	case c.Live:
		args = append(args, "--live")
	case c.Hidden:
		args = append(args, desktop.HiddenFlag)
	}
	id := desktop.ID(paths.Data)
	instance, err := desktop.Claim(p.ctx, id, args)
	if errors.Is(err, desktop.ErrHanded) {
		return nil
	}
	if err != nil {
		return err
	}
	defer instance.Close()

	level, err := logLevel()
	if err != nil {
		return err
	}
	log, logFile := desktop.OpenLog(paths.Log(), level, c.alsoLog(p.stderr))
	defer logFile.Close()
	log.Info("Gridwall starts", "version", p.version, "data", paths.Data)
	defer log.Info("Gridwall ends")

	dist, built := frontend.Dist()
	d := desktop.New(desktop.Options{
		Assets: desktop.Page(dist, built, conf.Proxy.Listen),
		Places: desktop.Places{
			Config: paths.Config, Sources: paths.Sources(), Data: paths.Data, State: paths.State, Log: paths.Log(), Window: paths.Window(),
		},
		ID: id, Live: c.Live, Hidden: c.Hidden && !c.Live, Version: p.version, Log: log,
		Report: func(err error) {
			log.Error("Gridwall cannot start", "error", oneLine(err))
			fmt.Fprintln(p.stderr, "gridwall: "+oneLine(err))
		},
	})
	w := newSurroundings(d, c.folders, log)
	defer w.close()
	d.SetTray(w.tray)
	d.OnOpen(func(ctx context.Context) (desktop.Program, error) {
		a, err := New(Options{Config: conf, Paths: paths, Demo: c.Demo, Window: true, Notices: w.system, Open: d.ShowLive, Version: p.version, Log: log})
		if err != nil {
			return desktop.Program{}, err
		}
		if err := a.ServePlayback(); err != nil {
			a.Close()
			return desktop.Program{}, err
		}
		a.Start()
		w.attach(ctx, a)
		return desktop.Program{API: a.api, Close: a.Close}, nil
	})
	instance.Serve(d)
	err = d.Run(p.ctx)
	if errors.Is(err, desktop.ErrReported) {
		return errReported
	}
	return err
}

// alsoLog is where the log goes beside its file: to a terminal that somebody reads, or where it was asked for.
func (windowCommand) alsoLog(stderr io.Writer) io.Writer {
	if f, ok := stderr.(*os.File); os.Getenv(logVariable) != "" || (ok && desktop.IsTerminal(f)) {
		return stderr
	}
	return nil
}

// ServePlayback serves playback on the window's listener until Close.
func (a *App) ServePlayback() error {
	s, err := server.NewPlayback(server.Options{
		API:      a.api,
		Playback: a.proxy, Version: a.o.Version, Token: a.o.Config.Server.Token, PlayToken: a.o.Config.Server.PlayToken,
		Log: a.o.Log,
	}, a.playback)
	if err != nil {
		return tokenError(a.o.Config, err)
	}
	a.loops.Go(func() {
		if err := s.Run(a.background); err != nil {
			a.o.Log.Error("playback has ended", "error", err)
		}
	})
	return nil
}
