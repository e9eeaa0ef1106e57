package m3u

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each of these lists comes from a bug report of another player, with invented names.
func TestListsFromBugReportsAreReadAsTheirAuthorsMeant(t *testing.T) {
	type entry struct{ title, group, url string }
	for name, tc := range map[string]struct {
		list string
		want []entry
	}{
		"a blank after the #":                {"#EXTM3U\n# EXTINF:-1,World\nhttp://x.test/1\n", []entry{{"World", "", "http://x.test/1"}}},
		"a scheme twice":                     {"#EXTM3U\n#EXTINF:-1,A\nhttp://http://x.test/1\n#EXTINF:-1,B\nhttps://http://x.test/2\n", []entry{{"A", "", "http://x.test/1"}, {"B", "", "http://x.test/2"}}},
		"not a character reference":          {"#EXTM3U\n#EXTINF:-1 group-title=\"Drivers&notes; all\",Marshals&copy; &not1;\nhttp://x.test/1\n", []entry{{"Marshals© &not1;", "Drivers&notes; all", "http://x.test/1"}}},
		"character references":               {"#EXTM3U\n#EXTINF:-1 group-title=\"Cars &amp; Bikes\",Who&#39;s first\nhttp://x.test/1?a=1&amp;b=2\n", []entry{{"Who's first", "Cars & Bikes", "http://x.test/1?a=1&b=2"}}},
		"a plain ampersand":                  {"#EXTM3U\n#EXTINF:-1,A&B; C\nhttp://x.test/1?a=1&b=2;c\n", []entry{{"A&B; C", "", "http://x.test/1?a=1&b=2;c"}}},
		"addresses in quotes":                {"#EXTM3U\n#EXTINF:-1,A\n\"http://x.test/1\"\n#EXTINF:-1,B\n<http://x.test/2>\n", []entry{{"A", "", "http://x.test/1"}, {"B", "", "http://x.test/2"}}},
		"Streamlink's protocols":             {"#EXTM3U\n#EXTINF:-1,A\nhls://http://x.test/1.m3u8\n#EXTINF:-1,B\nhlsvariant://x.test/2.m3u8 name_key=bitrate\n", []entry{{"A", "", "http://x.test/1.m3u8"}, {"B", "", "https://x.test/2.m3u8"}}},
		"a host and a port without scheme":   {"#EXTM3U\n#EXTINF:-1,A\n192.0.2.1:8080/1.m3u8\n#EXTINF:-1,B\nwww.x.test/2.m3u8\n", []entry{{"A", "", "http://192.0.2.1:8080/1.m3u8"}, {"B", "", "http://www.x.test/2.m3u8"}}},
		"commands":                           {"#EXTM3U\n#EXTINF:-1,A\nffmpeg -i http://x.test/1 -f mpegts pipe:1\n#EXTINF:-1,B\nhttp://x.test/2\n", []entry{{"B", "", "http://x.test/2"}}},
		"names and addresses in one line":    {"Motor,#genre#\nWorld,http://x.test/1\nPit, https://x.test/2#https://y.test/2\nOther,#genre#\nOn board,http://x.test/3?a=1,2\n", []entry{{"World", "Motor", "http://x.test/1"}, {"Pit", "Motor", "https://x.test/2"}, {"On board", "Other", "http://x.test/3?a=1,2"}}},
		"the same after #EXTM3U":             {"#EXTM3U\nWorld,http://x.test/1\n", []entry{{"World", "", "http://x.test/1"}}},
		"an address with a comma":            {"#EXTM3U\n#EXTINF:-1,A\nhttp://x.test/a,http://y.test/b\n", []entry{{"A", "", "http://x.test/a"}}},
		"long tokens":                        {"#EXTM3U\n#EXTINF:-1,A\nhttp://x.test/1?jwt=aaaa\n", []entry{{"A", "", "http://x.test/1?jwt=aaaa"}}},
		"attributes without a blank between": {"#EXTM3U\n#EXTINF:-1 tvg-name=\"R | W\"tvg-id=\"r\"group-title=\"G\",R | W, live\nhttp://x.test/1\n", []entry{{"R | W, live", "G", "http://x.test/1"}}},
	} {
		p := parse(t, tc.list)
		var got []entry
		for _, f := range p.found {
			got = append(got, entry{f.Title, f.Group, f.URL})
		}
		assert.Equal(t, tc.want, got, name)
	}
	p := parse(t, "#EXTM3U\n#EXTGRP: \"Pit lane\" \n#EXTINF:-1, tvg-id=w, tvg-name=World, group-title=Motor, World, live\nhttp://x.test/1\n#EXTINF:-1,Pit\nhttp://x.test/2\n#EXTINF:-1,tvg-id=7\nhttp://x.test/3\n")
	require.Len(t, p.found, 3)
	assert.Equal(t, []string{"World, live", "Motor", "Pit", "Pit lane", "tvg-id=7"}, []string{p.found[0].Title, p.found[0].Group, p.found[1].Title, p.found[1].Group, p.found[2].Title})
	p = parse(t, "[playlist]\nNumberOfEntries=1\nFile1=http://x.test/1\n")
	assert.Empty(t, p.found)
	require.Equal(t, isNoList, p.verdict)
}

