package refresh

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

func TestAfterSleepSourcesRunOnceAndStaggered(t *testing.T) {
	for _, playing := range []bool{false, true} {
		bubble(t, func(r *rig) {
			r.url, r.ids = opaque, map[string][]string{}
			for i := range 8 {
				r.ids[fmt.Sprintf("site%d", i)] = []string{fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i)}
			}
		}, func(r *rig) {
			r.run()
			for _, ids := range r.ids {
				for _, id := range ids {
					r.activate(id, "tile")
				}
			}
			time.Sleep(time.Minute)
			r.lock(func() { r.offset = 3 * time.Hour })
			var players sync.WaitGroup
			if playing {
				for _, ids := range r.ids {
					for _, id := range ids {
						players.Go(func() {
							_, err := r.m.Renew(r.t.Context(), id, stream.Refusal{Generation: 1, Status: 403})
							assert.NoError(r.t, err)
						})
					}
				}
			}
			time.Sleep(30 * time.Second)
			players.Wait()
			var at []time.Time
			r.lock(func() {
				for key := range r.ids {
					require.Len(r.t, r.ran[key], 1, key)
					at = append(at, r.ran[key]...)
				}
			})
			for _, a := range r.m.Active() {
				assert.Equal(r.t, 1, a.RefreshCount, a.ID)
			}
			if playing {
				return // refused players are not delayed
			}
			slices.SortFunc(at, time.Time.Compare)
			for i := range at[1:] {
				assert.GreaterOrEqual(r.t, at[i+1].Sub(at[i]), 100*time.Millisecond)
			}
			assert.LessOrEqual(r.t, at[len(at)-1].Sub(at[0]), 10*time.Second)
		})
	}
}

func TestAfterSleepUnwatchedSourcesDoNotDelayWatchedOnes(t *testing.T) {
	bubble(t, func(r *rig) {
		r.url, r.ids = opaque, map[string][]string{}
		for i := range 40 {
			r.ids[fmt.Sprintf("site%02d", i)] = []string{fmt.Sprintf("s%02d", i)}
		}
	}, func(r *rig) {
		r.run()
		for i := range 40 {
			r.activate(fmt.Sprintf("s%02d", i), "tile")
		}
		time.Sleep(5 * time.Second)
		for i := range 38 {
			require.NoError(r.t, r.m.Deactivate(fmt.Sprintf("s%02d", i), "tile"))
		}
		time.Sleep(time.Minute)
		r.lock(func() { r.offset = 3 * time.Hour })
		time.Sleep(tick + 2*wakeGap)
		r.lock(func() {
			for _, key := range []string{"site38", "site39"} {
				assert.Len(r.t, r.ran[key], 1, "%s is watched but waits for unwatched sources", key)
			}
		})
	})
}
