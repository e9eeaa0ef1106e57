//go:build unix

package browser

import (
	"os"
	"os/exec"
)

// givePipes passes the browser its ends of the pipes: it reads commands from file descriptor 3 and answers on 4.
func givePipes(cmd *exec.Cmd, commands, answers *os.File) error {
	cmd.ExtraFiles = []*os.File{commands, answers}
	return nil
}

// isRoot reports whether this process runs as root.
func isRoot() bool { return os.Geteuid() == 0 }
