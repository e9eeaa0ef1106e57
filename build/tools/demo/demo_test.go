package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheRaceLoopsAfterAMinute(t *testing.T) {
	tr := newTrack()
	for i := range field {
		c := &field[i]
		assert.InDelta(t, c.laps(0)+loop/lapTime, c.laps(loop), 1e-9, c.code)
		assert.InDelta(t, tr.metres(c.laps(13)), tr.metres(c.laps(13+loop)), 1e-6, c.code)
		assert.InDelta(t, c.lastLap(7), c.lastLap(7+loop), 1e-6, c.code)
	}
	for i, s := range order(3) {
		again := order(3 + loop)[i]
		assert.Equal(t, s.code, again.code)
		assert.InDelta(t, s.gap, again.gap, 1e-9, s.code)
	}
}

func TestFragmentsContainEachSampleOnce(t *testing.T) {
	m := media{init: box("ftyp")}
	for i := range 1875 {
		m.samples = append(m.samples, []byte{byte(i), byte(i >> 8)})
	}
	out := m.cut(aacFrame, false)
	back, err := readSamples(out)
	require.NoError(t, err)
	require.Len(t, back.samples, parts)
	var joined []byte
	for _, s := range back.samples {
		assert.Contains(t, []int{62 * 2, 63 * 2}, len(s))
		joined = append(joined, s...)
	}
	want := []byte{}
	for _, s := range m.samples {
		want = append(want, s...)
	}
	assert.Equal(t, want, joined)
	_, err = readSamples([]byte{0, 0, 0, 99, 'm', 'o', 'o', 'v'})
	assert.Error(t, err)
}
