//go:build linux

package window

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testwindow"
)

// saveWall saves the first n feeds of the wall under a name, through the panel.
func saveWall(t *testing.T, p *testwindow.Page, name string) {
	t.Helper()
	var done bool
	script := fmt.Sprintf(`(() => {
		const panel = document.querySelector('[role="dialog"][aria-label="Layouts"]')
		if (!panel) {
			document.querySelector('#layouts-button').click()
			return false
		}
		if ([...panel.querySelectorAll('.name')].some((n) => n.textContent === %[1]q)) {
			document.querySelector('#layouts-button').click()
			return true
		}
		const field = panel.querySelector('[aria-label="Name of this wall"]')
		if (field && field.value !== %[1]q) {
			field.value = %[1]q
			field.dispatchEvent(new Event('input', { bubbles: true }))
			field.form.requestSubmit()
		}
		return false
	})()`, name)
	require.NoError(t, testwindow.Until("the wall is saved", playWait, func() (bool, error) {
		err := p.Eval(script, &done)
		return done, err
	}))
}

func says(t *testing.T, p *testwindow.Page, text string) {
	t.Helper()
	require.NoError(t, testwindow.Until("the page says: "+text, playWait, func() (found bool, err error) {
		err = p.Eval(fmt.Sprintf(`document.body.textContent.includes(%q)`, text), &found)
		return found, err
	}))
}

// A second monitor: its window is a process of its own over the same program, and neither disturbs the other.
// Not beside another test, because it plays eight feeds.
func TestASecondWindowShowsASavedWallOfTheRunningProgram(t *testing.T) {
	d := newDesk(t, false)
	first, p := begin(t, d, "--demo", "--live")
	playing(t, p)
	saveWall(t, p, "Race day")

	unknown, err := d.Start(program, "--wall", "Nothing")
	require.NoError(t, err)
	// It says so on stderr and in a dialog.
	require.NoError(t, testwindow.Until("the unknown wall is named", endWait, func() (bool, error) {
		return strings.Contains(unknown.Log(), `gridwall: no wall is saved as "Nothing"; saved walls: "Race day"`), nil
	}))
	unknown.Kill()

	second, q := begin(t, d, "--wall", "Race day")
	playing(t, q)
	require.NoError(t, testwindow.Until("two windows", endWait, func() (bool, error) { return d.Windows(testwindow.Title) == 2, nil }))
	assert.NotEqual(t, first.PID(), second.PID())
	var before, after []string
	require.NoError(t, p.Eval(sourcesOfVideos, &before))
	require.Len(t, before, feeds)

	// Same data: a feed that is closed there stays open here, and the wall of the first is not overwritten.
	require.NoError(t, q.Eval(`document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'x', bubbles: true }))`, nil))
	_, err = q.Playing(feeds-1, playWait)
	require.NoError(t, err)
	time.Sleep(time.Second)
	playing(t, p)

	require.NoError(t, second.Signal(syscall.SIGTERM))
	ends(t, second)
	playing(t, p)
	require.NoError(t, p.Eval(sourcesOfVideos, &after))
	assert.Equal(t, before, after, "no tile was restarted")
	assert.True(t, first.Running())

	// The first window ends while the second one plays.
	second, q = begin(t, d, "--wall", "Race day")
	playing(t, q)
	require.NoError(t, first.Signal(syscall.SIGTERM))
	ends(t, first)
	says(t, q, "Gridwall is not responding. Reconnecting")
	assert.True(t, second.Running())
	_, again := begin(t, d, "--demo")
	playing(t, again)
	require.NoError(t, testwindow.Until("the second window is connected again", playWait, func() (gone bool, err error) {
		err = q.Eval(`!document.body.textContent.includes('Gridwall is not responding')`, &gone)
		return gone, err
	}))
	playing(t, q)
}

func TestAWallOpensInTheFirstWindowIfNoneRuns(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	first, p := begin(t, d, "--demo", "--live")
	playing(t, p)
	saveWall(t, p, "Race day")
	require.NoError(t, first.Signal(syscall.SIGTERM))
	ends(t, first)
	_, p = begin(t, d, "--demo", "--wall", "Race day")
	playing(t, p)
	var name string
	require.NoError(t, p.Eval(`document.querySelector('#layouts-button').click(), ''`, &name))
	require.NoError(t, testwindow.Until("the wall is open", playWait, func() (bool, error) {
		err := p.Eval(`document.querySelector('.open[aria-current] .name')?.textContent ?? ''`, &name)
		return strings.TrimSpace(name) == "Race day", err
	}))
}
