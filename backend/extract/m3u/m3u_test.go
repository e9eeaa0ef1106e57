package m3u

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/upstream"
	"gridwall/backend/weburl"
	"gridwall/internal/testcost"
)

var base = &url.URL{Scheme: "https", Host: "site.test", Path: "/lists/all.m3u"}

func parse(t testing.TB, text string) *parser {
	t.Helper()
	p := &parser{lines: newLines(strings.NewReader(text)), base: base}
	require.NoError(t, p.run())
	return p
}

func TestAnEntrysTitleIsReadInEveryNotation(t *testing.T) {
	for line, want := range map[string]struct{ title, group string }{
		`#EXTINF:-1,World`: {"World", ""},
		`#EXTINF:-1 tvg-logo="https://x.test/a,b.png",World, live`:     {"World, live", ""},
		`#EXTINF:-1 group-title="Motor, live" tvg-id="w",World`:        {"World", "Motor, live"},
		`#EXTINF:0,group-title="x",World`:                              {"World", "x"},
		`#EXTINF:-1 group-title=Motor tvg-id=w,World`:                  {"World", "Motor"},
		`#EXTINF:-1 group-title="Motor, World`:                         {"World", "Motor"},
		`#extinf:-1 Group-Title="Motor" , World `:                      {"World", "Motor"},
		`#EXTINF:-1 tvg-id="w" tvg-name="World feed" group-title="",`:  {"World feed", ""},
		`#EXTINF:-1 tvg-id="world.test",`:                              {"world.test", ""},
		`#EXTINF:-1`:                                                   {"index.m3u8", ""},
		`#EXTINF:-1 tvg-name="Monde" group-title="Sport",Monde é 赛车 🏁`: {"Monde é 赛车 🏁", "Sport"},
	} {
		p := parse(t, "#EXTM3U\n"+line+"\nhttps://x.test/index.m3u8\n#EXTINF:-1,next\nhttps://x.test/2\n")
		require.Len(t, p.found, 2, line)
		assert.Equal(t, want.title, p.found[0].Title, line)
		assert.Equal(t, "next", p.found[1].Title)
		var i info
		if rest, ok := cutTag([]byte(line), "#EXTINF:"); ok {
			i.read(rest, &options{})
		}
		assert.Equal(t, want.group, string(i.group), line)
	}
}

func TestAnEntrysHeadersAreFoundWhereverTheListPutsThem(t *testing.T) {
	for name, tc := range map[string]struct {
		lines string
		url   string
		want  map[string]string
	}{
		"none":            {"https://x.test/1", "https://x.test/1", nil},
		"VLC":             {"#EXTVLCOPT:http-user-agent=A/1 (x; y)\n#EXTVLCOPT:http-referrer=https://r.test/?a=b\n#EXTVLCOPT:network-caching=1\nhttps://x.test/1", "https://x.test/1", map[string]string{"User-Agent": "A/1 (x; y)", "Referer": "https://r.test/?a=b"}},
		"suffix":          {"https://x.test/1?a=b|User-Agent=A%2F1%20x&Referer=https%3A%2F%2Fr.test%2F", "https://x.test/1?a=b", map[string]string{"User-Agent": "A/1 x", "Referer": "https://r.test/"}},
		"suffix, raw":     {"https://x.test/1|user-agent=A/1 (100%)&referer=https://r.test/?a=1&b", "https://x.test/1", map[string]string{"User-Agent": "A/1 (100%)", "Referer": "https://r.test/?a=1&b"}},
		"a bar in a path": {"https://x.test/a|b/1.m3u8", "https://x.test/a|b/1.m3u8", nil},
		"Kodi":            {"#KODIPROP:inputstreamaddon=inputstream.adaptive\n#KODIPROP:inputstream.adaptive.stream_headers=Origin=https%3A%2F%2Fo.test&X-A=1%2B1\nhttps://x.test/1", "https://x.test/1", map[string]string{"Origin": "https://o.test", "X-A": "1+1"}},
		"EXTHTTP":         {"#EXTHTTP:{\"cookie\":\"a=b; c=d\"}\nhttps://x.test/1", "https://x.test/1", map[string]string{"Cookie": "a=b; c=d"}},
		"not to be set":   {"https://x.test/1|Host=evil.test&Range=bytes=0-&Transfer-Encoding=chunked&X=%0d%0aY: z", "https://x.test/1", nil},
		"broken EXTHTTP":  {"#EXTHTTP:{\nhttps://x.test/1", "https://x.test/1", nil},
		"space in a URL":  {"https://x.test/a b.m3u8?t=1", "https://x.test/a%20b.m3u8?t=1", nil},
		"relative":        {"../live/1.m3u8", "https://site.test/live/1.m3u8", nil},
		"no scheme":       {"//x.test/1", "https://x.test/1", nil},
		"capitals":        {"HTTPS://X.test/1", "https://X.test/1", nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := parse(t, "#EXTM3U\n#EXTINF:-1,a\n"+tc.lines+"\n#EXTINF:-1,b\nhttps://x.test/b\n")
			require.Len(t, p.found, 2)
			assert.Equal(t, tc.url, p.found[0].URL)
			assert.Equal(t, tc.want, p.found[0].Headers)
			assert.Nil(t, p.found[1].Headers, "headers apply to one entry")
		})
	}
}

