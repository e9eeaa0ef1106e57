package m3u

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
	"gridwall/internal/testcost"
)

// entry parses a list of one entry, and returns its title and group.
func entry(t *testing.T, lines string) (title, group string) {
	t.Helper()
	p := parse(t, "#EXTM3U\n"+lines+"\nhttps://x.test/1\n")
	require.Len(t, p.found, 1, lines)
	return p.found[0].Title, p.found[0].Group
}

func TestTitleAndGroupAreReadInEveryNotationOfAttributes(t *testing.T) {
	for line, want := range map[string][2]string{
		// A comma before the attributes, or between them.
		`#EXTINF:-1, tvg-id="w" tvg-name="World HD" tvg-logo="" group-title="Motor",World HD`: {"World HD", "Motor"},
		`#EXTINF:-1,tvg-id="w" group-title="Motor",World, live`:                               {"World, live", "Motor"},
		`#EXTINF:-1 tvg-id="",group-title="Motor",World`:                                      {"World", "Motor"},
		`#EXTINF:-1,tvg-id="",tvg-name="W",group-title="Motor",World`:                         {"World", "Motor"},
		`#EXTINF:-1, group-title="Motor" World, live`:                                         {"World, live", "Motor"},
		`#EXTINF:-1,,World`:                                     {"World", ""},
		`#EXTINF:-1,size="1",World`:                             {`size="1",World`, ""},
		`#EXTINF:-1,World tvg-id="w"`:                           {"World", ""},
		`#EXTINF:-1,World, live tvg-id="w" group-title="Motor"`: {"World, live", "Motor"},
		// Quotes.
		`#EXTINF:-1 tvg-id='w' group-title='Motor, live',World`:                    {"World", "Motor, live"},
		`#EXTINF:-1 tvg-name='Driver's cam' group-title='Motor',World`:             {"World", "Motor"},
		`#EXTINF:-1 tvg-name="The "Big" Race" group-title="Motor",World`:           {"World", "Motor"},
		`#EXTINF:-1 group-title="The "Big" Race",World`:                            {"World", `The "Big" Race`},
		`#EXTINF:-1 group-title="The \"Big\" Race",World`:                          {"World", `The "Big" Race`},
		"#EXTINF:-1 group-title=\u201cMotor\u201d tvg-id=\u201dw\u201d,World":      {"World", "Motor"},
		`#EXTINF:-1 group-title="Motor tvg-id="w",World`:                           {"World", "Motor"},
		`#EXTINF:-1 group-title="Motor tvg-id="w" tvg-logo="https://x.test",World`: {"World", "Motor"},
		`#EXTINF:-1 group-title="Motor"World`:                                      {"World", "Motor"},
		`#EXTINF:-1 group-title='Motor,World`:                                      {"World", "Motor"},
		// With and without blanks.
		`#EXTINF:-1 tvg-id= group-title="Motor",World`:                        {"World", "Motor"},
		`#EXTINF:-1 tvg-id= tvg-logo= group-title=Motor,World`:                {"World", "Motor"},
		`#EXTINF:-1 tvg-id = x-own="1" tvg-name="W" group-title= Motor,World`: {"World", "Motor"},
		`#EXTINF:-1 group-title= tvg-id="w",World`:                            {"World", ""},
		`#EXTINF:-1 tvg-id="w"tvg-name="W"group-title="Motor",World`:          {"World", "Motor"},
		`#EXTINF:-1tvg-id="w" group-title = "Motor" , World`:                  {"World", "Motor"},
		"#EXTINF:-1\ttvg-id=\"w\"\tgroup-title=\"Motor\"\t,\tWorld\t":         {"World", "Motor"},
		`#EXTINF:-1 tvg-id="w";group-title="Motor",World`:                     {"World", "Motor"},
		`#EXTINF: -1 group-title="Motor",World`:                               {"World", "Motor"},
		`#EXTINF -1 group-title="Motor",World`:                                {"World", "Motor"},
		`#EXTINF:-1 junk group-title="Motor",World`:                           {"World", "Motor"},
		`#EXTINF:-1 group-title=Motor sport tvg-id=w,World`:                   {"World", "Motor sport"},
		`#EXTINF:-1 GROUP-TITLE="Motor" TVG-ID="w",World`:                     {"World", "Motor"},
		`#EXTINF:-1 tvg-group="Motor",World`:                                  {"World", "Motor"},
		// With and without commas.
		`#EXTINF:-1 World feed`:                             {"World feed", ""},
		`#EXTINF:World feed`:                                {"World feed", ""},
		`#EXTINF:-1 group-title="Motor" World feed`:         {"World feed", "Motor"},
		`#EXTINF:,World`:                                    {"World", ""},
		`#EXTINF:-1.000,World, the feed, live`:              {"World, the feed, live", ""},
		`#EXTINF:-1 group-title="Motor",`:                   {"1", "Motor"},
		`#EXTINF:-1 group-title="Motor" tvg-name="W",`:      {"W", "Motor"},
		`#EXTINF:-1,"World" feed`:                           {`"World" feed`, ""},
		`#EXTINF:-1 tvg-id="w=1,2" group-title="A;B",a="b"`: {`a="b"`, "A;B"},
		`#EXTINF:-1,World - https://site.test`:              {"World - https://site.test", ""},
	} {
		title, group := entry(t, line)
		assert.Equal(t, want, [2]string{title, group}, line)
	}
}

