package guess_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/extract/command"
	"gridwall/backend/extract/page"
	"gridwall/backend/guess"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/upstream"
)

// browserDouble stands in for the browser, which has its own tests. It records the sources that it is run with.
type browserDouble struct {
	asked *[]source.Source
	finds string
}

func (b browserDouble) Extract(_ context.Context, src source.Source, _ *extract.Site) ([]extract.Found, error) {
	*b.asked = append(*b.asked, src)
	return []extract.Found{{URL: b.finds, Title: "Club"}}, nil
}

func TestAPastedWebPageBecomesASourceOfTheCheapestKindThatWorks(t *testing.T) {
	site := guessSite(t, map[string]string{
		"/plain":  `<!doctype html><title>Club</title><script>play("HOST\/a.m3u8?t=1")</script>`,
		"/frame":  `<!doctype html><title>Club</title><iframe src="/inner">`,
		"/inner":  `<!doctype html><iframe src="/plain">`,
		"/script": `<!doctype html><title>Club</title><script src="/app.js"></script>`,
	})
	pool := upstream.New()
	t.Cleanup(pool.Close)
	// Streamlink is the only program that is installed.
	tools := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(tools, "streamlink"), []byte("#!/bin/sh\necho '{\"type\":\"hls\",\"url\":\""+site+"/tool.m3u8\",\"streams\":{\"best\":{\"type\":\"hls\",\"url\":\""+site+"/tool.m3u8\"}}}'\n"), 0o755))
	t.Setenv("PATH", tools+":/bin:/usr/bin")
	var asked []source.Source
	for _, tc := range []struct {
		path, kind string
		follow     int
		programs   bool
		url        string
	}{
		{"/plain", "page", 0, true, site + "/a.m3u8?t=1"},
		{"/frame", "page", 2, true, site + "/a.m3u8?t=1"},
		{"/script", "browser", 0, false, site + "/browser.m3u8"},
	} {
		asked = nil
		g := guess.Guesser{Programs: tc.programs, Registry: extract.Registry{
			"page": page.Extractor{}, "command": command.Extractor{}, "browser": browserDouble{&asked, site + "/browser.m3u8"},
		}}
		p, err := g.Guess(t.Context(), site+tc.path, pool)
		require.NoError(t, err, tc.path)
		assert.Equal(t, tc.kind, p.Source.Kind, tc.path)
		assert.Len(t, p.Source.Follow, tc.follow)
		assert.Equal(t, tc.url, p.Found[0].URL)
		again, err := source.Parse(p.Source.Key+".toml", []byte(p.Text), nil)
		require.NoError(t, err, p.Text)
		assert.Equal(t, tc.kind, again.Kind)
		assert.True(t, again.AllowPrivate)
	}
	require.Len(t, asked, 1)
	assert.Equal(t, site+"/script", asked[0].URL)
	g := guess.Guesser{Programs: true, Registry: extract.Registry{"page": page.Extractor{}, "command": command.Extractor{}}}
	p, err := g.Guess(t.Context(), site+"/script", pool)
	require.NoError(t, err)
	assert.Equal(t, []string{"streamlink", "--json", "--url", site + "/script"}, p.Source.Command)
	assert.Equal(t, site+"/tool.m3u8", p.Found[0].URL)
	_, err = guess.Guesser{Registry: extract.Registry{"page": page.Extractor{}}}.Guess(t.Context(), site+"/script", pool)
	require.ErrorIs(t, err, extract.ErrWebPage)
	assert.Contains(t, err.Error(), "answered a web page, and no stream was found on it (no playlist address")
}

