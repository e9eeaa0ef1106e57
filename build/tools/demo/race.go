package main

import (
	"image/color"
	"math"
	"sort"
)

const (
	// loop is the length of all feeds in seconds. Everything that moves has this period, so that the end fits the start.
	loop = 60
	// lapTime is the average time of a lap in seconds: there are three laps in a loop.
	lapTime = 20.0
	sectors = 3
)

// car is a car of the field. A wobble makes it gain and lose time on the others, and overtake.
type car struct {
	number  int
	code    string
	name    string
	paint   color.RGBA
	behind  float64 // seconds behind the leader, without the wobble
	wobble  float64 // its amplitude in seconds
	turns   int     // wobbles in a loop
	shifted float64 // the phase of the wobble at the start, in turns
}

// field are the cars. They are invented, like everything else here.
var field = []car{
	{7, "ARK", "L. Arkwright", color.RGBA{230, 60, 45, 255}, 0.0, 0.55, 1, 0.10},
	{44, "OKO", "T. Okonedo", color.RGBA{0, 190, 200, 255}, 0.8, 0.65, 1, 0.62},
	{16, "VEL", "M. Velasco", color.RGBA{255, 205, 40, 255}, 2.1, 0.40, 2, 0.30},
	{3, "LIN", "S. Lindqvist", color.RGBA{120, 110, 255, 255}, 3.0, 0.60, 1, 0.85},
	{28, "HAY", "K. Hayato", color.RGBA{255, 130, 20, 255}, 4.6, 0.35, 1, 0.45},
	{51, "DUB", "R. Dubrovka", color.RGBA{70, 200, 90, 255}, 5.6, 0.50, 2, 0.05},
	{19, "MBA", "J. Mbaye", color.RGBA{240, 110, 190, 255}, 7.4, 0.30, 1, 0.70},
	{62, "FER", "P. Ferrand", color.RGBA{235, 238, 245, 255}, 8.3, 0.55, 1, 0.20},
	{11, "NOV", "A. Novotna", color.RGBA{60, 130, 255, 255}, 10.2, 0.30, 2, 0.55},
	{90, "QUI", "C. Quill", color.RGBA{170, 120, 80, 255}, 11.4, 0.45, 1, 0.92},
}

// laps returns how many laps the car has done at time t, in seconds. Whole numbers are at the start line. It grows by exactly loop/lapTime
// in a loop.
func (c *car) laps(t float64) float64 {
	lag := c.behind + c.wobble*math.Sin(2*math.Pi*(float64(c.turns)*t/loop+c.shifted))
	return (t - lag) / lapTime
}

// crossing returns the time at which the car has done the given number of laps.
func (c *car) crossing(laps float64) float64 {
	lo, hi := laps*lapTime-30, laps*lapTime+30
	for range 60 {
		if mid := (lo + hi) / 2; c.laps(mid) < laps {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// sector returns the time and the number (0, 1, 2) of the last sector that the car has finished at t, or of one so many sectors before.
func (c *car) sector(t float64, back int) (seconds float64, number int) {
	done := int(math.Floor(c.laps(t)*sectors)) - back
	seconds = c.crossing(float64(done)/sectors) - c.crossing(float64(done-1)/sectors)
	return seconds, ((done-1)%sectors + sectors) % sectors
}

// lastLap returns the time of the last lap that the car has finished at t.
func (c *car) lastLap(t float64) float64 {
	done := math.Floor(c.laps(t))
	return c.crossing(done) - c.crossing(done-1)
}

// bestLap returns the time of the best of the laps in a loop.
func (c *car) bestLap() float64 {
	best := math.Inf(1)
	for k := range loop / int(lapTime) {
		best = math.Min(best, c.crossing(float64(k+1))-c.crossing(float64(k)))
	}
	return best
}

// standing is a row of the order.
type standing struct {
	*car
	gap, interval float64 // seconds behind the leader and behind the next car ahead
}

// order returns the cars at time t, the leader first.
func order(t float64) []standing {
	rows := make([]standing, len(field))
	for i := range field {
		rows[i].car = &field[i]
	}
	sort.SliceStable(rows, func(a, b int) bool { return rows[a].laps(t) > rows[b].laps(t) })
	for i := range rows {
		rows[i].gap = (rows[0].laps(t) - rows[i].laps(t)) * lapTime
		if i > 0 {
			rows[i].interval = rows[i].gap - rows[i-1].gap
		}
	}
	return rows
}

// smoothOrder returns the row of each car of the field (by index) at t. Rows do not jump: an overtaking takes a third of a second.
func smoothOrder(t float64) []float64 {
	const steps, span = 8, 0.35
	place := make([]float64, len(field))
	for k := range steps {
		for row, s := range order(t - span*float64(k)/steps) {
			for i := range field {
				if s.car == &field[i] {
					place[i] += float64(row) / steps
				}
			}
		}
	}
	return place
}