func TestALineBetweenAnEntryAndItsAddressDoesNotLoseTheEntry(t *testing.T) {
	for lines, want := range map[string][2]string{
		"#EXTINF:-1 group-title=\"Motor\",World\n\n \n# a comment\n#EXT-X-SOMETHING:1\n": {"World", "Motor"},
		"#EXTINF:-1,Pit\n#EXTINF:-1 group-title=\"Motor\",World":                         {"World", "Motor"},
		"#EXTINF:-1,World\n#EXTBACKUP:https://b.test/1":                                  {"World", ""},
		"#EXTINF:-1 group-title=\"\",World\n#EXTGRP:Motor":                               {"World", "Motor"},
	} {
		title, group := entry(t, lines)
		assert.Equal(t, want, [2]string{title, group}, lines)
	}
	p := parse(t, "#EXTM3U\n#EXTINF:-1,World\n \t https://x.test/1 \n\u00a0https://x.test/2\n\ufeff#EXTM3U\n\ufeff#EXTINF:-1,Pit\nhttps://x.test/3")
	assert.Equal(t, []string{"World https://x.test/1", "2 https://x.test/2", "Pit https://x.test/3"}, shown(p))
}

func shown(p *parser) (out []string) {
	for _, f := range p.found {
		out = append(out, f.Title+" "+f.URL)
	}
	return out
}

func TestAnExtgrpLineBeginsASection(t *testing.T) {
	list := "#EXTM3U\n#EXTGRP:Motor\n#EXTINF:-1,World\nhttp://cdn.test/w.m3u8\n#EXTINF:-1,Pit\nhttp://cdn.test/p.m3u8\n" +
		"#EXTINF:-1 group-title=\"\",None\nhttp://cdn.test/n.m3u8\n#EXTINF:-1,Own\n#EXTGRP:Other\nhttp://cdn.test/o.m3u8\n#EXTINF:-1,After\nhttp://cdn.test/a.m3u8\n" +
		"#EXTINF:-1 group-title=\"News\",Its\nhttp://cdn.test/i.m3u8\n#EXTGRP:\n#EXTINF:-1,Out\nhttp://cdn.test/x.m3u8\n#EXTGRP: Pit lane \nhttp://cdn.test/bare.m3u8\n"
	p := parse(t, list)
	var got []string
	for _, f := range p.found {
		got = append(got, f.Title+": "+f.Group)
	}
	assert.Equal(t, []string{"World: Motor", "Pit: Motor", "None: ", "Own: Other", "After: Motor", "Its: News", "Out: ", "bare.m3u8: Pit lane"}, got)

	filtered := &parser{lines: newLines(strings.NewReader(list)), base: base, match: regexp.MustCompile("^Motor$")}
	require.NoError(t, filtered.run())
	assert.Len(t, filtered.found, 3, "match finds the entries of the section")
	several := &parser{lines: newLines(strings.NewReader("#EXTM3U\n#EXTINF:-1 group-title=\"Kids;Motor\",World\nhttp://cdn.test/w\n")), match: regexp.MustCompile("^Motor$")}
	require.NoError(t, several.run())
	assert.Len(t, several.found, 1, "each of an entry's groups can be matched")
}

func TestAnAddressInsideTheExtinfLineIsFound(t *testing.T) {
	p := parse(t, "#EXTM3U\n#EXTINF:-1 tvg-id=\"w\" group-title=\"Motor\",World https://x.test/w.m3u8?a=1,2\n#EXTINF:-1,https://x.test/bare.m3u8\n"+
		"#EXTINF:-1,Pit,https://x.test/p.m3u8|Referer=https://r.test/\n#EXTINF:-1,Title https://site.test\nhttps://x.test/t\n#EXTINF:-1,Last https://x.test/l")
	assert.Equal(t, []string{"World https://x.test/w.m3u8?a=1,2", "bare.m3u8 https://x.test/bare.m3u8", "Pit https://x.test/p.m3u8",
		"Title https://site.test https://x.test/t", "Last https://x.test/l"}, shown(p))
	assert.Equal(t, "Motor", p.found[0].Group)
	assert.Equal(t, map[string]string{"Referer": "https://r.test/"}, p.found[2].Headers)
}

