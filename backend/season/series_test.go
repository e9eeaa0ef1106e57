package season

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A key of the list that no series has would never apply.
func TestSeriesWithShortEventsAreKnownSeries(t *testing.T) {
	for key := range shortEvents {
		assert.Contains(t, seriesNames, key)
	}
	assert.True(t, HasShortEvents("WSBK"))
	assert.False(t, HasShortEvents("IndyCar"), "it practises for Indianapolis weeks before")
}
