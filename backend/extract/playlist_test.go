package extract_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/upstream"
)

// A list taken for a playlist is one dead feed in place of hundreds; a playlist taken for a list is hundreds of dead
// feeds in place of one.
var judged = map[string]struct {
	text string
	want extract.Verdict
}{
	"a list with EXT-X-MEDIA-SEQUENCE":   {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:-1 tvg-id=\"a\",A\nhttps://a.test/a.m3u8\n#EXTINF:-1 tvg-id=\"b\",B\nhttps://b.test/b.m3u8\n", extract.ChannelList},
	"a list with EXT-X-TARGETDURATION":   {"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:-1 tvg-id=\"a\",A\nhttps://a.test/a.ts\n", extract.ChannelList},
	"a list with EXT-X-VERSION":          {"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:-1,A\nhttps://a.test/a\n", extract.ChannelList},
	"a list with EXT-X-STREAM-INF":       {"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXTINF:-1,A\nhttps://a.test/a.m3u8\n#EXTINF:-1,B\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://b.test/b.m3u8\n", extract.ChannelList},
	"a list with all of a head":          {"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXTINF:0,A\nhttps://a.test/u/p/1\n#EXTINF:0,B\nhttps://a.test/u/p/2\n#EXT-X-ENDLIST\n", extract.ChannelList},
	"a list with durations":              {"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10 tvg-id=\"a\" group-title=\"G\",A\nhttp://x.test/u/p/1.ts\n#EXTINF:10 tvg-id=\"b\" group-title=\"H\",B\nhttp://x.test/u/p/2.ts\n", extract.ChannelList},
	"a list of playlists":                {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,A\nhttps://a.test/a.m3u8?t=1\n", extract.ChannelList},
	"a list with options":                {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:0,\n#EXTVLCOPT:http-user-agent=x\nhttps://a.test/1\n", extract.ChannelList},
	"a list with single quotes":          {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:-1 tvg-id='a',\nhttps://a.test/1\n", extract.ChannelList},
	"a list of files on several hosts":   {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:-1,A\nhttps://a.test/1.ts\n#EXTINF:-1,B\nhttps://b.test/2.ts\n#EXTINF:-1,C\nhttps://c.test/3.ts\n", extract.ChannelList},
	"a list of files":                    {"#EXTM3U\n#EXTINF:213,Artist - Song\nhttps://a.test/a.mp3\n", extract.ChannelList},
	"a list without tags":                {"https://a.test/1\nhttps://a.test/2\n", extract.ChannelList},
	"a list with CR":                     {"#EXTM3U\r#EXT-X-MEDIA-SEQUENCE:0\r#EXTINF:-1,A\rhttps://a.test/a.m3u8\r", extract.ChannelList},
	"a list whose comma comes too early": {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:-1, tvg-id=\"a\",A\nhttps://a.test/1.ts\n", extract.ChannelList},

	"a media playlist":                                   {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:6.006,\n7.ts\n#EXTINF:6.006,\n8.ts\n", extract.HLSPlaylist},
	"a media playlist of whole numbers":                  {"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttps://cdn.test/1.ts\n#EXTINF:4,\nhttps://cdn.test/2.ts\n", extract.HLSPlaylist},
	"a media playlist on several hosts":                  {"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\nhttps://a.test/1.ts\n#EXTINF:4.0,\nhttps://b.test/2.ts\n#EXTINF:4.0,\nhttps://c.test/3.ts\n", extract.HLSPlaylist},
	"a media playlist with titles":                       {"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,live\n1.ts\n#EXTINF:4,live\n2.ts\n", extract.HLSPlaylist},
	"a media playlist with attributes":                   {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:6.000 tvg-id=\"w\" group-title=\"Motor\",World\nseg-7.ts\n#EXTINF:6.000 tvg-id=\"w\" group-title=\"Motor\",World\nseg-8.ts\n", extract.HLSPlaylist},
	"a media playlist with attributes and whole numbers": {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6 tvg-id=\"w\",\nhttps://cdn.test/l/7.ts\n#EXTINF:6 tvg-id=\"w\",\nhttps://cdn.test/l/8.ts\n", extract.HLSPlaylist},
	"a media playlist without a duration":                {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:0,\nseg0.ts\n#EXTINF:6,\nseg1.ts\n", extract.HLSPlaylist},
	"a media playlist whose target comes last":           {"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:6.0,\n1.ts\n#EXTINF:6.0,\n2.ts\n#EXT-X-TARGETDURATION:6\n", extract.HLSPlaylist},
	"a playlist that says a token is expired":            {"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,Sorry, the token is expired\nhttps://cdn.test/static/expired.ts\n#EXT-X-ENDLIST\n", extract.HLSPlaylist},
	"fMP4 with a key":                                    {"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXT-X-MAP:URI=\"i.mp4\"\n#EXTINF:4,a\n1.m4s\n", extract.HLSPlaylist},
	"a multivariant playlist":                            {"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://a.test/a.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nhttps://b.test/b.m3u8\n", extract.HLSPlaylist},
	"a multivariant playlist with sound":                 {"#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"tvg-id\",URI=\"a.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\n# comment\nv.m3u8\n", extract.HLSPlaylist},
	"a media playlist with titles on two hosts":          {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:6,Part 7\nhttps://a.test/l/7.ts\n#EXTINF:6,Part 8\nhttps://b.test/l/8.ts?t=1\n#EXTINF:6,Part 9\nhttps://a.test/l/9.ts\n#EXTINF:6,Part 10\nhttps://b.test/l/10.ts\n", extract.HLSPlaylist},
	"a playlist without a segment yet":                   {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n", extract.HLSPlaylist},
}

func TestAChannelListAndAnHLSPlaylistAreToldApartByTheirEntries(t *testing.T) {
	for name, tc := range judged {
		assert.Equal(t, tc.want, extract.JudgePlaylist([]byte(tc.text)), name)
		assert.Equal(t, tc.want, extract.JudgePlaylist([]byte(strings.ReplaceAll(tc.text, "\n", "\r\n\r\n"))), name)
	}
}

// The list as a source of kind m3u, and the pasted address of one, are judged by the same rule.
func TestAListWithATagOfHLSIsProposedAsAList(t *testing.T) {
	pool := thisMachine{upstream.New()}
	t.Cleanup(pool.Close)
	for name, tc := range judged {
		base, _ := guessServer(t, "", "audio/x-mpegurl", tc.text)
		p, err := guesser().Guess(t.Context(), base+"/l", pool)
		require.NoError(t, err, name)
		want := map[extract.Verdict]string{extract.ChannelList: "m3u", extract.HLSPlaylist: "direct"}[tc.want]
		assert.Equal(t, want, p.Source.Kind, name)
		if tc.want == extract.ChannelList {
			assert.Len(t, p.Found, strings.Count(tc.text, "https://")+strings.Count(tc.text, "http://"), name)
		} else {
			require.Len(t, p.Found, 1, name)
			assert.Equal(t, base+"/l", p.Found[0].URL, name)
		}
	}
}
