//go:build !windows && !darwin

package autostart

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// home sets a temporary home directory, and returns the path of the entry in it.
func home(t *testing.T) (file string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "config"))
	return filepath.Join(dir, "config", "autostart", "gridwall.desktop")
}

func state(t *testing.T, e Entry) bool {
	t.Helper()
	on, err := e.State()
	require.NoError(t, err)
	return on
}

func TestTheSwitchWritesAndRemovesTheEntry(t *testing.T) {
	file := home(t)
	e, err := New("--hidden")
	require.NoError(t, err)
	assert.False(t, state(t, e))
	require.NoError(t, e.Apply(true))
	assert.True(t, state(t, e))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	assert.Contains(t, string(text), "\nExec="+self+" --hidden\n")
	require.NoError(t, e.Apply(true))
	require.NoError(t, e.Apply(false))
	assert.NoFileExists(t, file)
	assert.False(t, state(t, e))
	require.NoError(t, e.Apply(false))
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestTheEntryOfAnAppImageStartsTheAppImageFile(t *testing.T) {
	t.Setenv("APPIMAGE", "/home/me/Gridwall.AppImage")
	e, err := New()
	require.NoError(t, err)
	assert.Equal(t, []string{"/home/me/Gridwall.AppImage"}, e.Command)
}

func TestAnEntryThatTheUserDisabledInTheDesktopsSettingsStaysOff(t *testing.T) {
	file := home(t)
	old := Entry{Command: []string{"/old/gridwall"}}
	require.NoError(t, old.Apply(true))
	for _, line := range []string{"Hidden=true", "X-GNOME-Autostart-enabled=false"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, append(text, line+"\n"...), 0o600))
		e := Entry{Command: []string{"/new/gridwall"}}
		assert.False(t, state(t, e))
		require.NoError(t, e.Update(true))
		assert.False(t, state(t, e), "%s: a start of the program does not enable it", line)
		require.NoError(t, e.Apply(true))
		assert.True(t, state(t, e), "%s: the switch in the window does enable it", line)
	}
}

func TestAnEntryIsUpdatedWhenTheProgramHasMoved(t *testing.T) {
	file := home(t)
	require.NoError(t, Entry{Command: []string{"/old/gridwall"}}.Apply(true))
	require.NoError(t, Entry{Command: []string{"/new/gridwall"}}.Update(true))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(text), "Exec=/new/gridwall\n")
}

func TestAnEntryThatTheUserWroteIsLeftAlone(t *testing.T) {
	file := home(t)
	own := "[Desktop Entry]\nType=Application\nName=Mine\nExec=gridwall --live\n"
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, []byte(own), 0o600))
	require.NoError(t, Entry{Command: []string{"/x"}}.Apply(false))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, own, string(text))
}

func TestAnUnwritableFolderIsReported(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o600))
	err := Entry{Command: []string{"/x"}, Folder: filepath.Join(blocked, "autostart")}.Apply(true)
	assert.ErrorContains(t, err, "start at login: ")
}

// awkward are paths and arguments that break an entry without the specification's quoting.
var awkward = []string{
	"/opt/my apps/grid wall", `/opt/it's/"quoted"`, `/opt/back\slash`, "/opt/$HOME/`id`", "/opt/100%/f%u", "/opt/a;b&c|d", "/opt/plain", "",
	"/opt/tab\tin", "/opt/tränen-日本",
}

// A parser that follows the specification must return the original command. The parser is the test's own.
func TestTheEntryKeepsEveryPath(t *testing.T) {
	text := desktopEntry(awkward)
	assert.Equal(t, awkward, parseExec(t, values(text)["Exec"]))
}

// parseExec reads the key Exec as the Desktop Entry Specification says: first the escapes of a string, then quotes, then
// field codes.
func parseExec(t *testing.T, v string) (out []string) {
	t.Helper()
	v = strings.NewReplacer(`\\`, `\`, `\s`, " ", `\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(v)
	var arg strings.Builder
	inside, any := false, false
	end := func() {
		if any {
			require.NotContains(t, strings.ReplaceAll(arg.String(), "%%", ""), "%", "a field code")
			out = append(out, strings.ReplaceAll(arg.String(), "%%", "%"))
		}
		arg.Reset()
		any = false
	}
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '"':
			inside, any = !inside, true
		case inside && c == '\\':
			i++
			require.Contains(t, "\"`$\\", string(v[i]))
			arg.WriteByte(v[i])
		case !inside && c == ' ':
			end()
		case !inside:
			require.NotContains(t, "\t\n'\\><~|&;$*?#()`", string(c), "a reserved character outside quotes")
			fallthrough
		default:
			arg.WriteByte(c)
			any = true
		}
	}
	end()
	return out
}

func TestDesktopsAcceptTheEntry(t *testing.T) {
	validate, err := exec.LookPath("desktop-file-validate")
	if err != nil {
		t.Skip("no desktop-file-validate here; install desktop-file-utils")
	}
	dir := t.TempDir()
	e := Entry{Command: []string{"/opt/my apps/gridwall", "--hidden"}, Folder: dir}
	require.NoError(t, e.Apply(true))
	out, err := exec.Command(validate, filepath.Join(dir, "gridwall.desktop")).CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Empty(t, string(out))
}

func TestTheLaunchAgentKeepsEveryPath(t *testing.T) {
	dec := xml.NewDecoder(bytes.NewReader([]byte(launchAgent(awkward))))
	var got []string
	inArray := false
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		switch el := tok.(type) {
		case xml.StartElement:
			if el.Name.Local == "array" {
				inArray = true
			}
			if inArray && el.Name.Local == "string" {
				var s string
				require.NoError(t, dec.DecodeElement(&s, &el))
				got = append(got, s)
			}
		case xml.EndElement:
			if el.Name.Local == "array" {
				inArray = false
			}
		}
	}
	assert.Equal(t, awkward, got)
}
