package machine

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api/fault"
)

func TestATitleCannotAddOptionsToThePlayer(t *testing.T) {
	const url = "http://127.0.0.1:8788/hls/x/index.m3u8"
	for _, title := range []string{"--script=/tmp/x.lua", "-", "a\n--fs", "\x00\x1b[2J", "${path}", "'; rm -rf ~ #", strings.Repeat("ü", 500), ""} {
		mpv := playerArgs("mpv", "/usr/bin/mpv", title, url)
		require.Len(t, mpv, 5)
		assert.True(t, strings.HasPrefix(mpv[2], "--force-media-title="), "mpv expands properties in --title")
		assert.Equal(t, []string{"--", url}, mpv[3:])
		vlc := playerArgs("vlc", "/usr/bin/vlc", title, url)
		require.Len(t, vlc, 3)
		assert.True(t, strings.HasPrefix(vlc[1], "--meta-title="))
		assert.Equal(t, url, vlc[2])
		for _, a := range append(mpv, vlc...) {
			assert.NotContains(t, a, "\n")
			assert.NotContains(t, a, "\x00")
			assert.Less(t, len(a), maxTitle+50)
		}
	}
}

func TestTheRequestedPlayerIsUsedOrReportedAsMissing(t *testing.T) {
	for _, c := range []struct {
		requested, set string
		installed      []string
		want, says     string
	}{
		{"", "mpv", []string{"mpv", "vlc"}, "mpv", ""},
		{"", "vlc", []string{"mpv", "vlc"}, "vlc", ""},
		{"", "vlc", []string{"mpv"}, "mpv", ""},
		{"vlc", "mpv", []string{"mpv", "vlc"}, "vlc", ""},
		{"vlc", "mpv", []string{"mpv"}, "", "vlc is not installed"},
		{"", "mpv", nil, "", "neither mpv nor VLC"},
		{"/bin/sh", "mpv", []string{"mpv"}, "", "unknown player"},
	} {
		got, err := choosePlayer(c.requested, c.set, c.installed)
		assert.Equal(t, c.want, got)
		if c.says != "" {
			assert.ErrorContains(t, err, c.says)
			assert.Equal(t, fault.CodeInvalid, fault.AsError(err).Code)
		} else {
			assert.NoError(t, err)
		}
	}
}

func TestAProgramThatDoesNotStartIsReported(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no shell to write a program in")
	}
	dir := t.TempDir()
	script := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700))
		return path
	}
	assert.ErrorContains(t, launch([]string{"gridwall-no-such-program"}), "not installed")
	assert.ErrorContains(t, launch([]string{script("fails", "exit 3")}), "failed: exit status 3")
	assert.NoError(t, launch([]string{script("done", "exit 0")}), "an opener may end at once")

	// The arguments are passed unchanged.
	out := filepath.Join(dir, "out")
	require.NoError(t, launch([]string{script("says", `printf '%s|' "$@" >'`+out+`'`), "a b", "$(x)", "--"}))
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	assert.Equal(t, "a b|$(x)|--|", string(text))
}

func TestTheInstallHintFitsTheDistribution(t *testing.T) {
	for text, want := range map[string]string{
		"ID=debian\n":                                             "sudo apt install ",
		"ID=pop\nID_LIKE=\"ubuntu debian\"\n":                     "sudo apt install ",
		"NAME=Fedora\nID=fedora\n":                                "sudo dnf install ",
		"ID=endeavouros\nID_LIKE=arch\n":                          "sudo pacman -S ",
		"ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n": "sudo zypper install ",
		"ID=alpine\n":                                             "sudo apk add ",
		"ID=nixos\n":                                              "the packages that are called gstreamer1.0",
		"":                                                        "the packages that are called gstreamer1.0",
	} {
		assert.Contains(t, hintFor(codecPackages, installer(text)), want, text)
	}
}

func TestMissingCodecsAreFoundAndTheWebviewsReportDecides(t *testing.T) {
	dir := t.TempDir()
	plugin := func(names ...string) {
		for _, n := range names {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "libgst"+n+".so"), nil, 0o600))
		}
	}
	assert.Empty(t, lackingCodecs([]string{dir, filepath.Join(dir, "gone")}), "without any plugins nothing is known")
	plugin("coreelements", "isomp4", "autodetect")
	assert.Equal(t, []string{"H.264", "AAC", "the parser of H.264"}, lackingCodecs([]string{dir}))

	c := &Codecs{lacking: lackingCodecs([]string{dir})}
	assert.Contains(t, c.Lack(), "The webview lacks H.264, AAC and the parser of H.264. Install the missing parts, then restart Gridwall: ")
	assert.False(t, c.Report(false, true), "the user was already notified")
	assert.False(t, c.Report(true, true))
	assert.Empty(t, c.Lack(), "the webview reports that it can play")

	plugin("libav", "videoparsersbad")
	assert.Empty(t, lackingCodecs([]string{dir}))
	c = &Codecs{}
	assert.True(t, c.Report(true, false), "the user was not notified yet")
	assert.Contains(t, c.Lack(), "The webview lacks AAC. Install the missing")
	assert.False(t, c.Report(true, false))
}
