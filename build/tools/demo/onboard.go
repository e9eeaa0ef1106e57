package main

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// The onboard feeds show the road as the driver sees it. Each line of the picture below the horizon is at one distance ahead (a flat
// world seen from eyes metres above it), shifted by how far the road has turned until there.

const (
	horizon     = 300 // the line of the picture
	eyes        = 1.25
	lens        = 620.0 // the size of one metre at a distance of one metre, in pixels
	farthest    = 200.0 // metres
	sight       = 110.0 // the distance at which the road begins to disappear, in metres
	roadMetres  = 6.5   // half the width of the road
	kerbMetres  = 1.1
	vergeMetres = 4.5 // from the road's edge
	kerbStripe  = 4.0
	grassStripe = 12.0
)

type onboard struct {
	*canvas
	track  *track
	driver *car
	sky    *image.RGBA
	// pace scales the track's speeds to those of a lap of lapTime.
	pace float64
}

func newOnboard(c *canvas, tr *track, driver *car) *onboard {
	o := &onboard{canvas: c, track: tr, driver: driver, sky: image.NewRGBA(c.Rect)}
	for y := range horizon + 1 {
		col := mix(rgb(64, 132, 214), rgb(206, 226, 242), math.Floor(float64(y)/horizon*12)/12)
		for x := range width {
			o.sky.SetRGBA(x, y, col)
		}
	}
	natural := 0.0
	for _, v := range tr.speed {
		natural += trackLength / trackSteps / v
	}
	o.pace = natural / lapTime
	return o
}

// heading returns the direction of the road at the given distance, in turns.
func (o *onboard) heading(metres float64) float64 {
	_, d := o.track.place(metres)
	return math.Atan2(d.Y, d.X) / (2 * math.Pi)
}

// bendStep is the distance between the entries of the table of bends, in metres.
const bendStep = 2.0

// bends returns, for each bendStep ahead, how far the road has moved to the right, in metres.
func (o *onboard) bends(from float64) []float64 {
	out := make([]float64, int(farthest/bendStep)+2)
	angle := 0.0
	for i := 1; i < len(out); i++ {
		// Two thirds of the bend: the camera looks into the corner, as a driver does.
		angle += 0.66 * o.track.curveAt(from+float64(i)*bendStep) * bendStep
		angle = math.Max(-1.2, math.Min(1.2, angle))
		out[i] = out[i-1] + math.Tan(angle)*bendStep
	}
	return out
}

func at(table []float64, metres float64) float64 {
	k := math.Max(0, metres/bendStep)
	i := min(int(k), len(table)-2)
	return table[i]*(1-(k-float64(i))) + table[i+1]*(k-float64(i))
}

func (o *onboard) frame(t float64) {
	here := o.track.metres(o.driver.laps(t))
	bends := o.bends(here)
	o.paste(o.sky)
	o.hills(o.heading(here))
	o.ground(here, bends)
	o.rivals(t, bends)
	o.cockpit(t, here)
	o.overlay(t, o.driver.paint, fmt.Sprintf("ONBOARD %d %s", o.driver.number, o.driver.code))
}

// hills draws the hills, which move with the heading; a full turn is a whole number of pictures.
func (o *onboard) hills(heading float64) {
	heading = math.Round(heading*width*4) / (width * 4) // whole pixels, which cost the encoder nothing
	for layer, h := range []struct {
		col   color.RGBA
		high  float64
		waves int
	}{{rgb(128, 160, 186), 74, 6}, {rgb(74, 124, 92), 40, 11}} {
		ps := []pt{{0, horizon + 2}}
		for x := 0; x <= width; x += 8 {
			a := 2 * math.Pi * (heading + float64(x)/(width*4))
			up := 0.55 + 0.3*math.Sin(a*float64(h.waves)+float64(layer)) + 0.15*math.Sin(a*float64(h.waves*3))
			ps = append(ps, pt{float64(x), horizon - h.high*up})
		}
		o.poly(h.col, append(ps, pt{width, horizon + 2})...)
	}
}

