package server

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/app/api"
)

func TestAStreamOnThePlainPageShowsItsHealthAndNoToken(t *testing.T) {
	live, down, ms, bitrate := true, false, int64(12), int64(5_300_000)
	for want, st := range map[streamView]api.Stream{
		{Title: "A", State: "unchecked", Health: "not checked yet", URL: "http://h/hls/a/index.m3u8"}:       {ID: "a", Title: "A", URL: "https://cdn.test/a?token=x"},
		{Title: "B", State: "down", Health: "does not play", URL: "http://h/hls/b/index.m3u8"}:              {ID: "b", Title: "B", IsLive: &down, ResponseTimeMS: &ms},
		{Title: "C", State: "live", Health: "plays · 12 ms · 5.3 Mbit/s", URL: "http://h/hls/c/index.m3u8"}: {ID: "c", Title: "C", IsLive: &live, ResponseTimeMS: &ms, Bitrate: &bitrate},
	} {
		assert.Equal(t, want, showStream(st, "http://h"))
	}
}
