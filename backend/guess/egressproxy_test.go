package guess_test

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
	"gridwall/backend/guess"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
)

// proxyOpener is a kind that opens proxies.
type proxyOpener struct{ opened, closed int }

func (g *proxyOpener) Extract(context.Context, source.Source, *extract.Site) ([]extract.Found, error) {
	return nil, fmt.Errorf("nothing")
}

func (g *proxyOpener) OpenProxy(*extract.Site) (string, func(), error) {
	g.opened++
	return "http://gridwall:s3cret@127.0.0.1:9", func() { g.closed++ }, nil
}

func TestProgramsRunForAGuessUseTheGuardedProxy(t *testing.T) {
	dir := t.TempDir()
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><body>a player made by script</body></html>")
	})
	for name, print := range map[string]string{"yt-dlp": `{"url":"` + site + `/a.m3u8","title":"x"}`, "streamlink": `{"streams":{"best":{"type":"hls","url":"` + site + `/a.m3u8"}}}`} {
		script := "#!/bin/sh\necho \"$@\" >>'" + filepath.Join(dir, "asked") + "'\necho '" + print + "'\n"
		if name == "yt-dlp" {
			script = "#!/bin/sh\necho \"$@\" >>'" + filepath.Join(dir, "asked") + "'\nexit 1\n"
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700))
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	pool := upstream.New()
	t.Cleanup(pool.Close)
	opener := &proxyOpener{}
	p, err := guess.Guesser{Programs: true, Registry: extract.Registry{"page": page.Extractor{}, "command": command.Extractor{}, "browser": opener}}.Guess(t.Context(), site+"/", pool)
	asked, readErr := os.ReadFile(filepath.Join(dir, "asked"))
	require.NoError(t, readErr)
	assert.Equal(t, "--proxy http://gridwall:s3cret@127.0.0.1:9 -J --no-warnings --ignore-config -- "+site+"/\n"+
		"--http-proxy http://gridwall:s3cret@127.0.0.1:9 --json --url "+site+"/\n", string(asked))
	assert.Equal(t, 2, opener.opened)
	assert.Equal(t, 2, opener.closed)
	if err != nil {
		assert.NotContains(t, err.Error(), "s3cret")
		return
	}
	assert.NotContains(t, p.Text, "s3cret")
	assert.NotContains(t, fmt.Sprint(p.Steps), "s3cret")
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}
