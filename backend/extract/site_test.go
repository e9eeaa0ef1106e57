package extract_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/upstream"
)

func newSite(t *testing.T, src source.Source, l extract.Limits) *extract.Site {
	t.Helper()
	pool := upstream.New()
	t.Cleanup(pool.Close)
	src.AllowPrivate = true
	s, err := extract.NewSite(src, pool, l)
	require.NoError(t, err)
	return s
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	t.Cleanup(func() { goleak.VerifyNone(t) })
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestRequestsCarryTheSourcesHeadersAndCookies(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Host, "|", r.Header.Get("User-Agent"), "|", r.Header.Get("X-Key"), "|", r.Header.Get("Cookie"), "|", r.Header.Get("Accept-Encoding"))
	})
	jar := filepath.Join(t.TempDir(), "cookies.txt")
	future := time.Now().Add(time.Hour).Unix()
	require.NoError(t, os.WriteFile(jar, fmt.Appendf(nil, "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t%d\tsid\tabc\n"+
		"#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t0\thid\tx\n127.0.0.1\tFALSE\t/\tFALSE\t1000\told\tgone\nother.test\tTRUE\t/\tFALSE\t0\tno\tno\n", future), 0o600))

	page, err := newSite(t, source.Source{}, extract.Limits{}).Get(t.Context(), url+"/?q=1")
	require.NoError(t, err)
	assert.Equal(t, strings.TrimPrefix(url, "http://")+"|"+stream.UserAgent+"|||gzip", string(page.Body))
	assert.Equal(t, url+"/?q=1", page.URL.String())

	site := newSite(t, source.Source{Cookies: jar, Headers: map[string]string{
		"user-agent": "Mine/1", "x-key": "k", "Host": "site.test", "Accept-Encoding": "gzip, br, zstd"}}, extract.Limits{})
	page, err = site.Get(t.Context(), url)
	require.NoError(t, err)
	assert.Equal(t, "site.test|Mine/1|k||gzip", string(page.Body), "the Host header decides which cookies are sent")

	page, err = newSite(t, source.Source{Cookies: jar}, extract.Limits{}).Get(t.Context(), url)
	require.NoError(t, err)
	assert.Contains(t, string(page.Body), "|sid=abc; hid=x|")
}

func TestLoginCookiesLastForOneExtraction(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("seen"); err == nil {
			fmt.Fprint(w, "welcome ", c.Value)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1", Path: "/"})
		// Many sites set a cookie and redirect to the same address. That is not a redirect loop.
		http.Redirect(w, r, r.URL.String(), http.StatusFound)
	})
	site := newSite(t, source.Source{}, extract.Limits{})
	for range 2 {
		page, err := site.Get(t.Context(), url+"/a")
		require.NoError(t, err)
		assert.Equal(t, "welcome 1", string(page.Body))
	}
	steps := site.Trace()
	require.Len(t, steps, 3, "a redirect, its target, and the second request")
	assert.Equal(t, http.StatusFound, steps[0].Status)
	assert.Equal(t, http.StatusOK, steps[1].Status)
	assert.Equal(t, int64(9), steps[1].Bytes)
}

func TestTheTraceListsRequestsWithoutTokens(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b?token=secret", http.StatusFound)
			return
		}
		w.WriteHeader(http.StatusForbidden)
	})
	site := newSite(t, source.Source{}, extract.Limits{})
	_, err := site.Get(t.Context(), url+"/a?token=secret")
	site.Note("jq", 3)
	require.EqualError(t, err, url+"/b?… answered 403 Forbidden")
	var fe *extract.FetchError
	require.ErrorAs(t, err, &fe)
	assert.Equal(t, http.StatusForbidden, fe.Status)
	steps := site.Trace()
	require.Len(t, steps, 3)
	assert.Equal(t, url+"/a?…", steps[0].URL)
	assert.Equal(t, extract.Step{What: "jq", Yield: 3}, steps[2])
	assert.NotContains(t, fmt.Sprintf("%+v", steps), "secret")
}

