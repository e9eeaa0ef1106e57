package awake

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	// The idle inhibition of freedesktop.org, which desktops implement.
	saverName = "org.freedesktop.ScreenSaver"
	saverPath = dbus.ObjectPath("/org/freedesktop/ScreenSaver")
	// The portal, for sandboxes and for desktops without the former.
	portalName = "org.freedesktop.portal.Desktop"
	portalPath = dbus.ObjectPath("/org/freedesktop/portal/desktop")
	// portalIdle is the portal's flag for the screen's own idleness.
	portalIdle uint32 = 8
	// reason is what desktops show.
	reason = "Feeds are playing"
	// busWait limits one call, since the service may hang.
	busWait = 5 * time.Second
)

// Screen keeps the screen on. The zero value lets it turn off. It is safe for concurrent use.
type Screen struct {
	mu   sync.Mutex
	conn *dbus.Conn // nil while the screen may turn off; closing it ends the inhibition
	end  func(context.Context) error
}

// Keep keeps the screen on, or no longer. Repeating it changes nothing. The error says why the desktop does not keep it on.
func (s *Screen) Keep(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on == (s.conn != nil) {
		return nil
	}
	if !on {
		return s.release()
	}
	// A missing bus is not started, because it would keep running.
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return fmt.Errorf("no session bus: %w", err)
	}
	if err := errors.Join(conn.Auth(nil), conn.Hello()); err != nil {
		return errors.Join(err, conn.Close())
	}
	end, err := inhibit(conn)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	s.conn, s.end = conn, end
	return nil
}

// Close lets the screen turn off.
func (s *Screen) Close() { _ = s.Keep(false) }

// release ends the inhibition; the caller holds s.mu.
func (s *Screen) release() error {
	ctx, cancel := context.WithTimeout(context.Background(), busWait)
	defer cancel()
	err := errors.Join(s.end(ctx), s.conn.Close())
	s.conn, s.end = nil, nil
	return err
}

// inhibit asks the desktop to keep the screen on, and returns what ends that.
func inhibit(conn *dbus.Conn) (end func(context.Context) error, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), busWait)
	defer cancel()
	saver := conn.Object(saverName, saverPath)
	var cookie uint32
	errSaver := saver.CallWithContext(ctx, saverName+".Inhibit", dbus.FlagNoAutoStart, "Gridwall", reason).Store(&cookie)
	if errSaver == nil {
		return func(ctx context.Context) error {
			return saver.CallWithContext(ctx, saverName+".UnInhibit", dbus.FlagNoAutoStart, cookie).Err
		}, nil
	}
	var request dbus.ObjectPath
	options := map[string]dbus.Variant{"reason": dbus.MakeVariant(reason)}
	errPortal := conn.Object(portalName, portalPath).
		CallWithContext(ctx, "org.freedesktop.portal.Inhibit.Inhibit", 0, "", portalIdle, options).Store(&request)
	if errPortal != nil {
		return nil, errors.Join(errSaver, errPortal)
	}
	return func(ctx context.Context) error {
		return conn.Object(portalName, request).CallWithContext(ctx, "org.freedesktop.portal.Request.Close", 0).Err
	}, nil
}
