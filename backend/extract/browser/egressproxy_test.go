//go:build linux

package browser_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/extract/browser"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
)

func TestTheProxyOfAProgramIsGuardedAndRequiresItsPassword(t *testing.T) {
	private := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "private") }))
	t.Cleanup(private.Close)
	pool := upstream.New()
	t.Cleanup(pool.Close)
	for _, allowed := range []bool{true, false} {
		site, err := extract.NewSite(source.Source{Key: "x", AllowPrivate: allowed}, pool, extract.Limits{})
		require.NoError(t, err)
		address, done, err := browser.New(pool, "").OpenProxy(site)
		require.NoError(t, err)
		by, err := url.Parse(address)
		require.NoError(t, err)
		password, _ := by.User.Password()
		assert.Len(t, password, 26)
		ask := func(by *url.URL) (string, error) {
			rt := &http.Transport{Proxy: http.ProxyURL(by), DisableKeepAlives: true}
			resp, err := (&http.Client{Transport: rt}).Get(private.URL)
			if err != nil {
				return "", err
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			return resp.Status + " " + string(body), err
		}
		answer, err := ask(by)
		if allowed {
			require.NoError(t, err)
			assert.Equal(t, "200 OK private", answer)
		} else {
			require.Error(t, err)
		}
		wrong := *by
		wrong.User = url.UserPassword("gridwall", "guess")
		answer, err = ask(&wrong)
		require.NoError(t, err)
		assert.Contains(t, answer, "407")
		without := *by
		without.User = nil
		answer, err = ask(&without)
		require.NoError(t, err)
		assert.Contains(t, answer, "407", "a program that does not know the password, of any user")
		if allowed && runtime.GOOS == "linux" {
			own, end, err := browser.New(pool, "").BrowserProxy(site)
			require.NoError(t, err)
			answer, err = ask(&url.URL{Scheme: "http", Host: own})
			require.NoError(t, err)
			assert.Equal(t, "200 OK private", answer, "the browser of this user")
			if os.Getuid() == 0 {
				assert.Contains(t, asNobody(t, own, private.URL), "407")
			}
			end()
		}
		done()
		_, err = ask(by)
		require.Error(t, err)
	}
}

// asNobody makes a request through the proxy as another user of this machine, and returns the status line.
func asNobody(t *testing.T, proxy, target string) string {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash to ask as another user")
	}
	_, port, _ := net.SplitHostPort(proxy)
	cmd := exec.Command(bash, "-c", `exec 3<>/dev/tcp/127.0.0.1/$0; printf 'GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' "$1" >&3; cat <&3`, port, target)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cmd.Dir = "/"
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	first, _, _ := strings.Cut(string(out), "\r\n")
	return first
}
