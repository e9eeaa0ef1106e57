package machine

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"gridwall/app/api"
	"gridwall/app/desktop/text"
)

// maxTitle bounds the title that a player is given, in bytes.
const maxTitle = 200

// players are the supported players, the default first.
var players = []string{"mpv", "vlc"}

// Players returns the supported players that are installed.
func Players() []string {
	out := []string{}
	for _, p := range players {
		if playerPath(p) != "" {
			out = append(out, p)
		}
	}
	return out
}

// playerPath returns the path of a player's program, "" if it is not installed.
func playerPath(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	var places []string
	switch runtime.GOOS {
	case "windows": // installers there put nothing on the path
		for _, v := range []string{"ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"} {
			if dir := os.Getenv(v); dir != "" {
				places = append(places, filepath.Join(dir, map[string]string{"mpv": `mpv\mpv.exe`, "vlc": `VideoLAN\VLC\vlc.exe`}[name]))
			}
		}
	case "darwin":
		places = []string{map[string]string{"mpv": "/Applications/mpv.app/Contents/MacOS/mpv", "vlc": "/Applications/VLC.app/Contents/MacOS/VLC"}[name]}
	}
	for _, p := range places {
		if info, err := os.Stat(p); err == nil && !info.IsDir() {
			return p
		}
	}
	return ""
}

// choosePlayer returns the player: the requested one, or the one of the settings, or the first that is installed. One that is
// requested by name is not replaced by another.
func choosePlayer(asked, set string, installed []string) (string, error) {
	if asked != "" {
		if !slices.Contains(players, asked) {
			return "", api.Errorf(api.CodeInvalid, "%q is not a player that Gridwall knows; there are mpv and vlc", text.Plain(asked, 40))
		}
		if !slices.Contains(installed, asked) {
			return "", api.Errorf(api.CodeInvalid, "%s is not installed. Install it: %s", asked, installHint(same(asked)))
		}
		return asked, nil
	}
	if slices.Contains(installed, set) {
		return set, nil
	}
	if len(installed) == 0 {
		return "", api.Errorf(api.CodeInvalid, "neither mpv nor VLC is installed. Install one: %s", installHint(same(players[0])))
	}
	return installed[0], nil
}

// playerArgs returns the command line for a player. A title comes from a site and can be anything: it is part of one argument
// that begins with an option's name, and mpv gets it in the option that expands nothing.
func playerArgs(player, path, title, url string) []string {
	title = text.Plain(title, maxTitle)
	switch player {
	case "vlc":
		return []string{path, "--meta-title=" + title, url}
	default:
		return []string{path, "--force-window=immediate", "--force-media-title=" + title, "--", url}
	}
}

// OpenPlayer starts a player with the stable address of a stream. player is mpv, vlc, or "" for the one of the settings. A
// request for that address keeps the stream fresh, so there is nothing to activate.
func OpenPlayer(streamID, asked string) func(context.Context, *api.API) error {
	return func(ctx context.Context, a *api.API) error {
		settings, err := a.Settings(ctx)
		if err != nil {
			return err
		}
		player, err := choosePlayer(asked, settings.Settings[api.KeyPlayer], Players())
		if err != nil {
			return err
		}
		streams, err := a.Streams(ctx, true)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(streams.Streams, func(s api.Stream) bool { return s.ID == streamID })
		if i < 0 {
			return api.Errorf(api.CodeUnknownStream, "no source lists this feed any more; run the extraction again")
		}
		about, err := a.About(ctx)
		if err != nil {
			return err
		}
		url := about.Playback + "/hls/" + streams.Streams[i].ID + "/index.m3u8"
		if err := launch(playerArgs(player, playerPath(player), streams.Streams[i].Title, url)); err != nil {
			return api.Errorf(api.CodeInvalid, "%s did not start: %s", player, err.Error())
		}
		return nil
	}
}