func TestHeaderAttributesApplyToTheirEntryAlone(t *testing.T) {
	for line, want := range map[string]map[string]string{
		`#EXTINF:-1 tvg-id="w" user-agent="Box/1.0" http-referrer="https://site.test/" http-origin="https://site.test",World`: {"User-Agent": "Box/1.0", "Referer": "https://site.test/", "Origin": "https://site.test"},
		`#EXTINF:-1 http-user-agent='Box/1.0 (X)' referer="https://site.test/?a=1&b=2" origin=https://site.test,World`:        {"User-Agent": "Box/1.0 (X)", "Referer": "https://site.test/?a=1&b=2", "Origin": "https://site.test"},
		`#EXTINF:-1 Referrer="https://site.test/" HTTP-Cookie="a=b; c=d",World`:                                               {"Referer": "https://site.test/", "Cookie": "a=b; c=d"},
		`#EXTINF:-1 http-referer="https://site.test/",World`:                                                                  {"Referer": "https://site.test/"},
		`#EXTINF:-1 user-agent="",World`: nil,
	} {
		p := parse(t, "#EXTM3U\n"+line+"\nhttps://x.test/1\n#EXTINF:-1,next\nhttps://x.test/2\n")
		require.Len(t, p.found, 2)
		assert.Equal(t, "World", p.found[0].Title)
		assert.Equal(t, want, p.found[0].Headers, line)
		assert.Nil(t, p.found[1].Headers, "headers apply to one entry")
	}
	p := parse(t, "#EXTM3U url-tvg=\"https://epg.test/a.xml\" user-agent=\"Box/1\"\n#EXTINF:-1,World\nhttps://x.test/1\n#EXTINF:-1 user-agent=\"Own/2\",Pit\nhttps://x.test/2|Referer=https://r.test/\n")
	assert.Equal(t, map[string]string{"User-Agent": "Box/1"}, p.found[0].Headers, "headers in the head apply to all entries")
	assert.Equal(t, map[string]string{"User-Agent": "Own/2", "Referer": "https://r.test/"}, p.found[1].Headers)
	p = parse(t, "#EXTM3U\n#EXTINF:-1,Gone\n#EXTVLCOPT:http-cookie=secret=1\n#EXTINF:-1,World\nhttps://other.test/1\n")
	assert.Nil(t, p.found[0].Headers, "headers of an entry without an address are not sent to another host")
}

