//go:build linux

package window

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

const (
	// programVariable names the program to test; without it the tests build it.
	programVariable = "GRIDWALL_DESKTOP"
	// requireVariable makes a missing part of the desk a failure, for machines that must have it.
	requireVariable = "GRIDWALL_REQUIRE_WINDOW"
	// screenshotVariable names a PNG that shows the wall as it played.
	screenshotVariable = "GRIDWALL_SCREENSHOT"
)

// program is the desktop application.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		fmt.Println("the tests of the window play in real time: skipped by -short")
		return
	}
	dir, err := os.MkdirTemp("", "gridwall-window-")
	if err == nil {
		err = prepare(dir)
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		if os.Getenv(requireVariable) != "" || os.Getenv("CI") != "" {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("the tests of the window are skipped:", err)
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// prepare looks for what the tests need, and builds the program.
func prepare(dir string) (err error) {
	if missing := Missing(); len(missing) > 0 {
		return fmt.Errorf("%s missing here: run build/setup test", strings.Join(missing, ", "))
	}
	if program = os.Getenv(programVariable); program != "" {
		program, err = filepath.Abs(program)
		return err
	}
	if exec.Command("pkg-config", "--exists", "webkit2gtk-4.1").Run() != nil {
		return fmt.Errorf("libwebkit2gtk-4.1-dev is missing here: run build/setup test")
	}
	if _, err := os.Stat("../../../frontend/dist/index.html"); err != nil {
		return fmt.Errorf("the page is not built: run npm ci and npm run build in frontend")
	}
	program = filepath.Join(dir, "gridwall")
	build := exec.Command("go", "build", "-tags", "desktop,production,webkit2_41", "-o", program, ".")
	build.Dir = "../../.."
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("the program does not build: %w\n%s", err, out)
	}
	return nil
}
