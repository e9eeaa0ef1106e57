//go:build linux

package main

import (
	"fmt"
	"slices"
	"time"
)

// wanted is the common delay that is measured: more than any feed needs.
const wanted = 30 * time.Second

// setDelay types a delay in seconds into the panel, as a user does.
const setDelay = `(async () => {
	window.dispatchEvent(new KeyboardEvent('keydown', { key: 'd', cancelable: true }))
	const until = async (find) => {
		for (let i = 0; i < 100; i++) {
			const found = find()
			if (found) return found
			await new Promise((r) => setTimeout(r, 50))
		}
		throw new Error('the panel for the delay does not open')
	}
	const input = await until(() => document.querySelector('[role=dialog][aria-label=Delay] input[role=spinbutton]'))
	input.value = '%g'
	input.dispatchEvent(new Event('input', { bubbles: true }))
	input.dispatchEvent(new Event('change', { bubbles: true }))
	input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
	return true
})()`

// behind returns how far each feed that can be read is behind the camera, by the page's clock.
func behind(samples []sample, began time.Time) (out []time.Duration) {
	for _, s := range samples {
		for _, t := range s {
			if t.Frame != nil {
				// A frame is shown for its length: on average it is half of that old.
				out = append(out, s.at().Sub(began)-time.Duration(*t.Frame)*frameTime-frameTime/2)
			}
		}
	}
	slices.Sort(out)
	return out
}

// arrived records until the median of the last second is near the delay, and then for some time.
func arrived(r *recorder, began time.Time) ([]time.Duration, error) {
	_, err := r.until(backWait, func(s []sample) bool {
		last := behind(s[max(0, len(s)-int(time.Second/every)):], began)
		return len(last) > 0 && (last[len(last)/2]-wanted).Abs() <= near
	})
	if err != nil {
		return nil, err
	}
	samples, err := r.record(watched)
	return behind(samples, began), err
}

// delay notes how exact a common delay is, and how far apart two pages with the same delay are.
func delay(c *column, o *origin, r *recorder, second func() (page, error)) error {
	set := func(r *recorder) error { return r.page.Eval(fmt.Sprintf(setDelay, wanted.Seconds()), nil) }
	if err := set(r); err != nil {
		return err
	}
	here, err := arrived(r, o.Began())
	if err != nil {
		return err
	}
	off := func(all []time.Duration, share float64) int64 {
		if len(all) == 0 {
			return -1
		}
		return (all[int(share*float64(len(all)-1))] - wanted).Milliseconds()
	}
	c.set(fmt.Sprintf("a delay of %s is off by p5, p50, p95", wanted), "%+d, %+d, %+d ms", off(here, 0.05), off(here, 0.5), off(here, 0.95))
	if second == nil {
		return nil
	}
	p, err := second()
	if err != nil {
		return err
	}
	other, err := open(p, names...)
	if err != nil {
		return err
	}
	if _, err := other.until(startWait, func(s []sample) bool { return calmAt(s) >= 0 }); err != nil {
		return err
	}
	if err := set(other); err != nil {
		return err
	}
	there, err := arrived(other, o.Began())
	if err != nil {
		return err
	}
	if _, err := r.read(); err != nil {
		return err
	}
	if here, err = arrived(r, o.Began()); err != nil {
		return err
	}
	c.set("a second page with the same delay is off from the first by", "%d ms", off(there, 0.5)-off(here, 0.5))
	return nil
}
