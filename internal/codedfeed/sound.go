package codedfeed

import (
	"math"
	"math/rand/v2"
)

// SampleRate is that of the sound, which is mono.
const SampleRate = 48000

// Silent is the seed of a programme without sound.
const Silent = 0

// Sound returns one second of a programme's sound: a click at its start, and three to six more, at times, pitches and levels that depend
// on the seed and the second. So the sound of two programmes has nothing in common but the clicks at full seconds.
func Sound(seed uint64, second int) []int16 {
	out := make([]int16, SampleRate)
	if seed == Silent {
		return out
	}
	random := rand.New(rand.NewPCG(seed, uint64(second)))
	click(out, 0, 1000, 0.3)
	for range 3 + random.IntN(4) {
		at := int((0.05 + 0.85*random.Float64()) * SampleRate)
		click(out, at, 300+1500*random.Float64(), 0.2+0.6*random.Float64())
	}
	return out
}

// click adds a tone of 60 ms that fades out.
func click(out []int16, at int, hertz, level float64) {
	const length = SampleRate * 60 / 1000
	for i := range min(length, len(out)-at) {
		fade := 1 - float64(i)/length
		v := level * fade * fade * math.Sin(2*math.Pi*hertz*float64(i)/SampleRate) * math.MaxInt16
		out[at+i] = int16(max(math.MinInt16, min(math.MaxInt16, float64(out[at+i])+v)))
	}
}
