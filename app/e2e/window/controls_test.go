//go:build linux

package window

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Edges, places, offsets and the delay in one window; no tile is restarted by any of them.
func TestTheWallIsControlledByPointerAndByKey(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	_, p := begin(t, d, "--demo", "--live")
	h := newHand(t, d, p)
	titles := func() (out []string) {
		for _, e := range elements(t, p) {
			out = append(out, e.Title)
		}
		return out
	}
	layouts := `document.querySelector('#layouts-button')`
	button := func(name string) string { return named("button", name) }

	run := h.steps(t)
	order := titles()

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

	run("a tile fills the screen, then the next one in focus, and leaves it", func(t *testing.T) {
		var was int
		require.NoError(t, p.Eval(`innerWidth`, &was))
		fills := func(number int) string {
			return fmt.Sprintf(`(() => {
				const box = document.querySelector('[data-number="%d"]').getBoundingClientRect()
				return innerWidth === screen.width && box.width >= innerWidth - 2 && box.height >= innerHeight - 2
			})()`, number)
		}
		h.keys(t, "2", "f")
		h.until(t, "the second fills the screen", fills(2))
		h.keys(t, "3")
		h.until(t, "the third fills the screen", fills(3))
		h.keys(t, "f")
		h.until(t, "the window is as before", fmt.Sprintf(`innerWidth === %d && !document.querySelector('.filling')`, was))
	})
}
