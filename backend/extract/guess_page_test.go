package extract_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/extract/command"
	"gridwall/backend/extract/page"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
)

// browserDouble stands for the browser, which has its own tests: it is asked last, and with what.
type browserDouble struct{ asked *[]source.Source }

func (b browserDouble) Extract(_ context.Context, src source.Source, _ *extract.Site) ([]extract.Found, error) {
	*b.asked = append(*b.asked, src)
	return []extract.Found{{URL: "https://cdn.test/browser.m3u8", Title: "Club"}}, nil
}

func TestAPastedWebPageBecomesASourceByTheCheapestWayThatWorks(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		pages := map[string]string{
			"/plain":  `<!doctype html><title>Club</title><script>play("https:\/\/cdn.test\/a.m3u8?t=1")</script>`,
			"/frame":  `<!doctype html><title>Club</title><iframe src="/inner">`,
			"/inner":  `<!doctype html><iframe src="/plain">`,
			"/script": `<!doctype html><title>Club</title><script src="/app.js"></script>`,
		}
		fmt.Fprint(w, pages[r.URL.Path])
	}))
	t.Cleanup(site.Close)
	pool := upstream.New()
	t.Cleanup(pool.Close)
	// A tool that answers as yt-dlp does, and the only one that is installed.
	tools := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(tools, "streamlink"), []byte("#!/bin/sh\necho '{\"type\":\"hls\",\"url\":\"https://cdn.test/tool.m3u8\",\"streams\":{\"best\":{\"type\":\"hls\",\"url\":\"https://cdn.test/tool.m3u8\"}}}'\n"), 0o755))
	t.Setenv("PATH", tools+":/bin:/usr/bin")
	var asked []source.Source
	for _, tc := range []struct {
		path, kind string
		follow     int
		programs   bool
		url        string
	}{
		{"/plain", "page", 0, true, "https://cdn.test/a.m3u8?t=1"},
		{"/frame", "page", 2, true, "https://cdn.test/a.m3u8?t=1"},
		{"/script", "browser", 0, false, "https://cdn.test/browser.m3u8"},
	} {
		asked = nil
		g := extract.Guesser{Programs: tc.programs, Registry: extract.Registry{
			"page": page.Extractor{}, "command": command.Extractor{}, "browser": browserDouble{&asked},
		}}
		p, err := g.Guess(t.Context(), site.URL+tc.path, pool)
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
	assert.Equal(t, site.URL+"/script", asked[0].URL)
	g := extract.Guesser{Programs: true, Registry: extract.Registry{"page": page.Extractor{}, "command": command.Extractor{}}}
	p, err := g.Guess(t.Context(), site.URL+"/script", pool)
	require.NoError(t, err)
	assert.Equal(t, []string{"streamlink", "--json", "--url", site.URL + "/script"}, p.Source.Command)
	assert.Equal(t, "https://cdn.test/tool.m3u8", p.Found[0].URL)
	_, err = extract.Guesser{Registry: extract.Registry{"page": page.Extractor{}}}.Guess(t.Context(), site.URL+"/script", pool)
	require.ErrorIs(t, err, extract.ErrWebPage)
	assert.Contains(t, err.Error(), "answered a web page, and nothing found a stream on it (no address of a playlist")
}
