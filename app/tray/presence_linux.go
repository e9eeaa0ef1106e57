package tray

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	busName     = "org.freedesktop.DBus"
	// busWait is the time limit of a call to the bus or the panel.
	busWait = 3 * time.Second
	// absentAfter is how long there must be no panel before Options.Absent is called: at login the panel starts at the same time
	// as Gridwall, and one that crashed or changes its theme is back within seconds.
	absentAfter = 10 * time.Second
)

// presence watches for a panel that shows icons: a StatusNotifierWatcher on the session bus, with a host registered.
// It has its own connection, because systray takes every signal on its connection for a new panel.
type presence struct{ there atomic.Bool }

func (p *presence) present() bool { return p.there.Load() }

// start watches until the tray is closed. It starts the icon when the first panel appears: without a panel, systray logs
// errors.
func (p *presence) start(t *Tray) {
	t.work.Go(func() {
		p.watch(t)
		p.there.Store(false)
	})
}

func (p *presence) watch(t *Tray) {
	absent := time.NewTimer(absentAfter)
	defer absent.Stop()
	conn, changes, err := follow(t.ctx)
	if err != nil {
		t.o.Log.Info("no tray: the session bus is missing or does not answer", "error", err)
	} else {
		defer conn.Close()
	}
	begun := false
	for t.ctx.Err() == nil {
		there := conn != nil && conn.Connected() && hosted(t.ctx, conn)
		if was := p.there.Swap(there); there != was {
			t.o.Log.Debug("the panel appeared or disappeared", "present", there)
			if there {
				absent.Stop()
			} else {
				absent.Reset(absentAfter)
			}
		}
		if there && !begun {
			begun = true
			t.icon.begin()
		}
		select {
		case _, open := <-changes:
			if !open {
				conn, changes = nil, nil // the session, and so the program, is ending, or the bus was restarted
			}
		case <-absent.C:
			t.o.Absent()
		case <-t.ctx.Done():
		}
	}
}

// follow connects to the session bus, and returns the signals of panels that appear and disappear. It does not start a bus:
// nothing else would use that bus, and it would run for ever.
func follow(ctx context.Context) (*dbus.Conn, <-chan *dbus.Signal, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(conn.Auth(nil), conn.Hello()); err != nil {
		_ = conn.Close()
		return nil, nil, err
	}
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchSender(busName), dbus.WithMatchInterface(busName), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)},
		{dbus.WithMatchInterface(watcherName), dbus.WithMatchMember("StatusNotifierHostRegistered")},
		{dbus.WithMatchInterface(watcherName), dbus.WithMatchMember("StatusNotifierHostUnregistered")},
	} {
		if err := conn.AddMatchSignalContext(ctx, match...); err != nil {
			_ = conn.Close()
			return nil, nil, err
		}
	}
	changes := make(chan *dbus.Signal, 16)
	conn.Signal(changes)
	return conn, changes, nil
}

// hosted reports whether the bus has a watcher with a host that shows icons. It does not start a watcher.
func hosted(ctx context.Context, conn *dbus.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, busWait)
	defer cancel()
	var yes dbus.Variant
	err := conn.Object(watcherName, watcherPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart,
		watcherName, "IsStatusNotifierHostRegistered").Store(&yes)
	is, ok := yes.Value().(bool)
	return err == nil && ok && is
}
