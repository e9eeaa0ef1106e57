package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	// clip is how long the producers' recordings last.
	clip = 6 * time.Second
	// clipFrames is how many pictures they have.
	clipFrames = int(clip/time.Second) * 25
	clipToken  = "token=0123456789abcdef0123456789abcdef"
)

// production is one kind of HLS that ffmpeg makes.
type production struct {
	entry string // the playlist to play, in the production's folder
	args  []string
}

// productions are made from one recording each, without another encoding.
func productions(dir string) map[string]production {
	in := []string{"-i", filepath.Join(dir, "clip.mp4")}
	hls := func(more ...string) []string {
		return append([]string{"-f", "hls", "-hls_time", "1", "-hls_list_size", "0", "-hls_playlist_type", "vod"}, more...)
	}
	plain := func(more ...string) []string { return slices.Concat(in, []string{"-c", "copy"}, hls(more...)) }
	return map[string]production{
		"ts":               {"index.m3u8", plain()},
		"fmp4":             {"index.m3u8", plain("-hls_segment_type", "fmp4")},
		"ts byte ranges":   {"index.m3u8", plain("-hls_flags", "single_file")},
		"fmp4 byte ranges": {"index.m3u8", plain("-hls_segment_type", "fmp4", "-hls_flags", "single_file")},
		"aes-128":          {"index.m3u8", plain("-hls_key_info_file", filepath.Join(dir, "key.info"))},
		"multi-audio": {"master.m3u8", slices.Concat(in, []string{"-map", "0:v", "-map", "0:a", "-map", "0:a", "-c", "copy"},
			hls("-master_pl_name", "master.m3u8", "-var_stream_map", "v:0,agroup:a a:0,agroup:a,language:en,default:yes a:1,agroup:a,language:de"))},
		"webvtt": {"master.m3u8", slices.Concat(in, []string{"-i", filepath.Join(dir, "clip.srt"), "-map", "0:v", "-map", "0:a", "-map", "1:s", "-c", "copy", "-c:s", "webvtt"},
			hls("-master_pl_name", "master.m3u8", "-var_stream_map", "v:0,a:0,s:0,sgroup:subs"))},
	}
}

// produce makes all productions, and serves them: under /open/ to all, under /t/ to who carries the token, which no
// playlist repeats to its children.
func produce(t *testing.T) (made map[string]production, upstream *httptest.Server) {
	t.Helper()
	dir := t.TempDir()
	_, err := output("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-f", "lavfi", "-i", "sine=frequency=330",
		"-t", fmt.Sprint(clip.Seconds()), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25", "-keyint_min", "25", "-sc_threshold", "0",
		"-c:a", "aac", filepath.Join(dir, "clip.mp4"))
	require.NoError(t, err)
	write(t, filepath.Join(dir, "clip.srt"), "1\n00:00:00,500 --> 00:00:02,000\nLights out\n\n2\n00:00:03,000 --> 00:00:05,000\nBox, box\n")
	write(t, filepath.Join(dir, "clip.key"), "0123456789abcdef")
	write(t, filepath.Join(dir, "key.info"), "clip.key\n"+filepath.Join(dir, "clip.key")+"\n")
	made = productions(dir)
	for name, p := range made {
		folder := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		require.NoError(t, os.Mkdir(folder, 0o755))
		require.NoError(t, os.Link(filepath.Join(dir, "clip.key"), filepath.Join(folder, "clip.key")))
		target := "index.m3u8"
		if p.entry == "master.m3u8" {
			target = "media_%v.m3u8"
		}
		_, err := output("ffmpeg", append(append([]string{"-nostdin", "-v", "error"}, p.args...), filepath.Join(folder, target))...)
		require.NoError(t, err, name)
	}
	files := http.FileServer(http.Dir(dir))
	mux := http.NewServeMux()
	mux.Handle("/open/", http.StripPrefix("/open/", files))
	mux.HandleFunc("/t/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != clipToken {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		http.StripPrefix("/t/", files).ServeHTTP(w, r)
	})
	upstream = httptest.NewServer(mux)
	t.Cleanup(upstream.Close)
	return made, upstream
}

func (p production) path(name string) string {
	return strings.ReplaceAll(name, " ", "-") + "/" + p.entry
}

// packets returns what ffmpeg demuxes, except its header.
func packets(url string) (string, error) {
	out, err := output("ffmpeg", "-nostdin", "-v", "error", "-copyts", "-allowed_extensions", "ALL", "-i", url, "-map", "0", "-c", "copy", "-f", "framecrc", "-")
	return string(out), err
}