// The encoding is decided by the whole list: the last title by itself has more damaged bytes than letters.
func TestALongUTF8ListStaysUTF8DespiteADamagedTitle(t *testing.T) {
	const lines = 4000
	p := parse(t, "#EXTM3U\n"+strings.Repeat("#EXTINF:-1,Großer Preis – Türkei\nhttp://x.test/1\n", lines)+"#EXTINF:-1,\xff\xfe São\nhttp://x.test/2\n")
	require.Len(t, p.found, lines+1)
	assert.Equal(t, "Großer Preis – Türkei", p.found[0].Title)
	assert.Equal(t, "ÿþ São", p.found[lines].Title)
}

func TestHeadersInTheNotationsOfOtherProgramsAreSent(t *testing.T) {
	both := map[string]string{"User-Agent": "Box/1.0", "Referer": "https://r.test/"}
	for _, lines := range []string{
		"http://x.test/1.m3u8|User-Agent: Box/1.0|Referer: https://r.test/",
		"http://x.test/1.m3u8|user-agent:Box/1.0|Referer=https://r.test/",
		"http://x.test/1.m3u8|Referer=https://r.test/|User-Agent: Box/1.0",
		"http://x.test/1.m3u8 | Referer=https://r.test/ & User-Agent=Box/1.0",
		`http://x.test/1.m3u8|{"User-Agent":"Box/1.0","Referer":"https://r.test/","n":1}`,
		"http://x.test/1.m3u8 :http-referrer=https://r.test/ :http-user-agent=Box/1.0",
		":http-referrer=https://r.test/\n:http-user-agent=Box/1.0\nhttp://x.test/1.m3u8",
		"#EXTVLCOPT:http-user-agent=Box/1.0\nhttp://x.test/1.m3u8 :http-referrer=https://r.test/",
	} {
		p := parse(t, "#EXTM3U\n#EXTINF:-1,World\n"+lines+"\n#EXTINF:-1,Pit\nhttp://x.test/2\n")
		require.Len(t, p.found, 2, lines)
		assert.Equal(t, "http://x.test/1.m3u8", p.found[0].URL, lines)
		assert.Equal(t, both, p.found[0].Headers, lines)
		assert.Nil(t, p.found[1].Headers, lines)
	}
	for line, agent := range map[string]string{
		"http://x.test/1|User-Agent=Box & Co/1.0": "Box & Co/1.0", "http://x.test/1|User-Agent=Box (A: B)": "Box (A: B)", "http://x.test/1|User-Agent=Box & c=d": "Box & c=d",
	} {
		p := parse(t, "#EXTM3U\n#EXTINF:-1,World\n"+line+"\n")
		require.Len(t, p.found, 1, line)
		assert.Equal(t, map[string]string{"User-Agent": agent}, p.found[0].Headers, line)
	}
}
