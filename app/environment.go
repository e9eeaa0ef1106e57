//go:build desktop || dev || bindings

package app

import (
	"context"
	"log/slog"
	"path/filepath"

	"gridwall/app/autostart"
	"gridwall/app/desktop"
	"gridwall/app/notify"
	"gridwall/app/tray"
	"gridwall/backend/settings"
)

// environment integrates Gridwall into the desktop beyond its window: the tray, notifications, the start at login.
type environment struct {
	window *desktop.Desktop
	flags  Folders
	log    *slog.Logger
	tray   *tray.Tray
	system *notify.System
	sender notify.Sender // nil before attach
}

func newEnvironment(d *desktop.Desktop, flags Folders, log *slog.Logger) *environment {
	s := &environment{window: d, flags: flags, log: log}
	s.system = notify.NewSystem(notify.SystemOptions{Click: s.click, Icon: desktop.Icon(), Log: log})
	s.tray = tray.New(tray.Options{Window: d, Tell: s.tell, Absent: d.ShowIfHidden, Log: log})
	return s
}

// attach connects the tray and notifications to the program, once it runs.
func (s *environment) attach(ctx context.Context, a *App) {
	s.system.Attach(ctx)
	s.sender = notify.Either{First: s.system, Second: notify.Page{Notify: a.api.Notify}}
	s.tray.Attach(a.api)
	s.startAtLogin(a.settings)
}

// startAtLogin applies the setting "start at login", now and when it changes.
func (s *environment) startAtLogin(inForce *settings.Settings) {
	args := []string{desktop.HiddenFlag}
	for _, f := range []struct{ name, dir string }{{"--config", s.flags.Config}, {"--data", s.flags.Data}} {
		if f.dir == "" {
			continue
		}
		dir, err := filepath.Abs(f.dir) // the session starts programs in another working directory
		if err != nil {
			s.log.Warn("start at login", "error", err)
			return
		}
		args = append(args, f.name, dir)
	}
	entry, err := autostart.New(args...)
	if err != nil {
		s.log.Warn("start at login", "error", err)
		return
	}
	was := inForce.Get(settings.KeyStartAtLogin)
	// A Gridwall with its own folders must not update the entry of the default one.
	if s.flags == (Folders{}) {
		if err := entry.Update(was == settings.On); err != nil {
			s.log.Warn("start at login", "error", err)
		}
	}
	inForce.OnChange(func() {
		now := inForce.Get(settings.KeyStartAtLogin)
		if now == was {
			return
		}
		was = now
		if err := entry.Apply(was == settings.On); err != nil {
			s.log.Warn("start at login", "error", err)
			s.tell("Start at login", err.Error())
		}
	})
}

// click opens the session or the page that a clicked notification is about.
func (s *environment) click(a notify.Action) {
	switch {
	case a.Event != "":
		s.window.ShowLive(a.Event, a.Session)
	case a.Page != "":
		s.window.ShowPage(a.Page)
	default:
		s.window.Show()
	}
}

// tell notifies the user of the outcome of an action that was not started from the page.
func (s *environment) tell(title, text string) {
	if s.sender == nil {
		return
	}
	if err := s.sender.Send(notify.Message{Kind: notify.Done, About: title, Title: title, Body: text}); err != nil {
		s.log.Warn("cannot show a notification", "what", title, "error", err)
	}
}

func (s *environment) close() { s.system.Close() }
