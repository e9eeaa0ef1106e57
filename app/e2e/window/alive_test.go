//go:build linux

package window

import (
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testwindow"
)

// pageProcess returns the process that shows the page.
func pageProcess(g *testwindow.Gridwall) (int, error) {
	all, err := testwindow.MemoryOf(g.PID())
	if err != nil {
		return 0, err
	}
	for _, m := range all {
		if strings.HasPrefix(m.Name, "WebKitWebProces") { // the system cuts the name
			return m.PID, nil
		}
	}
	return 0, errors.New("no process shows the page")
}

// WebKit shows the page in a process of its own, which can crash, and which its media pipelines can hang.
func TestAPageWhoseProcessEndsOrHangsPlaysOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	g, p := begin(t, d, "--demo", "--live")
	playing(t, p)
	for _, tc := range []struct {
		name, says string
		signal     syscall.Signal
		within     time.Duration // until there is another process
	}{
		{"it ends", "the process that shows it ended", syscall.SIGKILL, endWait},
		{"it hangs", "the process that shows it did not answer", syscall.SIGSTOP, endWait + 30*time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before, err := pageProcess(g)
			require.NoError(t, err)
			g.Leave()
			require.NoError(t, syscall.Kill(before, tc.signal))
			require.NoError(t, testwindow.Until("another process shows the page", tc.within, func() (bool, error) {
				now, err := pageProcess(g)
				return err == nil && now != before, nil
			}))
			p, err := g.Page()
			require.NoError(t, err)
			playing(t, p)
			assert.Contains(t, g.Log(), tc.says)
			assert.True(t, g.Running())
		})
	}
}
