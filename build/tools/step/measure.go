//go:build linux

package main

import (
	"fmt"
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
	if err := r.page.Eval(`window.gridwallSeen.splice(0)`, &out); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out, func(s sample) bool { return len(s) == 0 }), nil
}

// record records for some time.
func (r *recorder) record(long time.Duration) (out []sample, err error) {
	for end := time.Now().Add(long); time.Now().Before(end); {
		time.Sleep(min(5*time.Second, max(time.Until(end), 0)))
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

// measure opens the four feeds and prints how well they stay in step.
func measure(name string, o *origin, p page, long time.Duration, verbose bool) error {
	if err := p.Eval(`location.hash = '#/watch'`, nil); err != nil {
		return err
	}
	for _, feed := range []string{"coded-2s", "coded-5s", "coded-8s", "coded-12s"} {
		err := testwindow.Until("the button of "+feed, startWait, func() (done bool, err error) {
			err = p.Eval(fmt.Sprintf(`(() => { const b = document.querySelector('button[aria-label="Watch %s"]'); b?.click(); return b !== null })()`, feed), &done)
			return done, err
		})
		if err != nil {
			return err
		}
	}
	r := &recorder{page: p}
	if err := r.start(); err != nil {
		return err
	}
	began := time.Now()
	first, err := r.until(startWait, func(s []sample) bool { return calmAt(s) >= 0 })
	if err != nil {
		return err
	}
	if i := calmAt(first); i < 0 {
		fmt.Printf("%s: not in step within %s: %s\n", name, startWait, describe(first[len(first)-1]))
	} else {
		fmt.Printf("%s: in step %.1f s after the start\n", name, first[i].at().Sub(began).Seconds())
	}
	quiet, err := r.record(long)
	if err != nil {
		return err
	}
	report(name, quiet, verbose)
	return disturb(name, o, r, verbose)
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

// report prints the distribution of the spread, and how often the rate was changed.
func report(name string, samples []sample, verbose bool) {
	var spreads []time.Duration
	within := func(most time.Duration) float64 {
		n := 0
		for _, d := range spreads {
			if d <= most {
				n++
			}
		}
		return 100 * float64(n) / float64(len(samples))
	}
	changes := map[string]int{}
	rates := map[string]float64{}
	most := 0.0
	for _, s := range samples {
		if d, ok := s.spread(); ok {
			spreads = append(spreads, d)
		}
		for _, t := range s {
			if before, ok := rates[t.Title]; ok && before != t.Rate {
				changes[t.Title]++
				if verbose {
					fmt.Println(s.at().Format("04:05.0"), describe(s))
				}
			}
			rates[t.Title] = t.Rate
			most = max(most, max(t.Rate-1, 1-t.Rate))
		}
	}
	if len(spreads) == 0 {
		fmt.Printf("%s: no pictures could be read\n", name)
		return
	}
	slices.Sort(spreads)
	at := func(share float64) int64 { return spreads[int(share*float64(len(spreads)-1))].Milliseconds() }
	fmt.Printf("%s: %d samples in %s, %.1f %% readable: spread p50 %d ms, p95 %d ms, p99 %d ms, max %d ms; within 40 ms %.1f %%, within 100 ms %.1f %%\n",
		name, len(samples), samples[len(samples)-1].at().Sub(samples[0].at()).Round(time.Second), 100*float64(len(spreads))/float64(len(samples)),
		at(0.5), at(0.95), at(0.99), at(1), within(40*time.Millisecond), within(near))
	fmt.Printf("%s: changes of the rate: %v, by %.1f %% at most\n", name, changes, 100*most)
}
