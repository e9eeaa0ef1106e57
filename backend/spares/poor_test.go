package spares_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/spares"
)

// A spare whose playlist has ended would end the feed for its players.
func TestASpareThatHasEndedDoesNotTakeOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha", first: 30}, &feed{id: "beta", first: 5}
		g := newRig(t, alpha, beta)
		beta.set(func() { beta.over, beta.frozen = true, time.Now() })
		p := g.player(only)
		p.play(20 * time.Second)
		require.ErrorIs(t, g.spares.Switch(t.Context(), "alpha", to("beta")), spares.ErrUnavailable)
		alpha.set(func() { alpha.broken = true })
		p.play(15 * time.Second)
		assert.Equal(t, "alpha", g.feeder("alpha"))
		alpha.set(func() { alpha.broken = false })
		p.play(15 * time.Second)
		assert.Equal(t, "alpha", p.feeds())
		_, text := g.get(only)
		assert.NotContains(t, text, "#EXT-X-ENDLIST")
	})
}

// fedByBeta plays a stream that a user has switched to its spare.
func fedByBeta(t *testing.T) (alpha, beta *feed, g *rig, p *player) {
	t.Helper()
	alpha, beta = &feed{id: "alpha", first: 30}, &feed{id: "beta", first: 5}
	g = newRig(t, alpha, beta)
	p = g.player(only)
	p.play(20 * time.Second)
	require.NoError(t, g.spares.Switch(t.Context(), "alpha", to("beta")))
	p.play(20 * time.Second)
	return alpha, beta, g, p
}

// A spare that ends while it feeds is left like one that fails, and players are not told that all is over.
func TestASpareThatEndsIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, beta, g, p := fedByBeta(t)
		beta.set(func() { beta.over, beta.frozen = true, time.Now() })
		for range 20 {
			p.play(time.Second)
			_, text := g.get(only)
			require.NotContains(t, text, "#EXT-X-ENDLIST")
		}
		assert.Equal(t, "alpha beta alpha", p.feeds())
		assert.Contains(t, g.told(), "World feed: beta has ended; going on with alpha.")
		assert.LessOrEqual(t, p.still, 6*time.Second)
	})
}

func TestAFeedThatHasEndedEverywhereEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta, g, p := fedByBeta(t)
		for _, f := range []*feed{alpha, beta} {
			f.set(func() { f.over, f.frozen = true, time.Now() })
		}
		p.play(30 * time.Second)
		_, text := g.get(only)
		assert.Contains(t, text, "#EXT-X-ENDLIST")
	})
}

// What a spare declares of itself does not make players wait for its time to come.
func TestASpareThatIsFarBehindGoesOnAtItsLiveEdge(t *testing.T) {
	for name, build := range map[string]func(beta *feed){
		"ten minutes, declared target 9999 s": func(beta *feed) { beta.ahead, beta.target = -10*time.Minute, 9999 },
		"45 s, segments of 20 s":              func(beta *feed) { beta.ahead, beta.segment = -45*time.Second, 20*time.Second },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				alpha, beta := &feed{id: "alpha", first: 30}, &feed{id: "beta", first: 5}
				build(beta)
				g := newRig(t, alpha, beta)
				p := g.player(only)
				p.play(20 * time.Second)
				alpha.set(func() { alpha.broken = true })
				for range 60 { // a player that believes the declared target duration would hardly come again
					p.reload()
					time.Sleep(time.Second)
				}
				assert.Equal(t, "alpha beta", p.feeds())
				assert.LessOrEqual(t, p.still, 45*time.Second)
			})
		})
	}
}

// If all refuse their segments although their playlists advance, the feed does not change from one to the next for ever.
func TestSparesThatAllFailAreTriedLessAndLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feeds := []*feed{{id: "alpha", first: 30}, {id: "beta", first: 5}, {id: "gamma", first: 700}}
		g := newRig(t, feeds...)
		p := g.player(only)
		p.play(20 * time.Second)
		for _, f := range feeds {
			f.set(func() { f.refuses = true })
		}
		p.play(5 * time.Minute)
		assert.LessOrEqual(t, len(g.told()), 15)
		feeds[0].set(func() { feeds[0].refuses = false })
		before := len(p.order)
		p.play(6 * time.Minute)
		assert.Contains(t, p.content[p.order[len(p.order)-1]], "alpha", "it finds the one that is well again")
		assert.Greater(t, len(p.order), before)
	})
}
