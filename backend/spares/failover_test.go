package spares_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const only = "/hls/alpha/main/index.m3u8"

// A source that dies in mid-play: the playlist of the same address goes on with the spare, whatever its shape.
func TestASpareTakesOverWhenTheFirstSourceFails(t *testing.T) {
	kills := map[string]func(f *feed){
		"host gone": func(f *feed) { f.gone = true },
		"frozen":    func(f *feed) { f.frozen = time.Now() },
		"hangs":     func(f *feed) { f.hangs = true },
		"broken":    func(f *feed) { f.broken = true },
	}
	shapes := map[string]func(alpha, beta *feed){
		"other numbering":         func(_, beta *feed) { beta.first = 7000 },
		"smaller numbers":         func(alpha, beta *feed) { alpha.first = 900_000 },
		"longer segments":         func(_, beta *feed) { beta.segment = 4 * time.Second },
		"shorter segments":        func(alpha, beta *feed) { alpha.segment, beta.segment = 6*time.Second, 2*time.Second },
		"a later spare":           func(_, beta *feed) { beta.lag = 5 * time.Second },
		"an earlier spare":        func(alpha, _ *feed) { alpha.lag = 5 * time.Second },
		"fragments":               func(alpha, beta *feed) { alpha.fmp4, beta.fmp4 = true, true },
		"keys":                    func(_, beta *feed) { beta.keyed = true },
		"a short window":          func(_, beta *feed) { beta.window = 3 },
		"a multivariant playlist": func(_, beta *feed) { beta.multi = true },
	}
	for how, kill := range kills {
		for shape, build := range shapes {
			if (how == "hangs" || how == "broken") && shape != "shorter segments" && shape != "other numbering" {
				continue
			}
			t.Run(how+", "+shape, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					alpha, beta := &feed{id: "alpha", first: 100}, &feed{id: "beta", first: 100}
					build(alpha, beta)
					g := newRig(t, alpha, beta)
					p := g.player(only)
					p.play(20 * time.Second)
					assert.Equal(t, "alpha", p.feeds())
					alpha.set(func() { kill(alpha) })
					p.play(60 * time.Second)
					assert.Equal(t, "alpha beta", p.feeds())
					assert.Len(t, p.discontinuities(), 1)
					longest := max(alpha.segment, beta.segment)
					assert.LessOrEqual(t, p.jumps(), longest/2+time.Millisecond, "the date times continue within a segment")
					assert.LessOrEqual(t, p.still, 3*alpha.segment+beta.lag+beta.segment, "a player has at least three segments")
					assert.Empty(t, p.failed)
					assert.Len(t, g.told(), 1)
				})
			})
		}
	}
}

func TestASpareTakesOverWhenTheSegmentsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha"}, &feed{id: "beta", first: 50}
		g := newRig(t, alpha, beta)
		p := g.player(only)
		p.play(20 * time.Second)
		alpha.set(func() { alpha.refuses = true })
		p.play(30 * time.Second)
		assert.Equal(t, "alpha beta", p.feeds())
		assert.Len(t, p.discontinuities(), 1)
		assert.Equal(t, []string{"World feed: alpha refuses its segments; going on with beta."}, g.told())
	})
}

// While all is well, the spare costs its playlists, and no segment.
func TestAWarmSpareCostsOnlyItsPlaylists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta, gamma := &feed{id: "alpha"}, &feed{id: "beta"}, &feed{id: "gamma"}
		g := newRig(t, alpha, beta, gamma)
		p := g.player(only)
		p.play(time.Minute)
		assert.Empty(t, g.told())
		assert.InDelta(t, 30, beta.count(".m3u8"), 5, "one every target duration")
		assert.Zero(t, beta.count(".ts"))
		assert.Zero(t, gamma.count(""), "only one spare is warm")
		assert.Equal(t, map[string]bool{"beta spare-of-alpha": true}, g.known.held())
		time.Sleep(time.Minute)
		before := beta.count("")
		time.Sleep(time.Minute)
		assert.Equal(t, before, beta.count(""), "nobody plays any more")
		assert.Empty(t, g.known.held())
	})
}

func TestAStreamWithoutSparesIsServedAsBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha := &feed{id: "alpha"}
		g := newRig(t, alpha)
		p := g.player(only)
		p.play(10 * time.Second)
		assert.Nil(t, g.spares.Feed("alpha"))
		assert.Nil(t, g.spares.Channel("alpha", true))
	})
}

func TestTheNextSpareTakesOverWhenTheFirstFailsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta, gamma := &feed{id: "alpha"}, &feed{id: "beta", first: 50}, &feed{id: "gamma", first: 9}
		g := newRig(t, alpha, beta, gamma)
		p := g.player(only)
		p.play(20 * time.Second)
		alpha.set(func() { alpha.gone = true })
		p.play(40 * time.Second)
		beta.set(func() { beta.frozen = time.Now() })
		p.play(60 * time.Second)
		assert.Equal(t, "alpha beta gamma", p.feeds())
		alpha.set(func() { alpha.gone = false })
		p.play(30 * time.Second)
		gamma.set(func() { gamma.gone = true })
		p.play(60 * time.Second)
		assert.Equal(t, "alpha beta gamma alpha", p.feeds(), "its own source is the first to be tried, once it is well again")
		assert.Len(t, p.discontinuities(), 3)
		assert.LessOrEqual(t, p.jumps(), time.Second)
		assert.Empty(t, p.failed)
	})
}

// With nothing left to play from, players get the errors that they would get without spares, and go on once something plays again.
func TestWithAllSourcesDeadPlayersGetTheError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha"}, &feed{id: "beta", first: 50}
		g := newRig(t, alpha, beta)
		p := g.player(only)
		p.play(20 * time.Second)
		for _, f := range []*feed{alpha, beta} {
			f.set(func() { f.gone = true })
		}
		p.play(30 * time.Second)
		status, body := g.get(only)
		assert.Equal(t, http.StatusBadGateway, status, body)
		assert.Empty(t, g.told())
		beta.set(func() { beta.gone = false })
		p.play(time.Minute)
		assert.Equal(t, "alpha beta", p.feeds())
	})
}

// A stream whose own source is dead from the start plays from its spare, with its multivariant playlist.
func TestAPlayerThatComesWhileTheSourceIsDeadGetsTheSpare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha", multi: true, gone: true}, &feed{id: "beta", multi: true}
		g := newRig(t, alpha, beta)
		status, root := g.get("/hls/alpha/index.m3u8")
		require.Equal(t, http.StatusOK, status, root)
		require.Contains(t, root, "1080p-6000k/index.m3u8")
		p := g.player("/hls/alpha/1080p-6000k/index.m3u8")
		p.play(20 * time.Second)
		assert.Equal(t, "beta", p.feeds())
	})
}

// Players change the quality after the switch as before: the numbers and the discontinuities of the variants agree.
func TestVariantsAndSoundGoOnTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha", multi: true, separate: true, fmp4: true, first: 30}, &feed{id: "beta", multi: true, separate: true, fmp4: true, first: 5}
		g := newRig(t, alpha, beta)
		_, root := g.get("/hls/alpha/index.m3u8")
		require.Contains(t, root, "audio-en/index.m3u8")
		high, sound := g.player("/hls/alpha/1080p-6000k/index.m3u8"), g.player("/hls/alpha/audio-en/index.m3u8")
		both := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(time.Second) {
				high.reload()
				sound.reload()
			}
		}
		both(20 * time.Second)
		alpha.set(func() { alpha.gone = true })
		both(30 * time.Second)
		for _, p := range []*player{high, sound} {
			assert.Equal(t, "alpha beta", p.feeds())
			assert.Empty(t, p.failed)
		}
		assert.Equal(t, high.discontinuities(), sound.discontinuities())
		assert.Contains(t, high.content[high.order[len(high.order)-1]], "beta high")
		assert.Contains(t, sound.content[sound.order[len(sound.order)-1]], "beta sound")
		low := g.player("/hls/alpha/720p-2000k/index.m3u8")
		low.play(10 * time.Second)
		msn := low.order[len(low.order)-1]
		assert.True(t, strings.HasPrefix(low.content[msn], "beta low"), low.content[msn])
		high.reload()
		assert.True(t, low.seen[msn].pdt.Equal(high.seen[msn].pdt), "one number, one time")
		assert.Equal(t, high.seen[msn].disc, low.seen[msn].disc)
	})
}

