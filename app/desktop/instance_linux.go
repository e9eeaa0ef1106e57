package desktop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// Wails has a lock of its own, which is used elsewhere. On Linux it would come too late: it looks for the first window
// after it has called OnStartup, so the second start would find the database locked and say so; and it ends the
// second start with exit code 1, as if something had failed.

const (
	busPrefix = "io.github.gridwall.Window."
	busPath   = dbus.ObjectPath("/io/github/gridwall/Window")
	busIface  = "io.github.gridwall.Window"
	// busError is what a first start answers that is closing.
	busError = busIface + ".Closing"
	// busWait bounds one question to the bus, and to the first window.
	busWait = 5 * time.Second
	// closingWait bounds how long a second start waits for a first one that is closing; it polls every closingPoll.
	closingWait = 15 * time.Second
	closingPoll = 100 * time.Millisecond
)

// Instance is this program's claim to be the one window over its data folder.
type Instance struct {
	conn *dbus.Conn // nil without a bus
	mu   sync.Mutex
	take func(start) error
	kept []start // came before there was a window to take them
}

// Claim makes this program the one window with the id. Where there is one already, that one is shown and given args,
// and ErrHanded is returned. Without a session bus the claim holds for nobody; the database's lock still does.
func Claim(ctx context.Context, id string, args []string) (*Instance, error) {
	in := &Instance{}
	// A bus that is not there is not started: anyone who starts one here would leave it behind.
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return in, nil
	}
	if conn.Auth(nil) != nil || conn.Hello() != nil {
		_ = conn.Close()
		return in, nil
	}
	in.conn = conn
	if err := conn.Export(second{in}, busPath, busIface); err != nil {
		in.Close()
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, closingWait)
	defer cancel()
	for {
		reply, err := conn.RequestName(busPrefix+id, dbus.NameFlagDoNotQueue)
		if err != nil || reply == dbus.RequestNameReplyPrimaryOwner || reply == dbus.RequestNameReplyAlreadyOwner {
			return in, nil // a bus that gives no names is as good as none
		}
		err = hand(ctx, conn, id, args)
		if err == nil {
			in.Close()
			return nil, ErrHanded
		}
		var closing dbus.Error
		if errors.As(err, &closing) && (closing.Name == busError || closing.Name == "org.freedesktop.DBus.Error.NameHasNoOwner" ||
			closing.Name == "org.freedesktop.DBus.Error.ServiceUnknown" || closing.Name == "org.freedesktop.DBus.Error.NoReply") {
			select {
			case <-time.After(closingPoll):
				continue
			case <-ctx.Done():
			}
		}
		in.Close()
		return nil, fmt.Errorf("a Gridwall over the same data folder runs, and does not answer; end it, or use another --data DIR: %w", err)
	}
}

func hand(ctx context.Context, conn *dbus.Conn, id string, args []string) error {
	ctx, cancel := context.WithTimeout(ctx, busWait)
	defer cancel()
	if args == nil {
		args = []string{}
	}
	first := conn.Object(busPrefix+id, busPath)
	err := first.CallWithContext(ctx, busIface+".Activate", dbus.FlagNoAutoStart, args, activationToken()).Err
	var refused dbus.Error
	if errors.As(err, &refused) && refused.Name == "org.freedesktop.DBus.Error.UnknownMethod" { // version 0.1
		err = first.CallWithContext(ctx, busIface+".Start", dbus.FlagNoAutoStart, args).Err
	}
	return err
}

// activationToken is what the desktop gave this start so that its window may come to the front; "" from a terminal.
func activationToken() string {
	return cmp.Or(os.Getenv("XDG_ACTIVATION_TOKEN"), os.Getenv("DESKTOP_STARTUP_ID"))
}

// second is what the bus can call.
type second struct{ in *Instance }

// Start is called by a second start of version 0.1 with its arguments.
func (s second) Start(args []string) *dbus.Error { return s.Activate(args, "") }

// Activate is called by a second start with its arguments and its activation token: a desktop that guards the focus
// lets a window to the front only for a token, or the time, of somebody's click.
func (s second) Activate(args []string, token string) *dbus.Error {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	next := start{args, token}
	if s.in.take == nil {
		s.in.kept = append(s.in.kept, next)
		return nil
	}
	if err := s.in.take(next); err != nil {
		return &dbus.Error{Name: busError, Body: []any{err.Error()}}
	}
	return nil
}

// Serve gives the arguments of second starts to d, those that came already too.
func (in *Instance) Serve(d *Desktop) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.take = d.secondStart
	for _, next := range in.kept {
		_ = d.secondStart(next) // it fails only where d ends already
	}
	in.kept = nil
}

// Close gives the claim up. It comes last: until then the data folder is in use.
func (in *Instance) Close() {
	if in.conn != nil {
		_ = in.conn.Close()
	}
}

// trayHost reports whether a panel on this session's bus shows icons.
func trayHost(ctx context.Context) bool {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return false
	}
	defer conn.Close()
	if conn.Auth(nil) != nil || conn.Hello() != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, busWait)
	defer cancel()
	var shown bool
	const watcher = "org.kde.StatusNotifierWatcher"
	err = conn.Object(watcher, "/StatusNotifierWatcher").CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart,
		watcher, "IsStatusNotifierHostRegistered").Store(&shown)
	return err == nil && shown
}
