//go:build linux

package window

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gridwall/internal/testwindow"
)

// fileWindow builds the window from which a file can be dragged. GTK is here: the program is built with it.
func fileWindow(t *testing.T) string {
	t.Helper()
	flags, err := exec.Command("pkg-config", "--cflags", "--libs", "gtk+-3.0").Output()
	require.NoError(t, err, "libgtk-3-dev")
	bin := filepath.Join(t.TempDir(), "file")
	out, err := exec.Command("cc", append([]string{"testdata/file.c", "-o", bin}, strings.Fields(string(flags))...)...).CombinedOutput()
	require.NoError(t, err, string(out))
	return bin
}

// A list that the user drags from the file manager onto the window is tried, and becomes a source when they save it.
func TestAFileDroppedOnTheWindowBecomesASource(t *testing.T) {
	t.Parallel()
	file := fileWindow(t)
	d := newDesk(t, false)
	list := filepath.Join(d.Dir(), "Club TV.m3u")
	require.NoError(t, os.WriteFile(list, []byte("#EXTM3U\n#EXTINF:-1,Onboard 44\nhttp://127.0.0.1:9/44.m3u8\n#EXTINF:-1,Onboard 7\nhttp://127.0.0.1:9/7.m3u8\n"), 0o600))
	_, p := begin(t, d)
	visible(t, d, true)

	files, err := d.Launch(file, list)
	require.NoError(t, err)
	mouse := func(args ...string) {
		t.Helper()
		_, err := d.Run("xdotool", args...)
		require.NoError(t, err)
	}
	at := ""
	require.NoError(t, testwindow.Until("the file's window", endWait, func() (bool, error) {
		out, err := d.Run("xdotool", "search", "--onlyvisible", "--name", "^File$")
		at = strings.TrimSpace(out)
		return at != "" && d.Active() == "File", err
	}))
	require.NoError(t, p.Eval(`addEventListener('dragover', () => (window.gridwallOver = true), true)`, nil))
	mouse("mousemove", "--window", at, "40", "40", "mousedown", "1")
	require.NoError(t, testwindow.Until("the drag begins", endWait, func() (bool, error) {
		mouse("mousemove_relative", "--", "7", "5")
		return strings.Contains(files.Log(), "begun"), nil
	}))
	x := 500
	require.NoError(t, testwindow.Until("the file is over the page", endWait, func() (over bool, err error) {
		x += 5
		mouse("mousemove", strconv.Itoa(x), "400")
		err = p.Eval(`window.gridwallOver ?? false`, &over)
		return over, err
	}))
	mouse("mouseup", "1")
	require.NoError(t, testwindow.Until("its feeds are shown", playWait, func() (shown bool, err error) {
		err = p.Eval(`location.hash === '#/sources' && document.body.textContent.includes('Onboard 44') && document.body.textContent.includes('Onboard 7')`, &shown)
		return shown, err
	}))
	if path := os.Getenv(screenshotVariable); path != "" {
		require.NoError(t, d.Screenshot(path))
	}
	press(t, p, "", "Save")
	require.NoError(t, testwindow.Until("the source is kept", playWait, func() (bool, error) { return d.HasSource("club-tv"), nil }))
}