// ground paints grass, kerbs and road, line by line.
func (o *onboard) ground(here float64, bends []float64) {
	grassA, grassB := rgb(64, 139, 70), rgb(50, 118, 58)
	red, white := rgb(214, 48, 44), rgb(240, 240, 242)
	asphalt := rgb(72, 75, 84)
	for y := horizon; y < height; y++ {
		ahead := eyes * lens / (float64(y-horizon) + 0.5)
		scale := lens / ahead
		middle := width/2 + at(bends, math.Min(ahead, farthest))*scale
		clear := math.Max(0, math.Min(1, 1.2-ahead/90)) // stripes blur with the distance, otherwise they would flicker
		s := here + ahead
		stripe := func(length float64) float64 {
			// A soft square wave, which is sharper for nearer lines.
			sharp := math.Max(1, 14*clear)
			return 0.5 + 0.5*math.Max(-1, math.Min(1, sharp*math.Sin(math.Pi*s/length)))*clear
		}
		grass := mix(grassA, grassB, stripe(grassStripe))
		kerb := mix(red, white, stripe(kerbStripe))
		bend := math.Abs(o.track.curveAt(s))
		curb := kerbMetres * math.Max(0, math.Min(1, (bend-0.004)/0.006))
		startLine := math.Mod(s, trackLength) < 2.5
		for x := range width {
			across := math.Abs((float64(x) + 0.5 - middle) / scale)
			soft := scale // edges are blended over one pixel
			// Only the verge is striped: a whole moving meadow would cost more bits than everything else.
			lawn := mix(grass, grassA, (across-roadMetres-vergeMetres)*soft+0.5)
			col := mix(kerb, lawn, (across-roadMetres-curb)*soft+0.5)
			col = mix(white, col, (across-roadMetres)*soft+0.5)
			surface := asphalt
			if startLine && int(math.Floor(across))%2 == 0 {
				surface = mix(white, asphalt, 0.2)
			}
			col = mix(surface, col, (across-roadMetres+0.25)*soft+0.5)
			col = mix(col, grassA, (ahead-sight)/40) // the far end of a bend disappears in the grass
			i := o.PixOffset(x, y)
			o.Pix[i], o.Pix[i+1], o.Pix[i+2], o.Pix[i+3] = col.R, col.G, col.B, 255
		}
	}
}

// rivals draws the visible cars ahead, the farthest first.
func (o *onboard) rivals(t float64, bends []float64) {
	rows := order(t)
	mine := o.driver.laps(t)
	for _, r := range rows {
		lap := math.Mod(r.laps(t)-mine+10, 1)
		ahead := math.Mod(o.track.metres(r.laps(t))-o.track.metres(mine)+trackLength, trackLength)
		if r.car == o.driver || lap > 0.5 || ahead < 3.5 || ahead > 130 {
			continue
		}
		scale := lens / ahead
		lane := 2.2
		if r.number%2 == 0 {
			lane = -2.2
		}
		x, y := width/2+(at(bends, ahead)+lane)*scale, horizon+eyes*scale
		o.rival(r.car, x, y, scale)
	}
}

// rival draws a car from behind; scale is in pixels per metre.
func (o *onboard) rival(c *car, x, y, scale float64) {
	m := func(col color.RGBA, cx, bottom, wide, high float64) {
		o.rect(col, x+(cx-wide/2)*scale, y-(bottom+high)*scale, wide*scale, high*scale)
	}
	o.ellipse(fade(rgb(0, 0, 0), 0.35), x, y, 1.2*scale, 0.14*scale)
	tyre := rgb(18, 18, 22)
	m(tyre, -0.82, 0, 0.42, 0.68)
	m(tyre, 0.82, 0, 0.42, 0.68)
	m(mix(c.paint, rgb(0, 0, 0), 0.35), 0, 0.12, 1.2, 0.38)
	m(c.paint, 0, 0.4, 0.56, 0.42)
	m(c.paint, 0, 0.82, 1.7, 0.2)
	m(rgb(255, 40, 40), 0, 0.2, 0.16, 0.12) // rain light
}

