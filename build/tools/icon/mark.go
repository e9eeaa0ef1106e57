package main

import (
	"image/color"
	"math"
)

// grid is where the four boxes lie in a square of a size, all on whole pixels.
type grid struct{ size, box, gap, margin, line float64 }

// lay lays the boxes out; margin is the part of the size that is left free around them.
func lay(size int, margin float64) grid {
	n := float64(size)
	g := grid{size: n, margin: math.Round(n * margin), line: max(1, math.Round(n*0.045))}
	g.gap = max(1, math.Round(n*0.08))
	if rest := n - 2*g.margin - g.gap; math.Mod(rest, 2) != 0 {
		g.gap++ // the boxes are of one width
	}
	g.box = (n - 2*g.margin - g.gap) / 2
	return g
}

// boxes returns the four grid boxes: on the diagonal taken, or, where none is taken, all as outlines.
func (g grid) boxes(taken bool, full, free color.NRGBA) []shape {
	far := g.margin + g.box + g.gap
	var out []shape
	for _, at := range [][2]float64{{g.margin, g.margin}, {far, g.margin}, {g.margin, far}, {far, far}} {
		s := shape{x: at[0], y: at[1], w: g.box, h: g.box, r: g.box * 0.16, fill: full}
		if !taken || at[0] != at[1] {
			s.stroke, s.fill = g.line, free
		}
		out = append(out, s)
	}
	return out
}

// tile returns the ground that the mark stands on, so that it can be seen on panels of any colour.
func tile(size int) []shape {
	n := float64(size)
	r := n * 0.22
	return []shape{
		{w: n, h: n, r: r, fill: ground},
		{w: n, h: n, r: r, stroke: max(1, n*0.016), fill: edge},
	}
}

// application returns the program's icon.
func application(size int) []shape {
	return append(tile(size), lay(size, 0.19).boxes(true, light, faint)...)
}

// idle returns the panel's icon while no session is live: an empty grid.
func idle(size int) []shape {
	return append(tile(size), lay(size, 0.17).boxes(false, light, light)...)
}

// live returns the panel's icon while one is: two boxes taken, and the red light.
func live(size int) []shape {
	out := append(tile(size), lay(size, 0.17).boxes(true, light, light)...)
	return append(out, lamp(size, ground, red, false)...)
}

// lamp returns the light in the upper right corner, with a ring that keeps it apart from what is beneath.
func lamp(size int, ring, lit color.NRGBA, cut bool) []shape {
	n := float64(size)
	r := math.Round(n*0.2*2) / 2
	c, m := n-r-n*0.06, r+n*0.06
	around := circle(c, m, r+max(1, n*0.06), ring)
	around.cut = cut
	return []shape{around, circle(c, m, r, lit)}
}

// idleTemplate and liveTemplate are the same for macOS, which takes the shape alone.
func idleTemplate(size int) []shape { return lay(size, 0.06).boxes(false, black, black) }

func liveTemplate(size int) []shape {
	return append(lay(size, 0.06).boxes(true, black, black), lamp(size, black, black, true)...)
}

// bare returns the mark alone, in the colour of its surroundings.
func bare() []shape {
	shapes := lay(24, 0.08).boxes(true, light, light)
	for i := range shapes {
		shapes[i].class = "m"
		if shapes[i].stroke > 0 {
			shapes[i].class, shapes[i].stroke = "o", 1.6
		}
	}
	return shapes
}
