package desktop

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOnlyADroppedFileIsReturnedAndOnlyOnce(t *testing.T) {
	d, p := started(t, nil, facadeWith(t, ""))
	d.shell.Ready()
	dir := t.TempDir()
	list := filepath.Join(dir, "Club TV.m3u")
	require.NoError(t, os.WriteFile(list, []byte("#EXTM3U\n\xe4"), 0o600))
	large := filepath.Join(dir, "large.m3u")
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, maxDropped+1))

	_, err := d.shell.Dropped()
	assert.ErrorContains(t, err, "no file was dropped")
	d.dropped([]string{""})
	assert.Empty(t, p.all(), "a link is not a file")

	d.dropped([]string{list, large})
	assert.Equal(t, []string{CommandDrop}, p.all())
	file, err := d.shell.Dropped()
	require.NoError(t, err)
	assert.Equal(t, DroppedFile{Name: "Club TV.m3u", Data: base64.StdEncoding.EncodeToString([]byte("#EXTM3U\n\xe4"))}, file)
	_, err = d.shell.Dropped()
	assert.ErrorContains(t, err, "no file was dropped")

	for path, says := range map[string]string{
		dir: "not a folder", large: "large.m3u is too large: at most 32 MiB", filepath.Join(dir, "gone"): "gone cannot be read",
	} {
		d.dropped([]string{path})
		_, err = d.shell.Dropped()
		assert.ErrorContains(t, err, says)
	}
}
