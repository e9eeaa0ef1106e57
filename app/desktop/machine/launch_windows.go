package machine

import (
	"os/exec"
	"syscall"
)

// detach puts the program into its own process group: signals to ours, such as Ctrl-C in a console, do not reach it.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
