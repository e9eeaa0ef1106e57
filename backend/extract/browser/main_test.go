package browser_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/extract/browser"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
)

// wait bounds each wait for a condition; a loaded machine takes seconds to start a browser.
const wait = 30 * time.Second

// needBrowser skips the test if there is no browser; in CI it fails the test.
func needBrowser(t *testing.T) {
	t.Helper()
	if _, err := browser.Find(os.Getenv("GRIDWALL_BROWSER")); err != nil {
		if os.Getenv("CI") != "" {
			require.FailNow(t, "no browser: build/setup test installs one")
		}
		t.Skip(err)
	}
}

// kit is an extractor with real transports.
type kit struct {
	*browser.Extractor
	pool *upstream.Pool
}

func newKit(t *testing.T, path string) kit {
	t.Helper()
	pool := upstream.New()
	t.Cleanup(pool.Close)
	k := kit{browser.New(pool, path), pool}
	k.SetQuiet(1500 * time.Millisecond)
	return k
}

// site returns the Site of one run.
func (k kit) site(t *testing.T, src source.Source) *extract.Site {
	t.Helper()
	site, err := extract.NewSite(src, k.pool, extract.Limits{})
	require.NoError(t, err)
	return site
}

// processes returns the ids of the processes with word in their command line.
func processes(t *testing.T, word string) (out []int) {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Skip("processes are listed in /proc")
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if err == nil && bytes.Contains(line, []byte(word)) {
			out = append(out, pid)
		}
	}
	return out
}

// ownTemp gives the test a folder for profiles, and checks at its end that nothing is left in it, and that no process that
// uses it still runs.
func ownTemp(t *testing.T) string {
	t.Helper()
	// t.TempDir would be too long, because the path of a socket in a profile is limited to 107 bytes.
	dir, err := os.MkdirTemp("", "gw")
	require.NoError(t, err)
	t.Setenv("TMPDIR", dir)
	t.Cleanup(func() {
		defer os.RemoveAll(dir)
		left, err := filepath.Glob(filepath.Join(dir, browser.ProfilePrefix+"*"))
		require.NoError(t, err)
		require.Empty(t, left, "a profile is left behind")
		require.Eventually(t, func() bool { return len(processes(t, dir)) == 0 }, wait, 20*time.Millisecond, "a process is left behind")
	})
	return dir
}
