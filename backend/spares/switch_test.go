package spares_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/spares"
)

func to(id string) spares.Switch { return spares.Switch{StreamID: &id} }

func TestAUserSwitchesAndGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha", first: 30}, &feed{id: "beta", first: 5}
		g := newRig(t, alpha, beta)
		p := g.player(only)
		p.play(20 * time.Second)
		require.NoError(t, g.spares.Switch(t.Context(), "alpha", to("beta")))
		assert.Equal(t, "beta", g.feeder("alpha"))
		assert.True(t, g.spares.Feed("alpha").ByHand)
		p.play(20 * time.Second)
		assert.Equal(t, "alpha beta", p.feeds())
		require.NoError(t, g.spares.Switch(t.Context(), "alpha", to("")))
		p.play(20 * time.Second)
		assert.Equal(t, "alpha beta alpha", p.feeds())
		require.NoError(t, g.spares.Switch(t.Context(), "alpha", spares.Switch{}))
		p.play(20 * time.Second)
		assert.Equal(t, "alpha beta alpha beta", p.feeds())
		require.NoError(t, g.spares.Switch(t.Context(), "alpha", to("beta")), "it already does")
		assert.Len(t, p.discontinuities(), 3)
		assert.LessOrEqual(t, p.jumps(), time.Second)
		assert.LessOrEqual(t, p.still, 4*time.Second)
		assert.Equal(t, []string{"World feed: going on with beta.", "World feed: back to alpha.", "World feed: going on with beta."}, g.told())
	})
}

// Of several feeds of one source, messages name the title, and of those with the same title, the quality.
func TestFeedsOfOneSourceAreNamedWithTheirTitles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha", site: "Club"}, &feed{id: "beta", title: "Onboard 7"}
		gamma := &feed{id: "gamma", title: "Onboard 44", site: "Club", quality: "720p"}
		delta := &feed{id: "delta", title: "Onboard 44", site: "Club", quality: "1080p"}
		g := newRig(t, alpha, beta, gamma, delta)
		_, err := g.spares.Choose("alpha", spares.Choice{StreamIDs: []string{"beta", "gamma", "delta"}})
		require.NoError(t, err)
		p := g.player(only)
		p.play(10 * time.Second)
		for _, id := range []string{"beta", "gamma", ""} {
			require.NoError(t, g.spares.Switch(t.Context(), "alpha", to(id)))
			p.play(10 * time.Second)
		}
		assert.Equal(t, []string{"World feed: going on with beta.", "World feed: going on with Club · Onboard 44 · 720p.",
			"World feed: back to Club · World feed."}, g.told())
	})
}

// After a restart of the program the choice by hand holds, and the numbers continue.
func TestAChoiceByHandSurvivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha", first: 30, fmp4: true}, &feed{id: "beta", first: 5, fmp4: true, keyed: true}
		g := newRig(t, alpha, beta)
		p := g.player(only)
		p.play(20 * time.Second)
		require.NoError(t, g.spares.Switch(t.Context(), "alpha", to("beta")))
		p.play(20 * time.Second)
		for range 2 {
			g.restart()
			assert.Equal(t, "beta", g.feeder("alpha"))
			p.play(20 * time.Second)
		}
		assert.Equal(t, "alpha beta", p.feeds())
		assert.Len(t, p.discontinuities(), 1)
		assert.Empty(t, p.failed)
		require.NoError(t, g.spares.Switch(t.Context(), "alpha", to("")))
		p.play(20 * time.Second)
		assert.Equal(t, "alpha beta alpha", p.feeds())
		assert.LessOrEqual(t, p.jumps(), time.Second)
		time.Sleep(3 * time.Hour)
		assert.Equal(t, "alpha", g.feeder("alpha"), "nothing happens while nobody plays")
		require.NoError(t, g.spares.Switch(t.Context(), "alpha", to("beta")))
		g.restart()
		assert.Equal(t, "beta", g.feeder("alpha"))
		late := g.player(only)
		late.play(20 * time.Second)
		assert.Contains(t, late.content[late.order[len(late.order)-1]], "beta")
	})
}

// The stream's own source takes over again after it was well for the time that the rule says, but not too often.
func TestTheOwnSourceTakesOverAgainByRule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha", first: 30}, &feed{id: "beta", first: 5}
		g := newRig(t, alpha, beta)
		g.back = 2 * time.Minute
		p := g.player(only)
		outage := func() {
			alpha.set(func() { alpha.gone = true })
			p.play(30 * time.Second)
			assert.Equal(t, "beta", g.feeder("alpha"))
			alpha.set(func() { alpha.gone = false })
		}
		p.play(20 * time.Second)
		outage()
		p.play(100 * time.Second)
		assert.Equal(t, "beta", g.feeder("alpha"), "not yet")
		p.play(time.Minute)
		assert.Equal(t, "alpha", g.feeder("alpha"))
		assert.Equal(t, "World feed: alpha is well again; back to it.", g.told()[1])
		outage()
		p.play(3 * time.Minute)
		assert.Equal(t, "beta", g.feeder("alpha"), "one return in five minutes")
		p.play(3 * time.Minute)
		assert.Equal(t, "alpha", g.feeder("alpha"))
		assert.Empty(t, p.failed)
		assert.LessOrEqual(t, p.jumps(), time.Second)
	})
}

