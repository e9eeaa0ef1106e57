package spares_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/spares"
)

// Whatever fails in whatever order, with switches by hand and restarts in between: a number always means the same segment, none is
// left out, and discontinuities stay where they are. The player checks that at each reload.
func TestNumbersHoldWhateverFailsAndWhoeverSwitches(t *testing.T) {
	for seed := range uint64(6) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			var feeds []*feed
			for _, id := range []string{"alpha", "beta", "gamma"} {
				feeds = append(feeds, &feed{id: id, first: r.IntN(10_000), segment: time.Duration(1+r.IntN(5)) * time.Second, window: 4 + r.IntN(6),
					lag: time.Duration(r.IntN(4)) * time.Second, keyed: r.IntN(3) == 0, undated: r.IntN(6) == 0, multi: id != "alpha" && r.IntN(3) == 0})
			}
			g := newRig(t, feeds...)
			g.back = time.Duration(r.IntN(2)) * time.Minute
			p := g.player(only)
			p.play(15 * time.Second)
			for range 15 {
				f := feeds[r.IntN(3)]
				switch r.IntN(6) {
				case 0:
					f.set(func() { f.gone = !f.gone })
				case 1:
					f.set(func() {
						if f.frozen.IsZero() {
							f.frozen = time.Now()
						} else {
							f.frozen = time.Time{}
						}
					})
				case 2:
					f.set(func() { f.refuses = !f.refuses })
				case 3:
					_ = g.spares.Switch(t.Context(), "alpha", spares.Switch{})
				case 4:
					_ = g.spares.Switch(t.Context(), "alpha", to(f.id))
				case 5:
					g.restart()
				}
				p.play(time.Duration(5+r.IntN(60)) * time.Second)
			}
			for _, f := range feeds {
				f.set(func() { f.gone, f.frozen, f.refuses = false, time.Time{}, false })
			}
			n := len(p.order)
			p.play(time.Minute)
			require.Greater(t, len(p.order), n, "seed %d: it plays again once all sources are well", seed)
			assert.NotEmpty(t, p.content[p.order[len(p.order)-1]])
		})
	}
}
