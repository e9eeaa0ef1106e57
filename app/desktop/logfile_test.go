package desktop

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheLogIsRotatedBeforeItFillsTheDisk(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state", "gridwall.log")
	var terminal strings.Builder
	log, file := OpenLog(path, slog.LevelInfo, &terminal)
	log.Debug("too much")
	log.Info("first")
	line := strings.Repeat("x", 10<<10)
	for range 600 { // 6 MB
		log.Info(line)
	}
	require.NoError(t, file.Close())
	names, err := filepath.Glob(filepath.Join(dir, "state", "gridwall*.log"))
	require.NoError(t, err)
	assert.Len(t, names, 2)
	for _, n := range names {
		info, err := os.Stat(n)
		require.NoError(t, err)
		assert.LessOrEqual(t, info.Size(), int64(logMegabytes<<20))
	}
	assert.Contains(t, terminal.String(), "first")
	assert.NotContains(t, terminal.String(), "too much")
}

func TestALogThatCannotBeWrittenDoesNotPreventTheStart(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o600))
	var terminal strings.Builder
	log, file := OpenLog(filepath.Join(blocked, "gridwall.log"), slog.LevelInfo, &terminal)
	log.Info("started")
	assert.NoError(t, file.Close())
	assert.Contains(t, terminal.String(), "cannot write the log file")
	assert.Contains(t, terminal.String(), "msg=started")
	log, _ = OpenLog(filepath.Join(blocked, "gridwall.log"), slog.LevelInfo, nil)
	log.Info("discarded")
}
