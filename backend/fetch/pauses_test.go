package fetch

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAPlaylistsSuccessDoesNotEndThePauseOfItsRefusedMedia(t *testing.T) {
	f := &Fetcher{pauses: map[string]pause{}}
	f.renewalFailed("1080p/media", maxRenewalPause, true)
	f.clearPause("1080p")
	assert.Positive(t, f.pause("1080p/media"), "otherwise each segment would run the source again")
	for range 12 {
		f.renewalFailed("1080p/media", maxFaultPause, true)
	}
	assert.InDelta(t, maxFaultPause, f.pause("1080p/media"), float64(time.Second), "the pauses grow, and are bounded")
	f.clearPause("1080p/media")
	assert.Zero(t, max(0, f.pause("1080p/media")))
}

func TestALongAdvertisementDoesNotEvictTheRenditionsTokenProof(t *testing.T) {
	var f Fetcher
	f.noteFetched(Subject{Name: "main/media"}, 3)
	for i := range 2 * maxFetched {
		f.noteFetched(Subject{Name: "data-" + string(rune('a'+i)) + "/media", Asset: true}, 3)
	}
	assert.EqualValues(t, 3, f.fetched["main/media"])
}