// What a user chose, and what a page reports about the picture, is not undone.
func TestTheOwnSourceDoesNotTakeOverFromAChoiceByHandOrAFrozenPicture(t *testing.T) {
	for name, sw := range map[string]spares.Switch{"by hand": {}, "frozen": {Reason: spares.ReasonFrozen}, "slate": {Reason: spares.ReasonSlate}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				alpha, beta, gamma := &feed{id: "alpha", first: 30}, &feed{id: "beta", first: 5}, &feed{id: "gamma"}
				g := newRig(t, alpha, beta, gamma)
				g.back = time.Minute
				p := g.player(only)
				p.play(20 * time.Second)
				require.NoError(t, g.spares.Switch(t.Context(), "alpha", sw))
				if sw.Reason != "" { // another page sees the same
					require.NoError(t, g.spares.Switch(t.Context(), "alpha", sw))
					assert.Contains(t, g.told()[0], "World feed: alpha shows a ")
				}
				p.play(10 * time.Minute)
				assert.Equal(t, "alpha beta", p.feeds())
			})
		})
	}
}

// Shapes that one playlist cannot have one after the other are told apart, so that a page opens the other stream by itself.
func TestAnIncompatibleSpareIsToldSoAndNotUsed(t *testing.T) {
	for name, build := range map[string]func(alpha, beta *feed){
		"fragments against MPEG-TS": func(_, beta *feed) { beta.fmp4 = true },
		"MPEG-TS against fragments": func(alpha, _ *feed) { alpha.fmp4 = true },
		"muxed against separate":    func(_, beta *feed) { beta.multi, beta.separate = true, true },
		"separate against muxed":    func(alpha, beta *feed) { alpha.multi, alpha.separate, beta.multi = true, true, true },
		"AAC against MP3": func(alpha, beta *feed) {
			alpha.multi, alpha.codecs, beta.multi, beta.codecs = true, "avc1.64001f,mp4a.40.2", true, "avc1.64001f,mp4a.40.34"
		},
		"separate against one alone": func(alpha, _ *feed) { alpha.multi, alpha.separate = true, true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				alpha, beta := &feed{id: "alpha", first: 30}, &feed{id: "beta", first: 5}
				build(alpha, beta)
				g := newRig(t, alpha, beta)
				address := only
				if alpha.multi {
					g.get("/hls/alpha/index.m3u8")
					address = "/hls/alpha/1080p-6000k/index.m3u8"
				}
				p := g.player(address)
				p.play(20 * time.Second)
				err := g.spares.Switch(t.Context(), "alpha", to("beta"))
				require.ErrorIs(t, err, spares.ErrIncompatible)
				assert.True(t, strings.HasPrefix(err.Error(), "beta cannot continue the same playlist: its "), err.Error())
				assert.Equal(t, spares.StateIncompatible, g.spares.Feed("alpha").Spares[0].State)
				alpha.set(func() { alpha.gone = true })
				p.play(20 * time.Second)
				assert.Equal(t, "alpha", p.feeds())
				assert.Empty(t, g.told())
			})
		})
	}
}

func TestASwitchToWhatCannotBePlayedIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha"}, &feed{id: "beta", gone: true}
		g := newRig(t, alpha, beta)
		p := g.player(only)
		p.play(10 * time.Second)
		require.ErrorIs(t, g.spares.Switch(t.Context(), "alpha", to("beta")), spares.ErrUnavailable)
		require.ErrorIs(t, g.spares.Switch(t.Context(), "alpha", spares.Switch{}), spares.ErrUnavailable)
		require.Error(t, g.spares.Switch(t.Context(), "alpha", to("nobody")))
		require.Error(t, g.spares.Switch(t.Context(), "alpha", spares.Switch{Reason: "boring"}))
		require.Error(t, g.spares.Switch(t.Context(), "nobody", to("beta")))
		require.NoError(t, g.spares.Switch(t.Context(), "alpha", to("")), "it already plays from its own source")
		p.play(10 * time.Second)
		assert.Equal(t, "alpha", p.feeds())
		assert.Empty(t, g.told())
	})
}

func TestSparesSetByHandAreTriedInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta, other := &feed{id: "alpha"}, &feed{id: "beta"}, &feed{id: "other", title: "Another title", first: 77}
		g := newRig(t, alpha, beta, other)
		list, err := g.spares.List("alpha")
		require.NoError(t, err)
		require.Len(t, list.Spares, 1)
		assert.False(t, list.ByHand)
		list, err = g.spares.Choose("alpha", spares.Choice{StreamIDs: []string{"other", "beta"}, BackAfter: 90})
		require.NoError(t, err)
		assert.Equal(t, "Another title", list.Spares[0].Title)
		assert.True(t, list.ByHand)
		assert.Equal(t, 90, list.BackAfter)
		for _, bad := range []spares.Choice{{StreamIDs: []string{"alpha"}}, {StreamIDs: []string{"beta", "beta"}}, {StreamIDs: []string{"nobody"}}, {BackAfter: 5}, {StreamIDs: make([]string, 21)}} {
			_, err = g.spares.Choose("alpha", bad)
			assert.Error(t, err)
		}
		g.restart()
		p := g.player(only)
		p.play(20 * time.Second)
		alpha.set(func() { alpha.gone = true })
		p.play(20 * time.Second)
		assert.Equal(t, "alpha other", p.feeds())
		list, err = g.spares.Choose("alpha", spares.Choice{})
		require.NoError(t, err)
		assert.Equal(t, "beta", list.Spares[0].StreamID, "the rules decide again")
	})
}
