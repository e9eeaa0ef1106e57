//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"gridwall/internal/codedfeed"
)

const (
	// soundWait bounds how long feeds may take to be found by their sound: three quarters of a minute of sound, and a few tries.
	soundWait = 3 * time.Minute
	// soundNear is how near the pictures must come before their distance is measured: nearer than a wrong place by chance.
	soundNear = 500 * time.Millisecond
	// unrelated is a feed with another sound.
	unrelated = "unrelated"
)

// soundFeeds are a feed with date times, three with the same sound and none, and one with another sound and none.
func soundFeeds() []codedfeed.Feed {
	other := uint64(7)
	return append(codedfeed.Latencies(2, 8, 14, 19), codedfeed.Feed{Name: unrelated, Latency: 5 * time.Second, Seed: &other})
}

// notes are what each tile says of its step, by title.
const notes = `Object.fromEntries([...document.querySelectorAll('[role=group][aria-label]')].map((t) => [t.getAttribute('aria-label'), t.querySelector('[role=note]')?.textContent ?? '']))`

// bySound notes how soon feeds without date times are found by their sound, and how far off their pictures then are.
func bySound(c *column, o *origin, p page) error {
	feeds := soundFeeds()
	reference, same := feeds[0].Name, feeds[1:4]
	for _, f := range feeds[1:] {
		if err := o.post(f.Name + "/switch?date=none&all=1"); err != nil {
			return err
		}
	}
	var names []string
	for _, f := range feeds {
		names = append(names, f.Name)
	}
	r, err := open(p, names...)
	if err != nil {
		return err
	}
	began := time.Now()
	found := map[string]time.Duration{}
	var said map[string]string
	look := func() error {
		if err := p.Eval(notes, &said); err != nil {
			return err
		}
		for name, note := range said {
			if _, known := found[name]; !known && strings.Contains(note, "step sound") {
				found[name] = time.Since(began)
				fmt.Fprintf(os.Stderr, "%s: %s\n", name, note)
			}
		}
		return nil
	}
	all := func() bool {
		return !slices.ContainsFunc(same, func(f codedfeed.Feed) bool { return found[f.Name] == 0 })
	}
	for time.Since(began) < soundWait && !all() {
		if _, err := r.record(time.Second); err != nil {
			return err
		}
		if err := look(); err != nil {
			return err
		}
	}
	// It takes a few seconds more until they are where they were found to belong.
	if _, err := r.until(backWait, func(s []sample) bool {
		last := s[max(0, len(s)-int(calm/every)):]
		return !slices.ContainsFunc(same, func(f codedfeed.Feed) bool {
			d, ok := apart(last, reference, f.Name)
			return found[f.Name] > 0 && (!ok || d.Abs() > soundNear)
		})
	}); err != nil {
		return err
	}
	seen, err := r.record(2 * watched)
	if err != nil {
		return err
	}
	for _, f := range same {
		row := fmt.Sprintf("by sound, %s apart: found after, then off by", f.Latency-feeds[0].Latency)
		if d, ok := apart(seen, reference, f.Name); found[f.Name] > 0 && ok {
			c.set(row, "%.0f s, %d ms", found[f.Name].Seconds(), d.Milliseconds())
		} else {
			c.set(row, "not within %s", soundWait)
		}
	}
	if err := look(); err != nil {
		return err
	}
	after, wrong := found[unrelated]
	if wrong {
		c.set("another sound", "wrongly found after %.0f s", after.Seconds())
	} else {
		c.set("another sound", "not found in %.0f s", time.Since(began).Seconds())
	}
	return nil
}

// apart returns how far the picture of a feed is ahead of another one's, on average: frames alone would be exact to 40 ms.
func apart(samples []sample, name, from string) (time.Duration, bool) {
	var sum, n int64
	for _, s := range samples {
		frames := map[string]*int64{}
		for _, t := range s {
			frames[t.Title] = t.Frame
		}
		if a, b := frames[name], frames[from]; a != nil && b != nil {
			sum += *a - *b
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	return time.Duration(sum) * frameTime / time.Duration(n), true
}
