//go:build linux

package window

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/internal/testwindow"
)

// element is a <video> of the wall, in the order of the tiles' positions.
type element struct {
	Title string
	Mark  string // set by mark; "" for an element that is newer
	Time  float64
}

// mark marks the elements of the wall with their titles, so that a later look finds out whether one was replaced.
func mark(t *testing.T, p *testwindow.Page) {
	t.Helper()
	require.NoError(t, p.Eval(`document.querySelectorAll('[data-number] video').forEach((v) => (v.mark = v.closest('[role=group]').ariaLabel))`, nil))
}

func elements(t *testing.T, p *testwindow.Page) (out []element) {
	t.Helper()
	require.NoError(t, p.Eval(`[...document.querySelectorAll('[data-number]')]
		.sort((a, b) => a.dataset.number - b.dataset.number)
		.flatMap((tile) => [...tile.querySelectorAll('video')].map((v) => ({ Title: tile.ariaLabel, Mark: v.mark ?? '', Time: v.currentTime })))`, &out))
	return out
}

func typed(t *testing.T, d *testwindow.Desk, text string) {
	t.Helper()
	for _, key := range strings.Split(text, "") {
		require.NoError(t, d.Key(key))
	}
}

// standstill begins to measure the longest time in ms for which the second tile shows no moving picture.
const standstill = `(() => {
	const seen = (window.gridwallStandstill = { longest: 0, looks: 0 })
	let [frames, shown, at] = [-1, undefined, performance.now()]
	const look = () => {
		seen.looks++
		const video = [...document.querySelectorAll('[data-number="2"] video')].find((v) => getComputedStyle(v).opacity === '1')
		const now = performance.now()
		const count = video?.getVideoPlaybackQuality().totalVideoFrames ?? -1
		if (video && video.readyState >= 2 && (count !== frames || video !== shown)) [frames, shown, at] = [count, video, now]
		else seen.longest = Math.max(seen.longest, now - at)
	}
	setInterval(look, 40)
})()`

// longestStandstill is more than a busy machine needs between two pictures, and less than a feed needs to start.
const longestStandstill = 1500 * time.Millisecond

func TestATileChangesItsFeedWithoutAGap(t *testing.T) {
	d := newDesk(t, false)
	_, p := begin(t, d, "--demo", "--live")
	visible(t, d, true)
	playing(t, p)
	require.NoError(t, d.Key("4"))
	require.NoError(t, d.Key("x"))
	var shown []string
	for _, picture := range inStep(t, p, feeds-1) {
		shown = append(shown, picture.Title)
	}
	missing := ""
	for _, title := range []string{"World feed", "Onboard 7 Arkwright", "Onboard 44 Okonedo", "Timing"} {
		if !strings.Contains(strings.Join(shown, "\n"), title) {
			missing = title
		}
	}
	require.NotEmpty(t, missing)

	mark(t, p)
	before := elements(t, p)
	require.NoError(t, p.Eval(standstill, nil))
	require.NoError(t, d.Key("2"))
	require.NoError(t, d.Key("c"))
	typed(t, d, strings.ToLower(strings.Fields(missing)[0]))
	if strings.HasPrefix(missing, "Onboard") {
		require.NoError(t, d.Key("space"))
		typed(t, d, strings.Fields(missing)[1])
	}
	require.NoError(t, d.Key("Return"))
	require.NoError(t, testwindow.Until("the second tile shows "+missing, playWait, func() (bool, error) {
		now := elements(t, p)
		return len(now) == feeds-1 && now[1].Title == missing, nil
	}))
	_, err := p.Playing(feeds-1, playWait)
	require.NoError(t, err)

	now := elements(t, p)
	for _, i := range []int{0, 2} {
		require.Equal(t, before[i].Title, now[i].Mark, "another tile keeps its element")
		require.Greater(t, now[i].Time, before[i].Time, "another tile goes on")
	}
	require.Empty(t, now[1].Mark, "it has an element of its own")
	var seen struct {
		Looks   int     `json:"looks"`
		Longest float64 `json:"longest"`
	}
	require.NoError(t, p.Eval(`window.gridwallStandstill`, &seen))
	t.Logf("the longest standstill of the changed tile: %.0f ms, in %d looks", seen.Longest, seen.Looks)
	require.Greater(t, seen.Looks, 5)
	require.Less(t, seen.Longest, float64(longestStandstill.Milliseconds()))
}
