package proxy

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

const mainList = "/hls/feed/main/index.m3u8"

func TestAPlayerSeesNoUpstreamAddressAndNoToken(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/master.m3u8?token=t1")
	root := g.get("/hls/feed/index.m3u8")
	assert.Equal(t, []string{"1080p-6000k/index.m3u8", "720p-2000k/index.m3u8"}, lines(root))
	media := g.get("/hls/feed/1080p-6000k/index.m3u8")
	assert.Equal(t, []string{"100.ts", "101.ts", "102.ts", "103.ts", "104.ts", "105.ts"}, lines(media))
	for _, text := range []string{root, media} {
		assert.NotContains(t, text, "t1")
		assert.NotContains(t, text, "127.0.0.1")
	}
	assert.Equal(t, string(content(103)), g.get("/hls/feed/1080p-6000k/103.ts"))
}

func TestAMediaPlaylistIsServedAtTheStreamsOwnAddress(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	assert.Equal(t, "main/100.ts", lines(g.get("/hls/feed/index.m3u8"))[0])
	assert.Equal(t, "100.ts", lines(g.get(mainList))[0])
	assert.Equal(t, string(content(100)), g.get("/hls/feed/main/100.ts"))
}

// No matter how the CDN refuses, the player does not notice.
func TestATokenIsRenewedWithinTheRefusedRequest(t *testing.T) {
	denials := map[string]func(w http.ResponseWriter){
		"401": func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) },
		"403": func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) },
		"404": func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) },
		"410": func(w http.ResponseWriter) { w.WriteHeader(http.StatusGone) },
		"a web page": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html><title>Your session has ended</title>")
		},
	}
	for name, deny := range denials {
		for _, stream := range []string{"master.m3u8", "v.m3u8"} {
			t.Run(name+" "+stream, func(t *testing.T) {
				e := newEdge(t)
				e.deny = deny
				g := newRig(t, e.URL+"/live/"+stream+"?token=t1")
				g.site.next = func() (string, error) { return e.URL + "/live/" + stream + "?token=t2", nil }
				list, dir := mainList, "/hls/feed/main/"
				if stream == "master.m3u8" {
					list, dir = "/hls/feed/720p-2000k/index.m3u8", "/hls/feed/720p-2000k/"
				}
				g.get(list)
				e.set(func() { e.token = "t2" })
				assert.Equal(t, string(content(104)), g.get(dir+"104.ts"))
				assert.Equal(t, 1, g.site.count())
				e.set(func() { e.from, e.to = 102, 108 })
				assert.Contains(t, lines(g.get(list)), "107.ts")
				assert.Equal(t, 1, g.site.count(), "one renewal is enough")
			})
		}
	}
}

func TestASegmentThatHasLeftThePlaylistCostsNoRenewal(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.get(mainList)
	e.set(func() { e.from, e.to = 120, 126 })
	status, _, body := g.do("/hls/feed/main/101.ts")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, string(body), "segment_gone")
	status, _, _ = g.do("/hls/feed/main/7.ts")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Zero(t, g.site.count())
}

// Many players make requests while a token expires: one request is still waiting for the playlist under the old token when
// another has already read it under the new one.
func TestASegmentIsFoundAfterAConcurrentRenewal(t *testing.T) {
	old, next := newEdge(t), newEdge(t)
	g := newRig(t, old.URL+"/live/v.m3u8?token=t1")
	asked, answer := make(chan struct{}), make(chan struct{})
	old.set(func() {
		old.serve = func(_ http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, ".m3u8") {
				close(asked)
				<-answer
			}
			return false
		}
	})
	status := make(chan int, 1)
	go func() {
		code, _, _ := g.do("/hls/feed/main/103.ts")
		status <- code
	}()
	<-asked
	g.site.mu.Lock()
	g.site.up.URL, g.site.up.Generation = next.URL+"/live/v.m3u8?token=t1", g.site.up.Generation+1
	g.site.mu.Unlock()
	assert.Contains(t, lines(g.get(mainList)), "103.ts")
	close(answer)
	assert.Equal(t, http.StatusOK, <-status)
}

func TestAMissingSegmentCostsOneRenewal(t *testing.T) {
	e := newEdge(t)
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "seg102.ts") {
			http.NotFound(w, r)
			return true
		}
		return false
	}
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.site.next = func() (string, error) { return e.URL + "/live/v.m3u8?token=t1", nil }
	for range 3 {
		status, _, _ := g.do("/hls/feed/main/102.ts")
		assert.Equal(t, http.StatusNotFound, status)
	}
	assert.Equal(t, 1, g.site.count(), "a missing segment is not a reason to keep renewing")
	assert.Equal(t, string(content(103)), g.get("/hls/feed/main/103.ts"))
}

func TestAddressesStayValidAfterARestart(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/master.m3u8?token=t1")
	g.get("/hls/feed/index.m3u8")
	g.get("/hls/feed/720p-2000k/index.m3u8")
	g.restart()
	assert.Equal(t, string(content(105)), g.get("/hls/feed/720p-2000k/105.ts"), "the first request after the restart is for a segment")
}

