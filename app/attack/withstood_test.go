package attack

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Gridwall withstood the following attacks from the start; these tests keep it so. Guards: app/server/guard.go and bearer.go.

const serverToken = "the-token-of-this-server"

func TestEveryRouteAndPathSpellingRequiresTheToken(t *testing.T) {
	v := start(t, "[server]\ntoken = \""+serverToken+"\"\n", nil)
	var api struct{ Paths map[string]map[string]any }
	require.NoError(t, json.Unmarshal([]byte(v.get("/api/openapi.json", "Authorization", "Bearer "+serverToken).body), &api))
	routes := 0
	for p, methods := range api.Paths {
		for method := range methods {
			if p == "/healthz" {
				continue
			}
			routes++
			at := strings.NewReplacer("{key}", "x", "{id}", "x", "{name}", "x").Replace(p)
			assert.Equal(t, http.StatusUnauthorized, v.do(strings.ToUpper(method), at, "").status, "%s %s", method, p)
		}
	}
	assert.Greater(t, routes, 30)
	for _, method := range []string{"CONNECT", "TRACE", "PATCH", "OPTIONS", "PROPFIND", "FOO"} {
		assert.Equal(t, http.StatusUnauthorized, raw(t, v, method+" /api/v1/sources HTTP/1.1\r\nHost: HOST\r\n\r\n"), method)
	}
	for _, p := range []string{
		"/healthz/../api/v1/sources", "/healthz/%2e%2e/api/v1/sources", "/login/..%2fapi/v1/sources", "/page/../api/v1/sources", "/page/%2e%2e/api/v1/sources",
		"//api/v1/sources", "/api//v1/sources", "/api/v1/sources/", "/API/v1/sources", "/api/v1/sources;x", "/api/v1/sources%00", "/./api/v1/sources",
		"/hls/../api/v1/sources?token=x", "/hls/..%2fapi%2fv1%2fsources", "/page/..%2f..%2fapi/v1/sources", "/assets/../api/v1/sources", "/login%2f..%2fapi/v1/sources",
	} {
		got := raw(t, v, "GET "+p+" HTTP/1.1\r\nHost: HOST\r\n\r\n")
		assert.Contains(t, []int{301, 307, 308, 400, 401, 404}, got, p)
	}
	// A path that only begins like an open one is not open.
	for _, p := range []string{"/healthzx", "/healthz/x", "/loginx", "/login/x"} {
		assert.Equal(t, http.StatusUnauthorized, raw(t, v, "GET "+p+" HTTP/1.1\r\nHost: HOST\r\n\r\n"), p)
	}
	for _, header := range []string{
		"Authorization: Basic " + serverToken, "Authorization: " + serverToken, "Authorization: Bearer", "Authorization: Bearer  " + serverToken,
		"Authorization: Bearer " + serverToken + "x", "Authorization: Bearer " + serverToken[1:], "X-Forwarded-For: 127.0.0.1", "X-Original-URL: /healthz",
		"X-Rewrite-URL: /healthz", "X-HTTP-Method-Override: GET", "Cookie: token=" + serverToken, "X-Api-Key: " + serverToken,
	} {
		got := raw(t, v, "GET /api/v1/sources HTTP/1.1\r\nHost: HOST\r\n"+header+"\r\n\r\n")
		assert.Contains(t, []int{401, 429}, got, header)
	}
}

// raw sends text verbatim, except that HOST is replaced, and returns the status of the first response; 0 if there is none.
func raw(t *testing.T, v *victim, text string) int {
	t.Helper()
	addr := strings.TrimPrefix(v.URL, "http://")
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, strings.ReplaceAll(text, "HOST", addr))
	require.NoError(t, err)
	_ = c.SetReadDeadline(time.Now().Add(patience))
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0
	}
	return res.StatusCode
}

func TestAHostThatIsNotOursIsRefused(t *testing.T) {
	v := start(t, "", nil)
	port := v.URL[strings.LastIndexByte(v.URL, ':')+1:]
	for _, host := range []string{
		"evil.example", "evil.example:" + port, "127.0.0.1.evil.example:" + port, "127.0.0.1", "127.0.0.1:1", "localhost.evil:" + port, "evil@127.0.0.1:" + port,
		"0.0.0.0:" + port, "192.168.1.1:" + port, "2130706433:" + port, "127.1:" + port, "[::2]:" + port, "127.0.0.1:" + port + "x", " ",
	} {
		assert.Contains(t, []int{400, 421}, raw(t, v, "GET /api/v1/sources HTTP/1.1\r\nHost: "+host+"\r\n\r\n"), host)
	}
	assert.Equal(t, http.StatusOK, raw(t, v, "GET /api/v1/sources HTTP/1.1\r\nHost: localhost:"+port+"\r\n\r\n"))
}

