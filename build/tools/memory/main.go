// Command memory prints how much memory the server uses: idle, and with many active streams playing.
//
//	go run ./build/tools/memory -streams 120 -rate 1e6 -for 60s
//
// It builds the headless program, starts it with a temporary folder, serves live streams to it from this process (with two-second
// segments, at the given rate in bit/s), and plays all of them like a player: it reloads the playlist every target duration, and requests
// each new segment once. It prints the resident set of the server process.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// segment is the duration of the segments.
const segment = 2 * time.Second

// window is how many segments a playlist lists.
const window = 6

func main() {
	streams := flag.Int("streams", 120, "active streams, one viewer each")
	rate := flag.Float64("rate", 1e6, "bit/s of each stream")
	long := flag.Duration("for", time.Minute, "how long they play")
	idle := flag.Duration("idle", 10*time.Second, "how long the server idles before the first measurement")
	flag.Parse()
	if err := run(*streams, *rate, *long, *idle); err != nil {
		fmt.Fprintln(os.Stderr, "memory:", err)
		os.Exit(1)
	}
}

func run(streams int, rate float64, long, idle time.Duration) (err error) {
	dir, err := os.MkdirTemp("", "gridwall-memory-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cdn := httptest.NewServer(serve(int(rate * segment.Seconds() / 8)))
	defer cdn.Close()
	if err := writeSource(filepath.Join(dir, "sources"), cdn.URL, streams); err != nil {
		return err
	}
	s, err := start(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	time.Sleep(idle)
	rss, err := s.resident()
	if err != nil {
		return err
	}
	fmt.Printf("idle                         %6.1f MB resident\n", rss)

	ids, err := s.streams(streams)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), long)
	defer cancel()
	var played, failed atomic.Int64
	var wg sync.WaitGroup
	for i, id := range ids {
		wg.Go(func() {
			wait(ctx, time.Duration(i)*segment/time.Duration(len(ids)))
			play(ctx, s.url+"/hls/"+id+"/index.m3u8", &played, &failed)
		})
	}
	most := 0.0
	for tick := time.NewTicker(time.Second); ctx.Err() == nil; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
		}
		if rss, err = s.resident(); err != nil {
			return err
		}
		most = max(most, rss)
	}
	wg.Wait()
	fmt.Printf("%3d streams of %.1f Mbit/s    %6.1f MB resident at most, %.1f MB at the end\n", streams, rate/1e6, most, rss)
	fmt.Printf("%d segments played in %s, %d requests failed\n", played.Load(), long, failed.Load())
	return nil
}

// serve returns a CDN with any number of live streams.
func serve(size int) http.Handler {
	body := make([]byte, size)
	for i := range body {
		body[i] = byte(i * 7)
	}
	body[0] = 0x47
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".ts") {
			w.Header().Set("Content-Type", "video/mp2t")
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			_, _ = w.Write(body)
			return
		}
		n := time.Now().Unix() / int64(segment.Seconds())
		fmt.Fprintf(w, "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:%d\n", int(segment.Seconds()), n-window)
		for i := n - window; i < n; i++ {
			fmt.Fprintf(w, "#EXTINF:%.3f,\n%d.ts\n", segment.Seconds(), i)
		}
	})
}

func writeSource(dir, cdn string, streams int) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("kind = \"direct\"\nallow_private = true\n")
	for i := range streams {
		fmt.Fprintf(&b, "[[stream]]\nurl = \"%s/%d/live.m3u8\"\ntitle = \"Feed %d\"\n", cdn, i, i)
	}
	return os.WriteFile(filepath.Join(dir, "many.toml"), []byte(b.String()), 0o600)
}

type server struct {
	cmd *exec.Cmd
	url string
}

func start(dir string) (*server, error) {
	bin := filepath.Join(dir, "gridwall")
	build := exec.Command("go", "build", "-o", bin, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("the program does not build (run this from the repository's root): %w", err)
	}
	cmd := exec.Command(bin, "serve", "--listen", "127.0.0.1:0", "--config", dir, "--data", dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		return nil, errors.Join(fmt.Errorf("the server said %q", line), err, cmd.Wait())
	}
	return &server{cmd: cmd, url: url}, nil
}

func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// resident returns the server's resident set in MB.
func (s *server) resident() (float64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(raw)
	if m == nil {
		return 0, errors.New("no VmRSS in the server's status")
	}
	kb, err := strconv.ParseFloat(string(m[1]), 64)
	return kb * 1024 / 1e6, err
}

var idOf = regexp.MustCompile(`"id":\s*"([^"]+)"`)

// streams waits until the server lists all streams and returns their ids.
func (s *server) streams(n int) (ids []string, err error) {
	for range 100 {
		resp, err := http.Get(s.url + "/api/v1/streams?all=1")
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return nil, err
		}
		ids = nil
		for _, m := range idOf.FindAllSubmatch(body, -1) {
			ids = append(ids, string(m[1]))
		}
		if len(ids) == n {
			return ids, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil, fmt.Errorf("the server lists %d streams, not %d", len(ids), n)
}

// play reloads the playlist and fetches each new segment once, like a player.
func play(ctx context.Context, list string, played, failed *atomic.Int64) {
	seen := map[string]bool{}
	base := list[:strings.LastIndexByte(list, '/')+1]
	for ctx.Err() == nil {
		text, err := get(ctx, list)
		if err != nil && ctx.Err() == nil {
			failed.Add(1)
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			if line == "" || line[0] == '#' || seen[line] {
				continue
			}
			seen[line] = true
			if _, err := get(ctx, base+line); err == nil {
				played.Add(1)
			} else if ctx.Err() == nil {
				failed.Add(1)
			}
		}
		wait(ctx, segment)
	}
}

func get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	return io.ReadAll(resp.Body)
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
