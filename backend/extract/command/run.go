package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"gridwall/backend/extract"
	"gridwall/backend/procgroup"
	"gridwall/backend/source"
)

const (
	// MaxOutput is how much a tool may print, in bytes; then it is stopped. yt-dlp's output for a playlist of some hundred
	// videos takes 16 MiB.
	MaxOutput = 16 << 20
	// errTail is how much of the end of its standard error is kept, in bytes.
	errTail = 16 << 10
	// waitDelay is how long to wait for output after the tool has ended: a child may keep the pipe open forever. It is less
	// than the time that the service gives an extractor beyond its timeout.
	waitDelay = time.Second
)

// errTooMuch is the cause with which a tool that prints more than MaxOutput is stopped.
var errTooMuch = errors.New("too much output")

// tool is a program to run.
type tool struct {
	// name is the program's name without a path, for messages.
	name string
	src  source.Source
	// secrets are the arguments that errors must not show.
	secrets []string
}

// result is the outcome of a run.
type result struct {
	out, errTail []byte
	// printed is the number of bytes on standard output.
	printed int64
	took    time.Duration
	// status is the exit status; -1 if there is none.
	status int
	// err is an *exec.ExitError if the tool itself failed, otherwise an error that can be shown.
	err error
}

func newTool(src source.Source) *tool {
	name := strings.TrimSuffix(filepath.Base(src.Command[0]), ".exe")
	return &tool{name: name, src: src, secrets: secretsOf(src.Command[1:])}
}

// run runs the tool until it ends, its timeout is over or it has printed too much. Then its children are killed.
func (t *tool) run(ctx context.Context) (r result) {
	start := time.Now()
	r.status = -1
	defer func() { r.took = time.Since(start) }()
	if err := ctx.Err(); err != nil {
		r.err = t.stoppedError(err, 0)
		return r
	}
	path, err := t.find()
	if err != nil {
		r.err = err
		return r
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	cmd := exec.CommandContext(ctx, path, t.src.Command[1:]...)
	cmd.Args[0] = t.src.Command[0]
	cmd.Dir = t.folder()
	cmd.WaitDelay = waitDelay
	out := &head{full: func() { stop(errTooMuch) }}
	tail := extract.NewTail(errTail)
	cmd.Stdout, cmd.Stderr = out, tail
	end, err := procgroup.Start(cmd)
	if err != nil {
		r.err = t.notStarted(err)
		return r
	}
	err = cmd.Wait()
	// Kill processes that it left behind.
	end()
	r.out, r.printed, r.errTail = out.bytes(), out.count(), tail.Bytes()
	if cmd.ProcessState != nil {
		r.status = cmd.ProcessState.ExitCode()
	}
	var exit *exec.ExitError
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errTooMuch):
		r.err = fmt.Errorf("%s printed more than %d MiB and was stopped", t.name, MaxOutput>>20)
	case cause != nil && (err != nil || r.status != 0):
		r.err = t.stoppedError(cause, time.Since(start))
	case err == nil || errors.Is(err, exec.ErrWaitDelay):
		// It succeeded; a child that held the pipe was killed.
	case errors.As(err, &exit):
		r.err = exit
	default:
		r.err = fmt.Errorf("%s could not be run: %s", t.name, t.clean(err.Error()))
	}
	return r
}

// folder returns the tool's working directory: the folder of the source's file, so that a relative path in an argument
// means the same as in the other keys.
func (t *tool) folder() string {
	if t.src.File == "" {
		return ""
	}
	dir := filepath.Dir(t.src.File)
	if fi, err := os.Stat(dir); err != nil || !fi.IsDir() {
		return ""
	}
	return dir
}

// find returns the program's path. It looks up a path relative to the source's folder, and a name in PATH and in usual
// folders that are not in the PATH of a desktop's menu.
func (t *tool) find() (string, error) {
	name := t.src.Command[0]
	if strings.ContainsRune(name, '/') || strings.ContainsRune(name, filepath.Separator) {
		if dir := t.folder(); dir != "" && !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		path, err := exec.LookPath(name)
		if err != nil {
			return "", t.notFound(err)
		}
		return path, nil
	}
	path, err := exec.LookPath(name)
	if err == nil {
		return path, nil
	}
	for _, dir := range furtherFolders() {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", t.notFound(err)
}

func furtherFolders() []string {
	if runtime.GOOS == "windows" {
		return nil
	}
	dirs := []string{"/usr/local/bin", "/opt/homebrew/bin", "/usr/bin", "/snap/bin"}
	if home, err := os.UserHomeDir(); err == nil && filepath.IsAbs(home) {
		dirs = append([]string{filepath.Join(home, ".local", "bin"), filepath.Join(home, "bin")}, dirs...)
	}
	return dirs
}

// stoppedError returns the error of a run whose context has ended.
func (t *tool) stoppedError(cause error, took time.Duration) error {
	if errors.Is(cause, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %s did not end within %s; if it is only slow, raise timeout in the source's file: %w",
			extract.ErrTimeout, t.name, took.Round(100*time.Millisecond), context.DeadlineExceeded)
	}
	return fmt.Errorf("%s was cancelled: %w", t.name, context.Canceled)
}

// head keeps an output up to MaxOutput bytes, and calls full if there is more.
type head struct {
	full func()
	mu   sync.Mutex
	buf  bytes.Buffer
	n    int64
}

func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n += int64(len(p))
	if h.n > MaxOutput {
		h.full()
		return 0, errTooMuch
	}
	return h.buf.Write(p)
}

// bytes returns a copy of the output: after the run, a child may still write while its pipe is being closed.
func (h *head) bytes() []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return bytes.Clone(h.buf.Bytes())
}

func (h *head) count() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.n
}
