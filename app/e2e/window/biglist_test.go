//go:build linux

package window

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/internal/testwindow"
)

const (
	// entries is the length of the list.
	entries = 50_000
	// keyBound is ten times the promised response time of a key in the filter (100 ms), so that a busy machine does not fail
	// the test. The measurement is in the log.
	keyBound = time.Second
)

// measureKeys notes how long each key takes from its event to after the frame that answers it, in ms. (The event's own
// time is the X server's, which is up to 100 ms off. None waits behind another: each is answered before the next.)
const measureKeys = `(() => {
	window.gridwallKeys = []
	addEventListener('keydown', () => {
		const began = performance.now()
		requestAnimationFrame(() => setTimeout(() => window.gridwallKeys.push(performance.now() - began)))
	}, true)
})()`

func TestAListOfFiftyThousandIsFilteredWithEveryKey(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	var list strings.Builder
	list.WriteString("#EXTM3U\n")
	for i := range entries {
		fmt.Fprintf(&list, "#EXTINF:-1 tvg-id=\"channel%d.test\" tvg-logo=\"https://img.test/logos/%[1]d.png\" group-title=\"Group %d\",Channel %[1]d FHD\n"+
			"http://127.0.0.1:9/live/user/password/%[1]d.m3u8?token=%032[1]d&e=1700000000\n", i, i%200)
	}
	path := filepath.Join(d.Dir(), "list.m3u")
	require.NoError(t, os.WriteFile(path, []byte(list.String()), 0o600))
	require.NoError(t, d.WriteSource("big", fmt.Sprintf("name = \"Big\"\nkind = \"m3u\"\nallow_private = true\nurl = %q\n", path)))

	_, p := begin(t, d, "--demo")
	visible(t, d, true)
	began := time.Now()
	require.NoError(t, p.Eval(`location.assign('#/watch')`, nil))
	require.NoError(t, testwindow.Until("the list's groups", playWait, func() (shown bool, err error) {
		err = p.Eval(`[...document.querySelectorAll('aside h2 button')].some((b) => b.textContent.includes('Group 7'))`, &shown)
		return shown, err
	}))
	t.Logf("the list is shown after %.1f s", time.Since(began).Seconds())

	require.NoError(t, p.Eval(measureKeys, nil))
	require.NoError(t, d.Key("slash"))
	keys := strings.Split("c h a n n e l space 4 9 9 9", " ")
	keys = append(keys, slices.Repeat([]string{"BackSpace"}, 12)...)
	keys = append(keys, strings.Split("w o r l d space f e e d", " ")...)
	var took []float64
	for i, key := range keys {
		require.NoError(t, d.Key(key))
		require.NoError(t, testwindow.Until("the answer to "+key, playWait, func() (bool, error) {
			err := p.Eval(`window.gridwallKeys`, &took)
			return len(took) >= i+2, err // the slash is one of them
		}))
	}
	took = took[1:]
	worst := slices.Max(took)
	sorted := slices.Sorted(slices.Values(took))
	t.Logf("filter: %.0f ms (median of %d keys, the worst %.0f ms at %q)", sorted[len(sorted)/2], len(took), worst, keys[slices.Index(took, worst)])
	require.Less(t, worst, float64(keyBound.Milliseconds()))

	var shown []string
	require.NoError(t, p.Eval(`[...document.querySelectorAll('aside .feed')].map((b) => b.getAttribute('aria-label'))`, &shown))
	require.Equal(t, []string{"Watch World feed"}, shown)
	require.NoError(t, d.Key("Return"))
	_, err := p.Playing(1, playWait)
	require.NoError(t, err)
}
