//go:build linux

package window

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/internal/codedfeed"
	"gridwall/internal/testwindow"
)

// panWait bounds how long sound may take to move: what is loaded has to be decoded.
const panWait = 20 * time.Second

// measuresSound measures what reaches the speakers on each side, from the next AudioContext on.
const measuresSound = `(() => {
	const connect = AudioNode.prototype.connect
	AudioNode.prototype.connect = function (to, ...more) {
		const speakers = to instanceof AudioDestinationNode && !(to.context instanceof OfflineAudioContext)
		if (speakers && !window.gridwallSides) {
			const splitter = to.context.createChannelSplitter(2)
			const sides = [0, 1].map((channel) => {
				const side = to.context.createAnalyser()
				side.fftSize = 32768
				connect.call(splitter, side, channel)
				return side
			})
			window.gridwallSides = { splitter, sides }
		}
		if (speakers) connect.call(this, window.gridwallSides.splitter)
		return connect.call(this, to, ...more)
	}
	window.gridwallLoud = () => (window.gridwallSides?.sides ?? []).map((side) => {
		const samples = new Float32Array(side.fftSize)
		side.getFloatTimeDomainData(samples)
		return Math.max(...samples.map(Math.abs))
	})
})()`

// loud returns the highest level of the last 0.7 s on the left and the right; nothing before there is a context.
func loud(t *testing.T, p *testwindow.Page) (sides []float64) {
	t.Helper()
	require.NoError(t, p.Eval(`window.gridwallLoud()`, &sides))
	return sides
}

// onlyOn waits until sound has been heard on one side and not on the other: 0 is left.
func onlyOn(t *testing.T, p *testwindow.Page, side int) {
	t.Helper()
	heard := 0
	require.NoError(t, testwindow.Until(fmt.Sprintf("sound only on side %d", side), panWait, func() (bool, error) {
		l := loud(t, p)
		if len(l) != 2 {
			return false, nil
		}
		if l[1-side] > 0.001 {
			heard = 0
			return false, fmt.Errorf("levels %v", l)
		}
		if l[side] > 0.01 {
			heard++
		}
		if heard >= 5 {
			return true, nil
		}
		return false, fmt.Errorf("levels %v", l)
	}))
}

func TestSoundMovesToOneSideAndNoPictureStops(t *testing.T) {
	_, url := codedfeed.Start(t, codedfeed.Latencies(2, 3)...)
	d := newDesk(t, false)
	require.NoError(t, d.Configure("schedule = []\n"))
	require.NoError(t, d.WriteSource("coded", codedfeed.Source(url, time.Minute)))
	_, p := begin(t, d)
	h := newHand(t, d, p)
	require.NoError(t, p.Eval(measuresSound, nil))
	require.NoError(t, p.Eval(`location.hash = '#/watch'`, nil))
	for _, feed := range []string{"coded-2s", "coded-3s"} {
		press(t, p, "", "Watch "+feed)
	}
	inStep(t, p, 2)
	var before, after []string
	require.NoError(t, p.Eval(sourcesOfVideos, &before))
	require.NoError(t, p.Eval(fmt.Sprintf(`(() => { %s })()`, codedfeed.Script), nil))

	h.keys(t, "1", "shift+s")
	h.tab(t, in(dialog("Sound"), "input[type=range]", "Left or right of "+elements(t, p)[0].Title))
	// The key is also what lets the page use WebAudio.
	h.keys(t, "Home")
	onlyOn(t, p, 0)
	h.keys(t, "End")
	onlyOn(t, p, 1)

	const watched = 5 * time.Second
	frames := func() (at []int64) {
		require.NoError(t, p.Eval(`gridwallCoded().map((s) => s.frame)`, &at))
		require.Len(t, at, 2)
		return at
	}
	first, began := frames(), time.Now()
	time.Sleep(watched) // the time in which the pictures must go on
	for i, frame := range frames() {
		require.InDelta(t, time.Since(began).Seconds(), float64(frame-first[i])/codedfeed.FrameRate, 0.4, "its picture keeps its pace")
	}
	require.NoError(t, p.Eval(sourcesOfVideos, &after))
	require.Equal(t, before, after)

	for range 10 {
		h.keys(t, "Left")
	}
	require.NoError(t, testwindow.Until("the elements are heard themselves", panWait, func() (bool, error) {
		var heard int
		err := p.Eval(`[...document.querySelectorAll('[data-number] video')].filter((v) => !v.muted && v.volume > 0).length`, &heard)
		l := loud(t, p)
		if err == nil && heard == 1 && l[0] < 0.001 && l[1] < 0.001 {
			return true, nil
		}
		return false, errors.Join(err, fmt.Errorf("%d heard, levels %v", heard, l))
	}))
}
