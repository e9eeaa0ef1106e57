//go:build linux

package window

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

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

// Edges, places, offsets and the delay in one window; no tile is restarted by any of them.
func TestTheWallIsControlledByPointerAndByKey(t *testing.T) {
	d := newDesk(t, false)
	_, p := begin(t, d, "--demo", "--live")
	h := newHand(t, d, p)
	playing(t, p)
	mark(t, p)
	titles := func() (out []string) {
		for _, e := range elements(t, p) {
			out = append(out, e.Title)
		}
		return out
	}
	order := titles()
	layouts := `document.querySelector('#layouts-button')`
	button := func(name string) string { return named("button", name) }

	run := func(name string, test func(t *testing.T)) {
		t.Helper()
		require.True(t, t.Run(name, func(t *testing.T) {
			test(t)
			h.goOn(t, feeds)
		}))
	}

	run("an edge is dragged, moved by key, and reset", func(t *testing.T) {
		h.click(t, layouts)
		h.click(t, `document.querySelector('[aria-label="Layout 2x2"]')?.closest('label')`)
		h.keys(t, "Escape")
		h.until(t, "the panel is closed", `!document.querySelector('[role=dialog][aria-label=Layouts]')`)
		edge := `document.querySelector('[role=separator][aria-label="Edge between columns 1 and 2"]')`
		value := func(is string) { t.Helper(); h.until(t, "the edge is at "+is, edge+`.ariaValueNow `+is) }
		value("=== '50'")
		x, y := h.at(t, edge)
		h.move(t, x, y)
		h.run(t, "mousedown", "1")
		for _, by := range []int{20, 50, 80, 100} {
			h.move(t, x+by, y)
		}
		h.run(t, "mouseup", "1")
		value("> 55")
		var at int
		require.NoError(t, p.Eval(`Number(`+edge+`.ariaValueNow)`, &at))
		h.until(t, "it has the focus", `document.activeElement === `+edge)
		h.keys(t, "Left")
		value(fmt.Sprintf("== %d", at-1))
		h.keys(t, "shift+Right")
		value(fmt.Sprintf("== %d", at+4))
		require.Equal(t, order, titles(), "no tile has changed its place")
		h.keys(t, "Return")
		value("=== '50'")
	})

	run("a feed of the list is dragged onto a tile, and they change places", func(t *testing.T) {
		x, y := h.at(t, button("Watch "+order[3]))
		h.move(t, x, y)
		h.run(t, "mousedown", "1")
		x, y = h.at(t, `document.querySelector('[data-number="1"]')`)
		for _, by := range []int{90, 60, 30, 0} {
			h.move(t, x+by, y)
		}
		h.run(t, "mouseup", "1")
		h.until(t, "they have changed places", `document.querySelector('[data-number="1"]').ariaLabel === `+strconv.Quote(order[3]))
		order = titles()
	})

	run("a feed is moved by an offset, by key and by its button", func(t *testing.T) {
		h.keys(t, "1", "period", "period", "comma")
		h.until(t, "the tile shows the offset", tileText(1)+`.includes('+0.05 s')`)
		x, y := h.at(t, `document.querySelector('[data-number="1"] video')`)
		h.move(t, x, y)
		h.click(t, named(`[data-number="1"] button`, "Offset"))
		h.click(t, named(`[role=dialog] button`, "+50 ms"))
		h.until(t, "the tile shows the offset", tileText(1)+`.includes('+0.1 s')`)
		h.keys(t, "Escape")
		h.until(t, "the button has the focus", `document.activeElement === `+named(`[data-number="1"] button`, "Offset"))
	})

	run("the wall has a delay, and loses it", func(t *testing.T) {
		h.keys(t, "d")
		h.until(t, "the field has the focus", `document.activeElement?.closest('[role=dialog][aria-label=Delay]')`)
		h.keys(t, "9", "Return", "bracketright", "d")
		h.until(t, "9.5 s", `document.querySelector('[role=dialog][aria-label=Delay] input').value === '9.5' && document.body.textContent.includes('All feeds are 9.5 s behind live')`)
		h.click(t, named(`[role=dialog][aria-label=Delay] button`, "Off"))
		h.until(t, "no delay", `document.querySelector('[role=dialog][aria-label=Delay] input').value === ''`)
		h.keys(t, "Escape")
	})
}
