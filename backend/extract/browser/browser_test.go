package browser_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/extract"
	"gridwall/backend/extract/browser"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

const (
	multivariant = "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"en\",URI=\"audio/en.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=6000000,AUDIO=\"a\"\n1080p.m3u8\n"
	media        = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n"
)

// host serves one HTML page at /, and the handlers of more.
func host(t *testing.T, page string, more map[string]http.HandlerFunc) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	})
	for path, h := range more {
		mux.HandleFunc(path, h)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func playlist(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
		w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
		fmt.Fprint(w, text)
	}
}

func src(url string) source.Source {
	return source.Source{Key: "club", Name: "Club", Kind: "browser", URL: url, AllowPrivate: true}
}

// run runs the source. It takes as long as within only if the test fails.
func (k kit) run(t *testing.T, s source.Source, within time.Duration) ([]extract.Found, []extract.Step, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	site := k.site(t, s)
	found, err := k.Extract(ctx, s, site)
	return found, site.Trace(), err
}

func TestATokenBuiltByAScriptIsFoundWithThePlayersHeaders(t *testing.T) {
	needBrowser(t)
	ownTemp(t)
	t.Cleanup(func() { goleak.VerifyNone(t) })
	var seen atomic.Pointer[http.Request]
	cdn := host(t, "", map[string]http.HandlerFunc{
		"/world/master.m3u8": func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				seen.Store(r.Clone(context.Background()))
			}
			playlist(multivariant)(w, r)
		},
		"/world/1080p.m3u8":    playlist(media),
		"/world/audio/en.m3u8": playlist(media),
	})
	// The player requests the playlist and its children, and reloads the live one.
	page := `<!DOCTYPE html><title>World feed</title><body><script>
		document.cookie = "member=7; path=/"
		const sum = [...navigator.userAgent].reduce((n, c) => (n * 31 + c.charCodeAt(0)) >>> 0, 7)
		const at = "` + cdn.URL + `/world/master.m3u8?token=" + sum.toString(16)
		const headers = { Authorization: "Bearer club" }
		fetch(at, { headers }).then(async (r) => {
			await r.text()
			await fetch("` + cdn.URL + `/world/audio/en.m3u8?token=x", { headers })
			for (let i = 0; i < 3; i++) await fetch("` + cdn.URL + `/world/1080p.m3u8?token=x&_HLS_msn=" + i, { headers })
		})
	</script>`
	site := host(t, page, nil)
	k := newKit(t, "")
	found, steps, err := k.run(t, src(site.URL+"/"), 2*wait)
	require.NoError(t, err)
	require.Len(t, found, 1, "the children of a playlist are not feeds: %+v", found)
	f := found[0]
	assert.Equal(t, "World feed", f.Title)
	sent := seen.Load()
	require.NotNil(t, sent)
	assert.Equal(t, cdn.URL+sent.URL.String(), f.URL)
	assert.Equal(t, sent.UserAgent(), f.Headers["User-Agent"])
	assert.NotContains(t, f.Headers["User-Agent"], "Headless")
	assert.Equal(t, sent.Header.Get("Referer"), f.Headers["Referer"])
	assert.Equal(t, site.URL, f.Headers["Origin"])
	assert.Equal(t, "Bearer club", f.Headers["Authorization"])
	for name := range f.Headers {
		assert.Contains(t, []string{"User-Agent", "Referer", "Origin", "Authorization", "Cookie"}, name)
	}
	matched := 0
	for _, st := range steps {
		assert.NotContains(t, st.URL, "token=")
		if st.What == "match" {
			matched++
			assert.Equal(t, 200, st.Status)
		}
	}
	assert.GreaterOrEqual(t, matched, 3)
}

func TestRequestsOfIframesAndWorkersAreSeen(t *testing.T) {
	for name, requirePassword := range map[string]bool{"the system reports who owns a connection": false, "it does not": true} {
		t.Run(name, func(t *testing.T) { testIframesAndWorkers(t, requirePassword) })
	}
}

