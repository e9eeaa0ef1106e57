//go:build linux

package testbus

import (
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	saverName   = "org.freedesktop.ScreenSaver"
	saverPath   = dbus.ObjectPath("/org/freedesktop/ScreenSaver")
	portalName  = "org.freedesktop.portal.Desktop"
	portalPath  = dbus.ObjectPath("/org/freedesktop/portal/desktop")
	requestPath = dbus.ObjectPath("/org/freedesktop/portal/desktop/request/1")
)

// ScreenSaver is a desktop that programs ask to keep the screen on: by org.freedesktop.ScreenSaver, or by the portal.
type ScreenSaver struct {
	mu     sync.Mutex
	held   map[uint32]string
	last   uint32
	broken bool
}

// NewScreenSaver puts org.freedesktop.ScreenSaver on the bus.
func NewScreenSaver(t *testing.T) *ScreenSaver {
	t.Helper()
	s := &ScreenSaver{held: map[uint32]string{}}
	conn := Connect(t)
	must(t, conn.Export(saver{s}, saverPath, saverName))
	_, err := conn.RequestName(saverName, dbus.NameFlagDoNotQueue)
	must(t, err)
	return s
}

// NewInhibitPortal puts the portal on the bus, without org.freedesktop.ScreenSaver.
func NewInhibitPortal(t *testing.T) *ScreenSaver {
	t.Helper()
	s := &ScreenSaver{held: map[uint32]string{}}
	conn := Connect(t)
	must(t, conn.Export(portal{s}, portalPath, "org.freedesktop.portal.Inhibit"))
	must(t, conn.Export(request{s}, requestPath, "org.freedesktop.portal.Request"))
	_, err := conn.RequestName(portalName, dbus.NameFlagDoNotQueue)
	must(t, err)
	return s
}

// Held returns the reasons for which programs keep the screen on.
func (s *ScreenSaver) Held() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []string{}
	for _, reason := range s.held {
		out = append(out, reason)
	}
	return out
}

// Break makes the service refuse every call from now on.
func (s *ScreenSaver) Break() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = true
}

func (s *ScreenSaver) hold(reason string) (uint32, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return 0, dbus.NewError("org.example.Broken", nil)
	}
	s.last++
	s.held[s.last] = reason
	return s.last, nil
}

func (s *ScreenSaver) release(cookie uint32) *dbus.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return dbus.NewError("org.example.Broken", nil)
	}
	delete(s.held, cookie)
	return nil
}

type saver struct{ s *ScreenSaver }

// Inhibit keeps the screen on.
func (o saver) Inhibit(app, reason string) (uint32, *dbus.Error) {
	return o.s.hold(app + ": " + reason)
}

// UnInhibit ends that.
func (o saver) UnInhibit(cookie uint32) *dbus.Error { return o.s.release(cookie) }

type portal struct{ s *ScreenSaver }

// Inhibit keeps the screen on if the flag for idleness is set.
func (o portal) Inhibit(_ string, flags uint32, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	reason, _ := options["reason"].Value().(string)
	if flags != 8 {
		return "", dbus.NewError("org.freedesktop.DBus.Error.InvalidArgs", nil)
	}
	_, err := o.s.hold(reason)
	return requestPath, err
}

type request struct{ s *ScreenSaver }

// Close ends the request.
func (o request) Close() *dbus.Error { return o.s.release(1) }
