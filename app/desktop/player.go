package desktop

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"gridwall/app/api"
)

// maxTitle bounds a title that is given to a player, in bytes.
const maxTitle = 200

// players are the players that are known, the default first.
var players = []string{"mpv", "vlc"}

// Players lists those that are installed.
func Players() []string {
	out := []string{}
	for _, p := range players {
		if playerPath(p) != "" {
			out = append(out, p)
		}
	}
	return out
}

// playerPath is where a player's program is, "" where it is not.
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

// choosePlayer picks the player: the one that is asked for, or the one of the settings, or the first that is there.
// One that is asked for by name is not replaced by another.
func choosePlayer(asked, set string, installed []string) (string, error) {
	if asked != "" {
		if !slices.Contains(players, asked) {
			return "", api.Errorf(api.CodeInvalid, "%q is no player that Gridwall knows; there are mpv and vlc", plain(asked, 40))
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

// playerArgs is the command line for a player. A title comes from a site, so it can say anything: it is part of one
// argument that begins with an option's name, and mpv is given it by the option that expands nothing.
func playerArgs(player, path, title, url string) []string {
	title = plain(title, maxTitle)
	switch player {
	case "vlc":
		return []string{path, "--meta-title=" + title, url}
	default:
		return []string{path, "--force-window=immediate", "--force-media-title=" + title, "--", url}
	}
}

// openPlayer finds the stream and starts the player with its lasting address. Asking for that address keeps the stream
// fresh, so there is nothing to activate.
func openPlayer(streamID, asked string) func(context.Context, *api.API) error {
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
