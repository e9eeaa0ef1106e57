package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"image/png"

	"golang.org/x/sync/errgroup"
)

const (
	framesPerSecond = 25
	frames          = loop * framesPerSecond
	gop             = 2 * framesPerSecond
)

// variant is one encoding of a feed's pictures. kbits limits its bit rate, crf its quality: still scenes need far less.
type variant struct {
	name, level string
	high        int
	crf         int
	kbits       int
}

// feed is one of the four.
type feed struct {
	name     string
	variants []variant
	// tune is appended to the x264 options of all feeds.
	tune  string
	sound func() sound
	kbits int
	// painter returns a function that draws the frame at time t, in seconds, on the canvas.
	painter func(*canvas) func(t float64)
}

func feeds() []feed {
	tr := newTrack()
	rides := func(i int) func(*canvas) func(float64) {
		return func(c *canvas) func(float64) { return newOnboard(c, tr, &field[i]).frame }
	}
	note := func(i int, firing float64) func() sound {
		return func() sound { return engine(tr, &field[i], 1, firing) }
	}
	return []feed{
		// These options spend the world feed's bits on its small moving cars; the encoder would refine the ground.
		{"world", []variant{{"720p", "3.1", 720, 43, 400}, {"360p", "3.0", 360, 44, 160}}, ":qcomp=0.75:aq-mode=0", func() sound { return trackside(tr) }, 28,
			func(c *canvas) func(float64) { return newWorld(c, tr).frame }},
		{"onboard-7", []variant{{"720p", "3.1", 720, 43, 400}, {"360p", "3.0", 360, 44, 160}}, "", note(0, 170), 24, rides(0)},
		{"onboard-44", []variant{{"720p", "3.1", 720, 43, 400}, {"360p", "3.0", 360, 44, 160}}, "", note(1, 225), 24, rides(1)},
		{"timing", []variant{{"720p", "3.1", 720, 43, 400}, {"360p", "3.0", 360, 41, 160}}, "", pitwall, 18,
			func(c *canvas) func(float64) { return newTiming(c).frame }},
	}
}

func main() {
	out := flag.String("out", "", "the folder for the media")
	still := flag.String("still", "", "only write a PNG of each feed to this folder, at -at seconds")
	at := flag.Float64("at", 37.5, "the second of the loop that -still shows")
	only := flag.String("only", "", "make only this feed")
	flag.Parse()
	if err := run(*out, *still, *only, *at); err != nil {
		fmt.Fprintln(os.Stderr, "demo-media:", err)
		os.Exit(1)
	}
}