func TestATokenInAPathIsRenewed(t *testing.T) {
	e := newEdge(t)
	e.guard = func(r *http.Request, token string) bool { return strings.HasPrefix(r.URL.Path, "/p/"+token+"/") }
	g := newRig(t, e.URL+"/p/t1/live/v.m3u8")
	g.site.next = func() (string, error) { return e.URL + "/p/t2/live/v.m3u8", nil }
	g.get(mainList)
	e.set(func() { e.token = "t2" })
	assert.Equal(t, string(content(101)), g.get("/hls/feed/main/101.ts"))
}

func TestSegmentsListedWithoutATokenAreRequestedWithTheParents(t *testing.T) {
	e := newEdge(t)
	e.path = func(i int) string { return fmt.Sprintf("seg%d.ts", i) }
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	assert.Equal(t, string(content(101)), g.get("/hls/feed/main/101.ts"))
	assert.Zero(t, g.site.count(), "the parent's token was good")
	refused := e.refusals
	assert.Equal(t, string(content(102)), g.get("/hls/feed/main/102.ts"))
	assert.Equal(t, refused, e.refusals, "remembered for the host")
}

func TestACookieSetByThePlaylistIsSentForItsSegments(t *testing.T) {
	e := newEdge(t)
	e.path = func(i int) string { return fmt.Sprintf("seg%d.ts", i) }
	e.guard = func(r *http.Request, token string) bool {
		if strings.HasSuffix(r.URL.Path, ".m3u8") {
			return r.URL.Query().Get("token") == token
		}
		c, err := r.Cookie("hdntl")
		return err == nil && c.Value == token && r.URL.RawQuery == ""
	}
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "master.m3u8") && r.URL.Query().Get("token") == e.token {
			http.SetCookie(w, &http.Cookie{Name: "hdntl", Value: e.token, Path: "/"})
		}
		return false
	}
	g := newRig(t, e.URL+"/live/master.m3u8?token=t1")
	g.site.next = func() (string, error) { return e.URL + "/live/master.m3u8?token=t2", nil }
	g.get("/hls/feed/720p-2000k/index.m3u8")
	assert.Equal(t, string(content(101)), g.get("/hls/feed/720p-2000k/101.ts"))
	e.set(func() { e.token = "t2" })
	assert.Equal(t, string(content(102)), g.get("/hls/feed/720p-2000k/102.ts"))
}

func TestTheStreamsHeadersAreSentWithEveryRequest(t *testing.T) {
	e := newEdge(t)
	e.guard = func(r *http.Request, _ string) bool {
		return r.Header.Get("Referer") == "https://player.test/" && r.Header.Get("User-Agent") == "Salted/1"
	}
	e.key = "key"
	g := newRig(t, e.URL+"/live/master.m3u8")
	g.site.up.Headers = map[string]string{"Referer": "https://player.test/", "user-agent": "Salted/1"}
	list := g.get("/hls/feed/720p-2000k/index.m3u8")
	assert.Contains(t, list, `URI="key-100"`)
	assert.Equal(t, "0123456789abcdef", g.get("/hls/feed/720p-2000k/key-100"))
	g.get("/hls/feed/720p-2000k/101.ts")
	assert.Zero(t, e.refusals)
}

func TestAddressesAreResolvedAgainstTheURLAfterRedirects(t *testing.T) {
	e := newEdge(t)
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/go" {
			http.Redirect(w, r, "/deep/er/v.m3u8?token=t1", http.StatusFound)
			return true
		}
		return false
	}
	g := newRig(t, e.URL+"/go")
	g.get(mainList)
	g.get("/hls/feed/main/101.ts")
	assert.Equal(t, 1, e.count("/deep/er/seg101.ts"))
}

func TestADuplicateVariantIsUsedAsFailover(t *testing.T) {
	e := newEdge(t)
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case "/m.m3u8":
			fmt.Fprint(w, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=1280x720\na/v.m3u8?token=t1\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=1280x720\nb/v.m3u8?token=t1\n")
			return true
		case "/a/v.m3u8":
			w.WriteHeader(http.StatusNotImplemented)
			return true
		}
		return false
	}
	g := newRig(t, e.URL+"/m.m3u8")
	assert.Len(t, lines(g.get("/hls/feed/720p-2000k/index.m3u8")), 6)
	assert.Zero(t, g.site.count())
}

func TestAFailedRenewalIsReportedAndTheOldTokenIsRetried(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.site.next = func() (string, error) {
		return "", errors.New("Extraction failed: https://site.test/?secret=x answered 500")
	}
	g.get(mainList)
	e.set(func() { e.token = "t2"; e.from++; e.to++ })
	status, h, body := g.do(mainList)
	assert.Equal(t, http.StatusBadGateway, status)
	assert.Contains(t, string(body), "Extraction failed")
	assert.NotContains(t, string(body), "t1")
	assert.NotContains(t, string(body), "secret")
	assert.NotEmpty(t, h.Get("Retry-After"))
	e.set(func() { e.token = "t1" })
	assert.Len(t, lines(g.get(mainList)), 6, "it recovers by itself")
}

