package main

import (
	"fmt"
	"image/color"
	"math"
)

// overlay draws the clock and the name of the feed, which all four feeds have. The clock shows the seconds of UTC (democdn serves second n
// of the loop in second n of each minute), with a ring that fills during each second, so that two tiles side by side show how far they
// are apart.
func (c *canvas) overlay(t float64, paint color.RGBA, name string) {
	const x, y, w, h = 1082.0, 22.0, 176.0, 76.0
	second := math.Floor(t + 1e-6)
	c.round(rgb(12, 14, 20), x, y, w, h, 14)
	c.ring(rgb(52, 56, 68), x+42, y+h/2, 27, 7, 0, 1)
	c.ring(paint, x+42, y+h/2, 27, 7, 0, t-second+0.04)
	c.text(sans, 13, rgb(160, 166, 180), x+42, y+h/2+5, 0.5, "UTC")
	c.text(mono, 48, rgb(250, 250, 252), x+w-12, y+h/2+17, 1, fmt.Sprintf(":%02d", int(second)%loop))

	c.round(rgb(12, 14, 20), 22, 660, 404, 40, 10)
	c.round(paint, 22, 660, 10, 40, 4)
	wide := c.text(sans, 20, rgb(250, 250, 252), 46, 687, 0, "GRIDWALL DEMO")
	c.text(sans, 20, rgb(176, 182, 196), 58+wide, 687, 0, name)
}
