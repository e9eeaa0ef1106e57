package machine

import (
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

// launchWait is how long launch waits for an error: a program that fails within it counts as not started.
const launchWait = 500 * time.Millisecond

// launch starts a program that may outlive this one, and waits for its end in the background so that it leaves no zombie. It uses no
// shell: the program gets argv unchanged.
func launch(argv []string) error {
	path, err := exec.LookPath(argv[0])
	if err != nil {
		if argv[0] == "xdg-open" {
			return fmt.Errorf("xdg-open is not installed (install it: %s)", installHint(openerPackages))
		}
		return fmt.Errorf("%s is not installed", argv[0])
	}
	cmd := exec.Command(path, argv[1:]...)
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil && runtime.GOOS != "windows" { // explorer exits with 1 after success
			return fmt.Errorf("%s failed: %w", argv[0], err)
		}
	case <-time.After(launchWait):
	}
	return nil
}

// Open opens a file or a folder with the desktop's program for it. path must be absolute, so that it cannot be mistaken for an option.
func Open(path string) error { return launch(opener(path)) }

func opener(path string) []string {
	switch runtime.GOOS {
	case "windows":
		return []string{"explorer", path}
	case "darwin":
		return []string{"open", path}
	}
	return []string{"xdg-open", path}
}
