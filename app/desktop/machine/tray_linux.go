package machine

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// busWait limits one call to the session bus.
const busWait = 5 * time.Second

// trayHost reports whether a panel on the session bus shows icons.
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
