package main

import "math"

// trackLength is the length of a lap in metres. It is a multiple of twice kerbStripe and twice grassStripe, so that the stripes of the
// onboard feeds match at the start line.
const trackLength = 1200.0

// trackSteps is the number of points of the centre line.
const trackSteps = 2400

type pt struct{ X, Y float64 }

func (a pt) add(b pt) pt             { return pt{a.X + b.X, a.Y + b.Y} }
func (a pt) sub(b pt) pt             { return pt{a.X - b.X, a.Y - b.Y} }
func (a pt) mul(k float64) pt        { return pt{a.X * k, a.Y * k} }
func (a pt) len() float64            { return math.Hypot(a.X, a.Y) }
func (a pt) lerp(b pt, k float64) pt { return a.add(b.sub(a).mul(k)) }

// corners are points on the circuit, in pixels of the world feed's picture.
var corners = []pt{
	{430, 600}, {640, 612}, {860, 606}, {1040, 590}, {1150, 520}, {1120, 420}, {1010, 390}, {960, 320},
	{1040, 262}, {1180, 250}, {1190, 160}, {1070, 128}, {900, 110}, {800, 210}, {760, 330}, {680, 400},
	{600, 340}, {640, 220}, {600, 130}, {480, 120}, {400, 190}, {450, 300}, {430, 390}, {340, 430}, {318, 530},
}

// track is the centre line as points at equal distances, with the direction, curvature and speed at each.
type track struct {
	at    [trackSteps]pt
	dir   [trackSteps]pt      // unit vectors
	curve [trackSteps]float64 // 1/m, positive to the right on the screen
	speed [trackSteps]float64 // m/s
	// phase is the share of the lap time at which a car that drives at these speeds passes each point.
	phase [trackSteps + 1]float64
}

// newTrack returns a closed Catmull-Rom spline through the corners, with the speeds that its bends allow.
func newTrack() *track {
	var dense []pt
	n := len(corners)
	for i := range n {
		p0, p1, p2, p3 := corners[(i+n-1)%n], corners[i], corners[(i+1)%n], corners[(i+2)%n]
		for k := range 200 {
			t := float64(k) / 200
			f := func(a, b, c, d float64) float64 {
				return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t)
			}
			dense = append(dense, pt{f(p0.X, p1.X, p2.X, p3.X), f(p0.Y, p1.Y, p2.Y, p3.Y)})
		}
	}
	sum := make([]float64, len(dense)+1)
	for i := range dense {
		sum[i+1] = sum[i] + dense[(i+1)%len(dense)].sub(dense[i]).len()
	}
	tr := &track{}
	total, j := sum[len(dense)], 0
	for i := range trackSteps {
		want := total * float64(i) / trackSteps
		for sum[j+1] < want {
			j++
		}
		tr.at[i] = dense[j].lerp(dense[(j+1)%len(dense)], (want-sum[j])/(sum[j+1]-sum[j]))
	}
	step := trackLength / trackSteps
	var heading, raw [trackSteps]float64
	for i := range trackSteps {
		d := tr.at[(i+1)%trackSteps].sub(tr.at[(i+trackSteps-1)%trackSteps])
		tr.dir[i] = d.mul(1 / d.len())
		heading[i] = math.Atan2(d.Y, d.X)
	}
	for i := range trackSteps {
		turn := heading[(i+1)%trackSteps] - heading[(i+trackSteps-1)%trackSteps]
		raw[i] = math.Remainder(turn, 2*math.Pi) / (2 * step)
	}
	tr.curve = smooth(raw, 16)
	tr.drive(step)
	return tr
}

// drive sets the speeds that the bends, the brakes and the engine allow.
func (tr *track) drive(step float64) {
	const grip, brakes, engine, top = 34.0, 26.0, 13.0, 84.0
	for i, c := range tr.curve {
		tr.speed[i] = math.Min(top, math.Sqrt(grip/math.Max(math.Abs(c), 1e-4)))
	}
	for lap := 0; lap < 2*trackSteps; lap++ {
		i, back := lap%trackSteps, trackSteps-1-lap%trackSteps
		next := (i + 1) % trackSteps
		tr.speed[next] = math.Min(tr.speed[next], math.Sqrt(tr.speed[i]*tr.speed[i]+2*engine*step))
		before := (back + trackSteps - 1) % trackSteps
		tr.speed[before] = math.Min(tr.speed[before], math.Sqrt(tr.speed[back]*tr.speed[back]+2*brakes*step))
	}
	tr.speed = smooth(tr.speed, 10)
	for i, v := range tr.speed {
		tr.phase[i+1] = tr.phase[i] + step/v
	}
	for i := range tr.phase {
		tr.phase[i] /= tr.phase[trackSteps]
	}
}

func smooth(in [trackSteps]float64, half int) (out [trackSteps]float64) {
	for i := range in {
		for k := -half; k <= half; k++ {
			out[i] += in[(i+k+trackSteps)%trackSteps]
		}
		out[i] /= float64(2*half + 1)
	}
	return out
}

// metres returns how far from the start line a car is at the given share of its lap time.
func (tr *track) metres(phase float64) float64 {
	phase -= math.Floor(phase)
	lo, hi := 0, trackSteps
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; tr.phase[mid] <= phase {
			lo = mid
		} else {
			hi = mid
		}
	}
	k := (phase - tr.phase[lo]) / (tr.phase[lo+1] - tr.phase[lo])
	return (float64(lo) + k) * trackLength / trackSteps
}

func (tr *track) index(metres float64) (i int, rest float64) {
	s := math.Mod(metres, trackLength)
	if s < 0 {
		s += trackLength
	}
	s *= trackSteps / trackLength
	i = int(s) % trackSteps
	return i, s - math.Floor(s)
}

// place returns the position of the centre line at the given distance in the picture, and its direction.
func (tr *track) place(metres float64) (pt, pt) {
	i, k := tr.index(metres)
	next := (i + 1) % trackSteps
	d := tr.dir[i].lerp(tr.dir[next], k)
	return tr.at[i].lerp(tr.at[next], k), d.mul(1 / d.len())
}

func (tr *track) curveAt(metres float64) float64 {
	i, k := tr.index(metres)
	return tr.curve[i]*(1-k) + tr.curve[(i+1)%trackSteps]*k
}

func (tr *track) speedAt(metres float64) float64 {
	i, k := tr.index(metres)
	return tr.speed[i]*(1-k) + tr.speed[(i+1)%trackSteps]*k
}
