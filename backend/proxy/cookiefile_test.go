package proxy

import (
	"gridwall/backend/playback"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The login in cookies.txt expires while streams play. The user exports the file again: playing streams send the new cookie
// without a restart, whether the stream is renewed or not, and a half-written file does not stop them.
func TestAReexportedCookieFileReachesAPlayingStream(t *testing.T) {
	for name, renewed := range map[string]bool{"the stream is renewed": true, "the file alone changes": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "cookies.txt")
				age := time.Now().Add(-time.Hour)
				write := func(login string) {
					text := "127.0.0.1\tFALSE\t/\tFALSE\t0\tlogin\t" + login + "\n"
					if login == "" { // half written
						text = "127.0.0.1\tFALSE"
					}
					require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
					age = age.Add(time.Second)
					require.NoError(t, os.Chtimes(file, age, age))
				}
				write("old")
				login := "old"
				b := &bubble{t: t, cdn: newCDN()}
				b.site = newSlowSite(b.cdn)
				b.site.up.Cookies = file
				rt := answers(func(req *http.Request) (*http.Response, error) {
					if c, err := req.Cookie("login"); err != nil || c.Value != login {
						return answer(req, http.StatusForbidden, 0, strings.NewReader("")), nil
					}
					return b.cdn.RoundTrip(req)
				})
				b.proxy = New(playback.Options{Streams: b.site, Transports: tripper{rt}, Memory: &mapStore{m: map[string][]byte{}}, CacheBytes: 8 << 20, Log: slog.New(slog.DiscardHandler)})
				time.Sleep(40 * time.Second)
				for range 5 {
					require.Equal(t, http.StatusOK, b.get(mainList).status)
					time.Sleep(3 * time.Second)
				}
				write("")
				require.Equal(t, http.StatusOK, b.get(mainList).status, "the file is half written")
				login = "new"
				write("new")
				if !renewed {
					time.Sleep(2 * time.Second)
				}
				assert.Equal(t, http.StatusOK, b.get(mainList).status)
				if !renewed {
					assert.Zero(t, b.site.runs)
				}
				b.close()
			})
		})
	}
}
