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

func TestAFeedThatStalledComesBackIntoStep(t *testing.T) {
	_, url := codedfeed.Start(t, codedfeed.Latencies(2, 12)...)
	d := newDesk(t, false)
	require.NoError(t, d.Configure("schedule = []\n"))
	require.NoError(t, d.WriteSource("coded", codedfeed.Source(url, time.Minute)))
	_, p := begin(t, d)
	require.NoError(t, p.Eval(`location.hash = '#/watch'`, nil))
	for _, feed := range []string{"coded-2s", "coded-12s"} {
		require.NoError(t, testwindow.Until("the button of "+feed, playWait, func() (done bool, err error) {
			err = p.Eval(fmt.Sprintf(`(() => { const b = document.querySelector('button[aria-label="Watch %s"]'); b?.click(); return !!b })()`, feed), &done)
			return done, err
		}))
	}
	inStep(t, p, 2)
	require.NoError(t, p.Eval(fmt.Sprintf(seenFrames, codedfeed.Script), nil))
	resp, err := http.Post(url+"/coded-12s/switch?stall="+stall.String(), "", nil)
	require.NoError(t, err)
	_ = resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	again := time.Now().Add(stall)

	read := func() (seen []codedFrames) {
		require.NoError(t, p.Eval(`window.gridwallSeen.splice(0)`, &seen))
		return seen
	}
	apart := func(s codedFrames) time.Duration {
		return (time.Duration(s.Fast-s.Slow) * time.Second / codedfeed.FrameRate).Abs()
	}
	var last codedFrames
	require.NoError(t, testwindow.Until("the slow feed stalls, and the fast one goes on", stall, func() (bool, error) {
		for _, s := range read() {
			require.GreaterOrEqual(t, s.Slow, last.Slow, "it shows nothing twice while it waits")
			last = s
		}
		return time.Now().After(again.Add(-time.Second)) && apart(last) > 2*time.Second, nil
	}))
	const inStepFor = 10
	good := 0
	require.NoError(t, testwindow.Until("they are in step again", time.Until(again)+backWithin, func() (bool, error) {
		for _, s := range read() {
			if good++; apart(s) > 200*time.Millisecond {
				good = 0
			}
		}
		return good >= inStepFor, nil
	}))
	t.Logf("in step %s after there was data", time.Since(again).Round(100*time.Millisecond))
}
