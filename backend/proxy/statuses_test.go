package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An unusual status for an expired token is handled like a 403.
func TestAnyClientErrorRenewsTheTokenOnceTheStreamHasPlayed(t *testing.T) {
	for _, code := range []int{400, 402, 405, 406, 407, 409, 412, 416, 418, 419, 423, 426, 428, 444, 451, 456, 458, 460, 498, 499, 511} {
		for _, path := range []string{"v.m3u8", "master.m3u8"} {
			t.Run(fmt.Sprint(code, " ", path), func(t *testing.T) {
				e := newEdge(t)
				e.deny = func(w http.ResponseWriter) { w.WriteHeader(code) }
				g := newRig(t, e.URL+"/live/"+path+"?token=t1")
				g.site.next = func() (string, error) { return e.URL + "/live/" + path + "?token=t2", nil }
				list, dir := mainList, "/hls/feed/main/"
				if path == "master.m3u8" {
					list, dir = "/hls/feed/720p-2000k/index.m3u8", "/hls/feed/720p-2000k/"
				}
				g.get(list)
				e.set(func() { e.token = "t2" })
				assert.Equal(t, string(content(104)), g.get(dir+"104.ts"))
				assert.Contains(t, g.get(list), "105.ts")
				assert.Equal(t, 1, g.site.count())
			})
		}
	}
}

func TestAServerErrorThatMentionsTheTokenRenewsIt(t *testing.T) {
	e := newEdge(t)
	e.deny = func(w http.ResponseWriter) {
		http.Error(w, "Error: the token has expired", http.StatusInternalServerError)
	}
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.site.next = func() (string, error) { return e.URL + "/live/v.m3u8?token=t2", nil }
	g.get(mainList)
	e.set(func() { e.token = "t2" })
	assert.Equal(t, string(content(104)), g.get("/hls/feed/main/104.ts"))
	assert.Equal(t, 1, g.site.count())
}

func TestARedirectToALoginPageRenewsTheToken(t *testing.T) {
	e := newEdge(t)
	e.answers("/login", responding("text/html", "<html><form>Sign in</form></html>"))
	e.deny = func(w http.ResponseWriter) {
		w.Header().Set("Location", "/login?token=t2")
		w.WriteHeader(http.StatusFound)
	}
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.site.next = func() (string, error) { return e.URL + "/live/v.m3u8?token=t2", nil }
	g.get(mainList)
	e.set(func() { e.token = "t2" })
	assert.Equal(t, string(content(104)), g.get("/hls/feed/main/104.ts"))
	assert.Equal(t, 1, g.site.count())
}

// If a stream has never played, an error status is no sign of an expired token, so the source is not run again and again.
func TestAnErrorStatusDoesNotRenewAStreamThatNeverPlayed(t *testing.T) {
	for _, code := range []int{400, 419, 429, 451, 498, 500, 503, 511} {
		e := newEdge(t)
		e.token = "none"
		e.deny = func(w http.ResponseWriter) { w.WriteHeader(code) }
		g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
		g.site.next = func() (string, error) { return e.URL + "/live/v.m3u8?token=t1", nil }
		status, _, body := g.do(mainList)
		assert.Equal(t, statusAs(code), status)
		assert.Contains(t, string(body), fmt.Sprint("answered ", code))
		assert.Zero(t, g.site.count(), code)
	}
}

func TestABusyServerDoesNotRenewTheToken(t *testing.T) {
	for _, code := range []int{408, 425, 429, 500, 502, 503} {
		e := newEdge(t)
		e.deny = func(w http.ResponseWriter) { http.Error(w, "Internal Server Error: try again", code) }
		g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
		g.get(mainList)
		e.set(func() { e.token = "t2" })
		status, _, _ := g.do(mainList)
		assert.Equal(t, statusAs(code), status)
		assert.Zero(t, g.site.count(), code)
	}
}

// statusAs returns the status that a player gets for an upstream's status that persists. A 429 comes with a Retry-After.
func statusAs(code int) int {
	if code == http.StatusTooManyRequests {
		return http.StatusServiceUnavailable
	}
	return http.StatusBadGateway
}

func TestAnErrorOfAnAdServerDoesNotRenewTheStreamsToken(t *testing.T) {
	e := newEdge(t)
	e.answers("/v.m3u8", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, strings.Replace(e.Playlist("?token=t1"), "#EXTINF", "#EXT-X-DATERANGE:ID=\"1\",CLASS=\"com.apple.hls.interstitial\",START-DATE=\"2026-11-27T14:00:00Z\",X-ASSET-URI=\"/ad.m3u8\"\n#EXTINF", 1))
	})
	e.set(func() {
		before := e.serve
		e.serve = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/ad.m3u8" {
				w.WriteHeader(http.StatusNotAcceptable)
				return true
			}
			return before(w, r)
		}
	})
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	ad := tagAttribute(g.get(mainList), "X-ASSET-URI")
	require.Contains(t, ad, "data-")
	status, _, body := g.do("/hls/feed/" + ad[strings.Index(ad, "data-"):])
	assert.Equal(t, http.StatusBadGateway, status)
	assert.Contains(t, string(body), "answered 406")
	assert.Zero(t, g.site.count())
}

func TestAStatusThatPersistsAfterARenewalIsNotRenewedAgainAtOnce(t *testing.T) {
	e := newEdge(t)
	e.deny = func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnavailableForLegalReasons) }
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.site.next = func() (string, error) { return e.URL + "/live/v.m3u8?token=t1", nil }
	g.get(mainList)
	e.set(func() { e.token = "t2" })
	for range 5 {
		status, _, body := g.do(mainList)
		assert.Equal(t, http.StatusBadGateway, status)
		assert.Contains(t, string(body), "answered 451")
	}
	assert.Equal(t, 1, g.site.count())
}

// A cache in front of the server fails for a moment with a status of its own. The player must not see it.
func TestATransientStatusIsRetried(t *testing.T) {
	for name, code := range map[string]int{"Cloudflare": 520, "a cache that answers 304": 304} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			asked := map[string]int{}
			for _, suffix := range []string{"/v.m3u8", "seg104.ts"} {
				e.answers(suffix, func(w http.ResponseWriter, r *http.Request) {
					if asked[suffix]++; asked[suffix]%2 == 1 {
						w.WriteHeader(code)
						return
					}
					if suffix == "/v.m3u8" {
						fmt.Fprint(w, e.Playlist("?token=t1"))
						return
					}
					_, _ = w.Write(content(104))
				})
			}
			g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
			assert.Contains(t, g.get(mainList), "104.ts")
			assert.Equal(t, string(content(104)), g.get("/hls/feed/main/104.ts"))
			assert.Zero(t, g.site.count(), "no token is requested from the site")
		})
	}
}
