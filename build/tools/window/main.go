//go:build linux

// Command window measures the desktop application as its user sees it: how long it takes from the start to moving pictures, how much
// memory it uses after a long time, and how many frames nine tiles drop, there and in Chromium. build/coldstart and build/soak run it, on
// the virtual desktop of the tests (gridwall/internal/testwindow).
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"gridwall/internal/testwindow"
)

const (
	// feeds is how many feeds the demo has.
	feeds = 4
	// playWait limits how long the wall may take to play.
	playWait = time.Minute
	// endWait limits how long the program may take to end.
	endWait = 20 * time.Second
)

func main() {
	program := flag.String("program", "build/bin/gridwall-desktop", "the desktop application")
	server := flag.String("server", "build/bin/gridwall", "nine: the headless program")
	only := flag.String("only", "", "nine: only in one of them, chromium or window")
	times := flag.Int("times", 5, "coldstart: how many starts")
	long := flag.Duration("for", 30*time.Minute, "soak, nine: how long it plays")
	shot := flag.String("screenshot", "", "soak, nine: write a PNG of the window at the end to this file")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: go run ./build/tools/window [flags] coldstart|soak|nine")
		flag.PrintDefaults()
	}
	flag.Parse()
	err := errors.New("usage: window coldstart|soak|nine")
	if missing := testwindow.Missing(); len(missing) > 0 {
		err = fmt.Errorf("missing: %s; run build/setup test", strings.Join(missing, ", "))
	} else {
		switch flag.Arg(0) {
		case "coldstart":
			err = coldStart(*program, *times)
		case "soak":
			err = soak(*program, *long, *shot)
		case "nine":
			err = nineTiles(*program, *server, *only, *long, *shot)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "window:", err)
		os.Exit(1)
	}
}

// coldStart starts the program several times, each on a new desktop without caches.
func coldStart(program string, times int) error {
	var all, first []time.Duration
	for i := range times {
		moving, content, err := oneStart(program)
		if err != nil {
			return err
		}
		fmt.Printf("start %d: %4.2f s to four moving pictures, the page's first content after %3d ms\n", i+1, moving.Seconds(), content.Milliseconds())
		all, first = append(all, moving), append(first, content)
	}
	slices.Sort(all)
	slices.Sort(first)
	fmt.Printf("median of %d: %.2f s to four moving pictures, %d ms to the page's first content\n", times, all[times/2].Seconds(), first[times/2].Milliseconds())
	return nil
}

func oneStart(program string) (moving, content time.Duration, err error) {
	d, err := testwindow.NewDesk(testwindow.DeskOptions{Width: 1280, Height: 746, Panel: true})
	if err != nil {
		return 0, 0, err
	}
	defer d.Close()
	g, err := d.Start(program, "--demo", "--live")
	if err != nil {
		return 0, 0, err
	}
	p, err := g.Page()
	if err != nil {
		return 0, 0, err
	}
	if _, err := p.Playing(feeds, playWait); err != nil {
		return 0, 0, err
	}
	moving = time.Since(g.Began)
	var ms float64
	if err := p.Eval(`performance.getEntriesByName('first-contentful-paint')[0].startTime`, &ms); err != nil {
		return 0, 0, err
	}
	return moving, time.Duration(ms * float64(time.Millisecond)), end(d, g)
}

// end quits the program with the tray menu.
func end(d *testwindow.Desk, g *testwindow.Gridwall) error {
	if err := d.Click("Quit"); err != nil {
		return err
	}
	code, err := g.Wait(endWait)
	if err == nil && code != 0 {
		err = fmt.Errorf("the program exited with %d:\n%s", code, g.Log())
	}
	return err
}