func TestHeadersAreReadInEveryPlayersNotation(t *testing.T) {
	for name, tc := range map[string]struct {
		lines, url string
		want       map[string]string
	}{
		"quotes, conditions, switches": {`http://cdn.test/w.m3u8|Referer="http://site.test/"&user-agent="Mozilla/5.0 (X11)"&if-none-match="abc"&if-modified-since=Mon&!Host=x&!sec-ch-ua="q"&verifypeer=false&seekable=0`,
			"http://cdn.test/w.m3u8", map[string]string{"Referer": "http://site.test/", "User-Agent": "Mozilla/5.0 (X11)"}},
		"nothing but switches":          {"http://cdn.test/w.m3u8|verifypeer=false&seekable=0&failonerror=false", "http://cdn.test/w.m3u8", nil},
		"a bare User-Agent":             {"http://cdn.test/w.m3u8|FooBar/1.2.3", "http://cdn.test/w.m3u8", map[string]string{"User-Agent": "FooBar/1.2.3"}},
		"a bare User-Agent with words":  {"http://cdn.test/live/1|Mozilla/5.0 (X11; Linux) Box", "http://cdn.test/live/1", map[string]string{"User-Agent": "Mozilla/5.0 (X11; Linux) Box"}},
		"a bare word":                   {"http://cdn.test/w.m3u8|VLC", "http://cdn.test/w.m3u8", map[string]string{"User-Agent": "VLC"}},
		"several bars":                  {"http://cdn.test/w.m3u8|User-Agent=A|Referer=http://site.test/", "http://cdn.test/w.m3u8", map[string]string{"User-Agent": "A", "Referer": "http://site.test/"}},
		"several bars and a bare one":   {"http://cdn.test/w.m3u8|FooBar/1.2|Referer=http://site.test/|", "http://cdn.test/w.m3u8", map[string]string{"User-Agent": "FooBar/1.2", "Referer": "http://site.test/"}},
		"bars in a value":               {`http://cdn.test/1|user-agent="a|b"&Referer=http://r.test/`, "http://cdn.test/1", map[string]string{"User-Agent": "a|b", "Referer": "http://r.test/"}},
		"bars in the last value":        {"http://cdn.test/w.m3u8|Referer=http://r.test/|User-Agent=Mozilla/5.0 (X|Y)", "http://cdn.test/w.m3u8", map[string]string{"Referer": "http://r.test/", "User-Agent": "Mozilla/5.0 (X|Y)"}},
		"bars at the end":               {"http://cdn.test/w.m3u8||", "http://cdn.test/w.m3u8", nil},
		"a bar in a token":              {"http://cdn.test/w.m3u8?token=abc|def==", "http://cdn.test/w.m3u8?token=abc|def==", nil},
		"a bar in Akamai's token":       {"http://cdn.test/w.m3u8?hdnea=exp=2~acl=/*|~hmac=ff|Referer=http://r.test/", "http://cdn.test/w.m3u8?hdnea=exp=2~acl=/*|~hmac=ff", map[string]string{"Referer": "http://r.test/"}},
		"a bar in the path, too":        {"http://cdn.test/a|b/w.m3u8|User-Agent=A", "http://cdn.test/a|b/w.m3u8", map[string]string{"User-Agent": "A"}},
		"h_ without a question mark":    {"http://cdn.test/play/w/index.m3u8&h_User-Agent=VAVOO%2F2.6&h_Referer=https://site.test/", "http://cdn.test/play/w/index.m3u8", map[string]string{"User-Agent": "VAVOO/2.6", "Referer": "https://site.test/"}},
		"h_ in a query":                 {"http://cdn.test/w.m3u8?t=1&h_user-agent=A%2F1&e=2", "http://cdn.test/w.m3u8?t=1&e=2", map[string]string{"User-Agent": "A/1"}},
		"h_ alone in a query":           {"http://cdn.test/w.m3u8?h_Origin=https%3A%2F%2Fo.test", "http://cdn.test/w.m3u8", map[string]string{"Origin": "https://o.test"}},
		"h_ for a proxy":                {"http://proxy.test/hls/manifest.m3u8?d=https%3A%2F%2Fcdn.test%2Fw.m3u8&h_Referer=x", "http://proxy.test/hls/manifest.m3u8?d=https%3A%2F%2Fcdn.test%2Fw.m3u8&h_Referer=x", nil},
		"h_ that belongs to the query":  {"http://cdn.test/w.m3u8?id=1&h_id=77&sig=ab&h_Referer=https://r.test/", "http://cdn.test/w.m3u8?id=1&h_id=77&sig=ab", map[string]string{"Referer": "https://r.test/"}},
		"h_ alone, of the query":        {"http://cdn.test/w.m3u8?h_sig=ab12", "http://cdn.test/w.m3u8?h_sig=ab12", nil},
		"h_ of known names and dashes":  {"http://cdn.test/w.m3u8?h_Authorization=a&h_x-key=k&h_Cookie=c%3D1", "http://cdn.test/w.m3u8", map[string]string{"Authorization": "a", "X-Key": "k", "Cookie": "c=1"}},
		"h_ of any name without ?":      {"http://cdn.test/w.m3u8&h_Key=1&h_Referer=https://r.test/?a", "http://cdn.test/w.m3u8", map[string]string{"Key": "1", "Referer": "https://r.test/?a"}},
		"h_ after a late ?":             {"http://cdn.test/w&a=1?b=2&h_id=7", "http://cdn.test/w&a=1?b=2&h_id=7", nil},
		"a bar in base64":               {"http://cdn.test/w.m3u8?t=Zm9v|QmFy/9xyz", "http://cdn.test/w.m3u8?t=Zm9v|QmFy/9xyz", nil},
		"a bar in base64, a header":     {"http://cdn.test/w.m3u8?t=Zm9v|QmFy/9xyz+/1==|Referer=https://r.test/", "http://cdn.test/w.m3u8?t=Zm9v|QmFy/9xyz+/1==", map[string]string{"Referer": "https://r.test/"}},
		"a User-Agent after a query":    {"http://cdn.test/w.m3u8?t=1|FooBar/1.2.3", "http://cdn.test/w.m3u8?t=1", map[string]string{"User-Agent": "FooBar/1.2.3"}},
		"words after a query":           {"http://cdn.test/w.m3u8?t=1|Mozilla/5.0 (X11)", "http://cdn.test/w.m3u8?t=1", map[string]string{"User-Agent": "Mozilla/5.0 (X11)"}},
		"a bar and a path after it":     {"http://cdn.test/live/a|id=5/index.m3u8", "http://cdn.test/live/a|id=5/index.m3u8", nil},
		"a path and a query after it":   {"http://cdn.test/live/a|id=5/index.m3u8?t=1|User-Agent=A", "http://cdn.test/live/a|id=5/index.m3u8?t=1", map[string]string{"User-Agent": "A"}},
		"a bar and a number":            {"http://cdn.test/live/a|b/9/index.m3u8?t=1", "http://cdn.test/live/a|b/9/index.m3u8?t=1", nil},
		"another header, with a path":   {"http://cdn.test/w.m3u8|Key=a/b", "http://cdn.test/w.m3u8", map[string]string{"Key": "a/b"}},
		"a header with an address":      {"http://cdn.test/1|Key=https://k.test/a", "http://cdn.test/1", map[string]string{"Key": "https://k.test/a"}},
		"another header, then an agent": {"http://cdn.test/1|Key=5&User-Agent=A/1", "http://cdn.test/1", map[string]string{"Key": "5", "User-Agent": "A/1"}},
		"an encoded bar":                {"http://cdn.test/w.m3u8%7CUser-Agent=A%2F1&Referer=https%3A%2F%2Fr.test%2F", "http://cdn.test/w.m3u8", map[string]string{"User-Agent": "A/1", "Referer": "https://r.test/"}},
		"all of it encoded":             {"http://cdn.test/w.m3u8%7CUser-Agent%3DA%252F1%26Referer%3Dhttps%253A%252F%252Fr.test%252F", "http://cdn.test/w.m3u8", map[string]string{"User-Agent": "A/1", "Referer": "https://r.test/"}},
		"an encoded bar of a token":     {"http://cdn.test/w.m3u8?t=a%7Cb=c", "http://cdn.test/w.m3u8?t=a%7Cb=c", nil},
		"a fragment":                    {"http://cdn.test/w.m3u8?a=1#User-Agent=A%2F1&Referer=https://r.test/", "http://cdn.test/w.m3u8?a=1", map[string]string{"User-Agent": "A/1", "Referer": "https://r.test/"}},
		"decoded once":                  {"http://cdn.test/1|Cookie=a%253Db", "http://cdn.test/1", map[string]string{"Cookie": "a%3Db"}},
		"encoded quotes":                {"http://cdn.test/1|User-Agent=%22Box%2F1%22", "http://cdn.test/1", map[string]string{"User-Agent": "Box/1"}},
		"a Referer with parameters":     {"http://cdn.test/1|Referer=https://r.test/?a=1&b=2&User-Agent=x&X-Key=1", "http://cdn.test/1", map[string]string{"Referer": "https://r.test/?a=1&b=2", "User-Agent": "x", "X-Key": "1"}},
		"referrer, misspelt":            {"http://cdn.test/1|referrer=https://r.test/&useragent=x", "http://cdn.test/1", map[string]string{"Referer": "https://r.test/", "User-Agent": "x"}},
		"DRM of other players":          {"http://cdn.test/1|drmScheme=clearkey&drmLicense=https://l.test", "http://cdn.test/1", nil},
		"VLC with dashes and quotes":    {"#EXTVLCOPT:--http-user-agent=\"A/1\"\n#EXTVLCOPT: http-referrer = https://r.test/\n#EXTVLCOPT:http-cookies=a=b\nhttp://cdn.test/1", "http://cdn.test/1", map[string]string{"User-Agent": "A/1", "Referer": "https://r.test/", "Cookie": "a=b"}},
		"Kodi's three":                  {"#KODIPROP:inputstream.adaptive.common_headers=User-Agent=A\n#KODIPROP:inputstream.adaptive.manifest_headers=Origin=https://o.test\n#KODIPROP:inputstream.adaptive.stream_headers=\"Referer=https%3A%2F%2Fr.test%2F\"\nhttp://cdn.test/1", "http://cdn.test/1", map[string]string{"User-Agent": "A", "Origin": "https://o.test", "Referer": "https://r.test/"}},
		"EXTHTTP with a number":         {"#EXTHTTP:{\"user-agent\":\"A\",\"n\":1,\"x-key\":\"k\"}\nhttp://cdn.test/1", "http://cdn.test/1", map[string]string{"User-Agent": "A", "X-Key": "k"}},
		"EXTHTTP with headers":          {"#EXTHTTP:{\"headers\":{\"Referer\":\"https://r.test/\",\"If-Range\":\"x\"}}\nhttp://cdn.test/1", "http://cdn.test/1", map[string]string{"Referer": "https://r.test/"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := parse(t, "#EXTM3U\n#EXTINF:-1,a\n"+tc.lines+"\n#EXTINF:-1,b\nhttps://x.test/b\n")
			require.Len(t, p.found, 2)
			assert.Equal(t, tc.url, p.found[0].URL)
			assert.Equal(t, tc.want, p.found[0].Headers)
			assert.Nil(t, p.found[1].Headers)
		})
	}
}

