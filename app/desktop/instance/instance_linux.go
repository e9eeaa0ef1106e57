package instance

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

// On other systems Wails' own lock is used. On Linux it would be too late: Wails looks for the first window after OnStartup, so the
// second start would find the database locked and report that. And it ends the second start with exit code 1, as if it had failed.

const (
	busPrefix = "io.github.gridwall.Window."
	busPath   = dbus.ObjectPath("/io/github/gridwall/Window")
	busIface  = "io.github.gridwall.Window"
	// busError is the answer of a first start that is closing.
	busError = busIface + ".Closing"
	// busWait limits one call to the bus or to the first window.
	busWait = 5 * time.Second
	// closingWait limits how long a second start waits for a first one that is closing; it polls every closingPoll.
	closingWait = 15 * time.Second
	closingPoll = 100 * time.Millisecond
)

// Instance is this program's claim to be the only window over its data folder.
type Instance struct {
	conn *dbus.Conn // nil without a bus
	mu   sync.Mutex
	take func(Start) error
	kept []Start // second starts before the call of Serve
}

// Claim makes this program the only window with the id. If there is one already, that one is shown and given args, and Claim
// returns ErrHanded. Without a session bus the claim has no effect; the database's lock still does.
func Claim(ctx context.Context, id string, args []string) (*Instance, error) {
	in := &Instance{}
	// A missing bus is not started, because it would keep running.
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
			return in, nil // a bus that refuses names is treated like a missing bus
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
		return nil, fmt.Errorf("a Gridwall with the same data folder is running and does not answer; end it, or use another --data DIR: %w", err)
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

// activationToken returns the token with which the desktop lets this start's window come to the front; "" from a terminal.
func activationToken() string {
	return cmp.Or(os.Getenv("XDG_ACTIVATION_TOKEN"), os.Getenv("DESKTOP_STARTUP_ID"))
}

// second is the object that a second start calls over the bus.
type second struct{ in *Instance }

// Start is called by a second start of version 0.1 with its arguments.
func (s second) Start(args []string) *dbus.Error { return s.Activate(args, "") }

// Activate is called by a second start with its arguments and its activation token: a desktop that protects the focus lets a
// window come to the front only with the token, or the time, of a click.
func (s second) Activate(args []string, token string) *dbus.Error {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	next := Start{args, token}
	if s.in.take == nil {
		s.in.kept = append(s.in.kept, next)
		return nil
	}
	if err := s.in.take(next); err != nil {
		return &dbus.Error{Name: busError, Body: []any{err.Error()}}
	}
	return nil
}

// Serve passes second starts to take, including those that came before.
func (in *Instance) Serve(take func(Start) error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.take = take
	for _, next := range in.kept {
		_ = take(next) // fails only if the first window is already closing
	}
	in.kept = nil
}

// Close gives up the claim. It must be called last: until then the data folder is in use.
func (in *Instance) Close() {
	if in.conn != nil {
		_ = in.conn.Close()
	}
}