func TestASpareWithoutACommonDateTimeGoesOnAtItsLiveEdge(t *testing.T) {
	for name, build := range map[string]func(alpha, beta *feed){
		"neither has dates":    func(alpha, beta *feed) { alpha.undated, beta.undated = true, true },
		"the spare has none":   func(_, beta *feed) { beta.undated = true },
		"runs backwards":       func(_, beta *feed) { beta.backwards = true },
		"the first backwards":  func(alpha, _ *feed) { alpha.backwards = true },
		"off by hours":         func(_, beta *feed) { beta.ahead = 3 * time.Hour },
		"hours behind":         func(_, beta *feed) { beta.ahead = -3 * time.Hour },
		"a minute late":        func(_, beta *feed) { beta.lag = time.Minute },
		"its dates are a year": func(_, beta *feed) { beta.ahead = 365 * 24 * time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				alpha, beta := &feed{id: "alpha"}, &feed{id: "beta", first: 50}
				build(alpha, beta)
				g := newRig(t, alpha, beta)
				p := g.player(only)
				p.play(20 * time.Second)
				alpha.set(func() { alpha.gone = true })
				p.play(20 * time.Second)
				assert.Equal(t, "alpha beta", p.feeds())
				assert.Len(t, p.discontinuities(), 1)
				assert.LessOrEqual(t, p.still, 3*alpha.segment)
				assert.Contains(t, g.spares.Feed("alpha").Why, "at its live edge")
			})
		})
	}
}

// The time-shift buffer of the first source stays before the segments of the spare.
func TestThePlayerCanStillGoBackAfterTheSwitch(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha", first: 30}, &feed{id: "beta", first: 5}
		g := newRig(t, alpha, beta)
		g.stop()
		g.rewind = dir
		g.start()
		p := g.player(only)
		p.play(time.Minute)
		assert.Zero(t, beta.count(".ts"), "the spare is warm, but not recorded")
		alpha.set(func() { alpha.gone = true })
		p.play(time.Minute)
		assert.Equal(t, "alpha beta", p.feeds())
		assert.Equal(t, p.order[0], p.first, "nothing has left the window")
		for _, msn := range p.order {
			s := p.seen[msn]
			status, _ := g.get(p.resolve(s.uri))
			require.Equal(t, http.StatusOK, status, s.uri)
		}
		p.play(10 * time.Minute)
		assert.Greater(t, p.first, p.order[0]+100, "after its length, segments leave")
	})
}

// A request for a rendition that the stream does not have, such as one of a crawler, is no sign of trouble.
func TestAnUnknownRenditionIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alpha, beta := &feed{id: "alpha", multi: true}, &feed{id: "beta", multi: true}
		g := newRig(t, alpha, beta)
		g.get("/hls/alpha/index.m3u8")
		p := g.player("/hls/alpha/1080p-6000k/index.m3u8")
		for range 20 {
			p.play(2 * time.Second)
			for _, name := range []string{"main", "nothing", "subtitles-en"} {
				status, _ := g.get("/hls/alpha/" + name + "/index.m3u8")
				assert.Equal(t, http.StatusNotFound, status)
			}
			status, _ := g.get("/hls/alpha/1080p-6000k/3.ts")
			assert.Equal(t, http.StatusNotFound, status)
		}
		assert.Empty(t, g.told())
		require.NoError(t, g.spares.Switch(t.Context(), "alpha", to("beta")))
		p.play(4 * time.Second)
		status, _ := g.get("/hls/alpha/nothing/index.m3u8")
		assert.Equal(t, http.StatusNotFound, status)
		p.play(20 * time.Second)
		assert.Equal(t, "alpha beta", p.feeds())
	})
}
