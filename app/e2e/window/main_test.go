//go:build linux

package window

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"gridwall/internal/testprogram"
	"gridwall/internal/testwindow"
)

const (
	// programVariable names the program to test, see testprogram.
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
	if missing := testwindow.Missing(); len(missing) > 0 {
		return fmt.Errorf("missing: %s; run build/setup test", strings.Join(missing, ", "))
	}
	if os.Getenv(programVariable) == "" {
		if exec.Command("pkg-config", "--exists", "webkit2gtk-4.1").Run() != nil {
			return errors.New("libwebkit2gtk-4.1-dev is missing: run build/setup test")
		}
		if _, err := os.Stat("../../../frontend/dist/index.html"); err != nil {
			return errors.New("the page is not built: run build/page")
		}
	}
	program, err = testprogram.Desktop(dir)
	return err
}
