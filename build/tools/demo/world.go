package main

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// The world feed shows the circuit from above.

const (
	roadHalf   = 13.0 // pixels
	kerbWidth  = 5.0
	gravelSize = 26.0
)

type world struct {
	*canvas
	track  *track
	ground *image.RGBA
}

func newWorld(c *canvas, tr *track) *world {
	w := &world{canvas: c, track: tr}
	w.drawGround()
	w.ground = image.NewRGBA(c.Rect)
	copy(w.ground.Pix, c.Pix)
	return w
}

// near returns the point of the centre line that is closest to (x, y), and its distance. side is negative on the left, in the direction
// of the cars.
func (w *world) near(x, y float64) (step int, dist, side float64) {
	best := math.Inf(1)
	for i := 0; i < trackSteps; i += 4 {
		d := w.track.at[i].sub(pt{x, y})
		if q := d.X*d.X + d.Y*d.Y; q < best {
			best, step = q, i
		}
	}
	for i := step - 4; i <= step+4; i++ {
		d := w.track.at[(i+trackSteps)%trackSteps].sub(pt{x, y})
		if q := d.X*d.X + d.Y*d.Y; q <= best {
			best, step = q, (i+trackSteps)%trackSteps
		}
	}
	v, d := pt{x, y}.sub(w.track.at[step]), w.track.dir[step]
	return step, math.Sqrt(best), d.X*v.Y - d.Y*v.X
}

// drawGround paints everything that does not move, pixel by pixel, according to the distance to the centre line.
func (w *world) drawGround() {
	grass, mown := rgb(58, 128, 66), rgb(52, 119, 61)
	gravel, road, line := rgb(196, 178, 132), rgb(62, 65, 74), rgb(232, 234, 238)
	red, white := rgb(214, 48, 44), rgb(238, 238, 240)
	for y := range height {
		for x := range width {
			fx, fy := float64(x)+0.5, float64(y)+0.5
			col := grass
			if (x/64)%2 == 0 { // aligned with the encoder's blocks, so that stripes cost no bits
				col = mown
			}
			step, d, side := w.near(fx, fy)
			bend := w.track.curve[step]
			if outer := bend*side < 0; outer && math.Abs(bend) > 0.014 { // gravel is on the outside of a bend
				col = mix(gravel, col, d-roadHalf-gravelSize*math.Min(1, math.Abs(bend)*28))
			}
			kerb := white
			if (step/20)%2 == 0 {
				kerb = red
			}
			if math.Abs(bend) > 0.010 {
				col = mix(kerb, col, d-roadHalf-kerbWidth)
			}
			col = mix(line, col, d-roadHalf-1)
			col = mix(road, col, d-roadHalf+1.5)
			w.SetRGBA(x, y, col)
		}
	}
	w.lake(905, 470, 74, 34)
	w.stand(560, 646, 250, 26)
	w.stand(420, 58, 190, 24)
	for i, p := range []pt{{380, 250}, {520, 470}, {600, 470}, {720, 500}, {745, 540}, {530, 250}, {545, 300}, {880, 230},
		{870, 310}, {1080, 330}, {1100, 300}, {1210, 330}, {1225, 400}, {690, 70}, {1200, 640}} {
		r := 13.0 + float64(i*7%5)*2
		w.disc(fade(rgb(0, 0, 0), 0.18), p.X+5, p.Y+6, r)
		w.disc(rgb(30, 92, 48), p.X, p.Y, r)
		w.disc(rgb(44, 112, 58), p.X-r*0.25, p.Y-r*0.25, r*0.6)
	}
	w.startLine()
}

func (w *world) lake(x, y, rx, ry float64) {
	w.ellipse(rgb(214, 204, 160), x, y, rx+6, ry+6)
	w.ellipse(rgb(58, 130, 190), x, y, rx, ry)
	w.ellipse(rgb(78, 152, 208), x-rx*0.2, y-ry*0.2, rx*0.6, ry*0.5)
}

// stand draws a grandstand with spectators.
func (w *world) stand(x, y, wide, high float64) {
	w.round(rgb(120, 126, 140), x, y, wide, high, 4)
	crowd := []color.RGBA{rgb(230, 60, 45), rgb(255, 205, 40), rgb(235, 238, 245), rgb(60, 130, 255), rgb(255, 130, 20)}
	for row := 0; row < int(high)/9; row++ {
		for seat := 0; seat < int(wide-8)/12; seat++ {
			w.disc(crowd[(seat*seat+row*3+seat/3)%len(crowd)], x+10+float64(seat)*12, y+8+float64(row)*9, 3.2)
		}
	}
}

