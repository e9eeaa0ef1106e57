//go:build linux

package window

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/internal/testwindow"
)

const (
	// feeds is how many the demo has, each of so many pictures a second.
	feeds = 4
	rate  = 25
	// playWait bounds how long the wall may take to play, on a machine that is busy with other things.
	playWait = 45 * time.Second
	// watched is how long it is then watched.
	watched = 30 * time.Second
	// looks is how often it is watched at most, until it drops no more than 1 % of its pictures.
	looks = 3
	// endWait bounds how long the program may take to end.
	endWait = 20 * time.Second
	// renewWait is a little more than two lives of the demo's tokens.
	renewWait = 75 * time.Second
)

func newDesk(t *testing.T, panel bool) *testwindow.Desk {
	t.Helper()
	d, err := testwindow.NewDesk(testwindow.DeskOptions{Width: 1280, Height: 746, Panel: panel})
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

func begin(t *testing.T, d *testwindow.Desk, args ...string) (*testwindow.Gridwall, *testwindow.Page) {
	t.Helper()
	g, err := d.Start(program, args...)
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(g.Log())
		}
		g.Kill()
	})
	p, err := g.Page()
	require.NoError(t, err)
	return g, p
}

// playing waits until all tiles play, and returns what they show.
func playing(t *testing.T, p *testwindow.Page) []testwindow.Picture {
	t.Helper()
	pictures, err := p.Playing(feeds, playWait)
	require.NoError(t, err)
	return pictures
}

// inStep waits until n tiles play in step: until then the wall may seek any of them.
func inStep(t *testing.T, p *testwindow.Page, n int) []testwindow.Picture {
	t.Helper()
	pictures, err := p.InStep(n, playWait)
	require.NoError(t, err)
	return pictures
}

// sourcesOfVideos is what each video of the wall plays: another one after a restart.
const sourcesOfVideos = `[...document.querySelectorAll('[data-number] video')].map((v) => v.src)`

// refreshes counts the renewals of all feeds so far.
func refreshes(t *testing.T, p *testwindow.Page) (n int) {
	t.Helper()
	all, err := p.Actives()
	require.NoError(t, err)
	require.Len(t, all, feeds)
	for _, a := range all {
		require.Empty(t, a.LastError, a.Title)
		n += a.RefreshCount
	}
	return n
}

// still reports whether no picture moves any more.
func still(p *testwindow.Page) (bool, error) {
	before, err := p.Pictures()
	if err != nil {
		return false, err
	}
	time.Sleep(500 * time.Millisecond) // a moving one moves by much more than it may
	after, err := p.Pictures()
	for i := range min(len(before), len(after)) {
		if after[i].Time != before[i].Time {
			return false, err
		}
	}
	return true, err
}

// watch watches the tiles for a while, and returns how many pictures the worst of them dropped.
func watch(t *testing.T, p *testwindow.Page) (worst float64) {
	t.Helper()
	tiles := testwindow.Tallies{}
	for end := time.Now().Add(watched); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		require.NoError(t, tiles.Look(p, feeds))
	}
	require.Len(t, tiles, feeds)
	for _, tile := range tiles {
		t.Log(tile)
		require.InDelta(t, watched.Seconds(), tile.Played, 3, "%s does not go on in time", tile.Last.Title)
		require.Greater(t, tile.Frames, 0, tile.Last.Title)
		worst = max(worst, float64(tile.Dropped))
	}
	return worst
}

func visible(t *testing.T, d *testwindow.Desk, yes bool) {
	t.Helper()
	require.NoError(t, testwindow.Until(fmt.Sprintf("the window is shown: %t", yes), endWait, func() (bool, error) {
		return (d.Windows(testwindow.Title) == 1) == yes, nil
	}))
}

func ends(t *testing.T, g *testwindow.Gridwall) {
	t.Helper()
	code, err := g.Wait(endWait)
	require.NoError(t, err)
	require.Equal(t, 0, code, g.Log())
}

// A typical evening: the tray opens four pictures, the window is hidden and shown, and the program is quit and started again.
func TestTheWindowPlaysHidesAndComesBack(t *testing.T) {
	d := newDesk(t, true)
	g, p := begin(t, d, "--demo")
	visible(t, d, true)

	ok := t.Run("the tray's line opens the live session, and its four feeds play", func(t *testing.T) {
		require.NoError(t, d.Click("Live now: "))
		playing(t, p)
		// Other load on this machine also drops pictures, so the application gets more than one try.
		for look := 1; ; look++ {
			dropped := watch(t, p)
			if dropped <= watched.Seconds()*rate/100 {
				break
			}
			require.Less(t, look, looks, "a tile drops %d of %.0f pictures", int(dropped), watched.Seconds()*rate)
		}
		if path := os.Getenv(screenshotVariable); path != "" {
			require.NoError(t, d.Screenshot(path))
		}
	})
	require.True(t, ok, "without pictures there is nothing to hide")

	t.Run("a second start shows the first", func(t *testing.T) {
		_, err := d.Run("xdotool", "search", "--onlyvisible", "--name", "^"+testwindow.Title+"$", "windowminimize")
		require.NoError(t, err)
		require.NoError(t, testwindow.Until("the window is minimised", endWait, func() (bool, error) { return d.Active() != testwindow.Title, nil }))
		second, err := d.Start(program, "--demo", "--live")
		require.NoError(t, err)
		ends(t, second)
		require.NoError(t, testwindow.Until("the first window has the focus", endWait, func() (bool, error) { return d.Active() == testwindow.Title, nil }))
		playing(t, p)
	})

	t.Run("a second start shows the first even if it is hidden", func(t *testing.T) {
		require.NoError(t, d.CloseWindow(testwindow.Title))
		visible(t, d, false)
		second, err := d.Start(program, "--demo")
		require.NoError(t, err)
		ends(t, second)
		visible(t, d, true)
		require.NoError(t, testwindow.Until("it has the focus", endWait, func() (bool, error) { return d.Active() == testwindow.Title, nil }))
		playing(t, p)
	})

	t.Run("closed, it hides: the pictures stop, the tokens stay fresh, the tray brings it back", func(t *testing.T) {
		require.NoError(t, p.CountRequests())
		require.NoError(t, d.CloseWindow(testwindow.Title))
		visible(t, d, false)
		require.NoError(t, testwindow.Until("the pictures stop", endWait, func() (bool, error) { return still(p) }))
		asked, err := p.Requests()
		require.NoError(t, err)
		fresh := refreshes(t, p)
		require.NoError(t, testwindow.Until("two renewals of each feed", renewWait, func() (bool, error) {
			return refreshes(t, p) >= fresh+2*feeds, nil
		}))
		require.True(t, g.Running())
		later, err := p.Requests()
		require.NoError(t, err)
		require.LessOrEqual(t, later-asked, feeds, "a hidden wall still requests media")
		require.NoError(t, d.Click("Live now: "))
		visible(t, d, true)
		playing(t, p)
	})

	t.Run("Quit in the tray ends it", func(t *testing.T) {
		require.NoError(t, d.Click("Quit"))
		ends(t, g)
	})

	t.Run("the wall is there again at the next start, and SIGTERM ends it", func(t *testing.T) {
		g, p := begin(t, d, "--demo")
		playing(t, p)
		require.NoError(t, g.Signal(syscall.SIGTERM))
		ends(t, g)
	})
}

func TestWithoutATrayClosingTheWindowQuits(t *testing.T) {
	d := newDesk(t, false)
	g, _ := begin(t, d, "--demo")
	visible(t, d, true)
	require.NoError(t, d.CloseWindow(testwindow.Title))
	ends(t, g)
}