func TestTheFirstOfSeveralAddressesPlays(t *testing.T) {
	for line, want := range map[string]string{
		"https://a.test/w.m3u8|https://b.test/w.m3u8|https://c.test/w.m3u8": "https://a.test/w.m3u8 map[]",
		"https://a.test/w?t=1 | https://b.test/w":                           "https://a.test/w?t=1 map[]",
		"https://a.test/w|User-Agent=A|https://b.test/w|User-Agent=B":       "https://a.test/w map[User-Agent:A]",
		"https://a.test/w|https://b.test/w|User-Agent=B":                    "https://a.test/w map[User-Agent:B]",
		"https://a.test/w.m3u8 https://b.test/w.m3u8":                       "https://a.test/w.m3u8 map[]",
		"https://a.test/w.m3u8,https://b.test/w.m3u8":                       "https://a.test/w.m3u8 map[]",
		"https://a.test/w.m3u8;https://b.test/w.m3u8":                       "https://a.test/w.m3u8 map[]",
		"https://a.test/w.m3u8#https://b.test/w.m3u8":                       "https://a.test/w.m3u8 map[]",
		"https://a.test/w?u=x,https://b.test/w":                             "https://a.test/w?u=x,https://b.test/w map[]",
		"https://a.test/w||https://b.test/w":                                "https://a.test/w map[]",
		"https://a.test/w|https://b.test/w|User-Agent=B|Origin=https://o":   "https://a.test/w map[Origin:https://o User-Agent:B]",
		"rtmp://a.test/w|https://b.test/w|User-Agent=B":                     "https://b.test/w map[User-Agent:B]",
	} {
		p := parse(t, "#EXTM3U\n#EXTINF:-1,World\n"+line+"\n")
		require.Len(t, p.found, 1, line)
		assert.Equal(t, want, fmt.Sprintf("%s %v", p.found[0].URL, p.found[0].Headers), line)
	}
}

