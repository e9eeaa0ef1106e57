package e2e

import (
	"strings"
	"testing"
	"time"

	"gridwall/internal/testserver"
)

// sourceOf opens a CDN with the feed world, whose every request is permitted, and returns the file of its source.
func sourceOf(c *cdn) string {
	c.permit = func(asked) bool { return true }
	c.list = func(int) []entry {
		return []entry{{URL: c.address(0, "live", "world", "index.m3u8"), Title: "World feed", Quality: "180p"}}
	}
	c.open()
	return c.source()
}

// The first of two sources dies in mid-play. ffmpeg on the same address goes on with the other at the same time: the packets are those
// of one unbroken feed, and it never waits longer than a segment.
func TestPlaybackGoesOnWithTheSpareWhenTheFirstSourceIsKilled(t *testing.T) {
	t.Parallel()
	const length = 40 * time.Second
	alpha, beta := newCDN(t, 1, "world"), newCDN(t, 1, "world")
	beta.number = func(int) int { return 7000 }
	h := testserver.NewHome(t, "[refresh]\ninterval = \"1h\"\n"+testserver.Quiet+"[[rule]]\ntitles = [\"world\"]\nspare = true\n",
		map[string]string{"alpha": sourceOf(alpha), "beta": sourceOf(beta)})
	g := serve(t, h, "127.0.0.1:0")
	var first listed
	for _, s := range g.streams(2) {
		if s.SiteKey == "alpha" {
			first = s
		}
	}
	wait := collect(t, "across the kill", g.url+first.path(), length)
	time.Sleep(12 * time.Second)
	_ = alpha.servers[0].Listener.Close()
	alpha.servers[0].CloseClientConnections()
	killed := time.Now()
	until(t, "the spare", func() bool {
		_, list := g.get(first.path())
		return strings.Contains(list, "#EXT-X-DISCONTINUITY\n")
	})
	t.Logf("the playlist goes on with the spare %s after the kill", time.Since(killed).Round(time.Millisecond))
	r := wait()
	r.judge(t, length, segmentTime)
	alpha.feeds["world"].compare(t, r)
}
