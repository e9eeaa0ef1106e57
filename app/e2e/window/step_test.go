//go:build linux

package window

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/internal/codedfeed"
	"gridwall/internal/testwindow"
)

const (
	// stall is longer than what the slow feed has buffered.
	stall = 14 * time.Second
	// backWithin is how soon after its data came again a feed must be in step, on a machine that is busy with other things.
	backWithin = 10 * time.Second
	// startsInStep is how soon after they were opened two feeds must be in step, on such a machine.
	startsInStep = 20 * time.Second
)

// codedFrames are the numbers of the frames that the fast and the slow feed show.
type codedFrames struct{ Fast, Slow int64 }

// seenFrames records ten times a second what the two feeds show, until it is read.
const seenFrames = `(() => {
	%s
	window.gridwallSeen = []
	setInterval(() => {
		const of = Object.fromEntries(gridwallCoded().map((s) => [s.title, s.frame]))
		if (of['coded-2s'] && of['coded-12s']) window.gridwallSeen.push({ Fast: of['coded-2s'], Slow: of['coded-12s'] })
	}, 100)
})()`

// fastAndSlow opens a feed with a latency of 2 s and one with 12 s, and returns the page and the address of the origin.
func fastAndSlow(t *testing.T) (p *testwindow.Page, url string) {
	t.Helper()
	_, url = codedfeed.Start(t, codedfeed.Latencies(2, 12)...)
	d := newDesk(t, false)
	require.NoError(t, d.Configure("schedule = []\n"))
	require.NoError(t, d.WriteSource("coded", codedfeed.Source(url, time.Minute)))
	_, p = begin(t, d)
	require.NoError(t, p.Eval(`location.hash = '#/watch'`, nil))
	for _, feed := range []string{"coded-2s", "coded-12s"} {
		require.NoError(t, testwindow.Until("the button of "+feed, playWait, func() (done bool, err error) {
			err = p.Eval(fmt.Sprintf(`(() => { const b = document.querySelector('button[aria-label="Watch %s"]'); b?.click(); return !!b })()`, feed), &done)
			return done, err
		}))
	}
	require.NoError(t, p.Eval(fmt.Sprintf(seenFrames, codedfeed.Script), nil))
	return p, url
}

// shown returns what the feeds have shown since it was called last.
func shown(t *testing.T, p *testwindow.Page) (frames []codedFrames) {
	t.Helper()
	require.NoError(t, p.Eval(`window.gridwallSeen.splice(0)`, &frames))
	return frames
}

// apart is how far the two pictures are from one another.
func (s codedFrames) apart() time.Duration {
	return (time.Duration(s.Fast-s.Slow) * time.Second / codedfeed.FrameRate).Abs()
}

// showTheSame waits until the pictures have been in step for a second.
func showTheSame(t *testing.T, p *testwindow.Page, what string, wait time.Duration) {
	t.Helper()
	const enough = 10
	good := 0
	require.NoError(t, testwindow.Until(what, wait, func() (bool, error) {
		for _, s := range shown(t, p) {
			if good++; s.apart() > 200*time.Millisecond {
				good = 0
			}
		}
		return good >= enough, nil
	}))
}

func TestAFeedPlaysFromBeforeWhereItStarted(t *testing.T) {
	p, _ := fastAndSlow(t)
	start := time.Now()
	showTheSame(t, p, "the fast feed goes back ten seconds, to the slow one", startsInStep)
	t.Logf("in step after %s", time.Since(start).Round(100*time.Millisecond))
}

func TestAFeedThatStalledComesBackIntoStep(t *testing.T) {
	p, url := fastAndSlow(t)
	showTheSame(t, p, "they are in step", startsInStep)
	resp, err := http.Post(url+"/coded-12s/switch?stall="+stall.String(), "", nil)
	require.NoError(t, err)
	_ = resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	again := time.Now().Add(stall)

	var last codedFrames
	require.NoError(t, testwindow.Until("the slow feed stalls, and the fast one goes on", stall, func() (bool, error) {
		for _, s := range shown(t, p) {
			require.GreaterOrEqual(t, s.Slow, last.Slow, "it shows nothing twice while it waits")
			last = s
		}
		return time.Now().After(again.Add(-time.Second)) && last.apart() > 2*time.Second, nil
	}))
	showTheSame(t, p, "they are in step again", time.Until(again)+backWithin)
	t.Logf("in step %s after there was data", time.Since(again).Round(100*time.Millisecond))
}
