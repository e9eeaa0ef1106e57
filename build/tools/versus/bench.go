package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const (
	// segmentSize is the size of the segments in the throughput measurements, in bytes.
	segmentSize = 2 << 20
	// files is how many segments fan-out requests.
	files = 16
	// listed is how many segments the origin's VOD playlist lists: enough for all cold requests of a run. The origin serves them from
	// ten files.
	listed = 60000
	// connections is how many connections the client keeps busy.
	connections = 8
)

type options struct {
	rounds, requests, viewers int
	viewing                   time.Duration
	program                   string
}

// bench is the setup of the measurements: a folder, the origin, and the servers that are compared.
type bench struct {
	options
	ctx      context.Context
	dir      string
	stops    []func() error
	origin   *contender
	cache    *contender // nginx with proxy_cache
	buffered *contender // nginx without a cache
	plain    *contender // Go's httputil.ReverseProxy
	gridwall *contender
	next     int // the first segment that was not requested yet
}

// contender is a server that is measured, with all of its processes.
type contender struct {
	name    string
	address string // host:port
	pid     int
	prefix  string // the beginning of a segment's path; its number and .ts follow
}

func (c *contender) path(n int) string { return fmt.Sprintf("%s%d.ts", c.prefix, n) }

func (b *bench) all() []*contender {
	return []*contender{b.origin, b.cache, b.buffered, b.plain, b.gridwall}
}

func newBench(ctx context.Context, o options) (b *bench, err error) {
	b = &bench{options: o, ctx: ctx}
	if b.dir, err = os.MkdirTemp("", "gridwall-versus-"); err != nil {
		return nil, err
	}
	b.stops = append(b.stops, func() error { return os.RemoveAll(b.dir) })
	// If root starts nginx, its workers run as another user, who must be able to read the folder.
	if err := os.Chmod(b.dir, 0o755); err != nil {
		return b, errors.Join(err, b.close())
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	if b.program == "" {
		b.program = filepath.Join(b.dir, "gridwall")
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", b.program, ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return b, fmt.Errorf("the program does not build (run this from the repository's root): %w", err)
		}
	}
	for _, start := range []func() error{b.startOrigin, b.startNginx, b.startPlain, b.startGridwall} {
		if err := start(); err != nil {
			return b, err
		}
	}
	return b, nil
}

// close ends everything that was started, in reverse order.
func (b *bench) close() error {
	var errs []error
	for i := len(b.stops) - 1; i >= 0; i-- {
		errs = append(errs, b.stops[i]())
	}
	b.stops = nil
	return errors.Join(errs...)
}

func (b *bench) introduce() {
	fmt.Printf("%d cores, %s; %s; client and origin share them. %d connections, segments of %d MB.\n\n",
		runtime.NumCPU(), model(), runtime.Version()+" "+nginxVersion(), connections, segmentSize>>20)
}

func model() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func nginxVersion() string {
	out, err := exec.Command("nginx", "-v").CombinedOutput()
	if err != nil {
		return "nginx"
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "nginx version: ")
}