func TestAnUnreachableUpstreamIsReportedQuickly(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	e.Close()
	start := time.Now()
	status, _, body := g.do(mainList)
	assert.Equal(t, http.StatusBadGateway, status)
	assert.Contains(t, string(body), "upstream_failed")
	assert.NotContains(t, string(body), "t1")
	assert.Less(t, time.Since(start), 10*time.Second)
}

func TestAnUnreachableEdgeIsReplacedByRunningTheSource(t *testing.T) {
	gone, e := newEdge(t), newEdge(t)
	g := newRig(t, gone.URL+"/live/v.m3u8?token=t1")
	g.site.next = func() (string, error) { return e.URL + "/live/v.m3u8?token=t1", nil }
	g.get(mainList)
	gone.Close()
	assert.Equal(t, string(content(103)), g.get("/hls/feed/main/103.ts"))
	assert.Equal(t, 1, g.site.count())
}

func TestUnknownAddressesAreNotFound(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	for _, p := range []string{"/hls/nobody/index.m3u8", "/hls/feed/", "/hls/feed/x.m3u8", "/hls/feed/main/../../x", "/hls/feed/main/-1.ts",
		"/hls/feed/main/01.ts", "/hls/feed/main/99999999999999999999.ts", "/hls/feed/nothing/index.m3u8", "/hls/feed/main/key-5", "/hls/feed/data-00"} {
		status, _, _ := g.do(p)
		assert.Equal(t, http.StatusNotFound, status, p)
	}
	assert.Zero(t, g.site.count(), "requests for unknown addresses cannot make the source run")
}

func TestTokenAndViewerParametersAreCopiedToChildAddresses(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/master.m3u8?token=t1")
	q := "?token=" + url.QueryEscape("p&ss") + "&viewer=tv"
	assert.Equal(t, "1080p-6000k/index.m3u8"+q, lines(g.get("/hls/feed/index.m3u8" + q))[0])
	assert.Equal(t, "100.ts"+q, lines(g.get("/hls/feed/720p-2000k/index.m3u8" + q))[0])
	assert.Equal(t, "100.ts", lines(g.get("/hls/feed/720p-2000k/index.m3u8"))[0])
}

func TestOnlyAPlaylistActivatesAStream(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.get(mainList)
	g.get("/hls/feed/main/101.ts")
	require.Equal(t, []bool{true, false}, g.site.opened)
}

// A cookie with an expiry time is refreshed before it expires, at the stream's own URL, without running the source.
func TestACookieIsRenewedBeforeItExpires(t *testing.T) {
	e := newEdge(t)
	e.token = ""
	e.path = func(i int) string { return fmt.Sprintf("seg%d.ts", i) }
	roots := 0
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "master.m3u8") {
			roots++
			http.SetCookie(w, &http.Cookie{Name: "hdntl", Value: fmt.Sprintf("exp=%d~acl=/*~hmac=00ff%04d", time.Now().Add(7*time.Second).Unix(), roots), Path: "/"})
		}
		return false
	}
	g := newRig(t, e.URL+"/live/master.m3u8")
	list := "/hls/feed/720p-2000k/index.m3u8"
	g.get(list)
	require.Len(t, g.site.ends, 1, "the renewer is told the expiry")
	require.Eventually(t, func() bool {
		g.get(list)
		e.mu.Lock()
		defer e.mu.Unlock()
		return roots > 1
	}, 10*time.Second, 50*time.Millisecond)
	assert.Zero(t, g.site.count())
}

// A quality can be pinned by any of its names and stays the same across a renewal.
func TestAQualityIsPinnedAcrossRenewals(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/master.m3u8?token=t1")
	g.site.next = func() (string, error) { return e.URL + "/live/master.m3u8?token=t2", nil }
	const want = "720p-2000k/index.m3u8"
	for _, token := range []string{"t1", "t2"} {
		e.set(func() { e.token = token })
		for _, q := range []string{"720p", "720p-2000k", "min", "%3C%3D1079p", "2000k"} {
			assert.Equal(t, []string{want}, lines(g.get("/hls/feed/index.m3u8?quality="+q)), q)
		}
		assert.Len(t, lines(g.get("/hls/feed/index.m3u8?quality=anything")), 2)
	}
	assert.Equal(t, "720p-2000k/index.m3u8?token=x&viewer=v", lines(g.get("/hls/feed/index.m3u8?quality=720p&viewer=v&token=x"))[0])
	list, err := g.proxy.Variants(t.Context(), "feed")
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, Variant{Name: "1080p-6000k", Bandwidth: 6_000_000, Width: 1920, Height: 1080}, list[0])
	_, err = g.proxy.Variants(t.Context(), "nobody")
	assert.ErrorIs(t, err, stream.ErrUnknownStream)
}
