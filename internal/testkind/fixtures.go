package testkind

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/unicode"
)

// WrappedJSON returns forms in which sites answer one document, {"url":"https://x.test/1.m3u8","n":null}.
func WrappedJSON(t testing.TB) map[string]string {
	const doc = `{"url":"https://x.test/1.m3u8","n":null}`
	utf16, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(doc)
	require.NoError(t, err)
	bare, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(doc)
	require.NoError(t, err)
	return map[string]string{
		"plain": doc, "a byte order mark": "\ufeff" + doc, "UTF-16": utf16, "UTF-16 without a mark": bare,
		"a guard": ")]}'\n" + doc, "a guard with a comma": ")]}',\n\n" + doc, "on the same line": ")]}'" + doc,
		"for": "for(;;);" + doc, "for with blanks": "for (;;) ;\n" + doc, "while": "while(1);" + doc, "while true": "while (true);\n" + doc,
		"throw": "throw 1; <dont be evil>\n" + doc, "and": "{} && " + doc, "start and end": "&&&START&&&" + doc + "&&&END&&&", "a comment": "/*-secure-\n" + doc + "\n*/",
		"JSONP": "callback(" + doc + ");", "JSONP with a comment": "/**/ jQuery123_456(" + doc + ")", "JSONP of a member": "window.app.cb['x'](" + doc + ");\n",
		"JSONP with a test": "typeof cb === 'function' && cb(" + doc + ");", "JSONP with blanks": "cb ( \n" + doc + "\n ) ;",
		"a variable": "var config = " + doc + ";", "a member": "window.__STATE__=" + doc, "HTML comments": "<!--\n" + doc + "\n-->", "HTML comments on one line": "<!-- " + doc + " -->",
		"NaN": `{"url":"https://x.test/1.m3u8","n":NaN}`, "Infinity": `{"url":"https://x.test/1.m3u8","n":-Infinity}`, "undefined": `{"url":"https://x.test/1.m3u8","n":undefined}`,
		"a trailing comma": `{"url":"https://x.test/1.m3u8","n":null,}`, "comments": "// a\n{/* b */\"url\":\"https://x.test/1.m3u8\", // c\n\"n\":null}",
		"an escape of JavaScript": `{"url":"https:\x2f\/x.test/1\.m3u8","n":null}`, "JSONP with NaN": `cb({"url":"https://x.test/1.m3u8","n":NaN,});`,
	}
}

// Playlists are HLS playlists, and channel lists that are easily mistaken for one. Mistaking a list for a playlist yields one
// broken stream instead of hundreds; mistaking a playlist for a list yields hundreds of broken streams instead of one.
var Playlists = map[string]struct {
	Text string
	List bool
}{
	"a list with EXT-X-MEDIA-SEQUENCE":   {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:-1 tvg-id=\"a\",A\nhttps://a.test/a.m3u8\n#EXTINF:-1 tvg-id=\"b\",B\nhttps://b.test/b.m3u8\n", true},
	"a list with EXT-X-TARGETDURATION":   {"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:-1 tvg-id=\"a\",A\nhttps://a.test/a.ts\n", true},
	"a list with EXT-X-VERSION":          {"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:-1,A\nhttps://a.test/a\n", true},
	"a list with EXT-X-STREAM-INF":       {"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXTINF:-1,A\nhttps://a.test/a.m3u8\n#EXTINF:-1,B\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://b.test/b.m3u8\n", true},
	"a list with all of a head":          {"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXTINF:0,A\nhttps://a.test/u/p/1\n#EXTINF:0,B\nhttps://a.test/u/p/2\n#EXT-X-ENDLIST\n", true},
	"a list with durations":              {"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10 tvg-id=\"a\" group-title=\"G\",A\nhttp://x.test/u/p/1.ts\n#EXTINF:10 tvg-id=\"b\" group-title=\"H\",B\nhttp://x.test/u/p/2.ts\n", true},
	"a list of playlists":                {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,A\nhttps://a.test/a.m3u8?t=1\n", true},
	"a list with options":                {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:0,\n#EXTVLCOPT:http-user-agent=x\nhttps://a.test/1\n", true},
	"a list with single quotes":          {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:-1 tvg-id='a',\nhttps://a.test/1\n", true},
	"a list of files on several hosts":   {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:-1,A\nhttps://a.test/1.ts\n#EXTINF:-1,B\nhttps://b.test/2.ts\n#EXTINF:-1,C\nhttps://c.test/3.ts\n", true},
	"a list of files":                    {"#EXTM3U\n#EXTINF:213,Artist - Song\nhttps://a.test/a.mp3\n", true},
	"a list without tags":                {"https://a.test/1\nhttps://a.test/2\n", true},
	"a list with CR":                     {"#EXTM3U\r#EXT-X-MEDIA-SEQUENCE:0\r#EXTINF:-1,A\rhttps://a.test/a.m3u8\r", true},
	"a list whose comma comes too early": {"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:-1, tvg-id=\"a\",A\nhttps://a.test/1.ts\n", true},

	"a media playlist":                                   {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:6.006,\n7.ts\n#EXTINF:6.006,\n8.ts\n", false},
	"a media playlist of whole numbers":                  {"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttps://cdn.test/1.ts\n#EXTINF:4,\nhttps://cdn.test/2.ts\n", false},
	"a media playlist on several hosts":                  {"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\nhttps://a.test/1.ts\n#EXTINF:4.0,\nhttps://b.test/2.ts\n#EXTINF:4.0,\nhttps://c.test/3.ts\n", false},
	"a media playlist with titles":                       {"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,live\n1.ts\n#EXTINF:4,live\n2.ts\n", false},
	"a media playlist with attributes":                   {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:6.000 tvg-id=\"w\" group-title=\"Motor\",World\nseg-7.ts\n#EXTINF:6.000 tvg-id=\"w\" group-title=\"Motor\",World\nseg-8.ts\n", false},
	"a media playlist with attributes and whole numbers": {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6 tvg-id=\"w\",\nhttps://cdn.test/l/7.ts\n#EXTINF:6 tvg-id=\"w\",\nhttps://cdn.test/l/8.ts\n", false},
	"a media playlist without a duration":                {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:0,\nseg0.ts\n#EXTINF:6,\nseg1.ts\n", false},
	"a media playlist whose target comes last":           {"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:6.0,\n1.ts\n#EXTINF:6.0,\n2.ts\n#EXT-X-TARGETDURATION:6\n", false},
	"a playlist that says a token is expired":            {"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,Sorry, the token is expired\nhttps://cdn.test/static/expired.ts\n#EXT-X-ENDLIST\n", false},
	"fMP4 with a key":                                    {"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXT-X-MAP:URI=\"i.mp4\"\n#EXTINF:4,a\n1.m4s\n", false},
	"a multivariant playlist":                            {"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://a.test/a.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nhttps://b.test/b.m3u8\n", false},
	"a multivariant playlist with sound":                 {"#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"tvg-id\",URI=\"a.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\n# comment\nv.m3u8\n", false},
	"a media playlist with titles on two hosts":          {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:6,Part 7\nhttps://a.test/l/7.ts\n#EXTINF:6,Part 8\nhttps://b.test/l/8.ts?t=1\n#EXTINF:6,Part 9\nhttps://a.test/l/9.ts\n#EXTINF:6,Part 10\nhttps://b.test/l/10.ts\n", false},
	"a playlist without a segment yet":                   {"#EXTM3U\n#EXT-X-TARGETDURATION:6\n", false},
}
