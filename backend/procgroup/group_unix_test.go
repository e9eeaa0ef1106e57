//go:build unix

package procgroup

import (
	"bufio"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatAProgramLeftBehindEndsWithIt(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "sleep 300 >/dev/null 2>&1 & echo $!")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	end, err := Start(cmd)
	require.NoError(t, err)
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	left, err := strconv.Atoi(strings.TrimSpace(line))
	require.NoError(t, err)
	require.NoError(t, cmd.Wait())
	require.NoError(t, syscall.Kill(left, 0), "it is there after the head has gone")
	end()
	assert.Eventually(t, func() bool { return errors.Is(syscall.Kill(left, 0), syscall.ESRCH) || zombie(left) }, 20*time.Second, 5*time.Millisecond)
	end() // no process is left
}

// zombie reports whether a process has ended, and has not been waited for.
func zombie(pid int) bool {
	out, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return err != nil || strings.HasPrefix(strings.TrimSpace(string(out)), "Z")
}

func TestAnothersGroupIsNotEndedForItsNumber(t *testing.T) {
	assert.True(t, stillOurs(false, nil), "the head runs, or has not been waited for: its number is its own")
	assert.True(t, stillOurs(true, syscall.ESRCH), "no process has the number: what is left in the group is ours")
	assert.False(t, stillOurs(true, nil), "a new process has the number")
	assert.False(t, stillOurs(true, syscall.EPERM), "another user's")
}
