//go:build desktop || dev

package tray

import (
	"log/slog"
	"runtime"
	"strings"
	"sync"

	"fyne.io/systray"
)

// row is one line of systray's menu. systray can only append lines, so each line that may be needed has a hidden row from the
// start. Rows are never removed: that would leak a goroutine of systray.
type row struct {
	item *systray.MenuItem
	// now is the item that the row shows; guarded by trayIcon.mu.
	now     Item
	visible bool
}

// trayIcon is the icon in the panel. A process has at most one: systray keeps its state in global variables.
type trayIcon struct {
	click func(Item)
	log   *slog.Logger
	stop  func() // stops systray; nil before begin

	mu       sync.Mutex
	latest   Model
	live     *bool // whether the icon shown is the live one; nil: none is shown yet
	tooltip  string
	built    bool
	lost     bool // the session bus is gone, and the icon with it
	sessions []*row
	next     *row
	feeds    *row
	feedList []*row
	walls    *row
	wallList []*row
	renew    *row
	done     chan struct{}
	rows     sync.WaitGroup
}

func newIcon(click func(Item), tapped func(), log *slog.Logger) icon {
	if runtime.GOOS != "darwin" { // on macOS a click on the icon opens its menu
		systray.SetOnTapped(tapped)
	}
	return &trayIcon{click: click, log: log, done: make(chan struct{})}
}

// begin starts systray. On Linux the icon and its name are set first: systray loses values that are set while it connects.
func (t *trayIcon) begin() {
	start, stop := systray.RunWithExternalLoop(t.build, nil)
	t.mu.Lock()
	t.stop = stop
	if runtime.GOOS == "linux" {
		systray.SetTitle("Gridwall")
		t.face()
	}
	t.mu.Unlock()
	start()
	if runtime.GOOS == "linux" { // again: a model may have arrived while systray connected
		t.mu.Lock()
		t.live, t.tooltip = nil, ""
		t.face()
		t.mu.Unlock()
	}
}

// end stops systray, and the goroutines of the rows.
func (t *trayIcon) end() {
	close(t.done)
	t.mu.Lock()
	stop := t.stop
	t.mu.Unlock()
	if stop != nil {
		func() {
			defer func() {
				if r := recover(); r != nil { // systray closes its connection even if it has none
					t.log.Debug("the tray did not end cleanly", "error", r)
				}
			}()
			stop()
		}()
	}
	t.rows.Wait()
}

// build creates the menu; systray calls it once.
func (t *trayIcon) build() {
	t.mu.Lock()
	defer t.mu.Unlock()
	add := func() *row { return t.row(systray.AddMenuItem("", "")) }
	for range maxSessions {
		t.sessions = append(t.sessions, add())
	}
	t.next = add()
	systray.AddSeparator()
	t.feeds = add()
	t.renew = add()
	t.walls = add()
	systray.AddSeparator()
	open, quit := add(), add()
	t.built = true
	t.apply()
	set(open, &t.latest.Open)
	set(quit, &t.latest.Quit)
}

// row returns a hidden row for an item, and passes its clicks on.
func (t *trayIcon) row(item *systray.MenuItem) *row {
	item.Hide()
	r := &row{item: item}
	t.rows.Go(func() {
		for {
			select {
			case <-item.ClickedCh:
				t.mu.Lock()
				clicked := r.now
				t.mu.Unlock()
				t.click(clicked)
			case <-t.done:
				return
			}
		}
	})
	return r
}

// show shows m, and only changes the lines that differ.
func (t *trayIcon) show(m Model) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.latest = m
	if t.built {
		t.apply()
	}
}

// apply shows the latest model; the caller holds t.mu.
func (t *trayIcon) apply() {
	m := &t.latest
	if t.face(); t.lost {
		return
	}
	fill(t.sessions, m.Sessions)
	set(t.next, &m.Next)
	for len(t.feedList) < len(m.FeedList) {
		t.feedList = append(t.feedList, t.row(t.feeds.item.AddSubMenuItem("", "")))
	}
	fill(t.feedList, m.FeedList)
	set(t.feeds, &m.Feeds)
	set(t.renew, &m.Renew)
	for len(t.wallList) < len(m.WallList) {
		t.wallList = append(t.wallList, t.row(t.walls.item.AddSubMenuItem("", "")))
	}
	fill(t.wallList, m.WallList)
	if len(m.WallList) > 0 {
		set(t.walls, &m.Walls)
	} else {
		set(t.walls, nil)
	}
}

// face shows the icon and the tooltip; the caller holds t.mu.
func (t *trayIcon) face() {
	defer func() {
		if r := recover(); r != nil { // systray panics if the session bus is gone
			t.log.Info("the tray was lost with the session bus", "error", r)
			t.lost = true
		}
	}()
	if live := t.latest.Live; t.live == nil || *t.live != live {
		t.live = &live
		if runtime.GOOS == "darwin" {
			systray.SetTemplateIcon(picture(live), picture(live))
		} else {
			systray.SetIcon(picture(live))
		}
	}
	if t.tooltip != t.latest.Tooltip {
		t.tooltip = t.latest.Tooltip
		systray.SetTooltip(t.tooltip)
	}
}

// fill shows items in rows, and hides the remaining rows.
func fill(rows []*row, items []Item) {
	for i, r := range rows {
		if i < len(items) {
			set(r, &items[i])
		} else {
			set(r, nil)
		}
	}
}

// set shows an item in a row; nil hides the row. It leaves a hidden row alone: on Windows, hiding it again would show it.
func set(r *row, to *Item) {
	if to == nil {
		if r.visible {
			r.item.Hide()
			r.visible = false
		}
		return
	}
	was := r.now
	r.now = *to
	if was.Title != to.Title {
		r.item.SetTitle(label(to.Title))
	}
	if to.Disabled && !r.item.Disabled() {
		r.item.Disable()
	} else if !to.Disabled && r.item.Disabled() {
		r.item.Enable()
	}
	if !r.visible {
		r.item.Show()
		r.visible = true
	}
}

// label returns text for a menu: it doubles the character that marks an access key.
func label(text string) string {
	switch runtime.GOOS {
	case "linux":
		return strings.ReplaceAll(text, "_", "__")
	case "windows":
		return strings.ReplaceAll(text, "&", "&&")
	}
	return text
}
