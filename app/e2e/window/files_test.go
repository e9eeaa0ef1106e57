//go:build linux

package window

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gridwall/internal/testwindow"
)

// Walls and offsets go to files and come back, by the dialogs of the desktop; a file that cannot be used is told in one line.
func TestWallsAndOffsetsAreReadFromFiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	_, p := begin(t, d, "--demo", "--live")
	h := newHand(t, d, p)
	run := h.steps(t)
	var wall string
	last := elements(t, p)[feeds-1].Title
	saved := func(t *testing.T, name, text string) string {
		t.Helper()
		path := filepath.Join(d.Dir(), name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	press := func(t *testing.T, button string) { t.Helper(); h.click(t, named("button", button)) }
	// exported presses a button that asks where to write a file, and returns what is written.
	exported := func(t *testing.T, button, name string) (path, text string) {
		t.Helper()
		press(t, button)
		path = filepath.Join(d.Dir(), name)
		h.answer(t, path)
		require.NoError(t, testwindow.Until("the file "+name, playWait, func() (bool, error) {
			b, err := os.ReadFile(path)
			text = string(b)
			return err == nil && strings.HasSuffix(strings.TrimSpace(text), "}"), nil
		}))
		return path, text
	}
	imported := func(t *testing.T, button, path, says string) {
		t.Helper()
		press(t, button)
		h.answer(t, path)
		h.until(t, says, fmt.Sprintf(`document.body.textContent.includes(%q)`, says))
	}

	run("a wall with a feed that is missing here opens in a second window", func(t *testing.T) {
		h.click(t, `document.querySelector('#layouts-button')`)
		h.click(t, named("input", "Name of this wall"))
		h.write(t, "Race day")
		h.keys(t, "Return")
		_, wall = exported(t, "Export Race day", "race.json")
		require.Contains(t, wall, strconv.Quote(last))
		shared := saved(t, "shared.json", strings.NewReplacer(`"Race day"`, `"Shared"`, strconv.Quote(last), `"Drone"`).Replace(wall))
		imported(t, "Import", shared, "Imported the wall “Shared”. It will wait for Drone")

		press(t, "Open Shared in a new window")
		require.NoError(t, testwindow.Until("two windows", playWait, func() (bool, error) { return d.Windows(testwindow.Title) == 2, nil }))
		// A window that has just appeared may not take a request to close yet.
		require.NoError(t, testwindow.Until("one window", playWait, func() (bool, error) {
			out, err := d.Run("xdotool", "search", "--onlyvisible", "--name", "^"+testwindow.Title+"$")
			for id := range strings.FieldsSeq(out) {
				if id != h.window {
					_, err = d.Run("wmctrl", "-i", "-c", "0x"+hexOf(t, id))
				}
			}
			return d.Windows(testwindow.Title) == 1, err
		}))
		h.run(t, "windowactivate", "--sync", h.window)
	})

	run("a file of a newer version is read as far as it is known, and another file not at all", func(t *testing.T) {
		newer := saved(t, "newer.json", strings.NewReplacer(`"version": 2`, `"version": 99`, `"Race day"`, `"Newer"`).Replace(wall))
		imported(t, "Import", newer, "Imported the wall “Newer”. A newer Gridwall saved it: parts that this version does not know were left out.")
		imported(t, "Import", saved(t, "other.json", "#EXTM3U"), "other.json is not a wall that Gridwall saved.")
		h.until(t, "three walls", `document.querySelectorAll('[role=dialog][aria-label=Layouts] .name').length === 3`)
		h.keys(t, "Escape")
	})

	run("offsets are written and read", func(t *testing.T) {
		h.keys(t, "1", "period")
		h.until(t, "an offset", tileText(1)+`.includes('+0.05 s')`)
		h.keys(t, "alt+4")
		// By keyboard, since the notice of what was done covers the buttons for a while.
		press = func(t *testing.T, button string) {
			t.Helper()
			h.tab(t, named("button", button))
			h.keys(t, "Return")
		}
		path, text := exported(t, "Export offsets", "offsets.json")
		require.Contains(t, text, `"ms": 50`)
		imported(t, "Import offsets", path, "Imported")
		imported(t, "Import offsets", saved(t, "late.json", strings.Replace(text, `"ms": 50`, `"ms": 150`, 1)), "Imported")
		h.keys(t, "alt+2")
		h.until(t, "the offset of the file", tileText(1)+`.includes('+0.15 s')`)
	})
}

// hexOf writes the number of an X window as wmctrl reads it.
func hexOf(t *testing.T, id string) string {
	t.Helper()
	n, err := strconv.ParseUint(id, 10, 32)
	require.NoError(t, err)
	return strconv.FormatUint(n, 16)
}
