//go:build linux

package main

import (
	"fmt"
	"time"
)

// disturbance is something that puts the feeds out of step.
type disturbance struct {
	name string
	do   func(o *origin, r *recorder) error
	// stops reports whether it stops a picture: then the time counts from when all move again.
	stops bool
}

// key presses a key on the wall.
func key(name string, shift bool) func(*origin, *recorder) error {
	return func(_ *origin, r *recorder) error {
		return r.page.Eval(fmt.Sprintf(`window.dispatchEvent(new KeyboardEvent('keydown', { key: %q, shiftKey: %v, cancelable: true }))`, name, shift), nil)
	}
}

var disturbances = []disturbance{
	{"a stall of 14 s of the slowest feed", func(o *origin, _ *recorder) error { return o.post("coded-12s/switch?stall=14s") }, true},
	{"a stall of 40 s of the fastest feed", func(o *origin, _ *recorder) error { return o.post("coded-2s/switch?stall=40s") }, true},
	{"two tiles swapped", key("ArrowRight", true), false},
	{"all tokens renewed", func(_ *origin, r *recorder) error {
		return r.page.Eval(`window.go?.desktop ? window.go.desktop.Facade.RefreshActive() : fetch('/api/v1/active/refresh', { method: 'POST' })`, nil)
	}, false},
	{"all tokens revoked", func(o *origin, _ *recorder) error { return o.post("revoke") }, false},
	{"10 s back on all feeds", key("j", false), false},
	{"back to live", key("l", false), false},
}

// stallWait bounds how long a stall may take to show.
const stallWait = 60 * time.Second

// disturb disturbs the wall in each way, and prints how long it took to get back into step.
func disturb(name string, o *origin, r *recorder, verbose bool) error {
	for _, d := range disturbances {
		if _, err := r.read(); err != nil {
			return err
		}
		from := time.Now()
		if err := d.do(o, r); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		if d.stops {
			stopped, err := r.until(stallWait, func(s []sample) bool { return resumed(s) >= 0 })
			if err != nil {
				return err
			}
			i := resumed(stopped)
			if i < 0 {
				fmt.Printf("%s: %s: no picture stopped, the buffer was enough\n", name, d.name)
				continue
			}
			from = stopped[i].at()
		}
		seen, err := r.until(backWait, func(s []sample) bool { return calmAt(s) >= 0 })
		if err != nil {
			return err
		}
		i, most := calmAt(seen), time.Duration(0)
		for _, s := range seen {
			spread, _ := s.spread()
			most = max(most, spread)
		}
		if verbose {
			for _, s := range seen {
				fmt.Println(s.at().Format("04:05.0"), describe(s))
			}
		}
		if i < 0 {
			fmt.Printf("%s: %s: not in step after %s: %s\n", name, d.name, backWait, describe(seen[len(seen)-1]))
			continue
		}
		fmt.Printf("%s: %s: in step %.1f s later (spread at most %d ms)\n", name, d.name, max(0, seen[i].at().Sub(from).Seconds()), most.Milliseconds())
	}
	return nil
}

// resumed returns the first sample in which all pictures move again after one stood still for a second; -1 if there is none.
func resumed(samples []sample) int {
	const still = int(time.Second / every)
	stood := false
	for i := still; i < len(samples); i++ {
		moves := true
		for k, t := range samples[i] {
			if k >= len(samples[i-still]) || t.At == samples[i-still][k].At {
				stood = true
			}
			if k >= len(samples[i-1]) || t.At == samples[i-1][k].At {
				moves = false
			}
		}
		if stood && moves {
			return i
		}
	}
	return -1
}
