//go:build linux

package window

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/internal/codedfeed"
	"gridwall/internal/testwindow"
)

const (
	// soundWait bounds how long a feed may take to be found by its sound: three quarters of a minute of sound, and a few tries.
	soundWait = 2 * time.Minute
	// stepWait bounds how long the pictures may take to come together then: where the processors are busy, they are late one by one.
	stepWait = 90 * time.Second
	// soundError is how far off its place may then be, in ms.
	soundError = 50
	// soundLooks is how often it is measured. The pictures tell to 40 ms each time, their mean tells more.
	soundLooks = 30
)

// stepOf returns how a tile's place among the others is known, as its note says.
func stepOf(t *testing.T, p *testwindow.Page, title string) (note string) {
	t.Helper()
	require.NoError(t, p.Eval(fmt.Sprintf(`document.querySelector('[role=group][aria-label=%q] [role=note]')?.textContent ?? ''`, title), &note))
	return note
}

// Of two feeds without date times, the one with the same sound is found, and the one with another sound is not. No device plays the
// sound here, and nobody has clicked: listening needs neither, and the pictures play on.
func TestAFeedWithoutDateTimesIsPutInStepByItsSoundInTheWindow(t *testing.T) {
	other := uint64(7)
	_, origin := codedfeed.Start(t, append(codedfeed.Latencies(2, 14), codedfeed.Feed{Name: "other", Latency: 5 * time.Second, Seed: &other})...)
	for _, name := range []string{"coded-14s", "other"} {
		r, err := http.Post(origin+"/"+name+"/switch?date=none&all=1", "", nil)
		require.NoError(t, err)
		require.NoError(t, r.Body.Close())
		require.Equal(t, http.StatusOK, r.StatusCode)
	}
	d := newDesk(t, false)
	require.NoError(t, d.WriteSource("coded", codedfeed.Source(origin, 5*time.Minute)))
	_, p := begin(t, d)
	visible(t, d, true)
	script, err := os.ReadFile("../../../internal/codedfeed/script.js")
	require.NoError(t, err)
	require.NoError(t, p.Eval(`(() => {`+string(script)+`})()`, nil))
	require.NoError(t, p.Eval(`location.assign('#/watch')`, nil))
	for _, title := range []string{"coded-2s", "coded-14s", "other"} {
		press(t, p, "", "Watch "+title)
	}
	_, err = p.Playing(3, playWait)
	require.NoError(t, err)

	require.NoError(t, testwindow.Until("coded-14s is found by its sound", soundWait, func() (bool, error) {
		if note := stepOf(t, p, "coded-14s"); !strings.Contains(note, "step sound") {
			return false, fmt.Errorf("its note says %q", note)
		}
		return true, nil
	}))
	_, err = p.Playing(3, playWait)
	require.NoError(t, err)
	require.NotContains(t, stepOf(t, p, "other"), "sound")

	const apart = `(() => {
		const shown = gridwallCoded()
		const [first, second] = ['coded-2s', 'coded-14s'].map((title) => shown.find((s) => s.title === title)?.frame ?? null)
		return first === null || second === null ? null : first - second
	})()`
	require.NoError(t, testwindow.Until("the two are in step", playWait, func() (bool, error) {
		var frames *float64
		err := p.Eval(apart, &frames)
		return err == nil && frames != nil && math.Abs(*frames) < rate/5, err
	}))
	require.NoError(t, testwindow.Until("their pictures are together", stepWait, func() (bool, error) {
		var sum float64
		for n := 0; n < soundLooks; {
			var frames *float64
			if err := p.Eval(apart, &frames); err != nil {
				return false, err
			}
			if frames != nil {
				sum += *frames * 1000 / rate
				n++
			}
			time.Sleep(200 * time.Millisecond) // between two measurements
		}
		mean := sum / soundLooks
		t.Logf("apart by %.0f ms", mean)
		if math.Abs(mean) >= soundError {
			return false, fmt.Errorf("apart by %.0f ms, at most %d are right", mean, soundError)
		}
		return true, nil
	}))
	require.NotContains(t, stepOf(t, p, "other"), "sound")
}
