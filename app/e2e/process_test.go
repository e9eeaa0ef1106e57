package e2e

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// endWait is how long a process may take to end after it was asked to.
const endWait = 15 * time.Second

// process is a process that a test started, with the lines that it printed on stderr.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has ended and its output was read
	err   error         // of Wait, once it has ended
	end   time.Time     // when it ended

	mu    sync.Mutex
	lines []string
}

// run starts a process and passes each line of its stdout to out, with the time of its arrival. The process is killed at the
// end of the test if it still runs.
func run(t testing.TB, out func(line string, at time.Time), name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), ended: make(chan struct{})}
	tie(p.cmd)
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	readers.Go(func() { scan(stdout, out) })
	readers.Go(func() {
		scan(stderr, func(line string, _ time.Time) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.lines = append(p.lines, line)
		})
	})
	go func() {
		readers.Wait()
		p.err = p.cmd.Wait()
		p.end = time.Now()
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	return p
}

func scan(r io.Reader, line func(string, time.Time)) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		line(s.Text(), time.Now())
	}
	_, _ = io.Copy(io.Discard, r)
}

// stderr returns the lines so far.
func (p *process) stderr() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.lines...)
}

// tail returns the end of what it printed on stderr.
func (p *process) tail() string {
	lines := p.stderr()
	return strings.Join(lines[max(0, len(lines)-25):], "\n")
}

func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// stop asks the process to end, and returns its exit code; -1 if it had to be killed.
func (p *process) stop() int {
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.ended:
	case <-time.After(endWait):
		p.kill()
		return -1
	}
	return p.cmd.ProcessState.ExitCode()
}