func TestAFormOfAnotherSiteChangesNothing(t *testing.T) {
	v := start(t, "", nil)
	const body = `{"url":"https://a.example/x.m3u8"}`
	for _, ct := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/json;x", "text/plain; application/json"} {
		got := v.do("POST", "/api/v1/active", body, "Content-Type", ct)
		assert.Contains(t, []int{400, 404, 415}, got.status, ct)
		if ct != "application/json;x" {
			assert.Equal(t, http.StatusUnsupportedMediaType, got.status, ct)
		}
	}
	for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", v.URL + ".evil.example", "http://evil@" + strings.TrimPrefix(v.URL, "http://")} {
		assert.Equal(t, http.StatusForbidden, v.do("POST", "/api/v1/active", body, "Origin", origin).status, origin)
		assert.Equal(t, http.StatusForbidden, v.do("POST", "/login", `{"token":"x"}`, "Origin", origin).status, origin)
		assert.Equal(t, http.StatusForbidden, v.do("POST", "/logout", "", "Origin", origin).status, origin)
	}
}

func TestRequestsCannotBeSmuggled(t *testing.T) {
	v := start(t, "", nil)
	for name, text := range map[string]string{
		"two lengths":         "POST /api/v1/extract HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n{}  ",
		"two hosts":           "GET /healthz HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n",
		"a blank in a name":   "GET /healthz HTTP/1.1\r\nHost : HOST\r\n\r\n",
		"another's host":      "GET http://evil.example/healthz HTTP/1.1\r\nHost: HOST\r\n\r\n",
		"a header too large":  "GET /healthz HTTP/1.1\r\nHost: HOST\r\nX: " + strings.Repeat("x", 75<<10) + "\r\n\r\n",
		"odd chunks":          "POST /api/v1/extract HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n",
		"HTTP/2 without TLS":  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"no host":             "GET /healthz HTTP/1.1\r\n\r\n",
		"a control character": "GET /healthz\x01 HTTP/1.1\r\nHost: HOST\r\n\r\n",
	} {
		got := raw(t, v, text)
		assert.True(t, got == 0 || got >= 400, "%s: %d", name, got)
	}
}

func TestAnUpstreamsHeadersAreNotPassedOn(t *testing.T) {
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		for _, h := range []string{"Set-Cookie", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Link", "Content-Disposition", "Refresh", "X-Evil",
			"Location", "Content-Security-Policy", "Clear-Site-Data", "Service-Worker-Allowed", "Strict-Transport-Security", "Alt-Svc", "Trailer"} {
			w.Header().Set(h, "evil")
		}
		if strings.HasSuffix(r.URL.Path, ".m3u8") {
			w.Header().Set("Content-Type", playlistType)
			fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n0.ts\n#EXT-X-ENDLIST\n")
			return
		}
		w.Header().Set("Content-Type", "video/mp2t")
		_, _ = w.Write(disguised("", "", ""))
	})
	v := start(t, "", map[string]string{"s": direct("S", site+"/s.m3u8")})
	play := "/hls/" + v.stream("S") + "/"
	for _, p := range []string{"index.m3u8", "main/0.ts", "index.m3u8?viewer=" + url.QueryEscape("a\r\nSet-Cookie: x"), "index.m3u8?token=" + url.QueryEscape("a\r\nX-Evil: x")} {
		for name, values := range v.get(play + p).header {
			assert.NotContains(t, strings.Join(values, ","), "evil", "%s: %s", p, name)
			assert.NotContains(t, []string{"Set-Cookie", "Link", "X-Evil"}, name, p)
		}
	}
}

func TestASlowHeaderIsCutOff(t *testing.T) {
	v := start(t, "", nil)
	addr := strings.TrimPrefix(v.URL, "http://")
	var clients []net.Conn
	for range 50 {
		c, err := net.Dial("tcp", addr)
		require.NoError(t, err)
		defer c.Close()
		_, _ = io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: ")
		clients = append(clients, c)
	}
	late := time.Now().Add(patience)
	for _, c := range clients {
		_ = c.SetReadDeadline(late)
		_, err := io.ReadAll(c)
		assert.False(t, err != nil && strings.Contains(err.Error(), "timeout"), "%v", err)
	}
}
