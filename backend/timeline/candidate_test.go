package timeline

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/hls"
	"gridwall/backend/weburl"
)

// Dates centuries apart, with segments of a nanosecond, once led to numbers beyond an int64, which no player could request.
func TestDatesCenturiesApartDoNotOverflowSequenceNumbers(t *testing.T) {
	base := &url.URL{Scheme: "http", Host: "edge.test", Path: "/v.m3u8"}
	tl := New(weburl.Resolve)
	for i, year := range []int{1800, 2000, 2200} {
		text := fmt.Sprintf("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:%d\n#EXT-X-PROGRAM-DATE-TIME:%d-01-01T00:00:00Z\n#EXTINF:0.000000001,\n%d.ts\n",
			1+i*1_000_000_000, year, i)
		media, err := hls.ParseMedia([]byte(text), hls.Env{URL: base})
		require.NoError(t, err)
		now := airtime.Add(time.Duration(i) * time.Second)
		s := tl.Update(&Playlist{Media: media, Parent: &Parent{URL: base, Generation: 1}, At: now}, 1, Sibling{}).Shown
		tl.Describe(s.Playlist, time.Hour, noLinks{}, now)
		assert.Positive(t, s.First())
		assert.Less(t, s.Last(), int64(3_000_000_000))
	}
}
