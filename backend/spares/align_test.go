package spares_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/spares"
)

// list reads a playlist once, as a player that comes to its rendition.
func (g *rig) list(address string) []listed {
	g.t.Helper()
	status, text := g.get(address)
	require.Equal(g.t, http.StatusOK, status, text)
	list, _ := parse(g.t, text)
	return list
}

// aligned checks that segments of the same time have the same discontinuity sequence number in all renditions (RFC 8216bis 6.2.4):
// players that change between them find their place by it. numbers: and the same number.
func (g *rig) aligned(numbers bool, addresses ...string) {
	g.t.Helper()
	first := g.list(addresses[0])
	for _, address := range addresses[1:] {
		common := 0
		for _, s := range g.list(address) {
			for _, o := range first {
				if s.pdt.Sub(o.pdt).Abs() < o.duration/4 {
					common++
					assert.Equal(g.t, o.disc, s.disc, "discontinuities of %s at %s", address, s.pdt)
					if numbers {
						assert.Equal(g.t, o.msn, s.msn, "number of %s at %s", address, s.pdt)
					}
				}
			}
		}
		assert.Positive(g.t, common, "segments of %s and %s at the same time", addresses[0], address)
	}
}

// A player may come to a rendition at any time, or come back to it: before, between and after switches.
func TestRenditionsStayAlignedWhenPlayersComeToThemBetweenSwitches(t *testing.T) {
	const high, low, sound = "/hls/alpha/1080p-6000k/index.m3u8", "/hls/alpha/720p-2000k/index.m3u8", "/hls/alpha/audio-en/index.m3u8"
	for name, visits := range map[string][]int{
		"never before":                    {},
		"before the first switch":         {0},
		"while the spare feeds it":        {1},
		"before, and with the spare":      {0, 1},
		"after it was back":               {2},
		"with the spare for the 2nd time": {3},
		"always":                          {0, 1, 2, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				alpha, beta := &feed{id: "alpha", first: 30, multi: true, separate: true}, &feed{id: "beta", first: 500, multi: true, separate: true}
				g := newRig(t, alpha, beta)
				g.get("/hls/alpha/index.m3u8")
				players := []*player{g.player(low), g.player(sound)}
				visitor := g.player(high)
				period := func(n int) {
					for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Second) {
						for _, p := range players {
							p.reload()
						}
						for _, v := range visits {
							if v == n && time.Until(end) > 25*time.Second && time.Until(end) < 45*time.Second {
								visitor.reload()
							}
						}
					}
				}
				for n, to := range []string{"beta", "", "beta", ""} {
					period(n)
					require.NoError(t, g.spares.Switch(t.Context(), "alpha", spares.Switch{StreamID: &to}))
				}
				period(4)
				g.aligned(true, low, sound, high)
				for _, p := range players {
					assert.Equal(t, "alpha beta alpha beta alpha", p.feeds())
					assert.Len(t, p.discontinuities(), 4)
				}
			})
		})
	}
}
