// Command lowlatency is a live encoder and origin of low-latency HLS (RFC 8216bis, appendix B) for tests: partial
// segments with their playlist, preload hints that are answered while the part is made, blocking reloads, rendition
// reports and delta updates. It has two variants of one picture. It prints its address, and ends with its input.
package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gridwall/build/origin"
)

const (
	partTime = 200 * time.Millisecond
	// perSegment is how many parts make a segment.
	perSegment = 5
	// shown is how many segments a playlist lists, withParts how many of them with their parts.
	shown, withParts = 8, 3
	// length bounds the programme, in parts.
	length = 1500
	// skipUntil is CAN-SKIP-UNTIL, in segments.
	skipUntil = 6
)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal("lowlatency: ", err)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "lowlatency-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	l := &live{}
	if err := l.encode(dir); err != nil {
		return err
	}
	// A full window is there from the start.
	l.began = time.Now().Add(-shown * perSegment * partTime)
	return origin.Serve(l)
}

type live struct {
	began time.Time
	init  []byte
	parts [][]byte
}

// encode makes all parts: ffmpeg's segments of one closed group of pictures each.
func (o *live) encode(dir string) error {
	seconds := fmt.Sprint((length * partTime).Seconds())
	cmd := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25", "-f", "lavfi", "-i", "sine=frequency=440",
		"-t", seconds, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "5", "-keyint_min", "5", "-sc_threshold", "0",
		"-c:a", "aac", "-b:a", "48k", "-f", "hls", "-hls_time", fmt.Sprint(partTime.Seconds()), "-hls_list_size", "0", "-hls_segment_type", "fmp4",
		"-hls_segment_filename", filepath.Join(dir, "%d.m4s"), filepath.Join(dir, "index.m3u8"))
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	var err error
	if o.init, err = os.ReadFile(filepath.Join(dir, "init.mp4")); err != nil {
		return err
	}
	for i := range length - 1 {
		part, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%d.m4s", i)))
		if err != nil {
			return err
		}
		o.parts = append(o.parts, part)
	}
	return nil
}

// ready is when part i is made.
func (o *live) ready(i int) time.Time { return o.began.Add(time.Duration(i+1) * partTime) }

// made is how many parts are made.
func (o *live) made() int {
	return min(int(time.Since(o.began)/partTime), len(o.parts))
}

func (o *live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_, leaf, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/master.m3u8":
		playlist(w, "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n"+
			"#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=320x180,CODECS=\"avc1.42c00d,mp4a.40.2\"\nlow/media.m3u8\n"+
			"#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360,CODECS=\"avc1.42c00d,mp4a.40.2\"\nhigh/media.m3u8\n")
	case leaf == "media.m3u8":
		o.media(w, r)
	case leaf == "init.mp4":
		media(w, o.init)
	default:
		o.piece(w, r, leaf)
	}
}

func playlist(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
	_, _ = io.WriteString(w, text)
}

func media(w http.ResponseWriter, data []byte) {
	w.Header().Set("Content-Type", "video/mp4")
	_, _ = w.Write(data)
}

// wait waits until so many parts are made; not ok where the player does not.
func (o *live) wait(r *http.Request, parts int) bool {
	t := time.NewTimer(time.Until(o.ready(parts - 1)))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (o *live) media(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if msn, err := strconv.Atoi(q.Get("_HLS_msn")); err == nil {
		parts := (msn + 1) * perSegment
		if part, err := strconv.Atoi(q.Get("_HLS_part")); err == nil {
			parts = msn*perSegment + part + 1
		}
		if parts > o.made()+3*perSegment || parts > len(o.parts) {
			http.Error(w, "that is too far ahead", http.StatusBadRequest)
			return
		}
		if !o.wait(r, parts) {
			return
		}
	}
	playlist(w, o.text(o.made(), q.Get("_HLS_skip") != "", strings.Contains(r.URL.Path, "/high/")))
}

func (o *live) text(made int, skip, high bool) string {
	whole, open := made/perSegment, made%perSegment
	first := whole - shown
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:1\n"+
		"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.6,CAN-SKIP-UNTIL=%d.0\n#EXT-X-PART-INF:PART-TARGET=0.2\n"+
		"#EXT-X-MEDIA-SEQUENCE:%d\n", skipUntil, first)
	if skip {
		fmt.Fprintf(&b, "#EXT-X-SKIP:SKIPPED-SEGMENTS=%d\n", shown-skipUntil)
		first = whole - skipUntil
	} else {
		b.WriteString("#EXT-X-MAP:URI=\"init.mp4\"\n")
	}
	for n := first; n <= whole; n++ {
		parts := perSegment
		if n == whole {
			parts = open
		}
		if n < whole || parts > 0 {
			fmt.Fprintf(&b, "#EXT-X-PROGRAM-DATE-TIME:%s\n", o.began.Add(time.Duration(n*perSegment)*partTime).UTC().Format("2006-01-02T15:04:05.000Z"))
		}
		if n > whole-withParts {
			for p := range parts {
				fmt.Fprintf(&b, "#EXT-X-PART:DURATION=0.2,URI=\"part-%d.m4s\",INDEPENDENT=YES\n", n*perSegment+p)
			}
		}
		if n < whole {
			fmt.Fprintf(&b, "#EXTINF:1.0,\nseg-%d.m4s\n", n)
		}
	}
	other := "high"
	if high {
		other = "low"
	}
	fmt.Fprintf(&b, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"part-%d.m4s\"\n#EXT-X-RENDITION-REPORT:URI=\"../%s/media.m3u8\",LAST-MSN=%d,LAST-PART=%d\n",
		made, other, (made-1)/perSegment, (made-1)%perSegment)
	return b.String()
}

// piece answers a part, once it is made, or a whole segment.
func (o *live) piece(w http.ResponseWriter, r *http.Request, leaf string) {
	var n int
	if _, err := fmt.Sscanf(leaf, "part-%d.m4s", &n); err == nil && n >= 0 && n < len(o.parts) && n <= o.made() {
		if o.wait(r, n+1) {
			media(w, o.parts[n])
		}
		return
	}
	if _, err := fmt.Sscanf(leaf, "seg-%d.m4s", &n); err == nil && n >= 0 && (n+1)*perSegment <= o.made() {
		media(w, bytes.Join(o.parts[n*perSegment:(n+1)*perSegment], nil))
		return
	}
	http.NotFound(w, r)
}
