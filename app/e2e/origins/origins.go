// Package origins starts the upstreams that Gridwall's own commands are (build/lowlatency, build/recording), for the
// tests of app/e2e and of the window.
package origins

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Start builds and starts one of the commands, from root (the way to the module), and returns the address that it
// prints. It ends with the test, or with the test's process: its input ends.
func Start(t testing.TB, root, command string) (url string) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), command)
	build := exec.Command("go", "build", "-o", bin, "./build/"+command)
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	cmd := exec.Command(bin)
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(line)
}

// Source is the file of a source of one feed of such an origin.
func Source(url, title string) string {
	return "kind = \"direct\"\nallow_private = true\n[[stream]]\nurl = \"" + url + "\"\ntitle = \"" + title + "\"\n"
}
