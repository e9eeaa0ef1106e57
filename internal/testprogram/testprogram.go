// Package testprogram provides the program to tests that run it as a process: one that build/test has already built, or one
// that it builds.
//
// What lives here: which program is tested, and how it is built. What does not: how it is started and what it must do.
package testprogram

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	// headlessVariable and desktopVariable name programs that are built already: build/test builds each once for all tests.
	headlessVariable = "GRIDWALL_BINARY"
	desktopVariable  = "GRIDWALL_DESKTOP"
	// overlayVariable names a file for "go build -overlay", with which a program with a changed source is tested.
	overlayVariable = "GRIDWALL_OVERLAY"
	// desktopTags are those of the desktop application on Linux.
	desktopTags = "desktop,production,webkit2_41"
)

// Version is what "gridwall version" prints in tests.
const Version = "1.2.3"

// Headless returns the path of the headless program, which it builds in dir unless one is given.
func Headless(dir string) (string, error) {
	return program(headlessVariable, dir, []string{"CGO_ENABLED=0"}, "-ldflags", "-X main.version="+Version)
}

// Desktop returns the path of the desktop application, which it builds in dir unless one is given. Building it needs
// WebKitGTK 4.1; the page is embedded as it was built last.
func Desktop(dir string) (string, error) {
	return program(desktopVariable, dir, nil, "-tags", desktopTags)
}

func program(variable, dir string, env []string, flags ...string) (string, error) {
	overlay := os.Getenv(overlayVariable)
	if given := os.Getenv(variable); given != "" && overlay == "" {
		return filepath.Abs(given)
	}
	path := filepath.Join(dir, "gridwall")
	args := append([]string{"build", "-o", path}, flags...)
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	build := exec.Command("go", append(args, "gridwall")...)
	build.Env = append(os.Environ(), env...)
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the program does not build: %w\n%s", err, strings.TrimSpace(string(out)))
	}
	return path, nil
}