// guessSite serves the pages, in which HOST and ESCAPED stand for its own address, and playlists that play at every address that
// ends in .m3u8, except below /dead.
func guessSite(t *testing.T, pages map[string]string) (base string) {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch page, ok := pages[r.URL.Path]; {
		case ok:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, strings.NewReplacer("HOST", "http://"+r.Host, "ESCAPED", url.QueryEscape("http://"+r.Host)).Replace(page))
		case strings.HasPrefix(r.URL.Path, "/dead"):
			http.NotFound(w, r)
		case strings.HasSuffix(r.URL.Path, ".m3u8"):
			fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n/1.ts\n#EXTINF:4,\n/2.ts\n")
		case strings.HasSuffix(r.URL.Path, ".ts"):
			w.Write(slices.Concat([]byte{0x47, 0x40, 0, 0x10}, make([]byte, 184), []byte{0x47, 0x40, 0, 0x10}, make([]byte, 184), []byte{0x47, 0x40, 0, 0x10}, make([]byte, 184)))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// A proposed feed that does not play is worse than none: the user finds out when the race begins.
func TestOnlyASourceThatPlaysIsProposedForAWebPage(t *testing.T) {
	site := guessSite(t, map[string]string{
		"/encoded": `<!doctype html><iframe src="/player.html?src=ESCAPED%2Flive%2Fw.m3u8%3Fe%3D1%26st%3Dab&poster=x.jpg"></iframe>`,
		"/below":   `<!doctype html><script>u="/dead/a.m3u8?token=s3cr3t"</script><iframe src="/inner">`,
		"/inner":   `<!doctype html><video src="/live/b.m3u8">`,
		"/dead":    `<!doctype html><video src="/dead/a.m3u8?token=s3cr3t">`,
	})
	pool := upstream.New()
	t.Cleanup(pool.Close)
	var asked []source.Source
	g := guess.Guesser{Registry: extract.Registry{"page": page.Extractor{}, "browser": browserDouble{&asked, site + "/browser.m3u8"}}}
	p, err := g.Guess(t.Context(), site+"/below", pool)
	require.NoError(t, err)
	assert.Equal(t, site+"/live/b.m3u8", p.Found[0].URL)
	assert.Len(t, p.Source.Follow, 1)
	assert.Contains(t, p.Text, "# the stream found on the page cannot be played ("+site+"/dead/a.m3u8?… answered 404 Not Found); this source finds one that can\n")
	assert.NotContains(t, p.Text, "s3cr3t")
	_, err = source.Parse("x.toml", []byte(p.Text), nil)
	require.NoError(t, err)

	p, err = g.Guess(t.Context(), site+"/dead", pool)
	require.NoError(t, err)
	assert.Equal(t, "browser", p.Source.Kind)
	g.Registry["browser"] = browserDouble{&asked, site + "/dead/b.m3u8"}
	_, err = g.Guess(t.Context(), site+"/dead", pool)
	require.ErrorIs(t, err, stream.ErrNoStreams)
	require.ErrorContains(t, err, "nothing on it can be played: the stream found on the page cannot be played ("+site+"/dead/a.m3u8?… answered 404 Not Found); the stream found by the browser cannot be played")
	assert.NotContains(t, err.Error(), "s3cr3t")

	encoded, err := g.Guess(t.Context(), site+"/encoded", pool)
	require.NoError(t, err)
	require.Len(t, encoded.Found, 1)
	assert.Equal(t, site+"/live/w.m3u8?e=1&st=ab", encoded.Found[0].URL)
}

func TestTheErrorForAPageNamesAnAddressBuiltByScript(t *testing.T) {
	site := guessSite(t, map[string]string{"/script": `<!doctype html><script>new Hls().loadSource(make(key))</script>`})
	pool := upstream.New()
	t.Cleanup(pool.Close)
	_, err := guess.Guesser{Registry: extract.Registry{"page": page.Extractor{}}}.Guess(t.Context(), site+"/script", pool)
	require.ErrorIs(t, err, extract.ErrWebPage)
	require.ErrorContains(t, err, "the page builds its address by script: use the browser source")
}

// A list is proposed even if its first feeds are offline, because the others may play. The text says so.
func TestAListOfOfflineFeedsIsProposedWithAComment(t *testing.T) {
	site := guessSite(t, map[string]string{"/list": "#EXTM3U\n#EXTINF:-1,A\n/dead/a.m3u8\n", "/good": "#EXTM3U\n#EXTINF:-1,A\n/dead/a.m3u8\n#EXTINF:-1,B\n/b.m3u8\n"})
	pool := upstream.New()
	t.Cleanup(pool.Close)
	p, err := guesser().Guess(t.Context(), site+"/list", pool)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(p.Text, "# cannot be played now: "+site+"/dead/a.m3u8 answered 404 Not Found\n"), p.Text)
	p, err = guesser().Guess(t.Context(), " "+strings.ReplaceAll(site+"/good", "/", `\`)+"\n", pool)
	require.NoError(t, err)
	assert.NotContains(t, p.Text, "#")
	assert.Contains(t, p.Text, `url = "`+site+`/good"`, "an address written by a Windows program is repaired")
}
