package command

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
)

// asTool makes the test's own program a tool. The arguments after it are its actions.
const asTool = "be-a-tool"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asTool {
		os.Exit(beTool(os.Args[2:]))
	}
	// A program with the race detector takes a second to exit, which a tool does not need.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	os.Exit(m.Run())
}

// beTool performs the actions in order, and returns the exit status.
func beTool(args []string) int {
	for len(args) > 0 {
		what := args[0]
		args = args[1:]
		next := func() string {
			a := args[0]
			args = args[1:]
			return a
		}
		switch what {
		case "print":
			fmt.Print(next())
		case "complain":
			fmt.Fprint(os.Stderr, next())
		case "folder":
			dir, _ := os.Getwd()
			fmt.Printf("https://cdn.test/%s\n", strings.ReplaceAll(dir, string(os.PathSeparator), "/"))
		case "env":
			fmt.Printf("https://cdn.test/%s\n", os.Getenv(next()))
		case "input":
			n, err := os.Stdin.Read(make([]byte, 1))
			fmt.Printf("https://cdn.test/%d-%v\n", n, err)
		case "exit":
			n, _ := strconv.Atoi(next())
			return n
		case "hang":
			time.Sleep(time.Hour)
		case "fork":
			// A child that holds the pipes, and outlives its parent unless it is killed. Its process id is written to a file.
			child := exec.Command(os.Args[0], asTool, "hang")
			child.Stdout, child.Stderr = os.Stdout, os.Stderr
			if err := child.Start(); err != nil {
				return 9
			}
			if err := os.WriteFile(next(), []byte(strconv.Itoa(child.Process.Pid)), 0o600); err != nil {
				return 9
			}
		case "gush", "gush-errors":
			to := os.Stdout
			if what == "gush-errors" {
				to = os.Stderr
			}
			block := []byte(strings.Repeat("https://cdn.test/again.m3u8\n", 4096))
			for {
				// Not even a broken pipe stops it.
				if _, err := to.Write(block); err != nil {
					time.Sleep(time.Millisecond)
				}
			}
		default:
			return 8
		}
	}
	return 0
}

// tooled returns a source whose tool performs these actions.
func tooled(t testing.TB, format string, does ...string) source.Source {
	t.Helper()
	me, err := os.Executable()
	require.NoError(t, err)
	return source.Source{Key: "tool", Name: "Tool", Kind: "command", Format: format, Command: append([]string{me, asTool}, does...)}
}

// outcome is the result of a run.
type outcome struct {
	found []extract.Found
	err   error
	steps []extract.Step
}

func run(t testing.TB, src source.Source) outcome {
	t.Helper()
	pool := upstream.New()
	t.Cleanup(pool.Close)
	site, err := extract.NewSite(src, pool, extract.Limits{})
	require.NoError(t, err)
	found, err := Extractor{}.Extract(t.Context(), src, site)
	return outcome{found, err, site.Trace()}
}
