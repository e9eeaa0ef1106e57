package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The reports must show what a viewer would notice, or the tests here prove nothing. These CDNs are played directly, without
// Gridwall.
func TestThePlayersSeeWhatAViewerWouldSee(t *testing.T) {
	t.Parallel()
	const length = 12 * time.Second
	// far is how many segments after its first one a player meets the fault: it has shown something by then, however
	// late it began.
	const far = behind + 2
	for name, tc := range map[string]struct {
		set   func(c *cdn)
		fault func(r *report) bool
	}{
		"nothing, where nothing is wrong": {func(*cdn) {}, nil},
		"a token that expires": {
			func(c *cdn) { c.permit = c.byToken },
			// The token may have expired before the player started; then there is no packet at all.
			func(r *report) bool {
				return len(r.lines) > 0 && (len(r.streams) == 0 || r.streams[0].played < length-segmentTime)
			},
		},
		"a missing segment": {
			func(c *cdn) {
				since := sinceFirst()
				c.permit = func(a asked) bool { return since(a) != far }
			},
			func(r *report) bool {
				return len(r.lines) > 0 && len(r.streams) == 2 && r.streams[0].gaps == 1 && r.streams[1].gaps == 1
			},
		},
		"a standstill": {
			func(c *cdn) {
				var met atomic.Bool
				since := sinceFirst()
				c.permit = func(a asked) bool {
					if since(a) == far && !met.Swap(true) {
						select {
						case <-time.After(6 * time.Second):
						case <-a.Context().Done():
						}
					}
					return true
				}
			},
			func(r *report) bool { return r.silence > 5*time.Second && r.late > segmentTime },
		},
		"numbers that jump": {
			func(c *cdn) {
				var jumps atomic.Bool
				since := sinceFirst()
				c.permit = func(a asked) bool {
					if since(a) == far {
						jumps.Store(true)
					}
					return true
				}
				c.number = func(int) int {
					if jumps.Load() {
						return 1000
					}
					return 0
				}
			},
			func(r *report) bool { return len(r.lines) > 0 },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCDN(t, 1, "world")
			c.permit = func(asked) bool { return true }
			address := c.address(0, "live", "world", "index.m3u8")
			tc.set(c)
			c.open()
			r := play(t, name, address, length)
			t.Log(r)
			faults := r.faults(length, segmentTime)
			t.Logf("%q", faults)
			switch {
			case tc.fault == nil:
				r.judge(t, length, segmentTime)
				c.feeds["world"].compare(t, r)
			case len(faults) == 0 || !tc.fault(r):
				t.Errorf("it was not seen: %s", r)
			}
		})
	}
	t.Run("in mpv", func(t *testing.T) {
		t.Parallel()
		c := newCDN(t, 1, "world")
		c.refuse = http.NotFound
		c.open()
		r := playMPV(t, "mpv", c.address(0, "live", "world", "index.m3u8"), length)()
		if faults := r.faults(length, segmentTime); len(r.lines) == 0 || len(faults) <= len(r.lines) {
			t.Errorf("mpv noticed no more than %q", faults)
		}
	})
}

// sinceFirst returns what counts the segments of one feed from the first that a player asks for: that one is 0; what
// is not a segment is -1.
func sinceFirst() func(a asked) int {
	var mu sync.Mutex
	first := -1
	return func(a asked) int {
		var n int
		if _, err := fmt.Sscanf(a.leaf, "seg%d.ts", &n); err != nil {
			return -1
		}
		mu.Lock()
		defer mu.Unlock()
		if first < 0 {
			first = n
		}
		return n - first
	}
}