func TestAQualityIsGuessedOnlyFromAnUnambiguousTitle(t *testing.T) {
	for title, want := range map[string]string{
		"World 1080p": "1080p", "World (1080P50)": "", "World [720p]": "720p", "World FHD": "FHD", "world hd": "HD", "World 4K": "4K", "UHD World": "UHD",
		"World HD 1080p": "1080p", "1080p HD World": "1080p", "World FHD 1080p": "1080p", "World 4K 2160p": "2160p", "World 1080i": "1080i",
		"World 1080p / 720p": "", "SD/HD": "", "HD SD": "", "World 4K FHD": "", "HDTV": "", "World": "", "": "", "Formula 1": "", "24H": "", "SDé": "", "1080": "",
	} {
		assert.Equal(t, want, Quality(title), title)
	}
}

func TestAnOverlongLineLosesOnlyItsOwnEntry(t *testing.T) {
	p := parse(t, "#EXTM3U\n#EXTINF:-1 group-title=\"g\" tvg-logo=\"data:"+strings.Repeat("x", 3*maxLine)+"\",a\nhttps://x.test/1.m3u8\n"+
		"#EXTINF:-1,b\nhttps://x.test/"+strings.Repeat("x", 2*maxLine)+"\n#EXTINF:-1,c\nhttps://x.test/3")
	require.Len(t, p.found, 2)
	assert.Equal(t, "1.m3u8", p.found[0].Title, "the title was in the part that was cut off")
	assert.Equal(t, "c", p.found[1].Title)
	assert.Equal(t, 1, p.skipped[isBroken])
}

func TestAListWithTooManyMatchesIsRefused(t *testing.T) {
	p := parse(t, "#EXTM3U\n"+strings.Repeat("a\n", MaxStreams+2))
	assert.Equal(t, isTooLong, p.verdict)
}

func TestAListFileIsFoundNextToItsSource(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile("testdata/channels.m3u")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mine.m3u"), text, 0o600))
	run := func(toml string) ([]extract.Found, error) {
		src, err := source.Parse(filepath.Join(dir, "mine.toml"), []byte("kind = \"m3u\"\n"+toml), nil)
		require.NoError(t, err)
		site, err := extract.NewSite(src, upstream.New(), extract.Limits{})
		require.NoError(t, err)
		return Extractor{}.Extract(t.Context(), src, site)
	}
	found, err := run("url = \"mine.m3u\"\nmatch = \"(?i)motor\"\n")
	require.NoError(t, err)
	require.Len(t, found, 2, "a relative URL has no meaning in a file")
	assert.Equal(t, "World feed, live (1080p)", found[0].Title)

	_, err = run("url = \"mine.m3u\"\nmatch = \"curling\"\n")
	require.ErrorIs(t, err, stream.ErrNoStreams)
	require.ErrorContains(t, err, `none of 6 entries matches "curling"`)
	_, err = run("url = \"gone.m3u\"\n")
	require.EqualError(t, err, filepath.Join(dir, "gone.m3u")+" cannot be read: no such file or directory")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "hls.m3u8"), []byte("#EXTM3U\n#EXT-X-TARGETDURATION:6\n"), 0o600))
	_, err = run("url = \"hls.m3u8\"\n")
	require.ErrorContains(t, err, "is an HLS playlist, and a player needs its URL")
}

