// Command recording serves a recording of a minute for tests, as ffmpeg makes it: a picture, two sounds (World, Radio)
// and subtitles whose every line says "Box, box". It prints its address, and ends with its input.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"gridwall/build/origin"
)

// length is how long the recording is, cue how long each of its subtitles is shown, both in seconds.
const length, cue = 60, 2

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal("recording: ", err)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "recording-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := record(dir); err != nil {
		return err
	}
	files := http.FileServer(http.Dir(filepath.Join(dir, "hls")))
	return origin.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// As a plain CDN has it, that knows of no media type.
		w.Header().Set("Content-Type", "application/octet-stream")
		files.ServeHTTP(w, r)
	}))
}

// record makes the recording in dir/hls.
func record(dir string) error {
	var cues strings.Builder
	for i := range length/cue - 1 {
		fmt.Fprintf(&cues, "%d\n00:00:%02d,000 --> 00:00:%02d,000\nBox, box\n\n", i+1, cue*i, cue*(i+1))
	}
	subtitles, out := filepath.Join(dir, "subs.srt"), filepath.Join(dir, "hls")
	if err := os.WriteFile(subtitles, []byte(cues.String()), 0o600); err != nil {
		return err
	}
	if err := os.Mkdir(out, 0o700); err != nil {
		return err
	}
	cmd := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25",
		"-f", "lavfi", "-i", "sine=frequency=330", "-f", "lavfi", "-i", "sine=frequency=550", "-i", subtitles, "-t", fmt.Sprint(length),
		"-map", "0:v", "-map", "1:a", "-map", "2:a", "-map", "3:s", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
		"-g", "50", "-keyint_min", "50", "-sc_threshold", "0", "-c:a", "aac", "-c:s", "webvtt", "-f", "hls", "-hls_time", "2",
		"-hls_list_size", "0", "-hls_playlist_type", "vod", "-master_pl_name", "master.m3u8", "-var_stream_map",
		"v:0,s:0,agroup:a,sgroup:subs a:0,agroup:a,language:en,default:yes a:1,agroup:a,language:de",
		filepath.Join(out, "%v.m3u8"))
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ffmpeg: %w: %s", err, text)
	}
	// ffmpeg numbers the sounds; a producer names them.
	master := filepath.Join(out, "master.m3u8")
	list, err := os.ReadFile(master)
	if err != nil {
		return err
	}
	named := strings.NewReplacer(`NAME="audio_1"`, `NAME="World"`, `NAME="audio_2"`, `NAME="Radio"`).Replace(string(list))
	return os.WriteFile(master, []byte(named), 0o600)
}
