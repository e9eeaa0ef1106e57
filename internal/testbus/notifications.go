//go:build linux

package testbus

import (
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	noticeName = "org.freedesktop.Notifications"
	noticePath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// Notice is a message that was sent to the notification service.
type Notice struct {
	ID, Replaces             uint32
	App, Icon, Summary, Body string
	Actions                  []string
	Hints                    map[string]dbus.Variant
}

// Notifications is a notification service (Desktop Notifications Specification 1.2).
type Notifications struct {
	t    *testing.T
	conn *dbus.Conn
	// Got receives the messages.
	Got chan Notice

	mu   sync.Mutex
	able []string
	last uint32
}

// NewNotifications puts a notification service with these capabilities on the bus.
func NewNotifications(t *testing.T, able ...string) *Notifications {
	t.Helper()
	n := &Notifications{t: t, conn: Connect(t), Got: make(chan Notice, 64), able: able}
	must(t, n.conn.Export(service{n}, noticePath, noticeName))
	_, err := n.conn.RequestName(noticeName, dbus.NameFlagDoNotQueue)
	must(t, err)
	return n
}

// Click invokes an action of a message, as a service does when the message is clicked.
func (n *Notifications) Click(id uint32, action string) {
	must(n.t, n.conn.Emit(noticePath, noticeName+".ActionInvoked", id, action))
	must(n.t, n.conn.Emit(noticePath, noticeName+".NotificationClosed", id, uint32(2)))
}

// Dismiss closes a message without an action.
func (n *Notifications) Dismiss(id uint32) {
	must(n.t, n.conn.Emit(noticePath, noticeName+".NotificationClosed", id, uint32(2)))
}

// service exports the methods that programs call.
type service struct{ n *Notifications }

// GetCapabilities reports what the service can do.
func (s service) GetCapabilities() ([]string, *dbus.Error) { return s.n.able, nil }

// Notify receives a message.
func (s service) Notify(app string, replaces uint32, icon, summary, body string, actions []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	id := replaces
	if id == 0 {
		s.n.last++
		id = s.n.last
	}
	s.n.Got <- Notice{id, replaces, app, icon, summary, body, actions, hints}
	return id, nil
}
