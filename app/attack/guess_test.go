package attack

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Finding 16. Guard: guarded in backend/extract; without it the program would connect directly.
func TestAProgramRunForAGuessCannotBypassTheGuard(t *testing.T) {
	sh, err := exec.LookPath("sh")
	curl, err2 := exec.LookPath("curl")
	if err != nil || err2 != nil {
		t.Skip("no sh, or no curl, to stand in for yt-dlp")
	}
	dir := t.TempDir()
	said := filepath.Join(dir, "said")
	// This stands for a page that leads yt-dlp to a cloud's secrets. The program connects through the proxy in its arguments,
	// and the answer to CONNECT comes from the guard.
	tool := "#!" + sh + `
while [ $# -gt 0 ]; do
  case $1 in --proxy|--http-proxy) proxy=$2 ;; esac
  shift
done
` + curl + ` -sk -m 20 ${proxy:+-x $proxy} -o /dev/null -w '%{http_connect}' https://169.254.169.254/latest/ >` + said + `
exit 1
`
	for _, name := range []string{"yt-dlp", "streamlink"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(tool), 0o755))
	}
	t.Setenv("PATH", dir) // hides browsers as well
	site := upstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><html><body>nothing</body></html>"))
	})
	v := start(t, "[server]\nallow_commands = true\n", nil)
	v.do("POST", "/api/v1/sources/guess", asJSON(t, map[string]string{"url": site + "/page"}))
	text, err := os.ReadFile(said)
	require.NoError(t, err, "the program ran")
	assert.Contains(t, []string{"403", "502"}, string(text))
	report(t, "yt-dlp of a guess asks for a cloud's secrets", "connects by itself", "the gate answers "+string(text), "refused")
}
