package notify

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// This file calls the desktop's notification service directly. Wails' own notifications treat a dismissed message as a clicked
// one, so each dismissal would open the window.

const (
	serviceName = "org.freedesktop.Notifications"
	servicePath = dbus.ObjectPath("/org/freedesktop/Notifications")
	// serviceWait is the time limit of one call; the first may have to start the service.
	serviceWait = 5 * time.Second
	// maxClickable is how many messages can still be clicked; older ones are deep in some list, if anywhere.
	maxClickable = 64
	// urgencyNormal is the urgency of all messages; none is critical.
	urgencyNormal = byte(1)
	// desktopEntry is the name of Gridwall's .desktop file, and of its icon.
	desktopEntry = "io.github.gridwall.Gridwall"
)

// SystemOptions configure a System.
type SystemOptions struct {
	// Click is called with the action of a clicked message, on its own goroutine.
	Click func(Action)
	// Icon is Gridwall's icon, a PNG file, for machines on which it is not installed, where the icon's name is unknown.
	Icon []byte
	Log  *slog.Logger
}

// shown is a message that the service shows or has shown.
type shown struct {
	id     uint32
	about  string
	action Action
}

// System shows messages as the desktop's notifications. It is safe for concurrent use.
type System struct {
	o       SystemOptions
	picture *picture // nil for none

	mu      sync.Mutex
	closed  bool
	conn    *dbus.Conn // nil: not connected yet
	shown   []shown    // the newest last
	signals sync.WaitGroup
}

// NewSystem returns a System, which connects to the bus when the first message is sent.
func NewSystem(o SystemOptions) *System { return &System{o: o, picture: pictureOf(o.Icon)} }

// Attach does nothing: only notifications of other systems need the window's context.
func (s *System) Attach(context.Context) {}

// Close disconnects from the bus. Messages that are shown stay, but can no longer be clicked.
func (s *System) Close() {
	s.mu.Lock()
	s.closed = true
	if s.conn != nil {
		_ = s.conn.Close()
	}
	s.mu.Unlock()
	s.signals.Wait()
}

// Send shows m. It returns an error if there is no notification service.
func (s *System) Send(m Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.connect(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), serviceWait)
	defer cancel()
	service := s.conn.Object(serviceName, servicePath)
	var able []string
	if err := service.CallWithContext(ctx, serviceName+".GetCapabilities", 0).Store(&able); err != nil {
		return err
	}
	body := m.Body
	if slices.Contains(able, "body-markup") {
		body = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
	}
	actions := []string{} // given actions, a service without support for them would show a dialog
	if slices.Contains(able, "actions") {
		// "default" is a click on the message itself; it has no label, because Xfce would show one as a second button.
		actions = []string{"default", "", "open", m.Action.label()}
	}
	var replaces, id uint32
	at := slices.IndexFunc(s.shown, func(o shown) bool { return o.about == m.About && m.About != "" })
	if at >= 0 {
		replaces = s.shown[at].id
	}
	hints := map[string]dbus.Variant{
		"desktop-entry": dbus.MakeVariant(desktopEntry),
		"urgency":       dbus.MakeVariant(urgencyNormal),
	}
	if s.picture != nil {
		hints["image-data"] = dbus.MakeVariant(*s.picture)
	}
	err := service.CallWithContext(ctx, serviceName+".Notify", 0,
		"Gridwall", replaces, desktopEntry, m.Title, body, actions, hints, int32(-1)).Store(&id)
	if err != nil {
		return err
	}
	if at >= 0 {
		s.shown = slices.Delete(s.shown, at, at+1)
	}
	s.shown = append(s.shown, shown{id, m.About, m.Action})
	if more := len(s.shown) - maxClickable; more > 0 {
		s.shown = slices.Delete(s.shown, 0, more)
	}
	return nil
}

// connect connects to the session bus unless it is connected; the caller holds s.mu.
func (s *System) connect() error {
	if s.closed {
		return errors.New("closed")
	}
	if s.conn != nil && s.conn.Connected() {
		return nil
	}
	s.shown = nil
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return err
	}
	err = errors.Join(conn.Auth(nil), conn.Hello())
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchSender(serviceName), dbus.WithMatchInterface(serviceName), dbus.WithMatchMember("ActionInvoked")},
		{dbus.WithMatchSender(serviceName), dbus.WithMatchInterface(serviceName), dbus.WithMatchMember("NotificationClosed")},
		{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, serviceName)},
	} {
		if err == nil {
			err = conn.AddMatchSignal(match...)
		}
	}
	if err != nil {
		_ = conn.Close()
		return err
	}
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	s.conn = conn
	s.signals.Go(func() {
		for signal := range signals { // closed with the connection
			s.handle(signal)
		}
	})
	return nil
}

// handle handles the service's signals about messages.
func (s *System) handle(signal *dbus.Signal) {
	var id uint32
	var key string
	var reason uint32
	switch signal.Name {
	case serviceName + ".ActionInvoked":
		if dbus.Store(signal.Body, &id, &key) == nil {
			s.clicked(id)
		}
	case serviceName + ".NotificationClosed":
		// An expired message may be in a list, where it can still be clicked.
		const expired = 1
		if dbus.Store(signal.Body, &id, &reason) == nil && reason != expired {
			s.take(id)
		}
	case "org.freedesktop.DBus.NameOwnerChanged":
		s.mu.Lock()
		s.shown = nil // a new service assigns ids from the start again
		s.mu.Unlock()
	}
}

func (s *System) clicked(id uint32) {
	if one, ok := s.take(id); ok {
		s.o.Log.Debug("a notification was clicked", "about", one.about)
		go s.o.Click(one.action)
	}
}

// take removes the message id from s.shown, and returns it; ok is false if it is not there.
func (s *System) take(id uint32) (one shown, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.shown, func(o shown) bool { return o.id == id })
	if at < 0 {
		return shown{}, false
	}
	one = s.shown[at]
	s.shown = slices.Delete(s.shown, at, at+1)
	return one, true
}
