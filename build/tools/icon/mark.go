package main

import (
	"image/color"
	"math"
)

// grid is the layout of the four boxes in a square, in whole pixels.
type grid struct{ size, box, gap, margin, line float64 }

// lay returns the layout for a size; margin is the share of the size that is free on each side.
func lay(size int, margin float64) grid {
	n := float64(size)
	g := grid{size: n, margin: math.Round(n * margin), line: max(1, math.Round(n*0.045))}
	g.gap = max(1, math.Round(n*0.08))
	if rest := n - 2*g.margin - g.gap; math.Mod(rest, 2) != 0 {
		g.gap++ // both boxes have the same width
	}
	g.box = (n - 2*g.margin - g.gap) / 2
	return g
}

// boxes returns the four grid boxes. If taken is set, those on the diagonal are filled; the others are outlines.
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

// tile returns the background of the logo, which makes it visible on panels of any colour.
func tile(size int) []shape {
	n := float64(size)
	r := n * 0.22
	return []shape{
		{w: n, h: n, r: r, fill: ground},
		{w: n, h: n, r: r, stroke: max(1, n*0.016), fill: edge},
	}
}

// application returns the icon of the program.
func application(size int) []shape {
	return append(tile(size), lay(size, 0.19).boxes(true, light, faint)...)
}

// idle returns the tray icon while no session is live: an empty grid.
func idle(size int) []shape {
	return append(tile(size), lay(size, 0.17).boxes(false, light, light)...)
}

// live returns the tray icon while a session is live: two filled boxes and a red light.
func live(size int) []shape {
	out := append(tile(size), lay(size, 0.17).boxes(true, light, light)...)
	return append(out, lamp(size, ground, red, false)...)
}

// lamp returns the light in the upper right corner, with a ring that separates it from the box below.
func lamp(size int, ring, lit color.NRGBA, cut bool) []shape {
	n := float64(size)
	r := math.Round(n*0.2*2) / 2
	c, m := n-r-n*0.06, r+n*0.06
	around := circle(c, m, r+max(1, n*0.06), ring)
	around.cut = cut
	return []shape{around, circle(c, m, r, lit)}
}

// idleTemplate and liveTemplate are the same icons for macOS, which uses only the shape.
func idleTemplate(size int) []shape { return lay(size, 0.06).boxes(false, black, black) }

func liveTemplate(size int) []shape {
	return append(lay(size, 0.06).boxes(true, black, black), lamp(size, black, black, true)...)
}

// bare returns the logo without a background, with classes instead of colours.
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