func testIframesAndWorkers(t *testing.T, requirePassword bool) {
	needBrowser(t)
	ownTemp(t)
	cdn := host(t, "", map[string]http.HandlerFunc{"/a.m3u8": playlist(media), "/b.m3u8": playlist(media), "/to/c.m3u8": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		http.Redirect(w, r, "/edge7/c.m3u8?edge=1", http.StatusFound)
	}, "/edge7/c.m3u8": playlist(media)})
	frame := host(t, `<script>new Worker(URL.createObjectURL(new Blob(["fetch('`+cdn.URL+`/b.m3u8?t=2')"])))</script>`, nil)
	// Another host name is another site, which has its own process in the browser.
	other := strings.Replace(frame.URL, "127.0.0.1", "localhost", 1)
	site := host(t, `<title>Club</title><iframe src="`+other+`/"></iframe><script>fetch("`+cdn.URL+`/a.m3u8?t=1"); fetch("`+cdn.URL+`/to/c.m3u8?t=3")</script>`, nil)
	k := newKit(t, "")
	if requirePassword {
		k.RequirePassword()
	}
	k.SetQuiet(6 * time.Second) // the frame's process and its worker are slow to start on a loaded machine
	found, _, err := k.run(t, src(site.URL+"/"), 2*wait)
	require.NoError(t, err)
	titles := map[string]string{}
	for _, f := range found {
		titles[strings.TrimPrefix(f.URL, cdn.URL)] = f.Title
	}
	assert.Equal(t, map[string]string{"/a.m3u8?t=1": "Club 1", "/b.m3u8?t=2": "Club 2", "/to/c.m3u8?t=3": "Club 3"}, titles,
		"a redirected request keeps its first address; titles are numbered by path")
}

