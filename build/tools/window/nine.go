//go:build linux

package main

import (
	"errors"
	"fmt"
	"time"

	"gridwall/internal/testwindow"
)

const (
	// nine is how many tiles the wall has at most.
	nine = 9
	// settle is how long the nine tiles play before the measurement: decoders start, and buffers fill.
	settle = 20 * time.Second
	// dropLimit is how many frames may be dropped, in percent.
	dropLimit = 2
	// A full-HD window shows nine tiles of about 630×354.
	nineWidth, nineHeight = 1920, 1080
)

// nineSources are the demo three times over: its feeds are only four.
var nineSources = map[string]string{
	"demo-b": "name = \"Demo B\"\nkind = \"demo\"\n",
	"demo-c": "name = \"Demo C\"\nkind = \"demo\"\n",
}

// page evaluates JavaScript in the page of the window or of Chromium.
type page interface {
	Eval(expression string, to any) error
}

// nineTiles plays nine tiles of the demo, and prints how many of their frames were dropped.
func nineTiles(program, server, only string, long time.Duration, shot string) error {
	inWindow := func() error {
		d, err := testwindow.NewDesk(testwindow.DeskOptions{Width: nineWidth, Height: nineHeight, Panel: true})
		if err != nil {
			return err
		}
		defer d.Close()
		for name, text := range nineSources {
			if err := d.WriteSource(name, text); err != nil {
				return err
			}
		}
		g, err := d.Start(program, "--demo")
		if err != nil {
			return err
		}
		p, err := g.Page()
		if err != nil {
			return err
		}
		if err := d.Fill(testwindow.Title); err != nil {
			return err
		}
		err = countDrops("window", p, long)
		if shot != "" {
			err = errors.Join(err, d.Screenshot(shot))
		}
		return errors.Join(err, end(d, g))
	}
	inChromium := func() error {
		p, end, err := openChromium(server)
		if err != nil {
			return err
		}
		defer end()
		return countDrops("Chromium", p, long)
	}
	var bad error
	if only != "window" {
		bad = inChromium()
	}
	if only != "chromium" {
		bad = errors.Join(bad, inWindow())
	}
	return bad
}

// drops is what the page counts for one tile.
type drops struct {
	Title           string
	Frames, Dropped int
	Height          int
	// Played is how far its time advanced, in s.
	Played float64
	// Still is the longest time without progress, in ms.
	Still float64
}

// openNine opens the first nine feeds in a layout of three by three without the list of feeds.
const openNine = `(async () => {
	const until = async (what) => { for (let i = 0; i < 300 && !what(); i++) await new Promise((r) => setTimeout(r, 100)); return what() }
	location.hash = '#/watch'
	const buttons = () => [...document.querySelectorAll('button[aria-label^="Watch "]')]
	if (!(await until(() => buttons().length >= 9))) return buttons().length + ' feeds'
	for (const b of buttons().slice(0, 9)) b.click()
	if (!(await until(() => document.querySelectorAll('[role=group][data-number] video').length === 9))) return 'not nine tiles'
	const layouts = document.querySelector('#layouts-button')
	layouts.click()
	if (!(await until(() => document.querySelector('[aria-label="Layout 3x3"]')))) return 'no layout 3x3'
	document.querySelector('[aria-label="Layout 3x3"]').click()
	layouts.click()
	document.querySelector('[aria-label="Feed list"]').click()
	return ''
})()`

// count makes the page count once a second, so that counters that begin again, as WebKit's do after a seek, lose little.
const count = `(() => {
	const tiles = [...document.querySelectorAll('[role=group][data-number]')].map((tile) => ({ tile, Title: tile.getAttribute('aria-label'), Frames: 0, Dropped: 0, Height: 0, Played: 0, Still: 0 }))
	window.gridwallDrops = tiles
	const began = performance.now()
	setInterval(() => {
		for (const t of tiles) {
			const v = t.tile.querySelector('video')
			if (!v) continue
			const q = v.getVideoPlaybackQuality()
			const now = { frames: q.totalVideoFrames, dropped: q.droppedVideoFrames, time: v.currentTime, at: performance.now() }
			const last = t.last ?? now
			const again = now.frames < last.frames || now.dropped < last.dropped
			t.Frames += again ? now.frames : now.frames - last.frames
			t.Dropped += again ? now.dropped : now.dropped - last.dropped
			t.Height = v.videoHeight
			t.Played += Math.max(0, now.time - last.time)
			if (now.time === last.time) { now.at = last.at; t.Still = Math.max(t.Still, performance.now() - last.at) }
			t.last = now
		}
	}, 1000)
	return began
})()`

const counted = `window.gridwallDrops.map(({ Title, Frames, Dropped, Height, Played, Still }) => ({ Title, Frames, Dropped, Height, Played, Still }))`

// countDrops opens nine tiles, and prints how many frames each drops. It returns an error if they are too many, or a tile stands still.
func countDrops(where string, p page, long time.Duration) error {
	var wrong string
	if err := p.Eval(openNine, &wrong); err != nil || wrong != "" {
		return errors.Join(err, fmt.Errorf("%s: the wall does not open: %s", where, wrong))
	}
	time.Sleep(settle)
	if err := p.Eval(count, nil); err != nil {
		return err
	}
	time.Sleep(long)
	var all []drops
	if err := p.Eval(counted, &all); err != nil {
		return err
	}
	fmt.Printf("%s: %d tiles for %s\n", where, len(all), long)
	frames, dropped := 0, 0
	var bad error
	for i, t := range all {
		fmt.Printf("  %d %-20s %4dp %6.1f s played, %6d frames counted, %5.2f %% dropped, still for %4.1f s at most\n",
			i+1, t.Title, t.Height, t.Played, t.Frames, percent(t.Dropped, t.Frames), t.Still/1000)
		frames, dropped = frames+t.Frames, dropped+t.Dropped
		if t.Played < 0.95*long.Seconds() {
			bad = errors.Join(bad, fmt.Errorf("%s: %s played %.1f s of %.0f", where, t.Title, t.Played, long.Seconds()))
		}
	}
	all9 := percent(dropped, frames)
	fmt.Printf("  together %d frames, %.2f %% dropped\n", frames, all9)
	if all9 >= dropLimit || len(all) != nine {
		bad = errors.Join(bad, fmt.Errorf("%s: %.2f %% of the frames of %d tiles were dropped; the limit is %d %%", where, all9, len(all), dropLimit))
	}
	return bad
}

func percent(part, all int) float64 { return 100 * float64(part) / float64(max(all, 1)) }
