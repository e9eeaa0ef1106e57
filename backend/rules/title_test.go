package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTitlesOfDifferentSourcesAreComparedWithoutQualityAndPunctuation(t *testing.T) {
	for _, same := range [][]string{
		{"World Feed", "world feed", "WORLD-FEED (1080p)", "World feed HD", "World Feed [50fps] – LIVE", "World  Feed H.264", "Wörld Feed"},
		{"São Paulo GP", "Sao Paulo GP 4K HEVC"},
		{"Onboard 44", "Onboard #44 720p50"},
	} {
		for _, title := range same {
			assert.Equal(t, NormaliseTitle(same[0]), NormaliseTitle(title), title)
		}
	}
	assert.NotEqual(t, NormaliseTitle("Onboard 44"), NormaliseTitle("Onboard 4"))
	assert.NotEqual(t, NormaliseTitle("World feed 1"), NormaliseTitle("World feed 2"))
	assert.Empty(t, NormaliseTitle("HD 1080p"), "a title without words is the same as no other")
}
