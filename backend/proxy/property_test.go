package proxy

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

// randomPlaylist returns a random media playlist with all kinds of tags. Each § is a placeholder for the address of a separate
// object, each ¶ for an absolute one.
func randomPlaylist(r *rand.Rand) (text string, uris int) {
	var b strings.Builder
	b.WriteString("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:4\n")
	first := r.IntN(1000)
	fmt.Fprintf(&b, "#EXT-X-MEDIA-SEQUENCE:%d\n", first)
	if r.IntN(2) == 0 {
		fmt.Fprintf(&b, "#EXT-X-DISCONTINUITY-SEQUENCE:%d\n#EXT-X-FOO:BAR=1,URI=\"§\"\n", r.IntN(5))
	}
	b.WriteString("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1\n#EXT-X-PART-INF:PART-TARGET=0.33334\n")
	maybe := func(s string) {
		if r.IntN(4) == 0 {
			b.WriteString(s)
		}
	}
	segments := 1 + r.IntN(12)
	keyed := false
	for i := range segments {
		maybe("#EXT-X-DISCONTINUITY\n")
		if r.IntN(4) == 0 {
			keyed = true
			b.WriteString("#EXT-X-KEY:METHOD=AES-128,URI=\"§\",IV=0x00000000000000000000000000000001\n")
		}
		if keyed {
			maybe("#EXT-X-KEY:METHOD=NONE\n")
		}
		maybe("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"§\",KEYFORMAT=\"urn:x\"\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://stays\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\n")
		maybe("#EXT-X-MAP:URI=\"§\"\n")
		fmt.Fprintf(&b, "#EXT-X-PROGRAM-DATE-TIME:2026-11-27T14:00:%02d.250+01:00\n", i*4)
		maybe("#EXT-X-DATERANGE:ID=\"a, b\",START-DATE=\"2026-11-27T14:00:00Z\",X-COM-LINK=\"¶\",X-N=1.50\n")
		maybe("#EXT-X-BITRATE:1234\n# a comment\n\n")
		maybe("#EXT-X-PART:DURATION=0.33334,URI=\"§\",INDEPENDENT=YES\n#EXT-X-PART:URI=\"§\",DURATION=0.3\n")
		maybe("#EXT-X-VENDOR:¶\n")
		b.WriteString("#EXTINF:3.99999,a title\n§\n")
	}
	switch r.IntN(3) {
	case 0:
		b.WriteString("#EXT-X-PART:DURATION=0.33334,URI=\"§\"\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"§\"\n")
	case 1:
		b.WriteString("#EXT-X-PREFETCH:¶\n")
	}
	return b.String(), strings.Count(b.String(), "§") + strings.Count(b.String(), "¶")
}

// written replaces the placeholders of a text by the addresses of the objects 0, 1, 2, … below base, with a token.
func written(r *rand.Rand, text, base, token string) string {
	var b strings.Builder
	n := 0
	for _, c := range text {
		switch c {
		case '§', '¶':
			path := fmt.Sprintf("o/%d.ts?token=%s", n, token)
			if c == '¶' || r.IntN(3) == 0 {
				path = base + "/" + path
			}
			b.WriteString(path)
			n++
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// Through the whole proxy: text that is not an address stays the same byte for byte; each address serves the object that it
// named upstream; addresses do not depend on the token and survive a restart; nothing reveals the upstream.
func TestEveryRewrittenAddressServesItsOriginalObject(t *testing.T) {
	ours := regexp.MustCompile(`(?:\.\./)?(?:data-[0-9a-f]{20}|key-\d+(?:-\d+)?|init-\d+\.mp4|\d+(?:\.\d+)?\.ts)\b`)
	theirs := regexp.MustCompile(`(?:http://127\.0\.0\.1:\d+/)?\bo/(\d+)\.ts\?token=[0-9a-f]+`)
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 7))
		text, uris := randomPlaylist(r)
		s := newTextServer(t, map[string]string{})
		token := "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		var last string
		s.handle = func(w http.ResponseWriter, q *http.Request) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			switch {
			case q.URL.Query().Get("token") != token:
				w.WriteHeader(http.StatusForbidden)
			case q.URL.Path == "/v.m3u8":
				last = written(rand.New(rand.NewPCG(seed, 8)), text, "http://"+q.Host, token)
				fmt.Fprint(w, last)
			default:
				fmt.Fprintf(w, "\x47object %s", q.URL.Path)
			}
			return true
		}
		g := newRig(t, s.URL+"/v.m3u8?token="+token)
		g.site.next = func() (string, error) { return s.URL + "/v.m3u8?token=" + token, nil }
		list := g.get(mainList)
		noUpstream(t, list)
		require.Equal(t, theirs.ReplaceAllString(last, "@"), ours.ReplaceAllString(list, "@"), "seed %d", seed)
		found := ours.FindAllString(list, -1)
		require.Len(t, found, uris, "seed %d: %s", seed, list)
		want := theirs.FindAllStringSubmatch(last, -1)
		for i, uri := range found {
			require.Equal(t, "\x47object /o/"+want[i][1]+".ts", g.get("/hls/feed/"+folder(uri)), "seed %d: %s in\n%s", seed, uri, list)
		}
		s.mu.Lock()
		token = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
		s.mu.Unlock()
		assert.Equal(t, list, g.get(mainList), "seed %d: addresses changed with the token", seed)
		g.site.mu.Lock()
		g.site.up = stream.Upstream{ID: "feed", URL: s.URL + "/v.m3u8?token=" + token, Generation: 1}
		g.site.mu.Unlock()
		g.restart()
		assert.Equal(t, list, g.get(mainList), "seed %d: addresses changed with a restart", seed)
		for i, uri := range found {
			require.Equal(t, "\x47object /o/"+want[i][1]+".ts", g.get("/hls/feed/"+folder(uri)), "seed %d, after a restart: %s", seed, uri)
		}
		g.stop()
		g.start() // the rig's cleanup stops it again
		s.Close()
	}
}

// folder resolves an address in the playlist of the rendition main against the stream's own address.
func folder(uri string) string {
	if up, ok := strings.CutPrefix(uri, "../"); ok {
		return up
	}
	return "main/" + uri
}
