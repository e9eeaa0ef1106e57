package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// The size of all pictures in pixels; the smaller variants are scaled from it.
const (
	width  = 1280
	height = 720
)

type face int

const (
	sans face = iota
	mono
)

type faceKey struct {
	face face
	size float64
}

// canvas is a frame with the fonts and the rasterizer for drawing on it.
type canvas struct {
	*image.RGBA
	fonts map[face]*opentype.Font
	faces map[faceKey]font.Face
	ras   vector.Rasterizer
}

func newCanvas() (*canvas, error) {
	c := &canvas{RGBA: image.NewRGBA(image.Rect(0, 0, width, height)), fonts: map[face]*opentype.Font{}, faces: map[faceKey]font.Face{}}
	for f, ttf := range map[face][]byte{sans: gobold.TTF, mono: gomonobold.TTF} {
		parsed, err := opentype.Parse(ttf)
		if err != nil {
			return nil, err
		}
		c.fonts[f] = parsed
	}
	return c, nil
}

func rgb(r, g, b uint8) color.RGBA { return color.RGBA{r, g, b, 255} }

// fade makes a colour translucent; alpha is 0 to 1.
func fade(c color.RGBA, alpha float64) color.RGBA {
	return color.RGBA{uint8(float64(c.R) * alpha), uint8(float64(c.G) * alpha), uint8(float64(c.B) * alpha), uint8(255 * alpha)}
}

func mix(a, b color.RGBA, k float64) color.RGBA {
	k = math.Max(0, math.Min(1, k))
	f := func(x, y uint8) uint8 { return uint8(float64(x)*(1-k) + float64(y)*k + 0.5) }
	return color.RGBA{f(a.R, b.R), f(a.G, b.G), f(a.B, b.B), f(a.A, b.A)}
}

// poly fills a polygon, with anti-aliased edges.
func (c *canvas) poly(col color.RGBA, points ...pt) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range points {
		x0, y0, x1, y1 = math.Min(x0, p.X), math.Min(y0, p.Y), math.Max(x1, p.X), math.Max(y1, p.Y)
	}
	box := image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1))+1, int(math.Ceil(y1))+1).Intersect(c.Rect)
	if box.Empty() {
		return
	}
	c.ras.Reset(box.Dx(), box.Dy())
	for i, p := range points {
		x, y := float32(p.X-float64(box.Min.X)), float32(p.Y-float64(box.Min.Y))
		if i == 0 {
			c.ras.MoveTo(x, y)
		} else {
			c.ras.LineTo(x, y)
		}
	}
	c.ras.ClosePath()
	c.ras.Draw(c.RGBA, box, image.NewUniform(col), image.Point{})
}

func (c *canvas) rect(col color.RGBA, x, y, w, h float64) {
	c.poly(col, pt{x, y}, pt{x + w, y}, pt{x + w, y + h}, pt{x, y + h})
}

// round fills a rectangle with round corners.
func (c *canvas) round(col color.RGBA, x, y, w, h, r float64) {
	var ps []pt
	for corner, centre := range []pt{{x + w - r, y + h - r}, {x + r, y + h - r}, {x + r, y + r}, {x + w - r, y + r}} {
		for k := 0; k <= 8; k++ {
			a := (float64(corner) + float64(k)/8) * math.Pi / 2
			ps = append(ps, pt{centre.X + r*math.Cos(a), centre.Y + r*math.Sin(a)})
		}
	}
	c.poly(col, ps...)
}

func (c *canvas) disc(col color.RGBA, x, y, r float64) { c.ellipse(col, x, y, r, r) }

func (c *canvas) ellipse(col color.RGBA, x, y, rx, ry float64) {
	ps := make([]pt, 40)
	for k := range ps {
		a := float64(k) / float64(len(ps)) * 2 * math.Pi
		ps[k] = pt{x + rx*math.Cos(a), y + ry*math.Sin(a)}
	}
	c.poly(col, ps...)
}

// ring fills the part of a circle's border from angle a to b, in turns clockwise from the top.
func (c *canvas) ring(col color.RGBA, x, y, r, thick, a, b float64) {
	if b <= a {
		return
	}
	steps := int(math.Ceil((b-a)*120)) + 1
	ps := make([]pt, 0, 2*steps+2)
	for _, side := range []float64{r, r - thick} {
		for k := 0; k <= steps; k++ {
			turn := a + (b-a)*float64(k)/float64(steps)
			if side < r {
				turn = b - (b-a)*float64(k)/float64(steps)
			}
			ps = append(ps, pt{x + side*math.Sin(2*math.Pi*turn), y - side*math.Cos(2*math.Pi*turn)})
		}
	}
	c.poly(col, ps...)
}

// text writes s with its baseline at y; align is 0 for x as its left edge, 0.5 for the middle, 1 for the right. It
// returns the width of s.
func (c *canvas) text(f face, size float64, col color.RGBA, x, y, align float64, s string) float64 {
	key := faceKey{f, size}
	if c.faces[key] == nil {
		made, err := opentype.NewFace(c.fonts[f], &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			panic(err) // the two fonts are compiled in: cannot fail
		}
		c.faces[key] = made
	}
	d := font.Drawer{Dst: c.RGBA, Src: image.NewUniform(col), Face: c.faces[key]}
	w := float64(d.MeasureString(s)) / 64
	d.Dot = fixed.Point26_6{X: fixed.Int26_6((x - w*align) * 64), Y: fixed.Int26_6(y * 64)}
	d.DrawString(s)
	return w
}

// paste copies a picture of the same size onto the canvas.
func (c *canvas) paste(src *image.RGBA) { draw.Draw(c.RGBA, c.Rect, src, image.Point{}, draw.Src) }
