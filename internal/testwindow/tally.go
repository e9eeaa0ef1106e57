//go:build linux

package testwindow

import "fmt"

// Tally is how a tile has played, over many looks at it.
type Tally struct {
	Last Picture
	// Played is how much of its time line went by, in seconds.
	Played float64
	// Frames were shown, and Dropped were not, as far as the webview counts.
	Frames, Dropped int
	// Restarts is how often the webview's counters began again: after a seek, a change of the speed, a new pipeline.
	Restarts int
	// Stills is how often it had not moved since the look before.
	Stills int
}

// Tallies holds one for each tile, by its title.
type Tallies map[string]*Tally

// Look adds what the n tiles of the page show now. Looks ought to be a second or so apart: what was counted between a
// look and a restart is lost.
func (all Tallies) Look(p *Page, n int) error {
	pictures, err := p.Pictures()
	if err != nil {
		return err
	}
	return all.Add(pictures, n)
}

// Add adds one such look.
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
