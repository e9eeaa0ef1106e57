package browser

import (
	"fmt"
	"testing"
)

// Thousands of compressed playlists cost a site almost nothing, so not all of their decompressed bytes are kept.
func TestThousandsOfPlaylistsDoNotFillTheMemory(t *testing.T) {
	rec, event := newTestRecorder(t)
	kept := int64(0)
	rec.playlist = func(r *request) { kept += r.bytes }
	for i := range 1000 {
		event("Network.requestWillBeSent", fmt.Sprintf(`{"requestId":"%d","type":"Fetch","request":{"url":"https://cdn.test/%d.m3u8","method":"GET","headers":{}}}`, i, i))
		event("Network.dataReceived", fmt.Sprintf(`{"requestId":"%d","dataLength":%d,"encodedDataLength":100}`, i, maxPlaylist))
		event("Network.loadingFinished", fmt.Sprintf(`{"requestId":"%d","encodedDataLength":100}`, i))
	}
	if kept == 0 || kept > maxPlaylists {
		t.Errorf("%d MiB of playlists are kept", kept>>20)
	}
}
