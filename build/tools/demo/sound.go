package main

import "math"

// sampleRate is chosen for AAC's frames of 1024 samples: at 32 kHz a loop of 60 s has exactly 1875 of them (at 48 kHz it would have 2812.5,
// so that it could not be looped).
const sampleRate = 32000

const samples = loop * sampleRate

// sound is one loop of a feed, mono, about -1 to 1.
type sound []float32

// engine returns the sound of a car for its own driver. Its phase is scaled to a whole number of turns in the loop, so that there is no
// click when it repeats.
func engine(tr *track, c *car, pace, firing float64) sound {
	out := make(sound, samples)
	pitch := make([]float64, samples)
	total := 0.0
	for i := range pitch {
		_, _, revs := gearbox(tr.speedAt(tr.metres(c.laps(float64(i)/sampleRate))) * pace)
		pitch[i] = revs
	}
	pitch = soften(pitch, sampleRate/25)
	for i := range pitch {
		pitch[i] *= firing
		total += pitch[i] / sampleRate
	}
	fit := math.Round(total) / total
	phase := 0.0
	for i := range out {
		phase += pitch[i] * fit / sampleRate
		a := 2 * math.Pi * phase
		v := 0.5*math.Sin(a) + 0.3*math.Sin(2*a+0.4) + 0.18*math.Sin(3*a+1.1) + 0.1*math.Sin(5*a) + 0.22*math.Sin(a/2)*math.Cos(a/2)
		out[i] = float32(0.5 * math.Tanh(1.4*v))
	}
	return out
}

// soften returns a moving average over the loop, which wraps around.
func soften(in []float64, half int) []float64 {
	out := make([]float64, len(in))
	sum := 0.0
	for k := -half; k <= half; k++ {
		sum += in[(k+len(in))%len(in)]
	}
	for i := range in {
		out[i] = sum / float64(2*half+1)
		sum += in[(i+half+1)%len(in)] - in[(i-half+len(in))%len(in)]
	}
	return out
}

// trackside returns the sound at the start line: each car that passes, and the crowd.
func trackside(tr *track) sound {
	out := crowd(0.05)
	for i := range field {
		c := &field[i]
		firing := 150 + 9*float64(i)
		for lap := range loop / int(lapTime) {
			pass := c.crossing(float64(lap))
			phase := 0.0
			for k := -3 * sampleRate; k < 3*sampleRate; k++ {
				dt := float64(k) / sampleRate
				along := dt * 70.0 // metres from the microphone, which is 12 m from the road
				far := math.Hypot(along, 12)
				heard := 1 - 70*(along/far)/343 // Doppler
				phase += firing * heard / sampleRate
				loud := 0.55 * (12 / far) * (0.5 + 0.5*math.Cos(math.Pi*dt/3))
				a := 2 * math.Pi * phase
				n := ((int(pass*sampleRate)+k)%samples + samples) % samples
				out[n] += float32(loud * (0.6*math.Sin(a) + 0.3*math.Sin(2*a) + 0.15*math.Sin(3*a)))
			}
		}
	}
	for i := range out {
		out[i] = float32(math.Tanh(float64(out[i])))
	}
	return out
}

// crowd returns low-pass filtered noise. The same noise is filtered twice and the second result is used, so that the filter has the same
// state at the start and at the end.
func crowd(loud float64) sound {
	out := make(sound, samples)
	a, b := 0.0, 0.0
	for round := range 2 {
		seed := uint32(20240229)
		for i := range out {
			seed = seed*1664525 + 1013904223
			noise := float64(seed>>8)/(1<<23) - 1
			a += 0.06 * (noise - a)
			b += 0.06 * (a - b)
			if round == 1 {
				swell := 0.8 + 0.2*math.Sin(2*math.Pi*6*float64(i)/samples)
				out[i] = float32(loud * 8 * b * swell)
			}
		}
	}
	return out
}

// pitwall returns the timing feed's sound: a pip each second, a higher one at the start of the minute, and a quiet chord.
func pitwall() sound {
	out := make(sound, samples)
	for i := range out {
		t := float64(i) / sampleRate
		second := math.Floor(t)
		dt := t - second
		note := 660.0
		if second == 0 {
			note = 1320
		}
		pip := 0.0
		if dt < 0.09 {
			pip = 0.35 * math.Sin(2*math.Pi*note*dt) * math.Sin(math.Pi*dt/0.09)
		}
		slow := 0.6 + 0.4*math.Sin(2*math.Pi*t/15)
		chord := math.Sin(2*math.Pi*110*t) + 0.7*math.Sin(2*math.Pi*165*t) + 0.5*math.Sin(2*math.Pi*220*t)
		out[i] = float32(pip + 0.05*slow*chord)
	}
	return out
}
