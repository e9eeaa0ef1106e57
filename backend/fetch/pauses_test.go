package fetch

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestMediaThatIsRefusedForGoodStaysPausedWhileItsPlaylistIsHad(t *testing.T) {
	f := &Fetcher{pauses: map[string]pause{}}
	f.unhealed("1080p/media", maxHealPause, true)
	f.healed("1080p")
	assert.Positive(t, f.pause("1080p/media"), "each segment would run the source again")
	for range 12 {
		f.unhealed("1080p/media", maxGonePause, true)
	}
	assert.InDelta(t, maxGonePause, f.pause("1080p/media"), float64(time.Second), "the pauses grow, and are bounded")
	f.healed("1080p/media")
	assert.Zero(t, max(0, f.pause("1080p/media")))
}

func TestALongAdvertisementDoesNotEvictTheRenditionsTokenProof(t *testing.T) {
	var f Fetcher
	f.proves(Subject{Name: "main/media"}, 3)
	for i := range 2 * maxHad {
		f.proves(Subject{Name: "data-" + string(rune('a'+i)) + "/media", Asset: true}, 3)
	}
	assert.EqualValues(t, 3, f.had["main/media"])
}