// cockpit draws the cockpit, in which only the wheels, the lights and the numbers move.
func (o *onboard) cockpit(t, here float64) {
	paint, dark, carbon := o.driver.paint, rgb(20, 22, 28), rgb(36, 39, 48)
	bend := o.track.curveAt(here + 6)
	// Front wheels, turned a little into the bend.
	for _, side := range []float64{-1, 1} {
		x, lean := width/2+side*420, math.Round(math.Max(-16, math.Min(16, bend*500))/4)*4
		arm := func(y0, y1 float64) {
			o.poly(carbon, pt{640 + side*40, y0}, pt{x - side*60, y1}, pt{x - side*60, y1 + 9}, pt{640 + side*40, y0 + 12})
		}
		arm(512, 530)
		arm(560, 566)
		o.poly(dark, pt{x - 62 + lean, 472}, pt{x + 62 + lean, 472}, pt{x + 78 + lean, 486}, pt{x + 84, 560}, pt{x + 84 - lean, 626},
			pt{x + 66 - lean, 644}, pt{x - 66 - lean, 644}, pt{x - 84 - lean, 626}, pt{x - 84, 560}, pt{x - 78 + lean, 486})
		o.poly(paint, pt{x - 81 + lean/2, 522}, pt{x + 81 + lean/2, 522}, pt{x + 82 + lean/2, 533}, pt{x - 82 + lean/2, 533})
		o.poly(rgb(34, 37, 45), pt{x - 20 + lean, 472}, pt{x + 20 + lean, 472}, pt{x + 26 - lean, 644}, pt{x - 26 - lean, 644})
	}
	// Nose and cockpit side.
	o.poly(mix(paint, rgb(0, 0, 0), 0.25), pt{590, 455}, pt{690, 455}, pt{790, 720}, pt{490, 720})
	o.poly(paint, pt{608, 450}, pt{672, 450}, pt{730, 720}, pt{550, 720})
	o.text(sans, 44, rgb(250, 250, 252), 640, 530, 0.5, fmt.Sprint(o.driver.number))
	o.poly(carbon, pt{330, 720}, pt{400, 610}, pt{470, 590}, pt{520, 720})
	o.poly(carbon, pt{950, 720}, pt{880, 610}, pt{810, 590}, pt{760, 720})
	o.wheel(o.track.speedAt(here)*o.pace, bend)
}

// wheel draws the steering wheel with gear, speed and shift lights.
func (o *onboard) wheel(speed, bend float64) {
	turn := math.Round(math.Max(-0.3, math.Min(0.3, bend*14))*25) / 25 // in steps, because each change costs bits
	centre := pt{640, 655}
	p := func(x, y float64) pt {
		return centre.add(pt{x*math.Cos(turn) - y*math.Sin(turn), x*math.Sin(turn) + y*math.Cos(turn)})
	}
	o.poly(rgb(24, 26, 33), p(-150, -62), p(150, -62), p(172, -20), p(158, 70), p(104, 80), p(84, 56), p(-84, 56), p(-104, 80), p(-158, 70), p(-172, -20))
	o.poly(rgb(8, 9, 12), p(-78, -34), p(78, -34), p(78, 34), p(-78, 34))
	kmh, gear, revs := gearbox(speed)
	for k := range 10 {
		col := rgb(48, 52, 62)
		if float64(k)/10 < (revs-0.55)/0.42 {
			col = []color.RGBA{green, rgb(255, 60, 50), rgb(90, 120, 255)}[min(2, k*3/10)]
		}
		d := p(-90+float64(k)*20, -48)
		o.disc(col, d.X, d.Y, 7)
	}
	for k, col := range []color.RGBA{yellow, green, rgb(255, 60, 50), rgb(90, 160, 255)} {
		d := p([]float64{-118, -118, 118, 118}[k], []float64{-14, 22, -14, 22}[k])
		o.disc(col, d.X, d.Y, 10)
	}
	left, right := p(-40, 16), p(24, 10)
	o.text(mono, 46, rgb(250, 250, 252), left.X, left.Y, 0.5, fmt.Sprint(gear))
	o.text(mono, 30, o.driver.paint, right.X, right.Y, 0.5, fmt.Sprint(kmh))
}

// gearbox converts a speed in m/s to km/h (rounded down to 5), the gear, and the revs as a share of the highest.
func gearbox(speed float64) (kmh, gear int, revs float64) {
	tops := []float64{22, 29, 36, 44, 53, 62, 72, 90}
	for gear = 1; gear < len(tops) && speed > tops[gear-1]; gear++ {
	}
	return int(speed*3.6/5) * 5, gear, speed / tops[gear-1]
}
