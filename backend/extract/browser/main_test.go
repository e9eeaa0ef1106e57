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

// needBrowser skips where there is no browser; on a runner that is a failure.
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

// processes returns those with word in their command line, by number.
func processes(t *testing.T, word string) (out []int) {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Skip("processes are counted in /proc")
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

// ownTemp gives the test a folder for profiles, and checks at its end that nothing is left in it or running from it.
func ownTemp(t *testing.T) string {
	t.Helper()
	// A test's own folder bears its name, and the path of a socket in a profile may have 107 bytes.
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