func TestAddressesWrittenByWindowsProgramsAreRepairedOrReported(t *testing.T) {
	p := parse(t, "#EXTM3U\n"+`http:\\cdn.test\live\a.m3u8?x=\1`+"\nhttp:/cdn.test/b\nHTTPS:\\\\CDN.test/c\nFolder1\\Track1.ts\nC:\\Videos\\d.ts\n\\\\nas\\e.ts\nrtmp://x.test/1\nudp://@239.0.0.1:1\nplugin://video/f\nhttp://\nhttps://x.test/100%/f\nhttps://x.test/Großer Preis?t=a b&c=ü\n")
	var got []string
	for _, f := range p.found {
		got = append(got, f.URL)
	}
	assert.Equal(t, []string{`http://cdn.test/live/a.m3u8?x=\1`, "http://cdn.test/b", "https://cdn.test/c", "https://site.test/lists/Folder1/Track1.ts",
		"https://x.test/100%/f", "https://x.test/Gro%C3%9Fer%20Preis?t=a%20b&c=%C3%BC"}, got)
	assert.Equal(t, 5, p.skipped[isForeign])
	assert.Equal(t, 1, p.skipped[isBroken])

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.m3u8"), []byte("#EXTM3U\r\n#EXTINF:-1,One\r\nFolder1\\Track1.ts\r\n"), 0o600))
	_, err := extracted(t, filepath.Join(dir, "a.m3u8"))
	require.ErrorContains(t, err, "the 1 addresses of the list are relative (no http:// in front), which is not possible in a file: write the whole addresses")
}

// extracted reads the list in a file.
func extracted(t *testing.T, path string) ([]extract.Found, error) {
	t.Helper()
	return extractedFrom(t, source.Source{Kind: "m3u", Path: path})
}

func extractedFrom(t *testing.T, src source.Source) ([]extract.Found, error) {
	t.Helper()
	pool := upstream.New()
	t.Cleanup(pool.Close)
	site, err := extract.NewSite(src, pool, extract.Limits{})
	require.NoError(t, err)
	return Extractor{}.Extract(t.Context(), src, site)
}

func zipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(b)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.Bytes()
}

func TestAListIsReadInEveryEncoding(t *testing.T) {
	const text = "#EXTM3U\n#EXTINF:-1 group-title=\"Großer Preis\",Zürich é\nhttps://x.test/1\n#EXTINF:-1,Plain\nhttps://x.test/2\n"
	encode := func(e interface{ Bytes([]byte) ([]byte, error) }, s string) []byte {
		b, err := e.Bytes([]byte(s))
		require.NoError(t, err)
		return b
	}
	le, be := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	packed := zipped(t, []byte(text))
	for name, list := range map[string][]byte{
		"UTF-8": []byte(text), "UTF-8 with a mark": []byte("\ufeff" + text), "two marks": []byte("\ufeff\ufeff" + text),
		"UTF-16 LE": encode(le.NewEncoder(), "\ufeff"+text), "UTF-16 BE": encode(be.NewEncoder(), "\ufeff"+text),
		"UTF-16 LE without a mark": encode(le.NewEncoder(), text), "UTF-16 BE without a mark": encode(be.NewEncoder(), text),
		"UTF-16 with CR LF": encode(le.NewEncoder(), "\ufeff"+strings.ReplaceAll(text, "\n", "\r\n")),
		"UTF-32":            encode(utf32.UTF32(utf32.LittleEndian, utf32.UseBOM).NewEncoder(), text),
		"Windows-1252":      encode(charmap.Windows1252.NewEncoder(), text), "Latin-1": encode(charmap.ISO8859_1.NewEncoder(), text),
		"CR": []byte(strings.ReplaceAll(text, "\n", "\r")), "CR LF": []byte(strings.ReplaceAll(text, "\n", "\r\n")),
		"CR CR LF": []byte(strings.ReplaceAll(text, "\n", "\r\r\n")),
		"gzip":     packed, "gzip in gzip": zipped(t, packed), "gzip of UTF-16": zipped(t, encode(le.NewEncoder(), "\ufeff"+text)),
		"named by the list": encode(charmap.ISO8859_15.NewEncoder(), "#EXTM3U\n#EXTENC:ISO-8859-15\n"+text[8:]),
	} {
		path := filepath.Join(t.TempDir(), "a.m3u")
		require.NoError(t, os.WriteFile(path, list, 0o600))
		found, err := extracted(t, path)
		require.NoError(t, err, name)
		require.Len(t, found, 2, name)
		assert.Equal(t, "Zürich é", found[0].Title, name)
		assert.Equal(t, "Großer Preis", found[0].Group, name)
		assert.Equal(t, "https://x.test/2", found[1].URL, name)
	}
	path := filepath.Join(t.TempDir(), "cyrillic.m3u")
	require.NoError(t, os.WriteFile(path, encode(charmap.Windows1251.NewEncoder(), "#EXTM3U\n#EXTENC: windows-1251\n#EXTINF:-1,Гонка\nhttps://x.test/1\n"), 0o600))
	found, err := extracted(t, path)
	require.NoError(t, err)
	assert.Equal(t, "Гонка", found[0].Title)

	require.NoError(t, os.WriteFile(path, packed[:len(packed)-12], 0o600))
	_, err = extracted(t, path)
	require.ErrorContains(t, err, "cyrillic.m3u is a gzip file that cannot be unpacked")
	require.NoError(t, os.WriteFile(path, zipped(t, bytes.Repeat([]byte("#"+strings.Repeat("-", 1022)+"\n"), extract.MaxAnswer/1024+1)), 0o600))
	_, err = extracted(t, path)
	require.ErrorIs(t, err, extract.ErrTooLarge)
}

