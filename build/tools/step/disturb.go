//go:build linux

package main

import (
	"fmt"
	"os"
	"time"
)

// disturbance is something that puts the feeds out of step.
type disturbance struct {
	name string
	do   func(o *origin, r *recorder) error
	// stall is for how long a feed gets no data: the time counts from when it gets some again.
	stall time.Duration
}

// key presses a key on the wall.
func key(name string, shift bool) func(*origin, *recorder) error {
	return func(_ *origin, r *recorder) error {
		return r.page.Eval(fmt.Sprintf(`window.dispatchEvent(new KeyboardEvent('keydown', { key: %q, shiftKey: %v, cancelable: true }))`, name, shift), nil)
	}
}

var disturbances = []disturbance{
	{"a stall of 14 s of the slowest feed", func(o *origin, _ *recorder) error { return o.post("coded-12s/switch?stall=14s") }, 14 * time.Second},
	{"a stall of 40 s of the fastest feed", func(o *origin, _ *recorder) error { return o.post("coded-2s/switch?stall=40s") }, 40 * time.Second},
	{"two tiles swapped", key("ArrowRight", true), 0},
	{"all tokens renewed", func(_ *origin, r *recorder) error {
		return r.page.Eval(`window.go?.desktop ? window.go.desktop.Facade.RefreshActive() : fetch('/api/v1/active/refresh', { method: 'POST' })`, nil)
	}, 0},
	{"all tokens revoked", func(o *origin, _ *recorder) error { return o.post("revoke") }, 0},
	{"10 s back on all feeds", key("j", false), 0},
	{"back to live", key("l", false), 0},
}

// stallWait bounds how long a stall may take to show.
const stallWait = 60 * time.Second

// watched is how long the feeds are watched after they are back in step.
const watched = 10 * time.Second

// disturb disturbs the wall in each way, and notes how long it took to get back into step, and how far apart the feeds were then.
func disturb(c *column, o *origin, r *recorder, verbose bool) error {
	for _, d := range disturbances {
		if _, err := r.read(); err != nil {
			return err
		}
		from, row := time.Now(), d.name+": in step after, then p50, p95, max"
		if err := d.do(o, r); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		if d.stall > 0 {
			stopped, err := r.until(stallWait, func(s []sample) bool { return resumed(s) >= 0 })
			if err != nil {
				return err
			}
			if resumed(stopped) < 0 {
				c.set(row, "no picture stopped, the buffer was enough")
				continue
			}
			from = from.Add(d.stall)
		}
		seen, err := r.until(backWait, func(s []sample) bool { return calmAt(s) >= 0 })
		if err != nil {
			return err
		}
		if verbose {
			for _, s := range seen {
				fmt.Fprintln(os.Stderr, s.at().Format("04:05.0"), describe(s))
			}
		}
		i := calmAt(seen)
		if i < 0 {
			c.set(row, "not within %s", backWait)
			fmt.Fprintln(os.Stderr, describe(seen[len(seen)-1]))
			continue
		}
		after, err := r.record(watched)
		if err != nil {
			return err
		}
		then := spreads(append(seen[i:], after...))
		c.set(row, "%.1f s; %d, %d, %d ms", max(0, seen[i].at().Sub(from).Seconds()), then.at(0.5), then.at(0.95), then.at(1))
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
