package e2e

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gridwall/internal/testprogram"
)

const (
	// atOnce is how many tests run at one time: they play in real time, and wait more than they work. More of them would
	// begin together, and on two cores none of their players would begin in time.
	atOnce = "12"
	// mediaVariable names a folder for the media, so that later runs need not encode it: build/tools/mutants runs the tests
	// one by one.
	mediaVariable = "GRIDWALL_TEST_MEDIA"
	// patience bounds each wait; it only matters if a test fails.
	patience = 30 * time.Second
)

// Shared by all tests. TestMain sets them once.
var (
	program string            // the program
	feeds   map[string]*media // by name
)

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		fmt.Println("the end-to-end tests play in real time: skipped by -short")
		return
	}
	dir, err := os.MkdirTemp("", "gridwall-e2e-")
	if err == nil {
		err = prepare(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		_ = os.RemoveAll(dir)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

func prepare(dir string) error {
	// Servers are in sbin, which may not be in PATH.
	_ = os.Setenv("PATH", os.Getenv("PATH")+":/usr/local/sbin:/usr/sbin:/sbin")
	for _, tool := range []string{"go", "ffmpeg", "mpv", "nginx", "cvlc", "gst-launch-1.0"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%s is missing: run build/setup test", tool)
		}
	}
	if err := flag.Set("test.parallel", atOnce); err != nil {
		return err
	}
	var err error
	if program, err = testprogram.Headless(dir); err != nil {
		return err
	}
	if made := os.Getenv(mediaVariable); made != "" {
		dir = made
	}
	feeds, err = makeFeeds(dir)
	return err
}

// output runs a command and returns what it prints on stdout; its error holds what it prints on stderr.
func output(name string, args ...string) ([]byte, error) {
	out, err := exec.Command(name, args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%s: %w\n%s", name, err, exit.Stderr)
	}
	return out, err
}

// until waits until ok returns true, and fails the test if it does not.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s", what, patience)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