func TestTheSourcesHeadersAndCookiesAreSentToItsSiteOnly(t *testing.T) {
	needBrowser(t)
	ownTemp(t)
	var cdnKey atomic.Value
	cdn := host(t, "", map[string]http.HandlerFunc{"/a.m3u8": func(w http.ResponseWriter, r *http.Request) {
		cdnKey.Store(r.Header.Get("X-Key"))
		playlist(media)(w, r)
	}})
	site := host(t, "", map[string]http.HandlerFunc{"/live": func(w http.ResponseWriter, r *http.Request) {
		session, _ := r.Cookie("session")
		member, _ := r.Cookie("member")
		if r.Header.Get("X-Key") != "k" || r.UserAgent() != "Club/2" || session == nil || session.Value != "1" || member == nil || member.Value != "2" {
			http.Error(w, fmt.Sprint(r.Header), http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<script>fetch("`+cdn.URL+`/a.m3u8")</script>`)
	}})
	jar := filepath.Join(t.TempDir(), "cookies.txt")
	require.NoError(t, os.WriteFile(jar, []byte("127.0.0.1\tFALSE\t/\tFALSE\t0\tmember\t2\n"), 0o600))
	s := src(site.URL + "/live")
	s.Headers, s.Cookies = map[string]string{"x-key": "k", "User-Agent": "Club/2", "Cookie": "session=1"}, jar
	found, _, err := newKit(t, "").run(t, s, 2*wait)
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, "Club", found[0].Title, "a page without a title has the source's name")
	assert.Equal(t, "Club/2", found[0].Headers["User-Agent"])
	assert.Equal(t, "", cdnKey.Load(), "a header for the site was sent to another host")
}

func TestAPageThatNeverFinishesGivesItsStreamsOrOneClearError(t *testing.T) {
	needBrowser(t)
	ownTemp(t)
	quit := make(chan struct{})
	forever := func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-quit:
		case <-r.Context().Done():
		}
	}
	site := host(t, `<title>Busy</title><script src="/never.js" async></script><img src="/never.png">
		<script>setInterval(() => fetch("/beat"), 100); if (location.hash) fetch("/a.m3u8"); else for (;;) {}</script>`,
		map[string]http.HandlerFunc{"/never.js": forever, "/never.png": forever, "/a.m3u8": playlist(media)})
	defer close(quit)
	k := newKit(t, "")
	found, _, err := k.run(t, src(site.URL+"/#feed"), 2*wait)
	require.NoError(t, err)
	assert.Len(t, found, 1)
	_, _, err = k.run(t, src(site.URL+"/"), 6*time.Second)
	require.ErrorIs(t, err, extract.ErrTimeout)
	assert.Contains(t, err.Error(), "raise timeout in the source's file")
}

func TestABrowserThatCrashesOrHangsGivesAOneLineErrorAndLeavesNothingBehind(t *testing.T) {
	needBrowser(t)
	for name, signal := range map[string]syscall.Signal{"crashes": syscall.SIGKILL, "hangs": syscall.SIGSTOP} {
		t.Run(name, func(t *testing.T) {
			dir := ownTemp(t)
			t.Cleanup(func() { goleak.VerifyNone(t) })
			open := make(chan struct{})
			var once atomic.Bool
			site := host(t, `<script>fetch("/open")</script>`, map[string]http.HandlerFunc{"/open": func(w http.ResponseWriter, r *http.Request) {
				if once.CompareAndSwap(false, true) {
					close(open)
				}
				<-r.Context().Done()
			}})
			k := newKit(t, "")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			s := src(site.URL + "/")
			go func() {
				_, err := k.Extract(ctx, s, k.site(t, s))
				done <- err
			}()
			select {
			case <-open:
			case <-time.After(wait):
				require.FailNow(t, "the page was not opened")
			}
			for _, pid := range processes(t, "--user-data-dir="+dir) {
				_ = syscall.Kill(pid, signal)
			}
			if signal == syscall.SIGSTOP {
				cancel()
			}
			select {
			case err := <-done:
				require.Error(t, err)
				assert.NotContains(t, err.Error(), "\n")
				if signal == syscall.SIGKILL {
					assert.Contains(t, err.Error(), "ended before the page was read")
				} else {
					require.ErrorIs(t, err, context.Canceled)
				}
			case <-time.After(wait):
				require.FailNow(t, "the run continues")
			}
		})
	}
}

func TestWithoutABrowserTheErrorSaysWhatToInstall(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	k := newKit(t, "/nowhere/chromium")
	_, _, err := k.run(t, src("http://127.0.0.1:1/"), wait)
	require.ErrorIs(t, err, browser.ErrNone)
	assert.Contains(t, err.Error(), "GRIDWALL_BROWSER")
	// A program that is not a browser exits at once.
	fake := filepath.Join(t.TempDir(), "chromium")
	require.NoError(t, os.WriteFile(fake, []byte("#!/bin/sh\necho 'no usable sandbox' >&2\nexit 1\n"), 0o755))
	_, _, err = newKit(t, fake).run(t, src("http://127.0.0.1:1/"), wait)
	require.Error(t, err)
	assert.Contains(t, err.Error(), "chromium ended before the page was read; its last output: no usable sandbox")
}

func TestOneBrowserRunsAtATimeAndWaitingCanBeCancelled(t *testing.T) {
	k := newKit(t, "")
	held, done, err := k.Turn(t.Context())
	require.NoError(t, err)
	_, again, err := k.Turn(held)
	require.NoError(t, err, "the holder of the turn does not wait for it")
	again()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = k.Turn(ctx)
	require.ErrorIs(t, err, context.Canceled)
	done()
	_, done, err = k.Turn(t.Context())
	require.NoError(t, err)
	done()
}

func TestAPageReachesNoPrivateAddressUnlessTheFileAllowsIt(t *testing.T) {
	needBrowser(t)
	ownTemp(t)
	var asked atomic.Int64
	home := host(t, "", map[string]http.HandlerFunc{"/admin.m3u8": func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		playlist(media)(w, r)
	}})
	page := `<script>
		for (const host of ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "0.0.0.0"])
			for (const scheme of ["http", "https", "ws", "wss"]) {
				const at = scheme + "://" + host + ":` + home.URL[strings.LastIndex(home.URL, ":")+1:] + `/admin.m3u8?" + scheme
				if (scheme[0] === "w") { try { new WebSocket(at) } catch {} } else fetch(at, { mode: "no-cors" }).catch(() => {})
			}
	</script>`
	site := host(t, page, nil)
	k := newKit(t, "")
	s := src("http://public.test/")
	s.AllowPrivate = false
	public := publicSite{site.Listener.Addr().String(), k.pool}
	fetcher, err := extract.NewSite(s, public, extract.Limits{})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*wait)
	defer cancel()
	_, err = k.Extract(ctx, s, fetcher)
	require.ErrorIs(t, err, stream.ErrNoStreams)
	assert.Contains(t, err.Error(), "allow_private = true")
	assert.Zero(t, asked.Load(), "the page reached this machine")
}

// publicSite simulates one host of the public internet; the guard applies to all others.
type publicSite struct {
	addr    string
	guarded extract.Transports
}

func (p publicSite) Transport(allowPrivate bool, proxy string) (http.RoundTripper, error) {
	rt, err := p.guarded.Transport(allowPrivate, proxy)
	return tripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host != "public.test" {
			return rt.RoundTrip(r)
		}
		there := r.Clone(r.Context())
		there.URL.Host = p.addr
		resp, err := http.DefaultTransport.RoundTrip(there)
		if err != nil {
			return nil, errors.Join(err)
		}
		return resp, nil
	}), err
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