func FuzzLists(f *testing.F) {
	text, err := os.ReadFile("testdata/channels.m3u")
	require.NoError(f, err)
	f.Add(text)
	f.Add([]byte("#EXTM3U\n#EXTINF:-1 a=\"\n|a=b\nx|Cookie=%\n#EXTHTTP:{\"a\":\"b\"}\n//x\n"))
	f.Add([]byte("#EXTM3U\r\n#EXT-X-STREAM-INF:A=1\r\n"))
	f.Add([]byte("#EXTM3U user-agent=\"a\"\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTGRP:m\n#EXTINF:-1, tvg-id='w' group-title=\"The \"Big\" x\"tvg-name=\u201cy\u201d,T http://x/1\n"))
	f.Add([]byte("#EXTINF:-1 t,\xe9\rhttp:\\\\x\\y|http://z|a=b&h_c=d\r\nhttp://x/w&h_A=b#Cookie=%22c%22|Foo/1|!x=y|Referer=\"http://r/?a&b=c&d-e=f\"\n"))
	f.Add([]byte("\xff\xfe#\x00E\x00X\x00T\x00M\x003\x00U\x00\n\x00a\x00"))
	f.Add([]byte("#EXTM3U\n#EXTVLCOPT:--http-referrer='a'\n#KODIPROP:inputstream.adaptive.common_headers=a=b|c=d\n#EXTENC:gbk\nhttp:///a%zz \xff\n"))
	f.Fuzz(func(t *testing.T, list []byte) {
		a := extract.Answer{Body: io.NopCloser(bytes.NewReader(list))}
		p := parser{lines: newLines(a.Text()), base: base}
		if err := p.run(); err != nil {
			require.Contains(t, err.Error(), "gzip")
		}
		for _, s := range p.found {
			u, err := weburl.Parse(s.URL)
			require.NoError(t, err, s.URL)
			assert.Contains(t, []string{"http", "https"}, u.Scheme)
			assert.NotEmpty(t, u.Host)
			assert.NotContains(t, s.Title, "\n")
			for name, value := range s.Headers {
				assert.NotContains(t, name+value, "\n")
				assert.NotContains(t, []string{"Host", "Range", "If-None-Match", "Verifypeer", "Seekable"}, name)
				assert.False(t, strings.HasPrefix(name, "!"))
			}
		}
	})
}

// bigList returns a list of n entries as providers send them.
func bigList(n int) []byte {
	var b bytes.Buffer
	b.WriteString("#EXTM3U x-tvg-url=\"https://epg.test/guide.xml\"\n")
	for i := range n {
		fmt.Fprintf(&b, "#EXTINF:-1 tvg-id=\"channel%d.test\" tvg-name=\"Channel %d\" tvg-logo=\"https://img.test/logos/%d.png\" group-title=\"Group %d\",Channel %d FHD\n"+
			"#EXTVLCOPT:http-user-agent=Mozilla/5.0\nhttps://cdn%d.test/live/user/password/%d.m3u8?token=0123456789abcdef0123456789abcdef&e=1700000000\n", i, i, i, i%200, i, i%10, i)
	}
	return b.Bytes()
}

// BenchmarkParse50k reads a list of 50,000 entries; "live-MB" is the memory that the result holds.
func BenchmarkParse50k(b *testing.B) {
	list := bigList(50_000)
	b.SetBytes(int64(len(list)))
	b.ReportAllocs()
	for b.Loop() {
		p := parser{lines: newLines(bytes.NewReader(list)), base: base}
		if err := p.run(); err != nil || len(p.found) != 50_000 {
			b.Fatal(err, len(p.found))
		}
	}
	b.StopTimer()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p := parser{lines: newLines(bytes.NewReader(list)), base: base}
	_ = p.run()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "live-MB")
	runtime.KeepAlive(p)
}