// All kinds of HLS that ffmpeg makes pass through the proxy unchanged, packet by packet, and play in VLC and GStreamer. Those
// start slowly and use much CPU, so this test runs before the tests that play in real time, not in parallel with them.
func TestWhatFFmpegProducesPlaysEverywhere(t *testing.T) {
	made, upstream := produce(t)
	var source strings.Builder
	source.WriteString("kind = \"direct\"\nallow_private = true\n")
	for name, p := range made {
		fmt.Fprintf(&source, "[[stream]]\nurl = \"%s/t/%s?%s\"\ntitle = \"%s\"\n", upstream.URL, p.path(name), clipToken, name)
	}
	g := serve(t, newHome(t, map[string]string{"clips": source.String()}), "127.0.0.1:0")
	addresses := map[string]string{}
	for _, s := range g.streams(len(made)) {
		addresses[s.Title] = g.url + s.path()
	}
	// The first start of GStreamer looks at all its plugins, which takes seconds.
	gst := t.TempDir()
	quietly(t, gst, nil, "gst-inspect-1.0", "hlsdemux2")
	t.Run("all", func(t *testing.T) {
		for name, p := range made {
			t.Run(name+" in ffmpeg", func(t *testing.T) {
				t.Parallel()
				want, err := packets(upstream.URL + "/open/" + p.path(name))
				require.NoError(t, err)
				got, err := packets(addresses[name])
				require.NoError(t, err)
				require.Greater(t, strings.Count(want, "\n"), clipFrames, "the producer made no recording")
				require.Equal(t, want, got)
			})
		}
		for _, name := range []string{"ts", "fmp4", "aes-128", "multi-audio", "ts byte ranges"} {
			t.Run(name+" in VLC", func(t *testing.T) {
				t.Parallel()
				require.InDelta(t, clip.Seconds(), playVLC(t, addresses[name]), 0.5)
			})
		}
		for name := range made {
			t.Run(name+" in mpv", func(t *testing.T) {
				t.Parallel()
				said := quietly(t, t.TempDir(), nil, "mpv", "--no-config", "--vo=null", "--ao=null", "--untimed", "--msg-level=all=warn", "--ytdl=no",
					"--load-scripts=no", "--idle=no", addresses[name])
				require.Empty(t, complaints(strings.FieldsFunc(said, func(c rune) bool { return c == '\n' })))
			})
		}
		for _, name := range []string{"ts", "fmp4", "multi-audio"} {
			t.Run(name+" in GStreamer's hlsdemux2", func(t *testing.T) {
				t.Parallel()
				require.InDelta(t, clipFrames, playGStreamer(t, gst, addresses[name]), 2)
			})
		}
	})
}

// playVLC has VLC write what it plays into a file; it returns how many seconds of pictures are in it.
func playVLC(t *testing.T, url string) float64 {
	t.Helper()
	dir, err := os.MkdirTemp("", "vlc-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	file := filepath.Join(dir, "out.ts")
	args := []string{"cvlc", "--no-one-instance", "--quiet", "--play-and-exit", "--sout", "#standard{access=file,mux=ts,dst=" + file + "}", url, "vlc://quit"}
	if os.Geteuid() == 0 { // VLC refuses to run as root
		require.NoError(t, os.Chmod(dir, 0o777))
		args = append([]string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}, args...)
	}
	quietly(t, dir, nil, args...)
	out, err := output("ffprobe", "-v", "error", "-count_packets", "-select_streams", "v:0", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", file)
	require.NoError(t, err)
	var n int
	_, err = fmt.Sscan(strings.Trim(strings.Fields(string(out))[0], ","), &n)
	require.NoError(t, err)
	return float64(n) / 25
}

// playGStreamer counts the pictures that GStreamer shows, and makes sure that hlsdemux2 is what read them.
func playGStreamer(t *testing.T, dir, url string) int {
	t.Helper()
	log := quietly(t, dir, []string{"GST_DEBUG=hlsdemux2:5", "GST_DEBUG_NO_COLOR=1"},
		"gst-launch-1.0", "-v", "playbin3", "uri="+url, "video-sink=fakesink silent=false sync=false", "audio-sink=fakesink sync=false")
	require.Contains(t, log, "hlsdemux2", "another demuxer was taken")
	return strings.Count(log, "GstFakeSink:fakesink0: last-message = chain")
}

// quietly runs a player that ends by itself, and returns what it says.
func quietly(t *testing.T, home string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(append(os.Environ(), "HOME="+home, "XDG_RUNTIME_DIR="+home), env...)
	tie(cmd)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(t, cmd.Start())
	late := time.AfterFunc(4*patience, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	err := cmd.Wait()
	text := said.String()
	require.NoError(t, err, "%s", text[max(0, len(text)-4000):])
	return text
}
