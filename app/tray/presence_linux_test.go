package tray

import (
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testbus"
)

// Without a session bus there is no tray and no error, no bus is started, and a hidden window is shown.
func TestWithoutASessionBusAHiddenWindowIsShown(t *testing.T) {
	testbus.Without(t)
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		tray := New(w.options())
		tray.icon = w
		tray.Start()
		time.Sleep(absentAfter + time.Second)
		synctest.Wait()
		assert.False(t, tray.Present())
		w.read(func() { assert.Equal(t, 1, w.absent) })
		tray.Close()
	})
	assert.Equal(t, address, os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
}

// A restarted panel is back within seconds, so the window stays hidden.
func TestARestartedPanelDoesNotShowTheWindow(t *testing.T) {
	testbus.Start(t)
	w := newWorld()
	tray := New(w.options())
	tray.icon = w
	panel := testbus.NewPanel(t)
	tray.Start()
	defer tray.Close()
	there := func(want bool) {
		t.Helper()
		require.Eventually(t, func() bool { return tray.Present() == want }, 15*time.Second, 5*time.Millisecond)
	}
	there(true)
	panel.Leave()
	there(false)
	panel.Return()
	there(true)
	w.read(func() { assert.Zero(t, w.absent) })
}
