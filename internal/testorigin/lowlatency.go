package testorigin

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	partTime = 200 * time.Millisecond
	// perSegment is the number of parts in a segment.
	perSegment = 5
	// shown is the number of segments in a playlist, withParts the number of those that are listed with their parts.
	shown, withParts = 8, 3
	// length bounds the programme, in parts: 200 s, longer than a test may take. Encoding it is most of what the origin costs.
	length = 1000
	// skipUntil is CAN-SKIP-UNTIL, in segments.
	skipUntil = 6
)

// lowLatency is a live encoder and origin of low-latency HLS (RFC 8216bis, appendix B): partial segments with their
// playlist, preload hints that are answered while the part is being made, blocking reloads, rendition reports and delta
// updates. It has two variants of one picture.
type lowLatency struct {
	began time.Time
	init  []byte
	parts [][]byte
}

func newLowLatency() (http.Handler, error) {
	dir, err := os.MkdirTemp("", "lowlatency-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	o := &lowLatency{}
	if err := o.encode(dir); err != nil {
		return nil, err
	}
	// A full window is there from the start.
	o.began = time.Now().Add(-shown * perSegment * partTime)
	return o, nil
}

// encode makes all parts: ffmpeg's segments of one closed GOP each.
func (o *lowLatency) encode(dir string) error {
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

// ready returns when part i is complete.
func (o *lowLatency) ready(i int) time.Time { return o.began.Add(time.Duration(i+1) * partTime) }

// made returns the number of complete parts.
func (o *lowLatency) made() int {
	return min(int(time.Since(o.began)/partTime), len(o.parts))
}

func (o *lowLatency) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_, leaf, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == Entry:
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

// wait waits until that many parts are complete. It returns false if the client goes away first.
func (o *lowLatency) wait(r *http.Request, parts int) bool {
	t := time.NewTimer(time.Until(o.ready(parts - 1)))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (o *lowLatency) media(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if msn, err := strconv.Atoi(q.Get("_HLS_msn")); err == nil {
		parts := (msn + 1) * perSegment
		if part, err := strconv.Atoi(q.Get("_HLS_part")); err == nil {
			parts = msn*perSegment + part + 1
		}
		if parts > o.made()+3*perSegment || parts > len(o.parts) {
			http.Error(w, "_HLS_msn is too far ahead", http.StatusBadRequest)
			return
		}
		if !o.wait(r, parts) {
			return
		}
	}
	playlist(w, o.text(o.made(), q.Get("_HLS_skip") != "", strings.Contains(r.URL.Path, "/high/")))
}

func (o *lowLatency) text(made int, skip, high bool) string {
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

// piece answers a part, once it is complete, or a whole segment.
func (o *lowLatency) piece(w http.ResponseWriter, r *http.Request, leaf string) {
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
