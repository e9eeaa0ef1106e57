package testorigin

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing/fstest"
)

// recordingTime is the length of the recording, cueTime how long each subtitle is shown, both in seconds.
const recordingTime, cueTime = 60, 2

// newRecording returns a recording made by ffmpeg: video, two audio renditions (World, Radio) and subtitles that all read
// "Box, box".
func newRecording() (http.Handler, error) {
	dir, err := os.MkdirTemp("", "recording-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := record(dir); err != nil {
		return nil, err
	}
	// In memory, so that nothing has to be removed when the test ends.
	names, err := filepath.Glob(filepath.Join(dir, "hls", "*"))
	if err != nil {
		return nil, err
	}
	recorded := fstest.MapFS{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		recorded[filepath.Base(name)] = &fstest.MapFile{Data: data}
	}
	files := http.FileServerFS(recorded)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Like a plain CDN that is not configured for media types.
		w.Header().Set("Content-Type", "application/octet-stream")
		files.ServeHTTP(w, r)
	}), nil
}

// record writes the recording to dir/hls.
func record(dir string) error {
	var cues strings.Builder
	for i := range recordingTime/cueTime - 1 {
		fmt.Fprintf(&cues, "%d\n00:00:%02d,000 --> 00:00:%02d,000\nBox, box\n\n", i+1, cueTime*i, cueTime*(i+1))
	}
	subtitles, out := filepath.Join(dir, "subs.srt"), filepath.Join(dir, "hls")
	if err := os.WriteFile(subtitles, []byte(cues.String()), 0o600); err != nil {
		return err
	}
	if err := os.Mkdir(out, 0o700); err != nil {
		return err
	}
	cmd := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25",
		"-f", "lavfi", "-i", "sine=frequency=330", "-f", "lavfi", "-i", "sine=frequency=550", "-i", subtitles, "-t", fmt.Sprint(recordingTime),
		"-map", "0:v", "-map", "1:a", "-map", "2:a", "-map", "3:s", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
		"-g", "50", "-keyint_min", "50", "-sc_threshold", "0", "-c:a", "aac", "-c:s", "webvtt", "-f", "hls", "-hls_time", "2",
		"-hls_list_size", "0", "-hls_playlist_type", "vod", "-master_pl_name", "master.m3u8", "-var_stream_map",
		"v:0,s:0,agroup:a,sgroup:subs a:0,agroup:a,language:en,default:yes a:1,agroup:a,language:de",
		filepath.Join(out, "%v.m3u8"))
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ffmpeg: %w: %s", err, text)
	}
	// ffmpeg numbers the audio renditions; a producer names them.
	master := filepath.Join(out, "master.m3u8")
	list, err := os.ReadFile(master)
	if err != nil {
		return err
	}
	named := strings.NewReplacer(`NAME="audio_1"`, `NAME="World"`, `NAME="audio_2"`, `NAME="Radio"`).Replace(string(list))
	return os.WriteFile(master, []byte(named), 0o600)
}
