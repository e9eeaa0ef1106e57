package attack

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// browse opens an address in a real Chromium with a fresh profile until done returns true, and for a moment longer in case
// harmed becomes true.
func browse(t *testing.T, address string, done, harmed func() bool) {
	t.Helper()
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		chromium = "chromium"
	}
	binary, err := exec.LookPath(chromium)
	if err != nil {
		t.Skip("no Chromium on this machine: ", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, binary, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--disable-component-update", "--no-first-run", "--user-data-dir="+t.TempDir(), "--remote-debugging-port=0", address)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it ends its children itself
	cmd.WaitDelay = 10 * time.Second
	require.NoError(t, cmd.Start())
	defer func() {
		stop()
		_ = cmd.Wait() // it was told to end
	}()
	require.Eventually(t, done, 30*time.Second, 20*time.Millisecond, "the attacker's page finishes its steps")
	assert.Never(t, harmed, time.Second, 20*time.Millisecond)
}

// disguised returns a text that passes for a transport stream: each packet of 188 bytes begins with G, inside a comment.
func disguised(open, payload, end string) []byte {
	const packet = 188
	text := []byte("G" + open)
	pad := func() {
		for len(text)%packet != 0 {
			text = append(text, ' ')
		}
		text = append(text, 'G')
	}
	pad()
	text = append(text, payload...)
	for range 20 {
		pad()
	}
	return append(text, end...)
}

// Findings 2, 7 and 15, in a real browser: the page of another site sends its visitor to a segment that is a document, frames
// it, loads it as a script, and starts streams by pictures. Guards: servedType, headers and checkFetchMetadata (see script_test.go).
func TestAVisitorsBrowserRunsNothingAndStartsNothing(t *testing.T) {
	var v *victim
	var play string
	var mu sync.Mutex
	steps := map[string]int{}
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		switch {
		case strings.HasPrefix(r.URL.Path, "/step/"):
			mu.Lock()
			steps[strings.TrimPrefix(r.URL.Path, "/step/")]++
			mu.Unlock()
			w.Header().Set("Content-Type", "image/gif")
		case path.Ext(r.URL.Path) == ".m3u8":
			w.Header().Set("Content-Type", playlistType)
			fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n0.ts\n#EXTINF:4,\n1.ts\n#EXTINF:4,\n2.ts\n#EXT-X-ENDLIST\n")
		case path.Ext(r.URL.Path) == ".ts":
			own := "http://" + r.Host
			script := "new Image().src='" + own + "/step/ran';fetch('/api/v1/sources').then(()=>fetch('" + own + "/step/leaked'))"
			switch path.Base(r.URL.Path) {
			case "0.ts":
				w.Header().Set("Content-Type", "Text/Html")
				_, _ = w.Write(disguised("<!--", "--><script>"+script+"</script><!--", "-->"))
			case "1.ts":
				w.Header().Set("Content-Type", "text/javascript")
				_, _ = w.Write(disguised("=0;/*", "*/"+script+";/*", "*/"))
			default:
				w.Header().Set("Content-Type", "image/svg+xml")
				fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg"><script>%s</script></svg>`, script)
			}
		default:
			mu.Lock()
			steps["visited"]++
			mu.Unlock()
			w.Header().Set("Content-Type", "text/html")
			own := "http://" + r.Host
			fmt.Fprintf(w, `<!doctype html><body><script>
const own = %q, play = %q
const step = (s) => { new Image().src = own + '/step/' + s }
const add = (tag, set) => new Promise((end) => { const e = document.createElement(tag); Object.assign(e, set); e.onload = e.onerror = () => end(); document.body.append(e); setTimeout(end, 3000) })
;(async () => {
  await add('img', { src: play + 'index.m3u8' })
  await add('video', { src: play + 'index.m3u8', autoplay: true })
  await add('script', { src: play + 'main/1.ts' })
  await add('iframe', { src: play + 'main/0.ts' })
  await add('iframe', { src: play + 'main/2.ts' })
  await add('embed', { src: play + 'main/0.ts' })
  await fetch(play + 'index.m3u8', { mode: 'no-cors' }).catch(() => 0)
  await fetch(play + 'index.m3u8').then(() => step('read'), () => 0)
  step('tried')
  addEventListener('pagehide', () => navigator.sendBeacon(own + '/step/left'))
  location.href = play + 'main/0.ts'
})()
</script>`, own, v.URL+play)
		}
	})
	v = start(t, "", map[string]string{"evil": direct("Evil", site+"/evil.m3u8")})
	play = "/hls/" + v.stream("Evil") + "/"
	// A host other than the server's, so that the browser treats it as another site.
	browse(t, strings.Replace(site, "127.0.0.1", "localhost", 1)+"/", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return steps["left"] > 0 || steps["ran"] > 0
	}, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return steps["ran"] > 0
	})
	mu.Lock()
	defer mu.Unlock()
	for _, s := range []string{"ran", "leaked", "read"} {
		assert.Zero(t, steps[s], "%s: %v", s, steps)
	}
	assert.Contains(t, v.get("/api/v1/active").body, `"active":[]`, "no stream was started")
	report(t, "chain of finding 2 in Chromium: scripts run", "1", itoa(steps["ran"]), "0")
}