func TestAnswersAboveTheSizeLimitAreRefused(t *testing.T) {
	const bound = 1 << 20
	body := bytes.Repeat([]byte("x"), bound)
	for name, h := range map[string]http.HandlerFunc{
		"plain": func(w http.ResponseWriter, r *http.Request) { w.Write(append(body, r.URL.Query().Get("more")...)) },
		"chunked": func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			w.Write(append(body, r.URL.Query().Get("more")...))
		},
		"gzip": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			z.Write(append(body, r.URL.Query().Get("more")...))
			z.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := serve(t, h)
			page, err := newSite(t, source.Source{}, extract.Limits{Answer: bound}).Get(t.Context(), url)
			require.NoError(t, err)
			assert.Len(t, page.Body, bound)
			_, err = newSite(t, source.Source{}, extract.Limits{Answer: bound}).Get(t.Context(), url+"?more=y")
			require.ErrorIs(t, err, extract.ErrTooLarge)
			require.EqualError(t, err, url+"?… answered more than 1 MiB: answer is too large")
		})
	}
}

func TestOnlyHTTPIsFetched(t *testing.T) {
	site := newSite(t, source.Source{}, extract.Limits{})
	for _, bad := range []string{"file:///etc/passwd?token=secret", "ftp://x.test/", "/etc/passwd", "", "http://", "javascript:alert(1)", "http://[::1"} {
		_, err := site.Get(t.Context(), bad)
		require.ErrorIs(t, err, extract.ErrScheme, bad)
		assert.NotContains(t, err.Error(), "secret")
	}
	assert.Empty(t, site.Trace())
}

func TestFilesAreReadWithinTheSameLimits(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.m3u")
	require.NoError(t, os.WriteFile(path, []byte("#EXTM3U\n"), 0o600))
	site := newSite(t, source.Source{}, extract.Limits{Answer: 8})
	a, err := site.Open(t.Context(), path)
	require.NoError(t, err)
	text, err := io.ReadAll(a.Body)
	require.NoError(t, err)
	require.NoError(t, a.Body.Close())
	assert.Equal(t, "#EXTM3U\n", string(text))
	require.NoError(t, os.WriteFile(path, []byte("#EXTM3U\n\n"), 0o600))
	_, err = site.Open(t.Context(), path)
	require.ErrorIs(t, err, extract.ErrTooLarge)
	_, err = site.Open(t.Context(), dir)
	require.EqualError(t, err, dir+" cannot be read: it is not a regular file")
	_, err = site.Open(t.Context(), filepath.Join(dir, "no"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.EqualError(t, err, filepath.Join(dir, "no")+" cannot be read: no such file or directory")
}

func TestAnExtractionThatIsCancelledSaysSo(t *testing.T) {
	asked := make(chan struct{})
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	_, err := newSite(t, source.Source{}, extract.Limits{}).Get(ctx, url)
	require.ErrorIs(t, err, context.Canceled)
	assert.NotErrorIs(t, err, extract.ErrTimeout)
}

func TestABrokenCookieFileIsReportedByLineWithoutItsValue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.txt")
	for text, want := range map[string]string{
		"a.test FALSE / FALSE 0 sid secret\n":              "line 1: a cookie has 7 fields",
		"# x\n\na.test\tFALSE\t/\tFALSE\tsecret\tsid\tx\n": "line 3: the fifth field must be a Unix time",
		"a.test\tFALSE\t/\tFALSE\t0\ts id\tsecret\n":       "line 1: the name or the value",
		"a/b?secret\tFALSE\t/\tFALSE\t0\tsid\tsecret\n":    "line 1: the first field is not a domain",
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := extract.NewSite(source.Source{Cookies: path}, upstream.New(), extract.Limits{})
		require.ErrorContains(t, err, want)
		assert.Contains(t, err.Error(), path)
		assert.NotContains(t, err.Error(), "secret")
	}
	_, err := extract.NewSite(source.Source{Cookies: path + ".no"}, upstream.New(), extract.Limits{})
	require.ErrorContains(t, err, "cookies file "+path+".no cannot be read: no such file")
}
