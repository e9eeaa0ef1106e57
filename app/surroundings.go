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

// surroundings are what a desktop sees of Gridwall beside its window: the tray, notifications, the start at login.
type surroundings struct {
	window *desktop.Desktop
	flags  folders
	log    *slog.Logger
	tray   *tray.Tray
	system *notify.System
	sender notify.Sender // nil before attach
}

func newSurroundings(d *desktop.Desktop, flags folders, log *slog.Logger) *surroundings {
	s := &surroundings{window: d, flags: flags, log: log}
	s.system = notify.NewSystem(notify.SystemOptions{Click: s.click, Icon: desktop.Icon(), Log: log})
	s.tray = tray.New(tray.Options{Window: d, Tell: s.tell, Absent: d.Come, Log: log})
	return s
}

// attach gives them what they show, once there is something.
func (s *surroundings) attach(ctx context.Context, a *App) {
	s.system.Attach(ctx)
	s.sender = notify.Either{First: s.system, Second: notify.Page{Notify: a.api.Notify}}
	s.tray.Attach(a.api)
	s.startAtLogin(a.settings)
}

// startAtLogin lets the setting of that name take effect.
func (s *surroundings) startAtLogin(inForce *settings.Settings) {
	args := []string{desktop.HiddenFlag}
	for _, f := range []struct{ name, dir string }{{"--config", s.flags.Config}, {"--data", s.flags.Data}} {
		if f.dir == "" {
			continue
		}
		dir, err := filepath.Abs(f.dir) // a session starts programs in a folder of its own
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
	// A Gridwall with a folder of its own leaves alone what the usual one has set.
	if s.flags == (folders{}) {
		if err := entry.Mend(was == settings.On); err != nil {
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

// click opens what a notification speaks of.
func (s *surroundings) click(a notify.Action) {
	switch {
	case a.Event != "":
		s.window.ShowLive(a.Event, a.Session)
	case a.Page != "":
		s.window.ShowPage(a.Page)
	default:
		s.window.Show()
	}
}

// tell says how something went that was not asked for in the page.
func (s *surroundings) tell(title, text string) {
	if s.sender == nil {
		return
	}
	if err := s.sender.Send(notify.Message{Kind: notify.Done, About: title, Title: title, Body: text}); err != nil {
		s.log.Warn("nobody was told", "what", title, "error", err)
	}
}

func (s *surroundings) close() { s.system.Close() }