func TestAListInALegacyEncodingKeepsItsTitles(t *testing.T) {
	const names = "Первый канал|Матч ТВ|Гонка"
	list := "#EXTM3U\n"
	for i, name := range strings.Split(names, "|") {
		list += fmt.Sprintf("#EXTINF:-1 group-title=\"Спорт\",%s\nhttps://x.test/%d\n", name, i)
	}
	read := func(list string) string {
		p := parse(t, list)
		var titles []string
		for _, f := range p.found {
			assert.Equal(t, "Спорт", f.Group)
			titles = append(titles, f.Title)
		}
		return strings.Join(titles, "|")
	}
	old, err := charmap.Windows1251.NewEncoder().String(list)
	require.NoError(t, err)
	assert.Equal(t, names, read(old))
	assert.Equal(t, names, read(strings.Replace(old, "#EXTM3U", `#EXTM3U charset="windows-1251"`, 1)))
	assert.Equal(t, names, read(strings.Replace(old, "#EXTM3U", "#EXTM3U url-tvg=\"http://x.test/\" encoding=1251", 1)))
	dos, err := charmap.CodePage866.NewEncoder().String(list)
	require.NoError(t, err)
	assert.Equal(t, names, read(strings.Replace(dos, "#EXTM3U", "#EXTM3U x-charset='ibm866'", 1)))
	assert.Equal(t, names+"|"+names, read(list+old), "two lists in one")
	assert.Equal(t, names+"|"+strings.ReplaceAll(names, "ТВ", "ТВ ¿é"), read(list+strings.ReplaceAll(list, "ТВ", "ТВ\xa0\xbf\xe9")), "damaged bytes")
	far := strings.Repeat("#EXTINF:-1 group-title=\"Спорт\",A\nhttps://x.test/a\n", 3000)
	assert.Equal(t, names, strings.ReplaceAll(read(far+old), "A|", ""), "after more than one buffer of text")
}

func TestAListIsFoundAfterTheWarningsOfItsServer(t *testing.T) {
	const list = "#EXTM3U\n#EXTINF:-1,World\nhttps://x.test/1\n"
	for before, want := range map[string]verdict{
		"<br />\n<b>Warning</b>: fopen() in /srv/get.php on line 3\n": isList, "Notice: x\n\n": isList, "": isList,
		"<!DOCTYPE html>\n": isMarkup, "<html><pre>\n": isMarkup, strings.Repeat("words\n", maxNoise+1): isNoList,
	} {
		p := parse(t, before+list)
		assert.Equal(t, want, p.verdict, before)
		if want == isList {
			assert.Equal(t, []string{"World https://x.test/1"}, shown(p), before)
		}
	}
	assert.Equal(t, isNoList, parse(t, "words\nmore words\n").verdict)
	assert.Equal(t, isMarkup, parse(t, "<br />\nwords\n").verdict)
}

