//go:build (desktop || dev) && !race

// Without the race detector, which reports a race of systray on most runs: GetLayout counts the versions of the menu under
// one lock, other functions under another.

package tray

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
	"gridwall/internal/testbus"
)

// wait is the time limit of each wait for a condition; it only matters if a test fails.
const wait = 15 * time.Second

func eventually(t *testing.T, message string, is func() bool) {
	t.Helper()
	require.Eventually(t, is, wait, 20*time.Millisecond, message)
}

// pixmap is a picture in the form that a panel receives.
type pixmap struct {
	W, H int32
	Data []byte
}

func labels(lines []testbus.Line) []string {
	var out []string
	for _, l := range lines {
		out = append(out, l.Label)
	}
	return out
}

// begun reports whether systray was started in this process; it cannot be started twice.
var begun bool

// The whole tray over a real bus, as seen by a panel. It is a single test because systray can only start once per process.
func TestThePanelShowsTheTrayAndOpensTheLiveSession(t *testing.T) {
	if begun {
		t.Skip("systray can only start once per process; run the test again in a new process")
	}
	begun = true
	testbus.Start(t)
	w := newWorld()
	start, end := time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
	next := time.Now().Add(130*time.Minute + 30*time.Second)
	w.s = api.Schedule{Events: []api.RaceEvent{{ID: "f1-22", Name: "Qatar_GP", Sessions: []api.Session{
		{Name: "Qualifying", Start: &start, End: &end, Status: "live"},
		{Name: "Race", Start: &next, Status: "upcoming"},
	}}}}
	w.active = []api.Active{{ID: "1", Title: "World feed"}, {ID: "2", Title: "Timing", LastError: "Extractor returned no streams"}}

	tray := New(w.options())
	tray.Start()
	tray.Attach(w)
	defer tray.Close()
	assert.Never(t, tray.Present, 300*time.Millisecond, 20*time.Millisecond, "there is no panel yet")

	panel := testbus.NewPanel(t)
	var item string
	select {
	case item = <-panel.Items:
	case <-time.After(wait):
		t.Fatal("no icon was registered with the panel")
	}
	eventually(t, "the tray notices the panel", tray.Present)

	// systray's first reply is incomplete on purpose, for libdbusmenu; a panel asks again, and so does this test.
	var menu []testbus.Line
	eventually(t, "the whole menu", func() bool {
		menu = panel.Menu(item)
		return len(menu) == 6 && len(menu[2].Lines) == 2
	})
	assert.Equal(t, []string{
		"Live now: Qatar__GP · Qualifying", "Next: Qatar__GP · Race in 2 h 11 min",
		"Active feeds: 2", "Renew now", "Open Gridwall", "Quit",
	}, labels(menu), "an underscore is doubled, or the panel would treat it as an access key")
	assert.Equal(t, []string{"Timing · failed: Extractor returned no streams", "World feed · fresh"}, labels(menu[2].Lines))

	var tooltip struct {
		Icon   string
		Pixmap []pixmap
		Title  string
		Text   string
	}
	panel.Property(item, "ToolTip", &tooltip)
	assert.Equal(t, "Gridwall · live now: Qatar_GP · Qualifying", tooltip.Title)
	var id string
	panel.Property(item, "Id", &id)
	assert.Equal(t, "Gridwall", id)
	var live []pixmap
	panel.Property(item, "IconPixmap", &live)
	require.Len(t, live, 1)
	assert.EqualValues(t, 64, live[0].W)

	opened := func() (out []string) {
		w.read(func() { out = append(out, w.opened...) })
		return out
	}
	clicks := []string{}
	click := func(id int32, want string) {
		t.Helper()
		clicks = append(clicks, want)
		panel.Click(item, id)
		eventually(t, want, func() bool { return len(opened()) == len(clicks) })
		assert.Equal(t, clicks, opened())
	}
	click(menu[0].ID, "live f1-22 Qualifying")
	click(menu[1].ID, "page schedule")
	click(menu[2].Lines[0].ID, "page watch")
	click(menu[4].ID, "show")
	click(menu[0].ID, "live f1-22 Qualifying")
	clicks = append(clicks, "show")
	panel.Activate(item) // a left click on the icon
	eventually(t, "a click on the icon opens the window", func() bool { return len(opened()) == len(clicks) })

	panel.Click(item, menu[3].ID)
	eventually(t, "the result of the renewal is shown", func() bool {
		var n int
		w.read(func() { n = len(w.results) })
		return n == 1
	})
	w.read(func() {
		assert.Equal(t, "Renew now: 1 of 2 feeds renewed. Timing: Extractor returned no streams", w.results[0])
	})

	// The session ends: its line disappears, the icon changes, and the other lines keep their order.
	w.set(func() {
		w.s = api.Schedule{Events: []api.RaceEvent{{ID: "f1-22", Name: "Qatar_GP", Sessions: w.s.Events[0].Sessions[1:]}}}
		w.active = w.active[:1]
	})
	w.Publish(api.EventSchedule)
	eventually(t, "the live line is gone", func() bool {
		menu = panel.Menu(item)
		return strings.HasPrefix(menu[0].Label, "Next: ")
	})
	assert.Equal(t, []string{"World feed · fresh"}, labels(menu[1].Lines))
	var idle []pixmap
	panel.Property(item, "IconPixmap", &idle)
	assert.NotEqual(t, live[0].Data, idle[0].Data, "the idle icon differs from the live one")

	// Events without a change do not redraw the menu.
	layouts := panel.Layouts(item)
	for range 5 {
		w.Publish(api.EventActive)
		time.Sleep(minInterval / 2)
	}
	for len(layouts) > 0 {
		assert.NotEqual(t, "com.canonical.dbusmenu.LayoutUpdated", (<-layouts).Name, "the menu was redrawn without a change")
	}

	// The panel crashes, and comes back.
	panel.Leave()
	eventually(t, "the tray notices that the panel is gone", func() bool { return !tray.Present() })
	panel.Return()
	eventually(t, "the tray notices that the panel is back", tray.Present)
	select {
	case again := <-panel.Items:
		assert.Equal(t, item, again)
	case <-time.After(wait):
		t.Fatal("the icon did not come back with the panel")
	}
	panel.Hosted(false)
	eventually(t, "a watcher without a panel shows nothing", func() bool { return !tray.Present() })
	panel.Hosted(true)
	eventually(t, "the panel is back", tray.Present)

	quit := menu[len(menu)-1]
	require.Equal(t, "Quit", quit.Label)
	click(quit.ID, "quit")
	tray.Close()
	assert.False(t, tray.Present())
}
