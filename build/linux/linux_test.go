// Package linux tests the files for Linux desktops in its folder: the menu entry, the data for software catalogues, the icons, and the
// script that installs them. It contains no other code.
package linux

import (
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
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
		t.Skipf("%s is missing; install %s", name, pkg)
	}
	return path
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s %v: %s", name, args, out)
	return string(out)
}

func TestTheMenuEntryIsValid(t *testing.T) {
	assert.Empty(t, run(t, tool(t, "desktop-file-validate", "desktop-file-utils"), id+".desktop"))
}

func TestTheCatalogueDataIsValid(t *testing.T) {
	out := run(t, tool(t, "appstreamcli", "appstream"), "validate", "--no-net", "--no-color", id+".metainfo.xml")
	assert.NotContains(t, out, "W:")
	assert.NotContains(t, out, "E:")
}

// Catalogues find the entry, the icon and the licence by the names in the data.
func TestTheCatalogueDataNamesExistingFiles(t *testing.T) {
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
		t.Skip("only Linux has these folders")
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
		// The desktop's own parser of entries starts the program.
		t.Setenv("XDG_DATA_DIRS", filepath.Join(prefix, "share"))
		assert.Contains(t, run(t, launch, "launch", entry), "started")
	}
	assert.FileExists(t, filepath.Join(prefix, "share", "icons", "hicolor", "256x256", "apps", id+".png"))
	assert.FileExists(t, filepath.Join(prefix, "share", "metainfo", id+".metainfo.xml"))

	require.NoError(t, os.MkdirAll(filepath.Dir(login), 0o700))
	require.NoError(t, os.WriteFile(login, []byte("[Desktop Entry]\nExec="+filepath.Join(prefix, "bin", "gridwall")+"\nX-Gridwall-Autostart=true\n"), 0o600))
	run(t, script, "--prefix", prefix, "--uninstall")
	assert.Empty(t, tree(t, prefix), "the folders and the lists that the installation created")
	assert.NoDirExists(t, prefix)
	assert.NoFileExists(t, login)
}

// tree returns the files and folders below dir; none if dir does not exist.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == dir {
			return nil
		}
		if path != dir {
			out = append(out, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	}))
	return out
}

func TestUninstallKeepsOtherFiles(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has these folders")
	}
	program := filepath.Join(t.TempDir(), "built")
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755))
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	script := filepath.Join("..", "install")
	const cache = "share/applications/mimeinfo.cache"
	const other = "share/applications/other.desktop"
	write := func(path, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	const entry = "[Desktop Entry]\nType=Application\nName=Other\nExec=other %u\nMimeType=x-scheme-handler/other;\n"
	for _, c := range []struct {
		name                 string
		files, folders       []string // before the installation
		later                []string // between two installations
		keepsCacheIfDatabase bool
	}{
		{name: "empty folders", folders: []string{"bin", "share/icons/hicolor"}},
		{name: "an empty cache", files: []string{cache}},
		{name: "a cache and an entry", files: []string{cache, other}},
		{name: "another program, installed later", later: []string{other}, keepsCacheIfDatabase: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			prefix := filepath.Join(t.TempDir(), "prefix")
			for _, f := range c.folders {
				require.NoError(t, os.MkdirAll(filepath.Join(prefix, f), 0o755))
			}
			put := func(files []string) {
				for _, f := range files {
					text := entry
					if f == cache {
						text = "[MIME Cache]\n"
					}
					write(filepath.Join(prefix, f), text)
				}
			}
			put(c.files)
			want := tree(t, prefix)
			run(t, script, "--prefix", prefix, "--binary", program)
			if c.later != nil {
				put(c.later)
				want = []string{"share", "share/applications", other}
			}
			run(t, script, "--prefix", prefix, "--binary", program) // an update
			run(t, script, "--prefix", prefix, "--uninstall")
			if _, err := exec.LookPath("update-desktop-database"); err == nil && c.keepsCacheIfDatabase {
				want = append(want, cache)
				list, err := os.ReadFile(filepath.Join(prefix, cache))
				require.NoError(t, err)
				assert.Contains(t, string(list), "x-scheme-handler/other=other.desktop;")
			}
			assert.ElementsMatch(t, want, tree(t, prefix))
		})
	}
}

func TestInstallReportsWrongArguments(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has these folders")
	}
	out, err := exec.Command(filepath.Join("..", "install"), "--prefix", t.TempDir(), "--binary", t.TempDir()).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "is not a program")
	out, err = exec.Command(filepath.Join("..", "install"), "--wrong").CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "usage: ")
}
