package page_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/extract/page"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/upstream"
	"gridwall/internal/testkind"
)

func TestPageConforms(t *testing.T) {
	pool := upstream.New()
	t.Cleanup(pool.Close)
	testkind.Run(t, testkind.Case{
		Kind: "page", Extractor: page.Extractor{}, Transports: pool,
		Source: func(url string) source.Source {
			return source.Source{Key: "p", Name: "P", Kind: "page", URL: url}
		},
		Good: []testkind.Answer{{Name: "a player", ContentType: "text/html", Body: `<title>Race</title><video src="http://cdn.test/a.m3u8?t=1">`, Want: []extract.Found{
			{URL: "http://cdn.test/a.m3u8?t=1", Title: "Race", Headers: map[string]string{"Referer": "{base}/", "Origin": "{base}"}},
		}}},
		Empty:  []testkind.Answer{{Name: "no player", Body: "<html><p>The race begins at noon"}},
		Begin:  "<html>",
		Repeat: "<p>words</p>",
	})
}

// extracted runs a source file in which SITE is replaced by the address of a server of h. It returns the server's address,
// too.
func extracted(t *testing.T, h http.Handler, text string) ([]extract.Found, string, error) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	pool := upstream.New()
	t.Cleanup(pool.Close)
	src, err := source.Parse("sources/p.toml", []byte(strings.ReplaceAll(text, "SITE", strings.TrimPrefix(server.URL, "http://"))), nil)
	require.NoError(t, err)
	require.NoError(t, page.Extractor{}.Check(src))
	site, err := extract.NewSite(src, pool, extract.Limits{})
	require.NoError(t, err)
	found, err := page.Extractor{}.Extract(context.Background(), src, site)
	return found, server.URL, err
}

func TestStreamsAreFoundInEveryKindOfPage(t *testing.T) {
	dirs, err := filepath.Glob("testdata/pages/*")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(dirs), 20)
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(dir, "source.toml"))
			require.NoError(t, err)
			want, err := os.ReadFile(filepath.Join(dir, "want.txt"))
			require.NoError(t, err)
			found, base, err := extracted(t, http.FileServer(http.Dir(dir)), string(text))
			require.NoError(t, err)
			var got strings.Builder
			for _, f := range found {
				fmt.Fprintf(&got, "%s | %s | %s\n", f.URL, f.Title, f.Quality)
				assert.Equal(t, base, f.Headers["Origin"])
				assert.True(t, strings.HasPrefix(f.Headers["Referer"], base+"/") || strings.HasPrefix(f.URL, "https:"), f.Headers)
			}
			assert.Equal(t, strings.ReplaceAll(string(want), "{base}", base), got.String())
		})
	}
}

func TestRequestsAndStreamsHaveTheirPageAsReferer(t *testing.T) {
	var referer string
	mux := http.NewServeMux()
	mux.HandleFunc("/index.html", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `<iframe src="/p?x=1">`) })
	mux.HandleFunc("/p", func(w http.ResponseWriter, r *http.Request) {
		referer = r.Header.Get("Referer")
		fmt.Fprint(w, `<video src="/a.m3u8">`)
	})
	const file = "kind=\"page\"\nallow_private=true\nurl=\"http://SITE/index.html?t=1\"\n[[follow]]\nselect=\"iframe\"\n"
	found, base, err := extracted(t, mux, file)
	require.NoError(t, err)
	assert.Equal(t, base+"/index.html?t=1", referer)
	assert.Equal(t, map[string]string{"Referer": base + "/p?x=1", "Origin": base}, found[0].Headers)
	found, base, err = extracted(t, mux, file+"[stream_headers]\nreferer=\"https://mine.test/\"\n")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"Origin": base}, found[0].Headers, "headers of the file take precedence")
}

func TestTheErrorOfAPageWithoutStreamsSaysWhy(t *testing.T) {
	answer := func(body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, body) })
	}
	const file = "kind=\"page\"\nallow_private=true\nurl=\"http://SITE/i\"\n[[follow]]\nselect=\"iframe\"\n"
	_, _, err := extracted(t, answer("<html><p>no"), file)
	require.ErrorIs(t, err, stream.ErrNoStreams)
	require.ErrorContains(t, err, `[[follow]] 1: select "iframe" matches nothing on http://`)
	_, _, err = extracted(t, answer(`<html><iframe src="/i">`), file)
	require.ErrorContains(t, err, "is a loop: ")
	const plain = "kind=\"page\"\nallow_private=true\nurl=\"http://SITE/i\"\n"
	_, _, err = extracted(t, answer(`<html><iframe src="/embed">`), plain)
	require.ErrorContains(t, err, `is a web page without the address of a playlist; it has 1 iframe(s): follow them with [[follow]] and select = "iframe"`)
	_, _, err = extracted(t, answer("<html><p>no"), plain)
	require.ErrorContains(t, err, `is a web page without the address of a playlist; follow the link to the player's page with [[follow]], or open it with kind = "browser"`)
	_, _, err = extracted(t, answer("<html><p>no"), plain+"find='(?P<url>x+)'\n")
	require.ErrorContains(t, err, "is a web page on which find matches nothing")
	_, _, err = extracted(t, answer(`<html><iframe src="javascript:x()">`), file)
	require.ErrorContains(t, err, "none of them has an address")
	_, _, err = extracted(t, answer("#EXTM3U\n"), file)
	require.ErrorContains(t, err, "answered a playlist")
	_, _, err = extracted(t, answer(`{"a": 1}`), file)
	require.ErrorContains(t, err, "did not answer with HTML")
	_, _, err = extracted(t, answer("<html>"+strings.Repeat("x", 9<<20)), file)
	require.ErrorContains(t, err, "more than 8 MiB")
	found, _, err := extracted(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=windows-1251")
		fmt.Fprint(w, "<title>\xc3\xee\xed\xea\xe0</title>/a.m3u8 ")
	}), strings.Split(file, "[[")[0])
	require.NoError(t, err)
	assert.Equal(t, "Гонка", found[0].Title)
}

func TestAMistakeInAPageSourceIsReportedWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"find=\"(\"":                            "sources/p.toml:3:1: find is not a regular expression",
		"find=\"a\"":                            "sources/p.toml:3:1: find needs a group (?P<url>…)",
		"decode=\"rot13\"":                      "sources/p.toml:3:1: decode must be one of base64, url, json, hex",
		"[[follow]]\nattr=\"src\"":              "sources/p.toml:3:3: a [[follow]] needs select",
		"[[follow]]\nselect=\"a\"\ntitle=\"b\"": "sources/p.toml:5:1: title must be \"text\"",
		"[[follow]]\nselect=\"a[\"":             "sources/p.toml:4:1: select is not a CSS selector",
		"[[follow]]\nselekt=\"a\"":              "sources/p.toml:4:1: unknown key \"selekt\"; did you mean \"select\"?",
	} {
		src, err := source.Parse("sources/p.toml", []byte("kind=\"page\"\nurl=\"https://x.test/\"\n"+text+"\n"), nil)
		if err == nil {
			err = page.Extractor{}.Check(src)
		}
		require.ErrorContains(t, err, want)
	}
}
