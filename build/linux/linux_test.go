// Package linux tests what a Linux desktop is given to know Gridwall by: the entry of its menu, the data of software
// catalogues, the icons, and the script that installs them. The files lie beside it; there is no code in here.
package linux

import (
	"encoding/xml"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const id = "io.github.gridwall.Gridwall"

// tool finds a program, or skips the test.
func tool(t *testing.T, name, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("no %s here; install %s", name, pkg)
	}
	return path
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s %v: %s", name, args, out)
	return string(out)
}

func TestDesktopsTakeTheEntry(t *testing.T) {
	assert.Empty(t, run(t, tool(t, "desktop-file-validate", "desktop-file-utils"), id+".desktop"))
}

func TestCataloguesTakeTheData(t *testing.T) {
	out := run(t, tool(t, "appstreamcli", "appstream"), "validate", "--no-net", "--no-color", id+".metainfo.xml")
	assert.NotContains(t, out, "W:")
	assert.NotContains(t, out, "E:")
}

// A catalogue finds the entry, the icon and the program by what the data says.
func TestTheDataNamesWhatIsThere(t *testing.T) {
	text, err := os.ReadFile(id + ".metainfo.xml")
	require.NoError(t, err)
	var data struct {
		ID         string `xml:"id"`
		License    string `xml:"project_license"`
		Launchable string `xml:"launchable"`
		Icon       string `xml:"icon"`
	}
	require.NoError(t, xml.Unmarshal(text, &data))
	assert.Equal(t, id, data.ID)
	assert.FileExists(t, data.Launchable)
	assert.FileExists(t, filepath.Join("icons", "scalable", "apps", data.Icon+".svg"))
	license, err := os.ReadFile(filepath.Join("..", "..", "LICENSE"))
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(license), data.License+" "), "the licence is %s", data.License)
}

func TestIconsHaveTheSizesOfTheirFolders(t *testing.T) {
	files, err := filepath.Glob("icons/*x*/apps/" + id + ".png")
	require.NoError(t, err)
	assert.Len(t, files, 9)
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		c, err := png.DecodeConfig(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		assert.Equal(t, fmt.Sprintf("icons/%dx%d/apps/%s.png", c.Width, c.Height, id), filepath.ToSlash(name))
	}
}

func TestInstallAndUninstallLeaveNothingBehind(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Linux alone has these folders")
	}
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	prefix := filepath.Join(dir, `my "own" $apps`)
	program := filepath.Join(dir, "built")
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\necho \"started $*\"\n"), 0o755))
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	login := filepath.Join(home, ".config", "autostart", "gridwall.desktop")
	script := filepath.Join("..", "install")

	run(t, script, "--prefix", prefix, "--binary", program)
	entry := filepath.Join(prefix, "share", "applications", id+".desktop")
	text, err := os.ReadFile(entry)
	require.NoError(t, err)
	assert.Contains(t, string(text), "--live\n")
	assert.NotContains(t, string(text), "Exec=gridwall")
	if validate, err := exec.LookPath("desktop-file-validate"); err == nil {
		assert.Empty(t, run(t, validate, entry))
	}
	if launch, err := exec.LookPath("gio"); err == nil {
		// The desktop's own reader starts the program from that folder.
		t.Setenv("XDG_DATA_DIRS", filepath.Join(prefix, "share"))
		assert.Contains(t, run(t, launch, "launch", entry), "started")
	}
	assert.FileExists(t, filepath.Join(prefix, "share", "icons", "hicolor", "256x256", "apps", id+".png"))
	assert.FileExists(t, filepath.Join(prefix, "share", "metainfo", id+".metainfo.xml"))

	require.NoError(t, os.MkdirAll(filepath.Dir(login), 0o700))
	require.NoError(t, os.WriteFile(login, []byte("[Desktop Entry]\nExec="+filepath.Join(prefix, "bin", "gridwall")+"\nX-Gridwall-Autostart=true\n"), 0o600))
	run(t, script, "--prefix", prefix, "--uninstall")
	err = filepath.WalkDir(prefix, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "mimeinfo.cache" {
			t.Errorf("%s is still there", path)
		}
		return err
	})
	require.NoError(t, err)
	assert.NoFileExists(t, login)
}

func TestInstallSaysWhatIsWrong(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Linux alone has these folders")
	}
	out, err := exec.Command(filepath.Join("..", "install"), "--prefix", t.TempDir(), "--binary", t.TempDir()).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "is not a program")
	out, err = exec.Command(filepath.Join("..", "install"), "--wrong").CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "usage: ")
}
