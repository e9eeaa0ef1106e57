//go:build linux

package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gridwall/internal/testwindow"
)

const (
	// warmUp is how long it plays before its memory is first measured, while decoders and buffers fill.
	warmUp = 3 * time.Minute
	// config limits the segment cache so that it is full after the warm-up. Otherwise its growth would continue during the
	// measurement and hide a leak of the same size.
	config = "[proxy]\ncache = \"16MiB\"\n"
	// growthLimit is how much memory use may grow, in percent.
	growthLimit = 10
	// recordInterval is how often the page records its pictures, and reportInterval how often the memory is printed.
	recordInterval = 2 * time.Second
	reportInterval = 5 * time.Minute
)

// soak plays the demo in four tiles of 720p each, and compares the memory at the start and at the end.
func soak(program string, long time.Duration, shot string) error {
	// Large enough that each of the four tiles plays the 720p variant.
	d, err := testwindow.NewDesk(testwindow.DeskOptions{Width: 1800, Height: 1080, Panel: true})
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Configure(config); err != nil {
		return err
	}
	g, err := d.Start(program, "--demo", "--live")
	if err != nil {
		return err
	}
	p, err := fourLarge(d, g)
	if err != nil {
		return err
	}
	if err := p.Record(recordInterval); err != nil {
		return err
	}
	tiles := testwindow.Tallies{}
	// collect adds the page's records to tiles, and disconnects from the page.
	collect := func() error {
		p, err := g.Page()
		if err != nil {
			return err
		}
		defer g.Leave()
		looks, err := p.Recorded()
		for _, look := range looks {
			err = errors.Join(err, tiles.Add(look, feeds))
		}
		return err
	}
	g.Leave()
	time.Sleep(warmUp)
	if err := collect(); err != nil {
		return err
	}
	clear(tiles) // the measurement starts now
	start, err := report("start", g)
	if err != nil {
		return err
	}
	last, began := start, time.Now()
	for left := long; left > 0; left = long - time.Since(began) {
		time.Sleep(min(reportInterval, left))
		when := time.Since(began).Round(time.Second)
		if last, err = report(when.String(), g); err != nil {
			return err
		}
		if err := collect(); err != nil {
			return fmt.Errorf("after %s: %w\n%s", when, err, g.Log())
		}
	}
	bad := judge(g, tiles, time.Since(began))
	if shot != "" {
		bad = errors.Join(bad, d.Screenshot(shot))
	}
	growth := 100 * float64(last-start) / float64(start)
	fmt.Printf("growth in %s: %+.1f %%\n", long, growth)
	if growth >= growthLimit {
		bad = errors.Join(bad, fmt.Errorf("memory use grew by %.1f %%; the limit is %d %%", growth, growthLimit))
	}
	return errors.Join(bad, end(d, g))
}

// fourLarge makes the wall show four tiles of the same size, and waits until each plays 720p.
func fourLarge(d *testwindow.Desk, g *testwindow.Gridwall) (*testwindow.Page, error) {
	p, err := g.Page()
	if err != nil {
		return nil, err
	}
	if _, err := p.Playing(feeds, playWait); err != nil {
		return nil, err
	}
	if err := d.Fill(testwindow.Title); err != nil {
		return nil, err
	}
	// Hide the list of feeds to make room for the pictures.
	for _, button := range []string{"#layouts-button", `[aria-label="Layout 2x2"]`, "#layouts-button", `[aria-label="Feed list"]`} {
		if err := p.Eval(fmt.Sprintf(`document.querySelector(%q).click()`, button), nil); err != nil {
			return nil, err
		}
	}
	return p, testwindow.Until("four pictures of 720p", playWait, func() (bool, error) {
		all, err := p.Pictures()
		return err == nil && len(all) == feeds && !slices.ContainsFunc(all, func(one testwindow.Picture) bool { return one.Height != 720 }), err
	})
}

// judge prints how the tiles have played. It returns an error for each that has stopped or played too little.
func judge(g *testwindow.Gridwall, tiles testwindow.Tallies, long time.Duration) (bad error) {
	p, err := g.Page()
	if err != nil {
		return err
	}
	active, err := p.Actives()
	if err != nil {
		return err
	}
	for _, a := range active {
		t := tiles[a.Title]
		if t == nil {
			return fmt.Errorf("%s has no tile", a.Title)
		}
		fmt.Printf("%s, %d renewals %s\n", t, a.RefreshCount, a.LastError)
		if t.Stills > 0 || t.Played < 0.95*long.Seconds() {
			bad = errors.Join(bad, fmt.Errorf("%s played %.1f s of %.1f", a.Title, t.Played, long.Seconds()))
		}
	}
	return bad
}

// report prints the memory of the program and of the webview's processes, and returns the sum of the proportional sets.
func report(when string, g *testwindow.Gridwall) (pss int64, err error) {
	all, err := testwindow.MemoryOf(g.PID())
	if err != nil {
		return 0, err
	}
	var rss int64
	var each []string
	for _, m := range all {
		pss += m.PSS
		rss += m.RSS
		each = append(each, fmt.Sprintf("%s %.0f", m.Name, mb(m.PSS)))
	}
	fmt.Printf("%-8s %6.0f MB proportional, %6.0f MB resident (%s)\n", when, mb(pss), mb(rss), strings.Join(each, ", "))
	return pss, nil
}

func mb(n int64) float64 { return float64(n) / 1e6 }