func run(out, still, only string, at float64) error {
	if (out == "") == (still == "") {
		return fmt.Errorf("either -out FOLDER or, for pictures, -still FOLDER is required")
	}
	for _, f := range feeds() {
		if only != "" && f.name != only {
			continue
		}
		var err error
		if still != "" {
			err = f.picture(still, at)
		} else {
			err = f.make(context.Background(), out)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

func (f feed) picture(folder string, at float64) error {
	c, err := newCanvas()
	if err != nil {
		return err
	}
	f.painter(c)(at)
	file, err := os.Create(filepath.Join(folder, f.name+".png"))
	if err != nil {
		return err
	}
	if err := png.Encode(file, c.RGBA); err != nil {
		return err
	}
	return file.Close()
}

func (f feed) make(ctx context.Context, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "demo-media")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if err := f.encodePictures(ctx, temp); err != nil {
		return err
	}
	for _, v := range f.variants {
		m, err := load(filepath.Join(temp, v.name+".mp4"))
		if err != nil {
			return err
		}
		if len(m.samples) != frames {
			return fmt.Errorf("%s: %d frames, want %d", v.name, len(m.samples), frames)
		}
		if err := save(out, f.name+"-"+v.name, m.cut(videoTimescale/framesPerSecond, true)); err != nil {
			return err
		}
	}
	m, err := f.encodeSound(ctx, temp)
	if err != nil {
		return err
	}
	return save(out, f.name+"-audio", m.cut(aacFrame, false))
}

// common are the options that make ffmpeg's file easy to cut: one fragment for each sample, no edit list, and nothing that depends on
// the machine.
var common = []string{"-fflags", "+bitexact", "-flags", "+bitexact", "-map_metadata", "-1", "-movflags", "empty_moov+frag_every_frame+default_base_moof", "-f", "mp4"}

const (
	videoTimescale = 12800
	aacFrame       = 1024
)

// encodePictures draws each frame once and lets one ffmpeg encode all variants of it.
func (f feed) encodePictures(ctx context.Context, temp string) error {
	args := []string{"-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", fmt.Sprintf("%dx%d", width, height),
		"-r", fmt.Sprint(framesPerSecond), "-i", "-"}
	for _, v := range f.variants {
		// A segment is one closed GOP of an IDR and P frames. Without B-frames, decode and presentation times are equal and no edit
		// list is needed; without scene cuts, all GOPs have the same length.
		args = append(args, "-map", "0:v", "-vf", fmt.Sprintf("scale=-2:%d:flags=area:out_color_matrix=bt709:out_range=tv,format=yuv420p", v.high),
			"-c:v", "libx264", "-preset", "veryslow", "-tune", "animation", "-profile:v", "high", "-level", v.level, "-bf", "0", "-g", fmt.Sprint(gop),
			"-keyint_min", fmt.Sprint(gop), "-sc_threshold", "0", "-crf", fmt.Sprint(v.crf), "-maxrate", fmt.Sprintf("%dk", v.kbits),
			"-bufsize", fmt.Sprintf("%dk", 4*v.kbits), "-x264-params", "open-gop=0:nal-hrd=none"+f.tune,
			"-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv",
			"-video_track_timescale", fmt.Sprint(videoTimescale))
		args = append(append(args, common...), filepath.Join(temp, v.name+".mp4"))
	}
	return ffmpeg(ctx, args, func(pipe io.Writer) error {
		// Two canvases: one is drawn while the other is written.
		full, empty := make(chan *canvas, 2), make(chan *canvas, 2)
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error {
			defer close(full)
			paint := map[*canvas]func(float64){}
			for range 2 {
				c, err := newCanvas()
				if err != nil {
					return err
				}
				paint[c] = f.painter(c)
				empty <- c
			}
			for n := range frames {
				select {
				case c := <-empty:
					paint[c](float64(n) / framesPerSecond)
					full <- c
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
		group.Go(func() error {
			for c := range full {
				if _, err := pipe.Write(c.Pix); err != nil {
					return err
				}
				empty <- c
			}
			return nil
		})
		return group.Wait()
	})
}

// encodeSound encodes three loops and keeps the middle one: its first frame depends on the samples before it, so that it fits after the
// last. The encoder's delay (one frame of priming) is before the first loop.
func (f feed) encodeSound(ctx context.Context, temp string) (media, error) {
	file := filepath.Join(temp, "audio.mp4")
	args := append([]string{"-v", "error", "-y", "-f", "f32le", "-ar", fmt.Sprint(sampleRate), "-ac", "1", "-i", "-",
		"-c:a", "aac", "-b:a", fmt.Sprintf("%dk", f.kbits)}, append(common, file)...)
	one := f.sound()
	err := ffmpeg(ctx, args, func(pipe io.Writer) error {
		var raw bytes.Buffer
		if err := binary.Write(&raw, binary.LittleEndian, one); err != nil {
			return err
		}
		for range 3 {
			if _, err := pipe.Write(raw.Bytes()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return media{}, err
	}
	m, err := load(file)
	if err != nil {
		return m, err
	}
	const perLoop, priming = samples / aacFrame, 1
	if len(m.samples) < 2*perLoop+priming {
		return m, fmt.Errorf("%d AAC frames, want at least %d", len(m.samples), 2*perLoop+priming)
	}
	m.samples = m.samples[perLoop+priming : 2*perLoop+priming]
	return m, nil
}

// ffmpeg runs ffmpeg, and calls feed to write its standard input.
func ffmpeg(ctx context.Context, args []string, feed func(io.Writer) error) error {
	cmd := exec.CommandContext(ctx, "ffmpeg", args...)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("ffmpeg (build/setup installs it): %w", err)
	}
	fed := feed(pipe)
	if err := pipe.Close(); fed == nil {
		fed = err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("ffmpeg: %w", err)
	}
	return fed
}

func load(file string) (media, error) {
	all, err := os.ReadFile(file)
	if err != nil {
		return media{}, err
	}
	return readSamples(all)
}

func save(folder, name string, content []byte) error {
	fmt.Printf("%-20s %8d bytes, %4d kbit/s\n", name, len(content), len(content)*8/loop/1000)
	return os.WriteFile(filepath.Join(folder, name+".mp4"), content, 0o644)
}
