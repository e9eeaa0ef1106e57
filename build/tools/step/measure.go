//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"gridwall/internal/codedfeed"
	"gridwall/internal/testwindow"
)

const (
	// every is how often the pictures are read.
	every = 200 * time.Millisecond
	// frameTime is how long a frame is shown.
	frameTime = time.Second / codedfeed.FrameRate
	// near is the spread that counts as in step.
	near = 100 * time.Millisecond
	// startWait bounds how long the wall may take to play and to get into step.
	startWait = 90 * time.Second
	// backWait bounds how long it may take to get back into step.
	backWait = 40 * time.Second
	// calm is for how long the feeds must be in step before they count as back, so that no feed that only passes by counts.
	calm = 3 * time.Second
)

// shown is what a tile shows at one instant; see internal/codedfeed/script.js.
type shown struct {
	Title  string
	Now    float64
	Frame  *int64
	At     float64
	Rate   float64
	Paused bool
	Ready  int
}

// sample is what all tiles show at one instant.
type sample []shown

// spread returns how far the tiles are apart, and whether all could be read.
func (s sample) spread() (time.Duration, bool) {
	if len(s) != 4 {
		return 0, false
	}
	var frames []int64
	for _, t := range s {
		if t.Frame == nil {
			return 0, false
		}
		frames = append(frames, *t.Frame)
	}
	return time.Duration(slices.Max(frames)-slices.Min(frames)) * frameTime, true
}

// inStep reports whether all tiles show nearly the same.
func (s sample) inStep() bool {
	d, ok := s.spread()
	return ok && d <= near
}

func (s sample) at() time.Time { return time.UnixMilli(int64(s[0].Now)) }

// recorder reads the pictures of a page.
type recorder struct{ page page }

func (r *recorder) start() error {
	return r.page.Eval(fmt.Sprintf(`(() => {
		%s
		window.gridwallSeen = []
		setInterval(() => window.gridwallSeen.push(gridwallCoded()), %d)
	})()`, codedfeed.Script, every.Milliseconds()), nil)
}

// read returns what was recorded since the last call.
func (r *recorder) read() (out []sample, err error) {
	if interrupted.Load() {
		return nil, errors.New("interrupted")
	}
	if err := r.page.Eval(`window.gridwallSeen.splice(0)`, &out); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out, func(s sample) bool { return len(s) == 0 }), nil
}

// record records for some time.
func (r *recorder) record(long time.Duration) (out []sample, err error) {
	for end := time.Now().Add(long); time.Now().Before(end); {
		time.Sleep(min(time.Second, max(time.Until(end), 0)))
		more, err := r.read()
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// until records until done says so of all samples so far.
func (r *recorder) until(within time.Duration, done func([]sample) bool) (out []sample, err error) {
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		more, err := r.read()
		if err != nil {
			return nil, err
		}
		if out = append(out, more...); done(out) {
			return out, nil
		}
	}
	return out, nil
}

// calmAt returns the first sample from which on the feeds were in step; -1 if they were not long enough.
func calmAt(samples []sample) int {
	from := -1
	for i, s := range samples {
		switch {
		case !s.inStep():
			from = -1
		case from < 0:
			from = i
		case s.at().Sub(samples[from].at()) >= calm:
			return from
		}
	}
	return -1
}

// names are the feeds.
var names = []string{"coded-2s", "coded-5s", "coded-8s", "coded-12s"}

// open opens feeds on a page, and begins to record them.
func open(p page, names ...string) (*recorder, error) {
	if err := p.Eval(`location.hash = '#/watch'`, nil); err != nil {
		return nil, err
	}
	for _, feed := range names {
		err := testwindow.Until("the button of "+feed, startWait, func() (done bool, err error) {
			err = p.Eval(fmt.Sprintf(`(() => { const b = document.querySelector('button[aria-label="Watch %s"]'); b?.click(); return b !== null })()`, feed), &done)
			return done, err
		})
		if err != nil {
			return nil, err
		}
	}
	r := &recorder{page: p}
	return r, r.start()
}

// measure opens the four feeds and notes how well they stay in step.
func measure(c *column, o *origin, p page, second func() (page, error), long time.Duration, verbose bool) error {
	r, err := open(p, names...)
	if err != nil {
		return err
	}
	began := time.Now()
	first, err := r.until(startWait, func(s []sample) bool { return calmAt(s) >= 0 })
	if err != nil {
		return err
	}
	if i := calmAt(first); i < 0 {
		c.set("in step after the start", "not within %s", startWait)
		fmt.Fprintln(os.Stderr, describe(first[len(first)-1]))
	} else {
		c.set("in step after the start", "%.1f s", first[i].at().Sub(began).Seconds())
	}
	undisturbed, err := r.record(long)
	if err != nil {
		return err
	}
	report(c, undisturbed, verbose)
	if err := disturb(c, o, r, verbose); err != nil {
		return err
	}
	return delay(c, o, r, second)
}

// describe returns a sample as one line.
func describe(s sample) string {
	var parts []string
	for _, t := range s {
		frame := "unreadable"
		if t.Frame != nil {
			frame = fmt.Sprint(*t.Frame)
		}
		parts = append(parts, fmt.Sprintf("%s %s (%.3f s, x%.3f, ready %d, paused %v)", t.Title, frame, t.At, t.Rate, t.Ready, t.Paused))
	}
	return strings.Join(parts, ", ")
}

// distribution is that of spreads.
type distribution struct {
	sorted []time.Duration
	// all counts the samples that could not be read, too.
	all int
}

func spreads(samples []sample) (d distribution) {
	for _, s := range samples {
		if spread, ok := s.spread(); ok {
			d.sorted = append(d.sorted, spread)
		}
	}
	slices.Sort(d.sorted)
	d.all = len(samples)
	return d
}

// at returns the spread that a share of the samples has at most, in ms.
func (d distribution) at(share float64) int64 {
	if len(d.sorted) == 0 {
		return -1
	}
	return d.sorted[int(share*float64(len(d.sorted)-1))].Milliseconds()
}

// within returns how much of the time the feeds were so near to one another, in %. What could not be read counts as not.
func (d distribution) within(most time.Duration) float64 {
	n, _ := slices.BinarySearch(d.sorted, most+1)
	return 100 * float64(n) / float64(max(1, d.all))
}

// report notes the distribution of the spread, and how often the rate was changed.
func report(c *column, samples []sample, verbose bool) {
	if len(samples) == 0 {
		c.set("samples", "none")
		return
	}
	changes, rates, most := 0, map[string]float64{}, 0.0
	for _, s := range samples {
		for _, t := range s {
			if before, ok := rates[t.Title]; ok && before != t.Rate {
				changes++
				if verbose {
					fmt.Fprintln(os.Stderr, s.at().Format("04:05.0"), describe(s))
				}
			}
			rates[t.Title] = t.Rate
			most = max(most, t.Rate-1, 1-t.Rate)
		}
	}
	d := spreads(samples)
	c.set("samples, readable", "%d in %s, %.1f %%", len(samples), samples[len(samples)-1].at().Sub(samples[0].at()).Round(time.Second), 100*float64(len(d.sorted))/float64(d.all))
	c.set("spread p50, p95, p99, max", "%d, %d, %d, %d ms", d.at(0.5), d.at(0.95), d.at(0.99), d.at(1))
	c.set("within 40 ms, within 100 ms", "%.1f %%, %.1f %%", d.within(40*time.Millisecond), d.within(near))
	c.set("changes of the rate, at most", "%d, by %.1f %%", changes, 100*most)
}
