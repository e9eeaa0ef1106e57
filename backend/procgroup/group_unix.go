//go:build unix

package procgroup

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// Start starts cmd as the leader of its own process group, which is killed when cmd's context is done. end kills the processes
// that are left.
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

// stillOurs reports whether the id of a group is still the group's, whether its leader was reaped or not. head is the error of
// looking for a process with that id. The id stays taken while the group has members, so a process that has it after the
// leader was reaped is a different one, and the group is empty.
func stillOurs(reaped bool, head error) bool {
	return !reaped || errors.Is(head, syscall.ESRCH)
}
