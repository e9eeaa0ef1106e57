//go:build !windows

package desktop

import (
	"os/exec"
	"syscall"
)

// detach gives the program a process group of its own: what is sent to ours, such as Ctrl-C in a terminal, is not for
// it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
