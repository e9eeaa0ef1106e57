package desktop

import (
	"os/exec"
	"syscall"
)

// detach gives the program a process group of its own: what is sent to ours, such as Ctrl-C in a console, is not for
// it.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
