//go:build linux

package testwindow

import "fmt"

// Tally sums up how a tile has played over many observations.
type Tally struct {
	Last Picture
	// Played is how far its playback time advanced, in seconds.
	Played float64
	// Frames is the number of frames shown, and Dropped of frames not shown, as counted by the webview.
	Frames, Dropped int
	// Restarts is how often the webview's counters were reset: by a seek, a change of speed, or a new pipeline.
	Restarts int
	// Stills is how often it had not moved since the previous observation.
	Stills int
}

// Tallies holds one for each tile, by its title.
type Tallies map[string]*Tally

// Look adds an observation of the n tiles of the page. Observations should be about a second apart, because counts between
// an observation and a reset are lost.
func (all Tallies) Look(p *Page, n int) error {
	pictures, err := p.Pictures()
	if err != nil {
		return err
	}
	return all.Add(pictures, n)
}

// Add adds one such observation.
func (all Tallies) Add(pictures []Picture, n int) error {
	if len(pictures) != n {
		return fmt.Errorf("there are %d tiles, not %d", len(pictures), n)
	}
	for _, now := range pictures {
		t := all[now.Title]
		if t == nil {
			all[now.Title] = &Tally{Last: now}
			continue
		}
		frames, dropped := now.Frames-t.Last.Frames, now.Dropped-t.Last.Dropped
		if frames < 0 || dropped < 0 {
			t.Restarts++
			frames, dropped = now.Frames, now.Dropped
		}
		t.Frames += frames
		t.Dropped += dropped
		if moved := now.Time - t.Last.Time; moved > 0 {
			t.Played += moved
		} else {
			t.Stills++
		}
		t.Last = now
	}
	return nil
}

func (t *Tally) String() string {
	return fmt.Sprintf("%-20s %4d×%-4d %7.1f s played, %6d frames, %d dropped, %d times still, counters began again %d times",
		t.Last.Title, t.Last.Width, t.Last.Height, t.Played, t.Frames, t.Dropped, t.Stills, t.Restarts)
}
