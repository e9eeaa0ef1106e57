//go:build linux

package window

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gridwall/internal/testbus"
	"gridwall/internal/testwindow"
)

// seen is the state of a tile's video.
type seen struct {
	Muted, Paused bool
	Ready, Time   float64
}

// What nobody sees is not decoded, what is heard plays on; the screen stays on as long as anything plays. Nothing restarts.
func TestTheWindowRestsWhatNobodySeesAndKeepsTheScreenOn(t *testing.T) {
	d := newDesk(t, false)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", d.Bus())
	saver := testbus.NewScreenSaver(t)
	// WebKit asks the desktop, too, under a name of its own.
	ours := func() bool {
		return slices.ContainsFunc(saver.Held(), func(reason string) bool { return strings.HasPrefix(reason, "Gridwall: ") })
	}
	g, p := begin(t, d, "--demo", "--live")
	before := inStep(t, p, feeds)
	require.NoError(t, testwindow.Until("the screen stays on", endWait, func() (bool, error) { return ours(), nil }))

	var first, now []string
	require.NoError(t, p.Eval(sourcesOfVideos, &first))
	require.NoError(t, p.Eval(`location.hash = '#/schedule'`, nil))
	require.NoError(t, testwindow.Until("only what is heard plays on another page", endWait, func() (bool, error) {
		var all []seen
		if err := p.Eval(`[...document.querySelectorAll('[data-number] video')].map((v) => ({ Muted: v.muted, Paused: v.paused, Ready: v.readyState, Time: v.currentTime }))`, &all); err != nil {
			return false, err
		}
		wrong := slices.ContainsFunc(all, func(v seen) bool { return v.Paused != v.Muted })
		if wrong || len(all) != feeds || !slices.ContainsFunc(all, func(v seen) bool { return v.Paused }) {
			return false, fmt.Errorf("they are %+v", all)
		}
		return true, nil
	}))
	require.True(t, ours(), "one is still heard")
	require.NoError(t, p.Eval(`location.hash = '#/watch'`, nil))
	after := playing(t, p)
	require.NoError(t, p.Eval(sourcesOfVideos, &now))
	require.Equal(t, first, now, "no tile was restarted")
	for i := range after {
		require.Greater(t, after[i].Time, before[i].Time+5, "%s is live again", after[i].Title)
	}

	require.NoError(t, d.Key("t"))
	require.NoError(t, testwindow.Until("a timeline with three charts", endWait, func() (bool, error) {
		var charts int
		if err := p.Eval(`document.querySelectorAll('dialog[open] figure canvas').length`, &charts); err != nil || charts == 3 {
			return charts == 3, err
		}
		var text string
		err := p.Eval(`document.querySelector('dialog[open]')?.textContent ?? 'no dialog'`, &text)
		return false, errors.Join(err, errors.New(text))
	}))
	require.NoError(t, d.Key("t"))

	for range feeds {
		require.NoError(t, p.Eval(`document.querySelector('[data-number] [aria-label="Close"]').click()`, nil))
	}
	require.NoError(t, testwindow.Until("the screen may turn off", renewWait, func() (bool, error) { return !ours(), nil }))
	require.True(t, g.Running())
}
