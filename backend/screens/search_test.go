package screens

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

func TestARemoteFindsStreamsAndNeverSeesAnAddress(t *testing.T) {
	list := []stream.Stream{
		{ID: "off", URL: "https://cdn.test/off.m3u8?token=secret", Title: "World feed", SiteName: "One", Health: &stream.Health{}},
		{ID: "live", URL: "https://cdn.test/live.m3u8?token=secret", Title: "Wörld feed", SiteName: "Two", Quality: "1080p", Health: &stream.Health{Live: true}},
		{ID: "timing", URL: "https://cdn.test/t.m3u8", Title: "Timing", SiteName: "Two"},
	}
	found := Find(list, "FEED world")
	require.Equal(t, 2, found.Count)
	assert.Equal(t, "live", found.Streams[0].ID)
	assert.Equal(t, "off", found.Streams[1].ID)
	assert.Equal(t, "timing", Find(list, "two tim").Streams[0].ID)
	assert.Equal(t, 3, Find(list, "").Count)
	text, err := json.Marshal(Find(list, ""))
	require.NoError(t, err)
	assert.NotContains(t, string(text), "cdn.test")
	assert.NotContains(t, string(text), "secret")
}

func TestALongListIsCut(t *testing.T) {
	var list []stream.Stream
	for i := range 500 {
		list = append(list, stream.Stream{ID: fmt.Sprint(i), Title: "Feed", Health: &stream.Health{Live: i%100 == 99}})
	}
	found := Find(list, "feed")
	assert.Equal(t, 500, found.Count)
	require.Len(t, found.Streams, MaxFound)
	assert.Equal(t, "499", found.Streams[4].ID, "the five live ones are first")
}
