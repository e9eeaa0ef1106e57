//go:build !race

package main

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEverySoundLoopsAfterAMinute(t *testing.T) {
	for _, f := range feeds() {
		s := f.sound()
		require.Len(t, s, samples, f.name)
		step, loud := 0.0, 0.0
		for i := 1; i < len(s); i++ {
			step = math.Max(step, math.Abs(float64(s[i]-s[i-1])))
			loud = math.Max(loud, math.Abs(float64(s[i])))
		}
		assert.LessOrEqual(t, math.Abs(float64(s[0]-s[samples-1])), step, "%s: no click at the seam", f.name)
		assert.LessOrEqual(t, loud, 1.0, f.name)
		assert.Greater(t, loud, 0.1, f.name)
	}
}
