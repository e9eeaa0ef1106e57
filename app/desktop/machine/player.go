package machine

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"gridwall/app/api"
	"gridwall/app/api/fault"
	"gridwall/app/desktop/text"
)

// maxTitle limits the title that is passed to a player, in bytes.
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

// playerPath returns the path of a player; "" if it is not installed.
func playerPath(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	var places []string
	switch runtime.GOOS {
	case "windows": // its installers do not add players to PATH
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

// choosePlayer returns the requested player or, if requested is empty, that of the settings or else the first installed one. A
// requested player is not replaced by another.
func choosePlayer(requested, set string, installed []string) (string, error) {
	if requested != "" {
		if !slices.Contains(players, requested) {
			return "", fault.Errorf(fault.CodeInvalid, "unknown player %q; use mpv or vlc", text.Plain(requested, 40))
		}
		if !slices.Contains(installed, requested) {
			return "", fault.Errorf(fault.CodeInvalid, "%s is not installed. Install it: %s", requested, installHint(same(requested)))
		}
		return requested, nil
	}
	if slices.Contains(installed, set) {
		return set, nil
	}
	if len(installed) == 0 {
		return "", fault.Errorf(fault.CodeInvalid, "neither mpv nor VLC is installed. Install one: %s", installHint(same(players[0])))
	}
	return installed[0], nil
}

// playerArgs returns the command line for a player. A title comes from a site and may contain anything: it is part of an argument
// that begins with the name of an option. For mpv that is the option in which it expands no properties.
func playerArgs(player, path, title, url string) []string {
	title = text.Plain(title, maxTitle)
	switch player {
	case "vlc":
		return []string{path, "--meta-title=" + title, url}
	default:
		return []string{path, "--force-window=immediate", "--force-media-title=" + title, "--", url}
	}
}

// Program is what OpenPlayer asks the program that plays; implemented by api.API, and for a second window by its link to the first.
type Program interface {
	Settings(ctx context.Context) (api.Settings, error)
	Streams(ctx context.Context, all bool) (api.StreamList, error)
	About(ctx context.Context) (api.About, error)
}

// OpenPlayer starts a player with the stable address of a stream. requested is mpv, vlc, or "" for that of the settings. Requests for
// the address activate the stream.
func OpenPlayer(ctx context.Context, p Program, streamID, requested string) error {
	settings, err := p.Settings(ctx)
	if err != nil {
		return err
	}
	player, err := choosePlayer(requested, settings.Settings[api.KeyPlayer], Players())
	if err != nil {
		return err
	}
	streams, err := p.Streams(ctx, true)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(streams.Streams, func(s api.Stream) bool { return s.ID == streamID })
	if i < 0 {
		return fault.Errorf(fault.CodeUnknownStream, "no source lists this feed any more; run the extraction again")
	}
	about, err := p.About(ctx)
	if err != nil {
		return err
	}
	url := about.Playback + "/hls/" + streams.Streams[i].ID + "/index.m3u8"
	if err := launch(playerArgs(player, playerPath(player), streams.Streams[i].Title, url)); err != nil {
		return fault.Errorf(fault.CodeInvalid, "%s did not start: %s", player, err.Error())
	}
	return nil
}