func TestLinesWithEveryLineEndingAreReturned(t *testing.T) {
	for text, want := range map[string][]string{
		"a\rb\r\nc\nd": {"a", "b", "", "c", "d"}, "": nil, "\n": {""}, "a\r": {"a"}, "a\n\rb": {"a", "", "b"},
		strings.Repeat("x", maxLine) + "\ny":     {strings.Repeat("x", maxLine), "y"},
		strings.Repeat("x", maxLine-1) + "\ny":   {strings.Repeat("x", maxLine-1), "y"},
		strings.Repeat("x", 3*maxLine) + "\ry\r": {strings.Repeat("x", maxLine), "y"},
		strings.Repeat("ab\r", maxLine/2):        strings.Split(strings.TrimSuffix(strings.Repeat("ab\r", maxLine/2), "\r"), "\r"),
	} {
		for _, chunk := range []int{1, 1 << 20} {
			if chunk == 1 && len(text) > 1000 {
				continue
			}
			l := newLines(&inChunks{[]byte(text), chunk})
			var got []string
			for {
				line, whole, err := l.next()
				require.NoError(t, err)
				if line == nil {
					break
				}
				if len(line) == maxLine {
					assert.False(t, whole)
				}
				got = append(got, string(line))
			}
			require.Equal(t, want, got)
		}
	}
}

// inChunks is a reader that returns a few bytes at a time.
type inChunks struct {
	rest  []byte
	chunk int
}

func (c *inChunks) Read(p []byte) (int, error) {
	n := copy(p[:min(len(p), c.chunk)], c.rest)
	c.rest = c.rest[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// The cost of a hostile suffix is measured by its allocations: when a value grew with each of its parts, the cost was quadratic.
func TestTheMemoryForASuffixIsLinearInItsLength(t *testing.T) {
	for name, part := range map[string]string{
		"parts without a name": "&x", "names": "&a=b", "bars": "|a=b", "bars without a name": "|x", "an address": "&?://", "quotes": `&"="`,
	} {
		line := "http://cdn.test/1|User-Agent=A" + strings.Repeat(part, (60<<10)/len(part))
		list := "#EXTM3U\n#EXTINF:-1,World\n" + line + "\n"
		var found int
		allocated := testcost.Allocated(func() { found = len(parse(t, list).found) })
		assert.Equal(t, 1, found, name)
		assert.Less(t, allocated, uint64(8<<20), name)
	}
}

func TestAnEmptyAttributeDoesNotSwallowTheNext(t *testing.T) {
	a := attributes{text: []byte(` tvg-id= group-title="Motor",World`)}
	require.True(t, a.next())
	assert.Equal(t, "tvg-id=", string(a.name)+"="+string(a.value))
	require.True(t, a.next())
	assert.Equal(t, "group-title=Motor", string(a.name)+"="+string(a.value))
	assert.False(t, a.next())
	assert.Equal(t, "World", string(a.rest()))
}

func TestTheSectionOfAListEndsWhereAnotherListBegins(t *testing.T) {
	p := parse(t, "#EXTM3U\n#EXTGRP:Motor\n#EXTINF:-1,World\nhttp://cdn.test/w\n#EXTM3U\n#EXTINF:-1,News\nhttp://cdn.test/n\n")
	require.Len(t, p.found, 2)
	assert.Equal(t, "Motor", p.found[0].Group)
	assert.Empty(t, p.found[1].Group)
}

// Each blank used to cause a scan of all blanks after it: these lines took minutes.
func TestWhiteSpaceIsReadInLinearTime(t *testing.T) {
	line := "#EXTINF:-1 a" + strings.Repeat(" ", 65_000) + "b\n"
	p := parse(t, "#EXTM3U\n"+strings.Repeat(line, 40)+"http://cdn.test/w\n")
	assert.Len(t, p.found, 1)
}

func TestTheErrorNamesTheKindOfADocumentThatIsNotAList(t *testing.T) {
	for text, want := range map[string]string{
		"<!doctype html><title>Login</title>":                               "answered a web page where an M3U list was expected",
		"<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<MPD>\n<Period>\n": "answered a DASH manifest (MPD) where an M3U list was expected: only HLS is played",
		"<?xml version=\"1.0\"?>\n<playlist version=\"1\"\n xmlns=\"http://xspf.org/ns/0/\">\n<track><location>http://x.test/a.m3u8</location></track>": "answered an XSPF playlist where an M3U list was expected",
		"<asx version=\"3.0\">\r\n<entry><ref href=\"http://x.test/a\"/></entry>\r\n</asx>":                                                             "answered XML where an M3U list was expected",
	} {
		path := filepath.Join(t.TempDir(), "a.m3u")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := extracted(t, path)
		require.ErrorContains(t, err, want)
	}
}

func TestMatchComparesTitlesAsTheyAreShown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.m3u")
	require.NoError(t, os.WriteFile(path, []byte("#EXTM3U\n#EXTINF:-1 group-title=\"Cars &amp; Bikes\",Practice 1 &amp; 2\nhttps://x.test/1\n#EXTINF:-1,Race\nhttps://x.test/2\n"), 0o600))
	for _, match := range []string{"1 & 2", "1 &amp; 2$", "^Cars & Bikes$"} {
		found, err := extractedFrom(t, source.Source{Kind: "m3u", Path: path, Match: match})
		require.NoError(t, err, match)
		require.Len(t, found, 1, match)
		assert.Equal(t, "Practice 1 & 2", found[0].Title)
	}
}