// A list of 50,000 entries may allocate 60 MB in all; the result holds a quarter of that.
func TestAListOf50000IsReadInBoundedMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.m3u")
	require.NoError(t, os.WriteFile(path, bigList(50_000), 0o600))
	src := source.Source{Kind: "m3u", Path: path}
	pool := upstream.New()
	t.Cleanup(pool.Close)
	read := func(match string) (found []extract.Found, allocated uint64) {
		src.Match = match
		site, err := extract.NewSite(src, pool, extract.Limits{})
		require.NoError(t, err)
		allocated = testcost.Allocated(func() { found, err = Extractor{}.Extract(t.Context(), src, site) })
		require.NoError(t, err)
		return found, allocated
	}
	found, allocated := read("")
	require.Len(t, found, 50_000)
	assert.Equal(t, "Group 199", found[199].Group)
	assert.Equal(t, "https://img.test/logos/199.png", found[199].Logo)
	assert.Less(t, allocated, uint64(60e6))
	found, allocated = read("(?i)^group 7$")
	require.Len(t, found, 250)
	assert.Less(t, allocated, uint64(5e6), "entries that do not match allocate nothing")
}

func TestMatchComparesTitleGroupAndID(t *testing.T) {
	list := "#EXTM3U\n#EXTINF:-1 tvg-id=\"a.motor\" group-title=\"G1\",One\nhttps://x.test/1\n#EXTINF:-1 tvg-name=\"Two motor\",\nhttps://x.test/2\n" +
		"#EXTINF:-1 tvg-logo=\"data:image/png;base64,AAAA\",Three\n#EXTGRP:Motor\nhttps://x.test/3\n#EXTINF:-1,Four\nhttps://x.test/motor\n#EXTINF:-1 tvg-logo=\"ftp://x\",\nhttps://x.test/5\n"
	for match, want := range map[string][]string{
		"(?i)motor": {"One", "Two motor", "Three"}, "^G1$": {"One"}, "^$": {"5"}, "": {"One", "Two motor", "Three", "Four", "5"},
	} {
		p := &parser{lines: newLines(strings.NewReader(list)), base: base}
		if match != "" {
			p.match = regexp.MustCompile(match)
		}
		require.NoError(t, p.run())
		var got []string
		for _, f := range p.found {
			got = append(got, f.Title)
			assert.Empty(t, f.Logo, "a logo is neither a data: URL nor of another scheme")
		}
		assert.Equal(t, want, got, match)
	}
}

// Providers' lists have the user and the password in the address of the list, and in the path of every stream.
func TestAProvidersPasswordIsNeverShown(t *testing.T) {
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/get.php" || r.FormValue("type") != "m3u_plus":
			http.NotFound(w, r)
		case r.FormValue("password") != "hunter2hunter2":
			http.Error(w, "no", http.StatusForbidden)
		default:
			fmt.Fprintf(w, "#EXTM3U\n#EXTINF:-1 tvg-id=\"\" tvg-name=\"World\" tvg-logo=\"\" group-title=\"Motor\",World\nhttp://%s/live/me/hunter2hunter2/101.m3u8\n"+
				"#EXTINF:-1,Raw\nhttp://%[1]s/me/hunter2hunter2/102\n", r.Host)
		}
	}))
	t.Cleanup(provider.Close)
	run := func(password string) ([]extract.Found, []extract.Step, error) {
		src := source.Source{Kind: "m3u", AllowPrivate: true, URL: provider.URL + "/get.php?username=me&password=" + password + "&type=m3u_plus&output=hls"}
		pool := upstream.New()
		t.Cleanup(pool.Close)
		site, err := extract.NewSite(src, pool, extract.Limits{})
		require.NoError(t, err)
		found, err := Extractor{}.Extract(t.Context(), src, site)
		return found, site.Trace(), err
	}
	found, steps, err := run("hunter2hunter2")
	require.NoError(t, err)
	require.Len(t, found, 2)
	assert.Equal(t, provider.URL+"/live/me/hunter2hunter2/101.m3u8", found[0].URL)
	for _, f := range found {
		assert.NotContains(t, stream.RedactURL(f.URL), "hunter2")
		assert.NotContains(t, stream.RedactText("Get \""+f.URL+"\": refused"), "hunter2")
	}
	assert.Contains(t, steps[0].URL, "/get.php?…")
	_, steps, err = run("hunter2wrong")
	require.ErrorContains(t, err, "answered 403")
	assert.NotContains(t, err.Error()+fmt.Sprint(steps), "hunter2")
}

func TestReadingStopsWhenItIsCancelled(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.m3u"), bigList(100), 0o600))
	src := source.Source{Kind: "m3u", Path: filepath.Join(dir, "a.m3u")}
	site, err := extract.NewSite(src, upstream.New(), extract.Limits{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Extractor{}.Extract(ctx, src, site)
	require.ErrorIs(t, err, context.Canceled)
}
