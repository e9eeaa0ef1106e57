package desktop

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
	"gridwall/backend/extract"
	"gridwall/backend/extract/command"
	"gridwall/backend/source"
	"gridwall/backend/token"
	"gridwall/backend/upstream"
)

// sourceFiles is a folder of source files with the registry of kinds, as in package app.
type sourceFiles struct {
	*source.Dir
	registry extract.Registry
}

func (f sourceFiles) Check(key string, text []byte) (source.Source, error) {
	src, err := source.Parse(filepath.Join(f.Path(), key+".toml"), text, nil)
	if err != nil {
		return src, err
	}
	return src, f.registry.Check(src)
}

type identities struct{}

func (identities) Identity(url string) (host, path, query string, ok bool) {
	return token.Identity(url)
}

func (identities) Likeness(url string) (host, path, query string, ok bool) {
	return token.Likeness(url)
}

func TestTheWindowsUserMayTryAndSaveACommandSource(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("there is no /bin/sh")
	}
	dir := t.TempDir()
	tool := filepath.Join(dir, "list.sh")
	require.NoError(t, os.WriteFile(tool, []byte("#!/bin/sh\necho https://cdn.test/1.m3u8\n"), 0o755))
	registry := extract.Registry{"command": command.Extractor{}}
	files, err := source.New(source.Options{Path: filepath.Join(dir, "sources"), Log: quiet(), Check: registry.Check})
	require.NoError(t, err)
	pool := upstream.New()
	t.Cleanup(pool.Close)
	service, err := extract.New(extract.Options{Registry: registry, Sources: files, Transports: pool, Tokens: identities{}})
	require.NoError(t, err)
	t.Cleanup(service.Close)
	f := &Facade{latch: newLatch(quiet())}
	f.latch.open(api.New(api.Options{Sources: api.SourceParts{Files: sourceFiles{files, registry}, Extraction: service}, Log: quiet()}), nil)

	text := "kind = 'command'\nformat = 'lines'\ncommand = ['" + tool + "']\n"
	trial, err := f.TestSource("tool", api.SourceText{Text: text})
	require.NoError(t, err)
	assert.Nil(t, trial.Error)
	assert.Equal(t, 1, trial.Count)
	src, err := f.PutSource("tool", api.SourceText{Text: text})
	require.NoError(t, err)
	assert.Equal(t, "command", src.Kind)
	assert.FileExists(t, filepath.Join(dir, "sources", "tool.toml"))
}
