package e2e

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/codedfeed"
	"gridwall/internal/testorigin"
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

// A spare that is encoded otherwise, with other timestamps and numbers, follows behind one discontinuity, and nothing else is missing.
func TestPlaybackGoesOnWithASpareOfAnotherResolution(t *testing.T) {
	t.Parallel()
	const length = 40 * time.Second
	first, err := codedfeed.New(codedfeed.Latencies(2)...)
	require.NoError(t, err)
	mortal := testorigin.NewMortal(first)
	site := httptest.NewServer(mortal)
	kill := sync.OnceFunc(func() {
		site.CloseClientConnections()
		site.Close()
		first.Close()
	})
	t.Cleanup(kill)
	other := codedfeed.Latencies(2)
	other[0].Form, other[0].First = codedfeed.Other, 900_000
	_, url := codedfeed.Start(t, other...)
	h := testserver.NewHome(t, "[refresh]\ninterval = \"1h\"\n"+testserver.Quiet+"[[rule]]\ntitles = [\"coded\"]\nspare = true\n",
		map[string]string{"alpha": codedfeed.Source(site.URL, 5*time.Minute), "beta": codedfeed.Source(url, 5*time.Minute)})
	g := serve(t, h, "127.0.0.1:0")
	var path string
	for _, s := range g.streams(2) {
		if s.SiteKey == "alpha" {
			path = s.path()
		}
	}
	wait := collect(t, "across the kill", g.url+path, length)
	time.Sleep(12 * time.Second)
	require.NoError(t, mortal.Die(patience))
	kill()
	until(t, "the spare", func() bool {
		_, active := g.get("/api/v1/active")
		return strings.Contains(active, "going on with beta")
	})
	r := wait()
	t.Log(r)
	require.Len(t, r.streams, 2)
	for i := range r.streams {
		assert.LessOrEqual(t, r.jumps(i), 1, "stream %d: its timestamps go on except at the discontinuity", i)
	}
	assert.Less(t, r.late, codedfeed.SegmentTime, "how long a player stands still")
	var played time.Duration
	for _, p := range r.packets {
		if p.stream == 0 {
			played += p.ends - p.begins
		}
	}
	assert.InDelta(t, length.Seconds(), played.Seconds(), 2*codedfeed.SegmentTime.Seconds(), "what was played")
}

// jumps counts the places where the timestamps of a stream go back, or further than any packet lasts. ffmpeg keeps the sample rate of
// the first segments, so the durations of later packets are not right.
func (r *report) jumps(stream int) (n int) {
	const longest = 200 * time.Millisecond
	var last time.Duration
	seen := false
	for _, p := range r.packets {
		if p.stream != stream {
			continue
		}
		if d := p.begins - last; seen && (d <= 0 || d > longest) {
			n++
		}
		last, seen = p.begins, true
	}
	return n
}
