package timeline

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/weburl"
)

// FuzzUpdate reads a record, as an older or broken version may have written it, and then two playlists. The rendered playlist
// must not show the upstream, and everything that it lists must be known.
func FuzzUpdate(f *testing.F) {
	const head = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n"
	f.Add("", head+"#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\na.ts\n#EXTINF:4,\nb.ts\n", head+"#EXT-X-MEDIA-SEQUENCE:3\n#EXTINF:4,\nb.ts\n#EXTINF:4,\nc.ts\n", uint8(1))
	f.Add(`{"numbering":{"shift":-3,"breaks":[5,9],"anchor":{"msn":9,"path":"/a.ts"}},"keys":[{"n":3,"format":"key:identity","identity":"/k"}]}`,
		head+"#EXT-X-KEY:METHOD=AES-128,URI=\"k?t=1\"\n#EXT-X-MAP:URI=\"i\"\n#EXTINF:4,\na.ts\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p\"\n", head+"#EXT-X-ENDLIST\n", uint8(200))
	f.Add(`{"numbering":{"anchor":{"msn":9223372036854775807}}}`, head+"#EXT-X-MEDIA-SEQUENCE:9223372036854775807\n#EXTINF:4,\nx\n", head+"#EXTINF:4,\ny\n", uint8(0))
	f.Fuzz(func(t *testing.T, record, one, two string, seconds uint8) {
		base := &url.URL{Scheme: "http", Host: "upstream.invalid", Path: "/v.m3u8"}
		tl := New(weburl.Resolve)
		var r Record
		if json.Unmarshal([]byte(record), &r) == nil {
			tl.Restore(r)
		}
		now := airtime
		for _, text := range []string{one, two} {
			media, err := hls.ParseMedia([]byte(text), hls.Env{URL: base})
			if err != nil {
				return
			}
			now = now.Add(time.Duration(seconds) * time.Second)
			parent := &Parent{URL: base, Generation: 1}
			if e, _ := tl.Ending(media, parent, Request{Generation: 1, At: now}); e != NoEnding {
				continue
			}
			s := tl.Update(&Playlist{Media: media, Parent: parent, At: now}, 1, Sibling{}).Shown
			tl.Describe(s.Playlist, time.Hour, noLinks{}, now)
			rendered := string(tl.Render(s, Addressing{}, Window{Length: time.Hour, Retained: func(string) bool { return true }, Now: now}, noLinks{}))
			if strings.Contains(rendered, "upstream.invalid") && !strings.Contains(text, "upstream.invalid") {
				t.Fatalf("the upstream's address leaked into\n%s", rendered)
			}
			for i := range s.Media.Segments {
				if _, ok, _ := tl.Find(Segment(s.First()+int64(i)), 1, time.Time{}); !ok {
					t.Fatalf("segment %d of %d is listed but not known", i, len(s.Media.Segments))
				}
			}
			for _, name := range append(s.Keys, s.Maps...) {
				if _, ok, _ := tl.Find(Named(name), 1, time.Time{}); !ok {
					t.Fatalf("%q is listed but not known", name)
				}
			}
			if _, ok := tl.Record(); !ok && len(s.Media.Segments) > 0 {
				t.Fatal("segments were shown but nothing is recorded")
			}
		}
	})
}
