package codedfeed

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	// SegmentTime is the length of a segment.
	SegmentTime = 2 * time.Second
	// ahead is how far the encoder is ahead of the clock, so that a segment is complete in time on a busy machine, too.
	ahead = 20 * time.Second
)

// Form is how a programme is encoded.
type Form int

const (
	// Plain is H.264 baseline, 320x180, with AAC, mono.
	Plain Form = iota
	// Other is H.264 high with B-frames, 640x360, with AAC, stereo, at another sample rate.
	Other
	// MP3 is as Plain, with MP3 in place of AAC.
	MP3
)

// attributes are what a multivariant playlist says of it.
func (f Form) attributes() string {
	switch f {
	case Other:
		return `BANDWIDTH=900000,RESOLUTION=640x360,CODECS="avc1.64001e,mp4a.40.2"`
	case MP3:
		return `BANDWIDTH=400000,RESOLUTION=320x180,CODECS="avc1.42c00d,mp4a.40.34"`
	}
	return `BANDWIDTH=400000,RESOLUTION=320x180,CODECS="avc1.42c00d,mp4a.40.2"`
}

// arguments are those of ffmpeg.
func (f Form) arguments() []string {
	switch f {
	case Other:
		return []string{"-vf", "scale=640:360:flags=neighbor", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-bf", "2", "-b:v", "600k",
			"-c:a", "aac", "-ar", "44100", "-ac", "2", "-b:a", "96k"}
	case MP3:
		return []string{"-c:v", "libx264", "-preset", "ultrafast", "-c:a", "libmp3lame", "-b:a", "64k"}
	}
	return []string{"-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-b:a", "64k"}
}

// encoding names a programme: its sound, and how it is encoded.
type encoding struct {
	seed uint64
	form Form
}

// programme is a picture and a sound, encoded into segments while they are "filmed".
type programme struct {
	of     encoding
	dir    string
	began  time.Time
	encode *exec.Cmd
	ended  chan struct{}
	stop   func()
}

// newProgramme starts the encoder of a programme that began at that time.
func newProgramme(of encoding, began time.Time) (_ *programme, err error) {
	p := &programme{of: of, began: began, ended: make(chan struct{})}
	if p.dir, err = os.MkdirTemp("", "codedfeed-"); err != nil {
		return nil, err
	}
	sound, soundIn, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	group := fmt.Sprint(int(SegmentTime.Seconds()) * FrameRate)
	args := []string{"-nostdin", "-v", "error",
		"-f", "rawvideo", "-pix_fmt", "gray", "-video_size", fmt.Sprintf("%dx%d", Width, Height), "-framerate", fmt.Sprint(FrameRate), "-i", "pipe:0",
		"-f", "s16le", "-ar", fmt.Sprint(SampleRate), "-ac", "1", "-i", "pipe:3"}
	args = append(args, of.form.arguments()...)
	args = append(args, "-threads", "1", "-pix_fmt", "yuv420p", "-g", group, "-keyint_min", group, "-sc_threshold", "0",
		"-f", "hls", "-hls_time", fmt.Sprint(SegmentTime.Seconds()), "-hls_list_size", "4", "-hls_flags", "temp_file",
		"-hls_segment_filename", filepath.Join(p.dir, "%d.ts"), filepath.Join(p.dir, "index.m3u8"))
	p.encode = exec.Command("ffmpeg", args...)
	var log strings.Builder
	p.encode.Stderr, p.encode.ExtraFiles = &log, []*os.File{sound}
	pictures, err := p.encode.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := p.encode.Start(); err != nil {
		_ = os.RemoveAll(p.dir)
		return nil, err
	}
	_ = sound.Close()
	stopped := make(chan struct{})
	p.stop = sync.OnceFunc(func() { close(stopped) })
	var writers sync.WaitGroup
	writers.Go(func() { p.write(pictures, stopped, secondOfPictures()) })
	writers.Go(func() {
		p.write(soundIn, stopped, func(second int) []byte {
			out, _ := binary.Append(nil, binary.LittleEndian, Sound(of.seed, second))
			return out
		})
	})
	go func() {
		defer close(p.ended)
		writers.Wait()
		if err := p.encode.Wait(); err != nil || log.Len() > 0 {
			fmt.Fprintf(os.Stderr, "codedfeed: ffmpeg: %v %s\n", err, log.String())
		}
	}()
	return p, nil
}

// secondOfPictures returns a function that draws the frames of a second.
func secondOfPictures() func(second int) []byte {
	out := make([]byte, FrameRate*Width*Height)
	return func(second int) []byte {
		for i := range FrameRate {
			Draw(uint32(second*FrameRate+i), out[i*Width*Height:][:Width*Height])
		}
		return out
	}
}

// write writes second after second, in time, until it is stopped.
func (p *programme) write(to io.WriteCloser, stopped <-chan struct{}, make func(second int) []byte) {
	defer func() { _ = to.Close() }()
	for second := 0; ; second++ {
		due := time.NewTimer(time.Until(p.began.Add(time.Duration(second)*time.Second - ahead)))
		select {
		case <-due.C:
		case <-stopped:
			due.Stop()
			return
		}
		if _, err := to.Write(make(second)); err != nil {
			return
		}
	}
}

// segment returns a segment. It waits for the encoder if it is late.
func (p *programme) segment(n int) ([]byte, error) {
	name := filepath.Join(p.dir, fmt.Sprintf("%d.ts", n))
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		data, err := os.ReadFile(name)
		if err == nil || time.Now().After(deadline) {
			return data, err
		}
	}
}

// close ends the encoder and removes the segments.
func (p *programme) close() {
	p.stop()
	<-p.ended
	_ = os.RemoveAll(p.dir)
}
