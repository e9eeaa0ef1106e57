//go:build linux

package testwindow

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is a program on the desk, in its own process group.
type Process struct {
	cmd   *exec.Cmd
	log   *tail
	ended chan struct{}
}

// start runs a program. It ends with this process, even if that is killed. It inherits the files in extra, from descriptor 3
// on, besides the three standard ones.
func start(env []string, extra []*os.File, name string, args ...string) (*Process, error) {
	p := &Process{cmd: exec.Command(name, args...), log: &tail{}, ended: make(chan struct{})}
	p.cmd.Env = env
	p.cmd.ExtraFiles = extra
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	// Processes that it leaves behind may hold its output open for ever.
	p.cmd.WaitDelay = time.Second
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // the exit code is checked instead
		close(p.ended)
	}()
	return p, nil
}

// Log returns the end of what it printed.
func (p *Process) Log() string { return p.log.String() }

// kill ends the process and its group.
func (p *Process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.ended
}

// wait waits for its end and returns its exit code; -1 if a signal ended it.
func (p *Process) wait(within time.Duration) (int, error) {
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-time.After(within):
		return 0, fmt.Errorf("%s still runs after %s:\n%s", p.cmd.Path, within, p.log)
	}
}

func (p *Process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// tailSize is how much of a program's output is kept, in bytes.
const tailSize = 64 << 10

// tail keeps the end of a program's output.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - tailSize; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}

// run runs a program to its end and returns its stdout.
func run(env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = env
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(said.String()))
	}
	return out.String(), nil
}

// Until polls ok until it returns true, or the time is up.
func Until(what string, within time.Duration, ok func() (bool, error)) error {
	var last error
	for deadline := time.Now().Add(within); ; {
		yes, err := ok()
		if yes && err == nil {
			return nil
		}
		if err != nil {
			last = err
		}
		if time.Now().After(deadline) {
			return errors.Join(fmt.Errorf("%s: not within %s", what, within), last)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// firstLine reads up to the first line end.
func firstLine(r io.Reader) (string, error) {
	var out []byte
	for one := make([]byte, 1); ; {
		n, err := r.Read(one)
		if n == 1 && one[0] == '\n' {
			return string(out), nil
		}
		out = append(out, one[:n]...)
		if err != nil {
			return string(out), err
		}
	}
}
