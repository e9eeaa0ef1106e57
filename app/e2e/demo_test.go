package e2e

import (
	"testing"
	"time"
)

const (
	// demoLife is how long the demo's tokens live, demoSegment how long its segments are, demoFeeds how many feeds it has.
	demoLife    = 30 * time.Second
	demoSegment = 2 * time.Second
	demoFeeds   = 4
)

// New users see the demo first. All its feeds play at once for four token lives.
func TestTheDemoPlaysThroughFourTokenLives(t *testing.T) {
	t.Parallel()
	g := serve(t, newHome(t, nil), "127.0.0.1:0", "--demo")
	front := newFront(t, g)
	const wall = 4 * demoLife
	// The first segments come at once.
	const length = wall + behind*demoSegment
	var ffmpeg []func() *report
	streams := g.streams(demoFeeds)
	for _, s := range streams {
		ffmpeg = append(ffmpeg, collect(t, s.Title, front.URL+s.path(), length))
	}
	const mpvWall = 3*demoLife + demoSegment
	playMPV(t, "mpv", front.URL+streams[0].path(), mpvWall)().judge(t, mpvWall, demoSegment)
	for _, wait := range ffmpeg {
		wait().judge(t, length, demoSegment)
	}
	front.judge(t)
	for _, a := range g.active() {
		if a.Refreshes < 3 || a.LastError != "" {
			t.Errorf("%s was renewed %d times: four lives have three renewals between them (%s)", a.Title, a.Refreshes, a.LastError)
		}
	}
}
