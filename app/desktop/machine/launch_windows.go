package machine

import (
	"os/exec"
	"syscall"
)

// detach gives the program a process group of its own: signals to ours, such as Ctrl-C in a console, do not reach it.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
