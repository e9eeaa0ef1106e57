package browser

import (
	"fmt"
	"testing"
)

// Thousands of compressed playlists cost a site almost nothing: what they decompress to is not all kept.
func TestAPageOfThousandsOfPlaylistsDoesNotFillTheMemory(t *testing.T) {
	w, say := overheard(t)
	kept := int64(0)
	w.playlist = func(r *request) { kept += r.bytes }
	for i := range 1000 {
		say("Network.requestWillBeSent", fmt.Sprintf(`{"requestId":"%d","type":"Fetch","request":{"url":"https://cdn.test/%d.m3u8","method":"GET","headers":{}}}`, i, i))
		say("Network.dataReceived", fmt.Sprintf(`{"requestId":"%d","dataLength":%d,"encodedDataLength":100}`, i, maxPlaylist))
		say("Network.loadingFinished", fmt.Sprintf(`{"requestId":"%d","encodedDataLength":100}`, i))
	}
	if kept == 0 || kept > maxPlaylists {
		t.Errorf("%d MiB of playlists are looked into", kept>>20)
	}
}
