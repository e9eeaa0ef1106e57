package e2e

import (
	"fmt"
	"testing"
)

// viewers is how many players play one stream at once.
const viewers = 24

func TestManyViewersOfOneStreamFetchEachSegmentOnce(t *testing.T) {
	t.Parallel()
	c := newCDN(t, 1, "world")
	c.list = c.plain()
	c.open()
	g := serve(t, newHome(t, map[string]string{"site": c.source()}), "127.0.0.1:0")
	f := newFront(t, g)
	path := g.streams(1)[0].path()
	var waits []func() *report
	for i := range viewers {
		waits = append(waits, collect(t, fmt.Sprintf("viewer %d", i+1), f.URL+path, playTime))
	}
	for _, wait := range waits {
		r := wait()
		r.judge(t, playTime, segmentTime)
		c.feeds["world"].compare(t, r)
	}
	f.judge(t)
	listings, refusals := c.counted()
	c.mu.Lock()
	defer c.mu.Unlock()
	t.Logf("the CDN sent %d segments and %d playlists, and refused %d requests; the site was asked %d times", len(c.whole), c.lists, refusals, listings)
	// The players end one after the other. If the last reader of the newest segment leaves, its download is cancelled, and
	// a player that still runs starts it again.
	newest := -1
	for segment := range c.whole {
		newest = max(newest, numberOf(t, segment))
	}
	for segment, n := range c.whole {
		if n > 1 && numberOf(t, segment) != newest {
			t.Errorf("the segment %s was fetched %d times; the newest was %d", segment, n, newest)
		}
	}
	if len(c.whole) < int(playTime/segmentTime) {
		t.Errorf("only %d segments were fetched", len(c.whole))
	}
	if listings < lives {
		t.Errorf("the site was asked only %d times: the tokens did not expire", listings)
	}
}

// numberOf reads the number of a segment that the CDN noted, such as "world 32".
func numberOf(t *testing.T, segment string) int {
	t.Helper()
	var feed string
	var n int
	if _, err := fmt.Sscan(segment, &feed, &n); err != nil {
		t.Fatalf("the segment %q: %v", segment, err)
	}
	return n
}
