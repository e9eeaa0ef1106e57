//go:build desktop || dev || bindings

package app

import (
	"context"
	"errors"
	"log/slog"

	"gridwall/app/desktop"
	"gridwall/app/desktop/instance"
	"gridwall/app/desktop/link"
	"gridwall/app/desktop/page"
	"gridwall/app/server"
	"gridwall/backend/stream"
	"gridwall/frontend"
)

// WindowOptions configure RunWindow.
type WindowOptions struct {
	Options
	// Folders are the values of --config and --data, "" for a flag that was not given.
	Folders Folders
	// Live opens the feeds of the live session, or of the next one; Hidden starts in the tray.
	Live, Hidden bool
	// Wall is the saved wall that is opened: in another window of the program that runs, or in the first one if none runs.
	Wall string
	// Report is called with an error that ends the program, before the dialog that shows it is closed.
	Report func(error)
}

// RunWindow shows the window until the user quits. If a Gridwall with the same data folder is already running, it hands over to
// that one and returns. It opens the database only once there is a window. It returns desktop.ErrReported for an error that it
// passed to Report.
func RunWindow(ctx context.Context, o WindowOptions, openLog func() (log *slog.Logger, close func())) error {
	var args []string
	switch {
	case o.Live:
		args = append(args, "--live")
	case o.Wall != "":
		// Another window needs no claim.
		if err := anotherWindow(ctx, o, openLog); !errors.Is(err, link.ErrNone) {
			return err
		}
	case o.Hidden:
		args = append(args, desktop.HiddenFlag)
	}
	id := instance.ID(o.Paths.Data)
	claim, err := instance.Claim(ctx, id, args)
	if errors.Is(err, instance.ErrHanded) {
		if o.Wall != "" { // the first window is still opening
			return anotherWindowSoon(ctx, o, openLog)
		}
		return nil
	}
	if err != nil {
		return err
	}
	defer claim.Close()

	log, closeLog := openLog()
	defer closeLog()
	o.Log = log
	log.Info("Gridwall starts", "version", o.Version, "data", o.Paths.Data)
	defer log.Info("Gridwall ends")

	dist, built := frontend.Dist()
	d := desktop.New(desktop.Options{
		Assets: page.Handler(dist, built, o.Config.Proxy.Listen),
		Places: desktop.Places{
			Config: o.Paths.Config, Sources: o.Paths.Sources(), Data: o.Paths.Data, State: o.Paths.State, Log: o.Paths.Log(), Window: o.Paths.Window(),
		},
		ID: id, Live: o.Live, Hidden: o.Hidden && !o.Live, Wall: o.Wall, OpenWall: o.opener(log), Version: o.Version, Log: log,
		Report: func(err error) {
			log.Error("Gridwall cannot start", "error", stream.OneLine(err))
			o.Report(err)
		},
	})
	env := newEnvironment(d, o.Folders, log)
	defer env.close()
	d.SetTray(env.tray)
	d.OnOpen(func(ctx context.Context) (desktop.Program, error) {
		all := o.Options
		all.Window, all.Notices, all.Open = true, env.system, d.ShowLive
		a, err := New(all)
		if err != nil {
			return desktop.Program{}, err
		}
		if err := a.servePlayback(); err != nil {
			a.Close()
			return desktop.Program{}, err
		}
		a.Start()
		if err := a.serveLink(); err != nil {
			log.Warn("no second window can be opened", "error", err)
		}
		env.attach(ctx, a)
		return desktop.Program{API: a.api, Close: a.Close}, nil
	})
	claim.Serve(d.SecondStart)
	return d.Run(ctx)
}

// servePlayback serves playback on the window's listener until Close.
func (a *App) servePlayback() error {
	s, err := server.NewPlayback(server.Options{
		API:      a.api,
		Playback: a.proxy, Version: a.o.Version, Token: a.o.Config.Server.Token, PlayToken: a.o.Config.Server.PlayToken,
		Log: a.o.Log,
	}, a.playback)
	if err != nil {
		return TokenError(a.o.Config, err)
	}
	a.loops.Go(func() {
		if err := s.Run(a.background); err != nil {
			a.o.Log.Error("playback has ended", "error", err)
		}
	})
	return nil
}
