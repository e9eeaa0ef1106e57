package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/config"
	"gridwall/backend/source"
)

func TestDoctorNamesSecretsThatOtherUsersCanRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file modes do not limit readers there")
	}
	folder, err := os.MkdirTemp(os.TempDir(), "gridwall-doctor")
	require.NoError(t, err)
	defer os.RemoveAll(folder)
	require.NoError(t, os.Chmod(folder, 0o755))
	if !othersRead("/etc/passwd") || func() bool { i, err := os.Stat(os.TempDir()); return err != nil || i.Mode()&1 == 0 }() {
		t.Skip("other users cannot read this machine's temporary folder")
	}
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, os.Chmod(path, mode))
		return path
	}
	paths := config.Paths{Config: folder}
	write("config.toml", "[server]\ntoken = \"0123456789abcdef\"\n", 0o644)
	entry := func(name string, mode os.FileMode, s source.Source) source.Entry {
		s.File = write(name, "x", mode)
		return source.Entry{Source: s}
	}
	cookies := write("cookies.txt", "", 0o644)
	found := checkSecrets(paths, []source.Entry{
		entry("a.toml", 0o644, source.Source{Headers: map[string]string{"X-Api-Key": "k"}}),
		entry("b.toml", 0o600, source.Source{Headers: map[string]string{"Authorization": "k"}}),
		entry("c.toml", 0o640, source.Source{Headers: map[string]string{"Authorization": "k"}}),
		entry("d.toml", 0o644, source.Source{Headers: map[string]string{"Referer": "https://a.test/"}, URL: "https://a.test/"}),
		entry("e.toml", 0o644, source.Source{Proxy: "http://u:p@proxy.test/"}),
		entry("f.toml", 0o644, source.Source{Streams: []source.Direct{{URL: "https://u:p@a.test/1.m3u8"}}}),
		entry("g.toml", 0o600, source.Source{Cookies: cookies}),
	})
	fromEnvironment := filepath.Join(folder, "h.toml")
	require.NoError(t, os.WriteFile(fromEnvironment, []byte("kind = 'm3u'\nurl = 'https://a.test/'\n[headers]\nAuthorization = 'Bearer ${KEY}'\nCookie = 'a=${A}; b=${B}'\n"), 0o644))
	assert.Empty(t, checkSecrets(config.Paths{Config: t.TempDir()}, []source.Entry{
		{Source: source.Source{File: fromEnvironment, Headers: map[string]string{"Authorization": "Bearer k", "Cookie": "a=1; b=2"}}},
	}), "values from the environment are not in the file")
	written := filepath.Join(folder, "i.toml")
	require.NoError(t, os.WriteFile(written, []byte("kind = 'm3u'\nurl = 'https://a.test/'\n[headers]\nCookie = 'a=${A}; b=2'\n"), 0o644))
	assert.Len(t, checkSecrets(config.Paths{Config: t.TempDir()}, []source.Entry{
		{Source: source.Source{File: written, Headers: map[string]string{"Cookie": "a=1; b=2"}}},
	}), 1, "part of the value is in the file")
	var named []string
	for _, f := range found {
		assert.Equal(t, warning, f.verdict)
		assert.Contains(t, f.fix, "chmod 600 ")
		named = append(named, filepath.Base(f.fix))
	}
	assert.Equal(t, []string{"config.toml", "a.toml", "e.toml", "f.toml", "cookies.txt"}, named)
	require.NoError(t, os.Chmod(folder, 0o700))
	assert.Empty(t, checkSecrets(paths, nil), "other users cannot enter the folder")
}
