package e2e

import (
	"os/exec"
	"syscall"
)

// tie makes a child end with the tests, even if they are killed.
func tie(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
