//go:build linux

package window

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/internal/codedfeed"
	"gridwall/internal/testorigin"
	"gridwall/internal/testwindow"
)

// goesOnIn bounds how long a feed may take to go on with its spare, and to be watched then.
const goesOnIn = 30 * time.Second

// spareWatch records ten times a second what the picture of the first tile shows, and the longest time for which its frame stayed.
const spareWatch = `(() => {
	%s
	let [frame, since] = [null, performance.now()]
	window.gridwallStood = 0
	setInterval(() => {
		const now = gridwallCoded()[0]?.frame ?? null
		if (now !== frame && now !== null) [frame, since] = [now, performance.now()]
		window.gridwallStood = Math.max(window.gridwallStood, performance.now() - since)
	}, 100)
})()`

func TestAFeedGoesOnWithItsSpareInTheSamePicture(t *testing.T) {
	first, err := codedfeed.New(codedfeed.Latencies(2)...)
	require.NoError(t, err)
	mortal := testorigin.NewMortal(first)
	site := httptest.NewServer(mortal)
	kill := func() {
		site.CloseClientConnections()
		site.Close()
		first.Close()
	}
	defer func() { kill() }()
	second, url := codedfeed.Start(t, codedfeed.Latencies(2)...)
	d := newDesk(t, false)
	require.NoError(t, d.Configure("schedule = []\n[[rule]]\nspare = true\n"))
	require.NoError(t, d.WriteSource("alpha", codedfeed.Source(site.URL, 5*time.Minute)))
	require.NoError(t, d.WriteSource("beta", codedfeed.Source(url, 5*time.Minute)))
	_, p := begin(t, d)
	require.NoError(t, p.Eval(`location.hash = '#/watch'`, nil))
	var streams struct {
		Streams []struct {
			ID   string `json:"id"`
			Site string `json:"site_key"`
		}
	}
	require.NoError(t, testwindow.Until("both sources are read", playWait, func() (bool, error) {
		err := p.Eval(`window.go.desktop.Facade.Streams(true)`, &streams)
		return len(streams.Streams) == 2, err
	}))
	for _, s := range streams.Streams {
		if s.Site == "alpha" {
			require.NoError(t, p.Eval(fmt.Sprintf(`location.hash = '#/watch?stream=%s'`, s.ID), nil))
		}
	}
	_, err = p.Playing(1, playWait)
	require.NoError(t, err)
	var before, after []string
	require.NoError(t, p.Eval(sourcesOfVideos, &before))
	spare := `document.querySelector('[data-number="1"]').textContent.includes('spare: beta')`
	require.NoError(t, testwindow.Until("the spare is ready", playWait, func() (ready bool, err error) {
		err = p.Eval(`window.go.desktop.Facade.Active().then((a) => a.active.some((one) => one.spare?.spares?.[0]?.state === 'ready'))`, &ready)
		return ready, err
	}))
	require.NoError(t, p.Eval(fmt.Sprintf(spareWatch, codedfeed.Script), nil))
	require.NoError(t, mortal.Die(playWait))
	kill()
	kill = func() {}
	require.NoError(t, testwindow.Until("the tile names its spare", playWait, func() (is bool, err error) {
		err = p.Eval(spare, &is)
		return is, err
	}))
	var number int64
	require.NoError(t, testwindow.Until("frames of the spare are shown", goesOnIn, func() (bool, error) {
		var frame *int64
		err := p.Eval(`gridwallCoded()[0]?.frame ?? null`, &frame)
		if frame != nil {
			number = *frame
		}
		// It began later than the first, so its numbers are smaller: the time that they show is the same.
		behind := time.Since(second.Began()) - time.Duration(number)*time.Second/codedfeed.FrameRate
		return frame != nil && behind > 0 && behind < 20*time.Second, err
	}))
	var stood float64
	require.NoError(t, p.Eval(`window.gridwallStood`, &stood))
	t.Logf("the longest standstill: %.0f ms", stood)
	require.Less(t, stood, float64(codedfeed.SegmentTime.Milliseconds()))
	require.NoError(t, p.Eval(sourcesOfVideos, &after))
	require.Equal(t, before, after, "the tile has not restarted")
}
