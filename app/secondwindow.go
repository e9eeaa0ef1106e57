//go:build desktop || dev || bindings

package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/app/desktop"
	"gridwall/app/desktop/link"
	"gridwall/app/desktop/page"
	"gridwall/app/server"
	"gridwall/backend/stream"
	"gridwall/backend/tcpconn"
	"gridwall/frontend"
)

// openingWait limits how long a second window waits for a first one that is still opening its database.
const openingWait = 30 * time.Second

// anotherWindow shows a saved wall in another window of the program that runs, until the user closes it. It returns link.ErrNone if no
// program runs with the data folder.
func anotherWindow(ctx context.Context, o WindowOptions, openLog func() (log *slog.Logger, close func())) error {
	to := link.New(o.Paths.Data)
	names, err := to.Walls(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(names, o.Wall) {
		return &UnknownWallError{o.Wall, names}
	}
	log, closeLog := openLog()
	defer closeLog()
	log.Info("Gridwall opens another window", "wall", o.Wall)
	defer log.Info("the other window ends", "wall", o.Wall)
	// Each wall's window has a position of its own: it may be on another monitor.
	sum := sha256.Sum256([]byte(o.Wall))
	place := filepath.Join(filepath.Dir(o.Paths.Window()), "window-"+hex.EncodeToString(sum[:8])+".json")
	dist, built := frontend.Dist()
	return desktop.New(desktop.Options{
		Assets: page.Handler(dist, built, o.Config.Proxy.Listen),
		Places: desktop.Places{
			Config: o.Paths.Config, Sources: o.Paths.Sources(), Data: o.Paths.Data, State: o.Paths.State, Log: o.Paths.Log(), Window: place,
		},
		Wall: o.Wall, Link: to, OpenWall: o.opener(log), Version: o.Version, Log: log, Report: o.Report,
	}).Run(ctx)
}

// anotherWindowSoon is anotherWindow for a program that is still starting.
func anotherWindowSoon(ctx context.Context, o WindowOptions, openLog func() (log *slog.Logger, close func())) error {
	ctx, cancel := context.WithTimeout(ctx, openingWait)
	defer cancel()
	for {
		err := anotherWindow(context.WithoutCancel(ctx), o, openLog)
		if !errors.Is(err, link.ErrNone) {
			return err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return errors.New("a Gridwall with the same data folder is running, but offers no second window; see its log")
		}
	}
}

// UnknownWallError is returned by RunWindow for a name that no wall has.
type UnknownWallError struct {
	Name string
	// Saved are the names of the saved walls.
	Saved []string
}

func (e *UnknownWallError) Error() string {
	if len(e.Saved) == 0 {
		return fmt.Sprintf("no wall is saved as %q; none is saved yet", e.Name)
	}
	quoted := make([]string, 0, len(e.Saved))
	for _, n := range e.Saved {
		quoted = append(quoted, strconv.Quote(n))
	}
	return fmt.Sprintf("no wall is saved as %q; saved walls: %s", e.Name, strings.Join(quoted, ", "))
}

// opener returns a function that opens a saved wall in another window: a process of its own, which does not end with this one.
func (o WindowOptions) opener(log *slog.Logger) func(name string) error {
	return func(name string) error {
		program, err := os.Executable()
		if err != nil {
			return err
		}
		args := []string{"--wall=" + name}
		for flag, dir := range map[string]string{"--config=": o.Folders.Config, "--data=": o.Folders.Data} {
			if dir != "" {
				args = append(args, flag+dir)
			}
		}
		window := exec.Command(program, args...)
		window.Stderr = os.Stderr
		if err := window.Start(); err != nil {
			return err
		}
		go func() {
			if err := window.Wait(); err != nil {
				log.Warn("the window of a wall has ended", "wall", name, "error", stream.OneLine(err))
			}
		}()
		return nil
	}
}

// serveLink serves the API to second windows until Close: on a loopback address, with a token that only programs of the same user
// can read.
func (a *App) serveLink() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	token := link.NewToken()
	s, err := server.New(server.Options{
		API: a.api, Playback: a.proxy, Version: a.o.Version, Token: token, RandomToken: true, AllowCommands: a.o.Config.Server.AllowCommands, Log: a.o.Log,
	}, tcpconn.Listener(listener))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	remove, err := link.Publish(a.o.Paths.Data, s.URL(), token)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	a.loops.Go(func() {
		defer remove()
		if err := s.Run(a.background); err != nil {
			a.o.Log.Error("second windows are cut off", "error", err)
		}
	})
	return nil
}
