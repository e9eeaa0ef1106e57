package source

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAListIsRestoredIfItsSourceCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	d, err := New(Options{Path: dir})
	require.NoError(t, err)
	const text = "kind = \"m3u\"\nurl = \"tv.m3u\"\n"
	_, err = d.WriteWithList("tv", []byte(text), []byte("old"))
	require.NoError(t, err)
	for name, bad := range map[string]func() (string, []byte){
		"a text with a mistake": func() (string, []byte) { return "tv", []byte(text + "ulr = 1\n") },
		"another key":           func() (string, []byte) { return "tv", []byte(text + "key = \"other\"\n") },
		"a folder in its place": func() (string, []byte) {
			require.NoError(t, os.Mkdir(filepath.Join(dir, "news.toml"), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "news.m3u"), []byte("old"), 0o600))
			return "news", []byte("kind = \"m3u\"\nurl = \"news.m3u\"\n")
		},
	} {
		key, text := bad()
		_, err := d.WriteWithList(key, text, []byte("new"))
		require.Error(t, err, name)
		list, err := os.ReadFile(filepath.Join(dir, key+".m3u"))
		require.NoError(t, err, name)
		assert.Equal(t, "old", string(list), name)
	}
	_, err = d.WriteWithList("tv", []byte(text), []byte("new"))
	require.NoError(t, err)
	list, err := os.ReadFile(filepath.Join(dir, "tv.m3u"))
	require.NoError(t, err)
	assert.Equal(t, "new", string(list))
	left, err := filepath.Glob(filepath.Join(dir, ".gridwall-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestAReplacedListIsRestored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tv.m3u")
	for _, before := range []string{"", "old"} {
		if before != "" {
			require.NoError(t, os.WriteFile(path, []byte(before), 0o600))
		}
		s, err := stage(path, []byte("new"))
		require.NoError(t, err)
		require.NoError(t, s.replace(true))
		require.NoError(t, s.restore())
		s.drop()
		now, _ := os.ReadFile(path)
		assert.Equal(t, before, string(now))
	}
}

func TestAFileWithAWrongExtensionIsReported(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"good.toml", "Club.TOML", "a.toml.txt", "b.tml", "list.m3u", "cookies.txt", ".x.toml.swp", "good.toml~", "#good.toml#", "good.toml.bak"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("kind = 'demo'\n"), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(folder, "d.txt"), 0o700))
	d, err := New(Options{Path: folder})
	require.NoError(t, err)
	assert.Equal(t, []string{"Club.TOML", "a.toml.txt", "b.tml"}, d.Misnamed(), "lists, cookies and backups are not reported")
	assert.Len(t, d.All(), 1)
}
