package config

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnUnreadableFileIsAFatalErrorWithItsName(t *testing.T) {
	for name, make := range map[string]func(file string) error{
		"it is a folder, not a file": func(file string) error { return os.Mkdir(file, 0o700) },
		"it is not a regular file":   func(file string) error { return syscall.Mkfifo(file, 0o600) },
		"it is larger than 1 MiB": func(file string) error {
			return os.WriteFile(file, []byte("# "+strings.Repeat("x", maxFileSize)), 0o600)
		},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, FileName)
		require.NoError(t, make(file))
		_, err := Load(dir)
		require.Error(t, err)
		assert.Equal(t, file+": cannot be read: "+name, err.Error())
	}

	// Root may read everything, so the thread becomes the user nobody; it ends with its goroutine.
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, FileName), nil, 0o000))
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755))
	done := make(chan error)
	go func() {
		if os.Getuid() == 0 {
			runtime.LockOSThread()
			const nobody = 65534
			_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
		}
		_, err := Load(dir)
		done <- err
	}()
	assert.EqualError(t, <-done, filepath.Join(dir, FileName)+": permission denied; make it readable for this user, or use another --config DIR")
}

func TestPathsFollowTheEnvironmentAndTheFlags(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", "/c")
	t.Setenv("XDG_DATA_HOME", "/d")
	t.Setenv("XDG_STATE_HOME", "/s")
	p := DefaultPaths()
	assert.Equal(t, Paths{Config: "/c/gridwall", Data: "/d/gridwall", State: "/s/gridwall"}, p)
	assert.Equal(t, "/c/gridwall/config.toml", p.ConfigFile())
	assert.Equal(t, "/c/gridwall/sources", p.Sources())
	assert.Equal(t, "/d/gridwall/gridwall.db", p.Database())
	assert.Equal(t, "/s/gridwall/gridwall.log", p.Log())
	assert.Equal(t, "/s/gridwall/window.json", p.Window())
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	require.NoError(t, err)
	p, err = p.With("conf", "")
	require.NoError(t, err)
	assert.Equal(t, Paths{Config: filepath.Join(here, "conf"), Data: "/d/gridwall", State: "/s/gridwall"}, p)
	p, err = p.With("", "data")
	require.NoError(t, err)
	assert.Equal(t, Paths{Config: filepath.Join(here, "conf"), Data: filepath.Join(here, "data"), State: filepath.Join(here, "data")}, p,
		"a second Gridwall does not write to the folders of the first")
}
