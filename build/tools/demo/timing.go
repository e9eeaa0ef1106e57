package main

import (
	"fmt"
	"image/color"
	"math"
)

// The timing feed shows the order, gaps, laps and sectors.

type timing struct {
	*canvas
	bestLap    float64
	bestSector [sectors]float64
	ownSector  map[*car]*[sectors]float64
}

var (
	purple = rgb(196, 92, 255)
	green  = rgb(66, 214, 110)
	yellow = rgb(255, 214, 64)
)

func newTiming(c *canvas) *timing {
	tm := &timing{canvas: c, bestLap: math.Inf(1), ownSector: map[*car]*[sectors]float64{}}
	for k := range tm.bestSector {
		tm.bestSector[k] = math.Inf(1)
	}
	for i := range field {
		own := &[sectors]float64{math.Inf(1), math.Inf(1), math.Inf(1)}
		for back := range sectors * loop / int(lapTime) {
			s, n := field[i].sector(0, back)
			own[n] = math.Min(own[n], s)
			tm.bestSector[n] = math.Min(tm.bestSector[n], s)
		}
		tm.ownSector[&field[i]] = own
		tm.bestLap = math.Min(tm.bestLap, field[i].bestLap())
	}
	return tm
}

// rank returns the colour of a time: purple for the best of all, green for the driver's own best, otherwise yellow.
func rank(seconds, best, own float64) color.RGBA {
	const same = 1e-6
	switch {
	case seconds <= best+same:
		return purple
	case seconds <= own+same:
		return green
	}
	return yellow
}

func (tm *timing) frame(t float64) {
	back, head, ink, pale := rgb(10, 12, 18), rgb(20, 24, 34), rgb(248, 248, 252), rgb(142, 150, 168)
	tm.rect(back, 0, 0, width, height)
	tm.text(sans, 34, ink, 40, 58, 0, "GRIDWALL RING GRAND PRIX")
	tm.disc(green, 47, 82, 7)
	tm.text(sans, 19, pale, 64, 88, 0, "TRACK CLEAR   ·   RACE   ·   AIR 24 °C   ·   TRACK 38 °C")
	const top, row = 152.0, 49.0
	tm.round(head, 22, top-36, width-44, 34, 8)
	for _, h := range []struct {
		x, align float64
		s        string
	}{{62, 0.5, "P"}, {170, 0, "DRIVER"}, {560, 1, "GAP"}, {682, 1, "INT"}, {822, 1, "LAST LAP"}, {962, 1, "BEST"}, {1030, 0.5, "S1"}, {1118, 0.5, "S2"}, {1206, 0.5, "S3"}} {
		tm.text(sans, 17, pale, h.x, top-13, h.align, h.s)
	}
	// As on a timekeeper's screen, times change when a car passes a line, gaps every second.
	second := math.Floor(t + 1e-6)
	gaps := map[*car]standing{}
	for _, s := range order(second) {
		gaps[s.car] = s
	}
	places := smoothOrder(t)
	for i := range field {
		if i%2 == 0 {
			tm.round(rgb(16, 19, 27), 22, top+float64(i)*row+2, width-44, row-4, 8)
		}
		tm.text(mono, 24, pale, 62, top+float64(i)*row+33, 0.5, fmt.Sprint(i+1))
	}
	for i := range field {
		tm.row(&field[i], gaps[&field[i]], top+places[i]*row, t)
	}
	tm.overlay(t, green, "TIMING")
}

func (tm *timing) row(c *car, s standing, y, t float64) {
	ink, pale := rgb(248, 248, 252), rgb(170, 178, 196)
	base := y + 33
	tm.round(c.paint, 96, y+10, 50, 30, 6)
	tm.text(sans, 20, rgb(10, 12, 18), 121, y+32, 0.5, fmt.Sprint(c.number))
	tm.text(sans, 24, ink, 170, base, 0, c.code)
	tm.text(sans, 20, pale, 240, base-1, 0, c.name)
	gap, interval := "LEADER", ""
	if s.gap >= 0.0005 {
		gap, interval = fmt.Sprintf("+%.3f", s.gap), fmt.Sprintf("+%.3f", s.interval)
	}
	tm.text(mono, 22, ink, 560, base, 1, gap)
	tm.text(mono, 22, pale, 682, base, 1, interval)
	last, best := c.lastLap(t), c.bestLap()
	since := t - c.crossing(math.Floor(c.laps(t)))
	if since < 1.2 { // highlight a new lap time
		tm.round(rgb(44, 50, 66), 700, y+7, 132, 36, 6)
	}
	tm.text(mono, 22, rank(last, tm.bestLap, best), 822, base, 1, fmt.Sprintf("%.3f", last))
	tm.text(mono, 22, pale, 962, base, 1, fmt.Sprintf("%.3f", best))
	_, newest := c.sector(t, 0)
	for n := range sectors {
		x := 990 + float64(n)*88
		if n > newest { // not driven yet in this lap
			tm.round(rgb(34, 39, 52), x, y+32, 80, 5, 2)
			continue
		}
		seconds, _ := c.sector(t, newest-n)
		col := rank(seconds, tm.bestSector[n], tm.ownSector[c][n])
		tm.text(mono, 18, col, x+40, y+27, 0.5, fmt.Sprintf("%.3f", seconds))
		tm.round(col, x, y+32, 80, 5, 2)
	}
}
