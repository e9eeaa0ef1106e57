//go:build unix

package group

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// Start starts cmd as the head of a process group of its own, which is ended as a whole when cmd's context is
// done. end ends what is left of it.
func Start(cmd *exec.Cmd) (end func(), err error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	kill := func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
	cmd.Cancel = kill
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	// The group's number stays taken while it has members; without any there is nobody to end.
	return func() { _ = kill() }, nil
}
