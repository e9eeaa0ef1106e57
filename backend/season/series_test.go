package season

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A key of no known series would never apply.
func TestSeriesWithShortEventsAreKnownSeries(t *testing.T) {
	for key := range shortEvents {
		assert.Contains(t, seriesNames, key)
	}
	assert.True(t, HasShortEvents("WSBK"))
	assert.False(t, HasShortEvents("IndyCar"), "practice for Indianapolis is weeks before the race")
}
