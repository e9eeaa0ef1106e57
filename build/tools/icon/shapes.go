package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"

	"golang.org/x/image/vector"
)

// The colours: the logo is monochrome; red means live.
var (
	ground = color.NRGBA{0x10, 0x12, 0x16, 0xff}
	edge   = color.NRGBA{0x3a, 0x40, 0x4a, 0xff}
	light  = color.NRGBA{0xe8, 0xea, 0xed, 0xff}
	faint  = color.NRGBA{0x7d, 0x85, 0x90, 0xff}
	red    = color.NRGBA{0xff, 0x3b, 0x30, 0xff}
	black  = color.NRGBA{0, 0, 0, 0xff}
)

// shape is a rounded rectangle, filled or as an outline. If cut is set, it erases the shapes below.
type shape struct {
	x, y, w, h, r float64
	stroke        float64 // the width of the outline, which is inside the rectangle; 0: filled
	fill          color.NRGBA
	cut           bool
	class         string // the class in SVG, instead of the colour
}

func circle(cx, cy, r float64, c color.NRGBA) shape {
	return shape{x: cx - r, y: cy - r, w: 2 * r, h: 2 * r, r: r, fill: c}
}

// svg returns the shape as an element.
func (s shape) svg() string {
	in := s.stroke / 2
	paint := fmt.Sprintf(`fill="%s"`, hex(s.fill))
	switch {
	case s.class != "" && s.stroke > 0:
		paint = fmt.Sprintf(`class="%s" fill="none" stroke-width="%s"`, s.class, num(s.stroke))
	case s.class != "":
		paint = fmt.Sprintf(`class="%s" stroke="none"`, s.class)
	case s.stroke > 0:
		paint = fmt.Sprintf(`fill="none" stroke="%s" stroke-width="%s"`, hex(s.fill), num(s.stroke))
	}
	return fmt.Sprintf(`<rect x="%s" y="%s" width="%s" height="%s" rx="%s" %s/>`,
		num(s.x+in), num(s.y+in), num(s.w-s.stroke), num(s.h-s.stroke), num(max(0, s.r-in)), paint)
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func num(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}

// svg returns an SVG picture of the shapes, in a square of the size.
func svg(size int, style string, shapes []shape) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">`, size, size)
	if style != "" {
		fmt.Fprintf(&b, "<style>%s</style>", style)
	}
	for _, s := range shapes {
		b.WriteString("\n  " + s.svg())
	}
	b.WriteString("\n</svg>\n")
	return b.String()
}

// pixels returns a picture of the shapes, in a square of the size.
func pixels(size int, shapes []shape) *image.NRGBA {
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for _, s := range shapes {
		ras := vector.NewRasterizer(size, size)
		outline(ras, s.x, s.y, s.w, s.h, s.r, false)
		if s.stroke > 0 {
			d := s.stroke
			outline(ras, s.x+d, s.y+d, s.w-2*d, s.h-2*d, max(0, s.r-d), true)
		}
		if !s.cut {
			ras.Draw(img, img.Bounds(), image.NewUniform(s.fill), image.Point{})
			continue
		}
		mask := image.NewAlpha(img.Bounds())
		ras.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
		for i, a := range mask.Pix {
			for k := range 4 {
				img.Pix[4*i+k] = uint8(int(img.Pix[4*i+k]) * (255 - int(a)) / 255)
			}
		}
	}
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Bounds(), img, image.Point{}, draw.Src)
	return out
}

// outline adds a rounded rectangle to the path. With back it runs in the other direction, so that it is cut out of an earlier one.
func outline(ras *vector.Rasterizer, x, y, w, h, r float64, back bool) {
	const steps = 24 // lines in a quarter circle
	type point struct{ x, y float64 }
	var line []point
	for corner, c := range []point{{x + w - r, y + r}, {x + w - r, y + h - r}, {x + r, y + h - r}, {x + r, y + r}} {
		for i := range steps + 1 {
			a := (float64(corner) - 1 + float64(i)/steps) * math.Pi / 2
			line = append(line, point{c.x + r*math.Cos(a), c.y + r*math.Sin(a)})
		}
	}
	at := func(i int) point {
		if back {
			return line[len(line)-1-i]
		}
		return line[i]
	}
	ras.MoveTo(float32(at(0).x), float32(at(0).y))
	for i := 1; i < len(line); i++ {
		ras.LineTo(float32(at(i).x), float32(at(i).y))
	}
	ras.ClosePath()
}
