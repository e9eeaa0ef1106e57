package app

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

func TestABrokenSourceFileIsReadFixedAndDisabled(t *testing.T) {
	c := testserver.NewCDN(t)
	text := "# Mine.\n" + c.Source() + "\n[headers]\nReferer = \"https://site.test/\" # asked for\n"
	h := testserver.NewHome(t, testserver.Quiet, map[string]string{"site": text, "broken": "kind = \"m3u\"\nulr = \"x\"\n"})
	s := start(t, h, false)
	s.streams(2)
	assert.Equal(t, map[string]any{"text": text}, s.get("/api/v1/sources/site").json(t))
	assert.Equal(t, map[string]any{"text": "kind = \"m3u\"\nulr = \"x\"\n"}, s.get("/api/v1/sources/broken").json(t), "a user must see the file to fix it")
	s.get("/api/v1/sources/nope").failed(t, 404, "unknown_source")

	v := s.do("PUT", "/api/v1/sources/site/enabled", `{"enabled":false}`).json(t)
	assert.Equal(t, false, v["enabled"])
	assert.Nil(t, v["error"])
	s.streams(0)
	onDisk, err := os.ReadFile(filepath.Join(h.Config, "sources", "site.toml"))
	require.NoError(t, err)
	assert.Equal(t, "# Mine.\nenabled = false\n"+text[len("# Mine.\n"):], string(onDisk))

	v = s.do("PUT", "/api/v1/sources/site/enabled", `{"enabled":true}`).json(t)
	assert.Equal(t, true, v["enabled"])
	s.streams(2)

	message := s.do("PUT", "/api/v1/sources/broken/enabled", `{"enabled":false}`).failed(t, 409, "broken_source")
	assert.Contains(t, message, "sources/broken.toml:2:1", "it says where to fix it")
	s.do("PUT", "/api/v1/sources/nope/enabled", `{"enabled":false}`).failed(t, 404, "unknown_source")
	s.do("PUT", "/api/v1/sources/site/enabled", `{}`).failed(t, 422, "invalid")
	s.do("PUT", "/api/v1/sources/site/enabled", `{"enabled":"no"}`).failed(t, 422, "invalid")
}

func TestABuiltInSourceHasNoFile(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), true)
	assert.Contains(t, s.get("/api/v1/sources/demo").failed(t, 422, "invalid"), "--demo")
	assert.Contains(t, s.do("PUT", "/api/v1/sources/demo/enabled", `{"enabled":false}`).failed(t, 422, "invalid"), "--demo")
	assert.Contains(t, s.do("DELETE", "/api/v1/sources/demo", "").failed(t, 422, "invalid"), "built-in")
}

func TestAboutListsAllFoldersAndInstalledPlayers(t *testing.T) {
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "vlc"), []byte("#!/bin/sh\n"), 0o755))
	h := testserver.NewHome(t, testserver.Quiet, nil)
	s := start(t, h, false)
	t.Setenv("PATH", bin)
	v := s.get("/api/v1/about").json(t)
	assert.ElementsMatch(t, []string{"version", "shell", "os", "playback", "players", "paths", "demo"}, keys(v))
	assert.Equal(t, "test", v["version"])
	assert.Equal(t, "server", v["shell"])
	assert.Equal(t, "", v["playback"])
	assert.Equal(t, []any{"vlc"}, v["players"], "looked up for each request: it was installed after the start")
	assert.Equal(t, false, v["demo"])
	assert.Equal(t, map[string]any{
		"config": h.Config, "sources": filepath.Join(h.Config, "sources"), "data": h.Data,
		"database": filepath.Join(h.Data, "gridwall.db"), "log": "",
	}, v["paths"])
}