func (w *world) startLine() {
	at, dir := w.track.place(0)
	nrm := pt{-dir.Y, dir.X}
	for row := range 2 {
		for k := range 6 {
			col := rgb(245, 245, 245)
			if (row+k)%2 == 0 {
				col = rgb(20, 20, 24)
			}
			a := at.add(nrm.mul(-roadHalf + float64(k)*roadHalf/3)).add(dir.mul(float64(row) * 4.3))
			b := a.add(nrm.mul(roadHalf / 3))
			w.poly(col, a, b, b.add(dir.mul(4.3)), a.add(dir.mul(4.3)))
		}
	}
}

func (w *world) frame(t float64) {
	w.paste(w.ground)
	for i := len(field) - 1; i >= 0; i-- {
		w.car(&field[i], t, float64(i%3-1)*4)
	}
	w.tower(t)
	w.overlay(t, rgb(255, 205, 40), "WORLD FEED")
}

// car draws a car. lane is its distance from the middle of the road in pixels, so that cars side by side are visible.
func (w *world) car(c *car, t, lane float64) {
	at, dir := w.track.place(w.track.metres(c.laps(t)))
	nrm := pt{-dir.Y, dir.X}
	p := func(along, across float64) pt { return at.add(dir.mul(along)).add(nrm.mul(lane + across)) }
	box := func(col color.RGBA, a0, a1, half, mid float64) {
		w.poly(col, p(a0, mid-half), p(a1, mid-half), p(a1, mid+half), p(a0, mid+half))
	}
	shade := p(2, 0).add(pt{3, 4})
	w.ellipse(fade(rgb(0, 0, 0), 0.25), shade.X, shade.Y, 12, 12)
	tyre := rgb(18, 18, 22)
	for _, a := range []float64{-9, 8} {
		box(tyre, a-3.5, a+3.5, 2.2, -6.5)
		box(tyre, a-3.5, a+3.5, 2.2, 6.5)
	}
	box(c.paint, -13, -9.5, 7.5, 0)                                                            // rear wing
	box(c.paint, 14, 17, 7.5, 0)                                                               // front wing
	w.poly(c.paint, p(-12, -4.6), p(2, -5.2), p(17, -1.8), p(17, 1.8), p(2, 5.2), p(-12, 4.6)) // body
	helmet := p(-1, 0)
	w.disc(rgb(16, 18, 24), helmet.X, helmet.Y, 3.4)
	// The number above the car.
	w.round(rgb(12, 14, 20), at.X-13, at.Y-36, 26, 17, 5)
	w.text(sans, 13, c.paint, at.X, at.Y-23, 0.5, fmt.Sprint(c.number))
}

// tower draws the order at the left edge. The gaps change every two seconds, at key frames, where this costs no extra bits.
func (w *world) tower(t float64) {
	const x, y, wide, row = 22.0, 22.0, 232.0, 30.0
	w.round(rgb(12, 14, 20), x, y, wide, 44+row*float64(len(field))+8, 12)
	w.text(sans, 18, rgb(250, 250, 252), x+16, y+29, 0, "GRIDWALL RING")
	w.disc(rgb(230, 60, 45), x+wide-24, y+22, 7)
	shown := math.Floor(t/2+1e-6) * 2
	gaps := map[*car]float64{}
	for _, s := range order(shown) {
		gaps[s.car] = s.gap
	}
	places := smoothOrder(t)
	for i := range field {
		c := &field[i]
		top := y + 44 + places[i]*row
		w.round(c.paint, x+46, top+5, 6, 20, 3)
		w.text(sans, 18, rgb(250, 250, 252), x+62, top+22, 0, c.code)
		gap := fmt.Sprintf("+%.1f", gaps[c])
		if gaps[c] < 0.05 {
			gap = "LEADER"
		}
		w.text(mono, 16, rgb(190, 196, 208), x+wide-14, top+21, 1, gap)
	}
	for i := range field {
		w.text(mono, 17, rgb(150, 156, 170), x+34, y+44+float64(i)*row+21, 1, fmt.Sprint(i+1))
	}
}
