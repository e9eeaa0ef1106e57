//go:build unix

package procgroup

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
	return func() {
		reaped := errors.Is(cmd.Process.Signal(syscall.Signal(0)), os.ErrProcessDone)
		if stillOurs(reaped, syscall.Kill(cmd.Process.Pid, 0)) {
			_ = kill()
		}
	}, nil
}

// stillOurs reports whether the number of a group whose head was reaped, or not, is still the group's. head is the error of
// looking for a process of that number. The number stays taken while the group has members, so a process that has it after
// the head was reaped is another's, and the group is empty.
func stillOurs(reaped bool, head error) bool {
	return !reaped || errors.Is(head, syscall.ESRCH)
}
