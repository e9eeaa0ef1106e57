//go:build linux

package window

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/internal/testorigin"
	"gridwall/internal/testwindow"
)

// press presses the button of that name (without its key hint) in the tile of that title, or anywhere on the page if it is "".
func press(t *testing.T, p *testwindow.Page, tile, name string) {
	t.Helper()
	within := "document"
	if tile != "" {
		within = fmt.Sprintf(`document.querySelector('[role=group][aria-label=%q]')`, tile)
	}
	require.NoError(t, testwindow.Until(name, playWait, func() (there bool, err error) {
		err = p.Eval(fmt.Sprintf(`(() => {
			const b = [...(%s?.querySelectorAll('button') ?? [])].find((b) => (b.getAttribute('aria-label') ?? (b.firstChild?.textContent ?? '').trim()) === %q)
			b?.click()
			return b !== undefined
		})()`, within, name), &there)
		return there, err
	}))
}

// choose takes the last entry of a group of a tile's menu whose text has that word, and waits until it is checked. A choice closes the
// menu.
func choose(t *testing.T, p *testwindow.Page, tile, group, word string) {
	t.Helper()
	find := fmt.Sprintf(`[...[...document.querySelectorAll('[role=menu] [role=group]')].find((g) => document.getElementById(g.getAttribute('aria-labelledby'))?.textContent.trim() === %q)`+
		`?.querySelectorAll('[role=menuitemradio]') ?? []].filter((e) => e.textContent.includes(%q)).at(-1)`, group, word)
	require.NoError(t, testwindow.Until(group+": "+word, playWait, func() (is bool, err error) {
		err = p.Eval(find+`?.getAttribute('aria-checked') === 'true'`, &is)
		if err == nil && !is {
			err = p.Eval(fmt.Sprintf(`(%s ?? document.querySelector('[role=group][aria-label=%q] button[aria-label=Quality]'))?.click()`, find, tile), nil)
		}
		return is, err
	}))
}

// Streams of kinds that the demo lacks: low-latency HLS beside a recording with two audio tracks and subtitles, in WebKit's
// own player.
func TestALowLatencyFeedAndARecordingPlayInTheWindow(t *testing.T) {
	d := newDesk(t, false)
	for _, o := range []struct{ name, title string }{{testorigin.LowLatency, "Low latency"}, {testorigin.Recording, "Recording"}} {
		require.NoError(t, d.WriteSource(o.name, testorigin.Source(testorigin.Start(t, o.name), o.title)))
	}
	_, p := begin(t, d)
	visible(t, d, true)
	require.NoError(t, p.Eval(`location.assign('#/watch')`, nil))
	press(t, p, "", "Watch Low latency")
	press(t, p, "", "Watch Recording")
	_, err := p.Playing(2, playWait)
	require.NoError(t, err)

	choose(t, p, "Recording", "Audio", "Radio")
	choose(t, p, "Recording", "Subtitles", "")
	const video = `document.querySelector('[role=group][aria-label=Recording] video')`
	require.NoError(t, testwindow.Until("a subtitle", playWait, func() (shown bool, err error) {
		err = p.Eval(`[...`+video+`.textTracks].some((t) => t.mode === 'showing' && [...(t.activeCues ?? [])].some((c) => c.text === 'Box, box'))`, &shown)
		return shown, err
	}))
	_, err = p.Playing(2, playWait)
	require.NoError(t, err, "with another audio track")

	require.NoError(t, p.Eval(`(() => {
		const s = document.querySelector('[role=slider][aria-label="Position of Recording"], input[aria-label="Position of Recording"]')
		s.value = '45'
		s.dispatchEvent(new Event('input', { bubbles: true }))
		s.dispatchEvent(new Event('change', { bubbles: true }))
	})()`, nil))
	require.NoError(t, testwindow.Until("the recording is at 45 s", playWait, func() (there bool, err error) {
		err = p.Eval(video+`.currentTime >= 45`, &there)
		return there, err
	}))
	tiles := testwindow.Tallies{}
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		require.NoError(t, tiles.Look(p, 2))
	}
	for _, tile := range tiles {
		t.Log(tile)
		require.InDelta(t, 5, tile.Played, 2, "%s does not go on in time", tile.Last.Title)
	}
	if path := os.Getenv(screenshotVariable); path != "" {
		require.NoError(t, d.Screenshot(path))
	}
}
