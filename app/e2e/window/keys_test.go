//go:build linux

package window

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gridwall/internal/testwindow"
)

// Everything that the Watch page has for its keyboard, in the webview of the window. No tile is restarted by any of it.
func TestTheWallIsUsedByKeyboardAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	_, p := begin(t, d, "--demo", "--live")
	h := newHand(t, d, p)
	run := h.steps(t)
	first, second := elements(t, p)[0].Title, elements(t, p)[1].Title
	gone := func(d string) { t.Helper(); h.until(t, d+" is closed", `!(`+d+`)`) }

	run("levels, the others and the heard feed are set in the sound bar", func(t *testing.T) {
		h.keys(t, "1", "shift+s")
		bar := dialog("Sound")
		h.until(t, "the bar has the focus", bar+`?.contains(document.activeElement)`)
		h.tab(t, in(bar, "input[type=range]", "The others"))
		h.keys(t, "Right", "Right")
		h.until(t, "the others are heard at 10 %", bar+`.textContent.includes('are heard at 10 %') && `+videoOf(second)+`.volume < 0.11 && !`+videoOf(second)+`.muted`)
		h.tab(t, in(bar, "input[type=range]", "Level of "+first))
		h.keys(t, "Left", "Left")
		h.until(t, "its level is 90 %", `Math.abs(`+videoOf(first)+`.volume - 0.9) < 0.001`)
		h.shot(t, "sound")
		h.keys(t, "Right", "Right")
		h.tab(t, in(bar, "input[type=radio]", first), "shift+Tab")
		h.keys(t, "Down")
		h.until(t, "the sound stays with the second", in(bar, "input[type=radio]", second)+`.checked && `+in(bar, "button", "One feed")+`.ariaPressed === 'true' && `+videoOf(second)+`.volume === 1`)
		h.keys(t, "shift+s")
		gone(bar)
		h.keys(t, "1")
		h.until(t, "the first has the focus, the second is heard", `document.querySelector('[data-number="1"]').ariaCurrent === 'true' && `+videoOf(first)+`.volume < 0.11`)
		h.keys(t, "shift+s")
		h.tab(t, in(bar, "button", "Focused tile"))
		h.keys(t, "Return")
		h.tab(t, in(bar, "input[type=range]", "The others"))
		h.keys(t, "Home", "Escape")
		gone(bar)
		h.until(t, "only the focused tile is heard", `!`+videoOf(first)+`.muted && `+videoOf(second)+`.muted`)
	})

	run("a spare is chosen, used and left again", func(t *testing.T) {
		h.keys(t, "1", "b")
		spares := dialog("Spares of " + first)
		h.tab(t, in(spares, "input", "Add a spare"))
		h.write(t, strings.ToLower(strings.Fields(second)[0]))
		h.tab(t, fmt.Sprintf(`[...(%s?.querySelectorAll('button.add') ?? [])].find((e) => e.textContent.includes(%q))`, spares, second))
		h.shot(t, "spares")
		h.keys(t, "Return")
		h.until(t, "the spare is listed", spares+`.querySelector('ol').textContent.includes(`+strconv.Quote(second)+`)`)
		h.tab(t, in(spares, "button", "Done"))
		h.keys(t, "Return")
		gone(spares)
		use := `document.querySelector('[data-number="1"] button[aria-label="Use spare"]')`
		used := func(is bool) {
			t.Helper()
			h.until(t, fmt.Sprint("spare in use: ", is), fmt.Sprintf(`%s.ariaPressed === '%t'`, use, is))
		}
		used(false)
		h.tab(t, use)
		h.shot(t, "tile")
		h.keys(t, "Return")
		used(true)
		h.keys(t, "b")
		used(false)
	})

	run("all names and facts are shown and hidden", func(t *testing.T) {
		dropped := `document.querySelectorAll('[data-number] .facts.all.shown .dropped').length`
		h.until(t, "no facts", dropped+` === 0`)
		h.keys(t, "i")
		h.until(t, "facts on all tiles", fmt.Sprint(dropped, ` === `, feeds))
		h.shot(t, "names")
		// The second time it hides all, the third time it is as before.
		h.keys(t, "i", "i")
		h.until(t, "no facts", dropped+` === 0`)
	})

	run("the layout changes, and the wall is saved, exported and opened", func(t *testing.T) {
		layout := `document.querySelector('#layouts-button').title`
		var was string
		require.NoError(t, p.Eval(layout, &was))
		layouts := dialog("Layouts")
		h.tab(t, `document.querySelector('#layouts-button')`)
		h.keys(t, "Return")
		h.tab(t, in(layouts, "input", "Name of this wall"))
		h.write(t, "Race day")
		h.keys(t, "Return")
		export := in(layouts, "button", "Export Race day")
		h.tab(t, export, "shift+Tab")
		h.shot(t, "layouts")
		h.keys(t, "Return")
		file := filepath.Join(d.Dir(), "race.json")
		h.answer(t, file)
		require.NoError(t, testwindow.Until("the file", playWait, func() (bool, error) {
			text, err := os.ReadFile(file)
			if err != nil {
				return false, nil
			}
			var wall struct{ Type, Name string }
			return json.Unmarshal(text, &wall) == nil && wall.Type == "gridwall.wall" && wall.Name == "Race day", nil
		}))
		h.until(t, "the button has the focus again", `document.activeElement === `+export)
		h.keys(t, "Escape")
		gone(layouts)
		h.keys(t, "g")
		h.until(t, "another layout", layout+` !== `+strconv.Quote(was))
		h.tab(t, `document.querySelector('#layouts-button')`)
		h.keys(t, "Return")
		h.tab(t, layouts+`?.querySelector('button.open')`)
		h.keys(t, "Return")
		gone(layouts)
		h.until(t, "the saved layout", layout+` === `+strconv.Quote(was))
	})

	run("the timeline opens, and its report is copied", func(t *testing.T) {
		h.keys(t, "1", "t")
		line := dialog("Timeline of " + first)
		h.tab(t, in(line, "button", "Copy report"))
		h.keys(t, "Return")
		h.until(t, "it is copied", line+`.querySelector('[role=status]').textContent === 'Copied'`)
		h.shot(t, "timeline")
		h.keys(t, "t")
		gone(line)
	})

	run("a key of one's own works, a conflict is told, and letters can be switched off", func(t *testing.T) {
		h.keys(t, "alt+4")
		key := func(begins string) string {
			return fmt.Sprintf(`[...document.querySelectorAll('button.key')].find((e) => e.ariaLabel.startsWith(%q))`, begins)
		}
		live := key("Go live on all feeds: ")
		h.tab(t, live)
		h.keys(t, "Return")
		h.until(t, "it waits", live+`.ariaLabel.endsWith('press a key')`)
		h.keys(t, "m")
		h.until(t, "the conflict is told", `[...document.querySelectorAll('[role=alert]')].some((e) => e.textContent.includes('M is already the key for “Mute or unmute”'))`)
		h.shot(t, "conflict")
		h.keys(t, "Escape")
		overlay := key("Show or hide names and facts: ")
		h.tab(t, overlay)
		h.keys(t, "Return", "alt+u")
		h.until(t, "it is saved", overlay+`.ariaLabel.endsWith(': Alt+U')`)
		h.tab(t, named("[role=switch]", "Single-letter keys"), "shift+Tab")
		h.keys(t, "space")
		h.until(t, "letters are off", key("Close the tile: ")+`.ariaLabel.endsWith('X, off')`)
		h.keys(t, "alt+2")
		h.until(t, "the wall is shown", `location.hash.startsWith('#/watch')`)
		h.keys(t, "x", "t", "w", "alt+u")
		h.until(t, "Alt+U shows the facts", `document.querySelector('[data-number] .facts.all.shown')`)
		h.until(t, "the letters did nothing", `!document.querySelector('dialog[open]') && !document.documentElement.hasAttribute('data-alone')`)
	})
}
