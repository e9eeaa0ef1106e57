//go:build !windows

package machine

import (
	"os/exec"
	"syscall"
)

// detach puts the program into its own process group: signals to ours, such as Ctrl-C in a terminal, do not reach it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
