package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestThePageSavesAFileWhereTheUserChooses(t *testing.T) {
	d, f := started(t, nil, facadeWith(t, ""))
	path, err := d.shell.SaveFile("offsets.json", "{}")
	require.NoError(t, err)
	assert.Empty(t, path, "the user cancelled")

	f.saveTo = filepath.Join(t.TempDir(), "mine.json")
	path, err = d.shell.SaveFile("../offsets.json", "{}")
	require.NoError(t, err)
	assert.Equal(t, f.saveTo, path)
	assert.Contains(t, f.all(), "save offsets.json")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "{}", string(text))

	_, err = d.shell.SaveFile("offsets.json", strings.Repeat("x", maxSaved+1))
	assert.Error(t, err)
	f.saveTo = t.TempDir()
	_, err = d.shell.SaveFile("offsets.json", "{}")
	assert.ErrorContains(t, err, "cannot save the file")
}
