//go:build linux

package window

import (
	"fmt"
	"os"

	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/internal/testwindow"
)

// hand uses a window as its user does: with the pointer and the keyboard of the desk.
type hand struct {
	d *testwindow.Desk
	p *testwindow.Page
	// window is the X window of the page.
	window string
}

func newHand(t *testing.T, d *testwindow.Desk, p *testwindow.Page) hand {
	t.Helper()
	visible(t, d, true)
	out, err := d.Run("xdotool", "search", "--onlyvisible", "--name", "^"+testwindow.Title+"$")
	require.NoError(t, err)
	return hand{d, p, strings.TrimSpace(out)}
}

func (h hand) run(t *testing.T, args ...string) {
	t.Helper()
	_, err := h.d.Run("xdotool", args...)
	require.NoError(t, err)
}

func (h hand) keys(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		require.NoError(t, h.d.Key(name))
	}
}

// until waits until an expression in the page is true.
func (h hand) until(t *testing.T, what, expression string) {
	t.Helper()
	require.NoError(t, testwindow.Until(what, playWait, func() (is bool, err error) {
		err = h.p.Eval(`!!(`+expression+`)`, &is)
		return is, err
	}))
}

// named is the visible element with this selector and name.
func named(selector, name string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].find((e) => e.getClientRects().length && (e.getAttribute('aria-label') ?? (e.labels?.[0] ?? e).textContent).trim() === %q)`, selector, name)
}

// at returns a point of an element that does not move, and that nothing covers. It is above the middle, where edges cross.
func (h hand) at(t *testing.T, element string) (x, y int) {
	t.Helper()
	var at [2]float64
	var last [2]float64
	require.NoError(t, testwindow.Until("a point of "+element, playWait, func() (bool, error) {
		last, at = at, [2]float64{}
		err := h.p.Eval(`(() => {
			const e = `+element+`
			if (!e) return [0, 0]
			e.scrollIntoView({ block: 'nearest' })
			const box = e.getBoundingClientRect()
			const [x, y] = [box.left + box.width / 2, box.top + box.height * 0.4]
			return e.contains(document.elementFromPoint(x, y)) ? [x, y] : [0, 0]
		})()`, &at)
		return at[0] > 0 && at == last, err
	}))
	return int(at[0]), int(at[1])
}

func (h hand) move(t *testing.T, x, y int) {
	t.Helper()
	h.run(t, "mousemove", "--window", h.window, strconv.Itoa(x), strconv.Itoa(y))
}

func (h hand) click(t *testing.T, element string) {
	t.Helper()
	x, y := h.at(t, element)
	h.move(t, x, y)
	h.run(t, "click", "1")
}

// goOn checks that each tile still has its element, and plays.
func (h hand) goOn(t *testing.T, n int) {
	t.Helper()
	_, err := h.p.Playing(n, playWait)
	require.NoError(t, err)
	for _, e := range elements(t, h.p) {
		require.Equal(t, e.Title, e.Mark, "a tile keeps its element")
	}
}

// tileText is what the tile at a position says.
func tileText(number int) string {
	return fmt.Sprintf(`document.querySelector('[data-number="%d"]').textContent`, number)
}

// steps runs named steps of a test, in which no tile restarts: afterwards each has its element and its source, and plays.
func (h hand) steps(t *testing.T) func(name string, step func(t *testing.T)) {
	t.Helper()
	sources := func(t *testing.T) (out []string) {
		t.Helper()
		require.NoError(t, h.p.Eval(`(`+sourcesOfVideos+`).toSorted()`, &out))
		return out
	}
	playing(t, h.p)
	mark(t, h.p)
	before := sources(t)
	require.Len(t, before, feeds)
	return func(name string, step func(t *testing.T)) {
		t.Helper()
		require.True(t, t.Run(name, func(t *testing.T) {
			step(t)
			h.goOn(t, feeds)
			require.Equal(t, before, sources(t), "no tile has restarted")
		}))
	}
}

// answer types a path into the dialog of the desktop that asks for a file.
func (h hand) answer(t *testing.T, path string) {
	t.Helper()
	require.NoError(t, testwindow.Until("the dialog of the desktop", playWait, func() (bool, error) {
		return h.d.Active() != testwindow.Title && h.d.Active() != "", nil
	}))
	h.keys(t, "ctrl+l", "ctrl+a")
	h.write(t, path)
	// The dialog takes no answer while it reads the folder.
	for deadline := time.Now().Add(playWait); ; {
		h.keys(t, "Return")
		err := testwindow.Until("the window has the focus", 2*time.Second, func() (bool, error) { return h.d.Active() == testwindow.Title, nil })
		if err == nil {
			return
		}
		require.True(t, time.Now().Before(deadline), err)
	}
}

const (
	// mostTabs bounds how often Tab is pressed to reach an element.
	mostTabs = 90
	// focusWait bounds how long one press of it may take. It may also move nothing: where the focus was on the page's last element.
	focusWait = 3 * time.Second
)

// tab presses Tab, or another key that moves the focus, until an element of the page has the focus.
func (h hand) tab(t *testing.T, element string, key ...string) {
	t.Helper()
	h.until(t, element, element)
	key = append(key, "Tab")
	var seen []string
	for range mostTabs {
		var at struct {
			Here bool
			Name string
		}
		require.NoError(t, h.p.Eval(`(() => {
			const e = document.activeElement
			window.gridwallFocus = e
			return { Here: e === `+element+`, Name: (e.ariaLabel ?? e.labels?.[0]?.textContent ?? e.textContent).trim().slice(0, 40) }
		})()`, &at))
		if at.Here {
			return
		}
		seen = append(seen, at.Name)
		h.keys(t, key[0])
		// The key takes its time: without waiting, the next one would pass over the element.
		_ = testwindow.Until("the focus moves", focusWait, func() (moved bool, err error) {
			err = h.p.Eval(`document.activeElement !== window.gridwallFocus`, &moved)
			return moved, err
		})
	}
	require.Fail(t, key[0]+" does not reach "+element, strings.Join(seen, " → "))
}

// write types a text into the field that has the focus.
func (h hand) write(t *testing.T, text string) {
	t.Helper()
	h.run(t, "type", "--clearmodifiers", "--", text)
}

// shot writes a screenshot, if one is asked for.
func (h hand) shot(t *testing.T, name string) {
	t.Helper()
	if path := os.Getenv(screenshotVariable); path != "" {
		require.NoError(t, h.d.Screenshot(strings.TrimSuffix(path, ".png")+"-"+name+".png"))
	}
}

// dialog is the open dialog with this name.
func dialog(name string) string {
	return fmt.Sprintf(`[...document.querySelectorAll('[role=dialog], dialog[open]')].find((e) => (e.ariaLabel ?? e.querySelector('h2')?.textContent) === %q)`, name)
}

// in is the visible element with this selector and name in a dialog.
func in(d, selector, name string) string {
	return fmt.Sprintf(`[...(%s?.querySelectorAll(%q) ?? [])].find((e) => (e.ariaLabel ?? (e.labels?.[0] ?? e).textContent).trim() === %q)`, d, selector, name)
}

func videoOf(title string) string {
	return fmt.Sprintf(`document.querySelector('[role=group][data-number][aria-label=%q] video')`, title)
}
