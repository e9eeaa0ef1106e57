package server

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

// guarded serves a handler that responds with 200 to all requests, behind a guard.
func guarded(t *testing.T, trusted []string, token string) (base, port string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ok := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	srv := &httptest.Server{Listener: ln, Config: &http.Server{Handler: withDeadlines(newGuard(ln.Addr(), Options{TrustedHosts: trusted, Token: token, Log: slog.New(slog.DiscardHandler)}).wrap(newBodies().bounded(ok)))}}
	srv.Start()
	t.Cleanup(srv.Close)
	_, port, err = net.SplitHostPort(ln.Addr().String())
	require.NoError(t, err)
	return srv.URL, port
}

type request struct {
	method, path, host, body string
	header                   map[string]string
}

func (q request) send(t *testing.T, base string) *http.Response {
	t.Helper()
	method, path := q.method, q.path
	if method == "" {
		method = http.MethodGet
	}
	if path == "" {
		path = "/api/v1/streams"
	}
	req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(q.body))
	require.NoError(t, err)
	if q.host != "" {
		req.Host = q.host
	}
	for k, v := range q.header {
		req.Header.Set(k, v)
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// errorCode returns the code of an error response.
func errorCode(t *testing.T, res *http.Response) string {
	t.Helper()
	code, _ := errorOf(t, res)
	return code
}

func errorMessage(t *testing.T, res *http.Response) string {
	t.Helper()
	_, message := errorOf(t, res)
	return message
}

func errorOf(t *testing.T, res *http.Response) (code, message string) {
	t.Helper()
	var body struct {
		Error struct{ Code, Message string }
	}
	require.NoError(t, json.NewDecoder(res.Body).Decode(&body))
	assert.NotEmpty(t, body.Error.Message)
	assert.Equal(t, "application/json", res.Header.Get("Content-Type"))
	return body.Error.Code, body.Error.Message
}

func TestDNSRebindingReachesNothing(t *testing.T) {
	base, port := guarded(t, []string{"tv.example", "wall.example:8443"}, "")
	for host, want := range map[string]int{
		"127.0.0.1:" + port:       200,
		"localhost:" + port:       200,
		"LOCALHOST:" + port:       200,
		"[::1]:" + port:           200,
		"127.9.9.9:" + port:       200,
		"tv.example":              200,
		"TV.example:9999":         200,
		"wall.example:8443":       200,
		"wall.example":            421,
		"evil.example:" + port:    421,
		"evil.example":            421,
		"127.0.0.1":               421, // that is port 80
		"127.0.0.1:1":             421,
		"127.0.0.1.evil:" + port:  421,
		"localhost.evil:" + port:  421,
		"xtv.example":             421,
		"192.168.7.7:" + port:     421,
		"0.0.0.0:" + port:         421,
		"[::ffff:7f00:1]:" + port: 200, // 127.0.0.1, mapped to IPv6
	} {
		for _, path := range []string{"/api/v1/streams", "/hls/abc/index.m3u8", "/healthz", "/"} {
			res := request{host: host, path: path}.send(t, base)
			assert.Equal(t, want, res.StatusCode, "%s at %s", path, host)
			if want == 421 {
				assert.Equal(t, "untrusted_host", errorCode(t, res))
			}
		}
	}
}

func TestTheHostMayBeTheAddressAtWhichTheRequestArrived(t *testing.T) {
	g := newGuard(&net.TCPAddr{IP: net.IPv4zero, Port: 8787}, Options{Token: "token"})
	arrived := &net.TCPAddr{IP: net.ParseIP("192.168.7.7"), Port: 8787}
	for host, want := range map[string]bool{"192.168.7.7:8787": true, "192.168.7.8:8787": false, "nas:8787": false} {
		r := httptest.NewRequest(http.MethodGet, "http://"+host+"/", nil)
		r = r.WithContext(contextWithLocal(r.Context(), arrived))
		assert.Equal(t, want, g.ourHost(r), host)
	}
}

func TestAPageOfAnotherSiteChangesNothing(t *testing.T) {
	base, port := guarded(t, []string{"tv.example"}, "")
	for name, tc := range map[string]struct {
		header map[string]string
		host   string
		want   int
	}{
		"a script":                  {nil, "", 200},
		"our own page":              {map[string]string{"Origin": "http://127.0.0.1:" + port, "Sec-Fetch-Site": "same-origin"}, "", 200},
		"our own page over TLS":     {map[string]string{"Origin": "https://tv.example"}, "", 200},
		"a window on Linux":         {map[string]string{"Origin": "wails://wails", "Sec-Fetch-Site": "cross-site"}, "", 403},
		"a window on Windows":       {map[string]string{"Origin": "http://wails.localhost"}, "", 403},
		"a development server":      {map[string]string{"Origin": "http://localhost:5173"}, "", 403},
		"Wails' development server": {map[string]string{"Origin": "http://localhost:34115"}, "", 403},
		"another site":              {map[string]string{"Origin": "https://evil.example"}, "", 403},
		"another port":              {map[string]string{"Origin": "http://127.0.0.1:1"}, "", 403},
		"another name of ours":      {map[string]string{"Origin": "http://tv.example:9"}, "tv.example", 403},
		"a page in a sandbox":       {map[string]string{"Origin": "null"}, "", 403},
		"no origin, but cross-site": {map[string]string{"Sec-Fetch-Site": "cross-site"}, "", 403},
		"ours, but cross-site":      {map[string]string{"Origin": "http://127.0.0.1:" + port, "Sec-Fetch-Site": "cross-site"}, "", 403},
		"another wails":             {map[string]string{"Origin": "wails://evil"}, "", 403},
	} {
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
			res := request{method: method, header: tc.header, host: tc.host}.send(t, base)
			if assert.Equal(t, tc.want, res.StatusCode, "%s by %s", method, name) && tc.want == 403 {
				assert.Equal(t, "forbidden", errorCode(t, res))
			}
		}
	}
}

func TestTheErrorBehindAProxyThatReplacesTheHostSaysWhatToSet(t *testing.T) {
	base, port := guarded(t, []string{"tv.example"}, "")
	res := request{method: "POST", header: map[string]string{"Origin": "https://tv.example:9443"}}.send(t, base)
	require.Equal(t, 403, res.StatusCode)
	assert.Equal(t, `this page was loaded from "https://tv.example:9443", but its request arrived for "127.0.0.1:`+port+
		`": a page of another site may not change anything here; behind a reverse proxy pass the name on (nginx: proxy_set_header Host $http_host) and add it to trusted_hosts`,
		errorMessage(t, res))

	res = request{method: "POST", header: map[string]string{"Origin": "https://" + strings.Repeat("a", 5000) + ".example"}}.send(t, base)
	require.Equal(t, 403, res.StatusCode)
	assert.Less(t, len(errorMessage(t, res)), 1000, "the error does not repeat a long Origin")
}

func TestRedactionDoesNotChangeTheServersOwnErrors(t *testing.T) {
	for _, err := range []error{errNoToken, foreignPage(httptest.NewRequest("POST", "/", nil), "https://tv.example")} {
		assert.NotContains(t, stream.RedactText(err.Error()), "…")
	}
}

func TestABodyThatIsNotJSONIsRefused(t *testing.T) {
	base, _ := guarded(t, nil, "")
	typed := func(s string) map[string]string { return map[string]string{"Content-Type": s} }
	for name, tc := range map[string]struct {
		body   string
		header map[string]string
		want   int
		code   string
	}{
		"none":           {"", nil, 200, ""},
		"JSON":           {`{"a":1}`, typed("application/json"), 200, ""},
		"with a charset": {`{}`, typed("application/json; charset=utf-8"), 200, ""},
		"no type":        {`{}`, nil, 415, "unsupported_media_type"},
		"a form's type":  {`{}`, typed("text/plain"), 415, "unsupported_media_type"},
		"a form":         {`a=b`, typed("application/x-www-form-urlencoded"), 415, "unsupported_media_type"},
		"no JSON":        {`{`, typed("application/json"), 400, "bad_request"},
		"exactly enough": {`"` + strings.Repeat("a", 1<<20-2) + `"`, typed("application/json"), 200, ""},
		"one too many":   {`"` + strings.Repeat("a", 1<<20-1) + `"`, typed("application/json"), 413, "too_large"},
	} {
		res := request{method: "POST", body: tc.body, header: tc.header}.send(t, base)
		if assert.Equal(t, tc.want, res.StatusCode, name) && tc.want != 200 {
			assert.Equal(t, tc.code, errorCode(t, res), name)
		}
	}
}

func contextWithLocal(ctx context.Context, a net.Addr) context.Context {
	return context.WithValue(ctx, http.LocalAddrContextKey, a)
}

func TestOnlyPlayersAndOurOwnPagesPlayWithAndWithoutFetchMetadata(t *testing.T) {
	base, port := guarded(t, []string{"tv.example", "old.example:443"}, "")
	here := "127.0.0.1:" + port
	for name, tc := range map[string]struct {
		host, origin, site, dest string
		status                   int
	}{
		"ffmpeg, mpv, VLC: neither header":        {here, "", "", "", 200},
		"our page, same-origin requests":          {here, "", "same-origin", "empty", 200},
		"our page in a browser without Sec-Fetch": {here, "http://" + here, "", "", 200},
		"our page, by another name":               {"localhost:" + port, "http://localhost:" + port, "", "", 200},
		"our page behind TLS":                     {"tv.example", "https://tv.example", "", "", 200},
		"our page behind TLS, with the port":      {"tv.example:443", "https://tv.example", "", "", 200},
		"our page behind TLS, the port in Origin": {"tv.example", "https://tv.example:443", "", "", 200},
		"our page, trusted with its port":         {"old.example:443", "https://old.example", "", "", 200},
		"in capitals":                             {"TV.example", "https://tv.EXAMPLE", "", "", 200},
		"a <video> of our page":                   {here, "http://" + here, "same-origin", "video", 200},
		"another site without Sec-Fetch":          {here, "https://evil.example", "", "", 403},
		"another site":                            {here, "https://evil.example", "cross-site", "empty", 403},
		"another site's <img>":                    {here, "", "cross-site", "image", 403},
		"another port of this machine":            {here, "http://127.0.0.1:1", "", "", 403},
		"another port of a trusted host":          {"tv.example", "https://tv.example:8443", "", "", 403},
		"TLS's port by plain HTTP":                {"tv.example", "http://tv.example:443", "", "", 403},
		"a page in a sandbox, or of a file":       {here, "null", "", "", 403},
		"a page of a file":                        {here, "file://", "", "", 403},
		"our own address, opened as a page":       {here, "", "none", "document", 403},
		"an origin that begins with our name":     {"tv.example", "https://tv.example.evil.example", "", "", 403},
		"an origin with a user":                   {"tv.example", "https://evil.example@tv.example", "", "", 403},
	} {
		header := map[string]string{}
		for k, v := range map[string]string{"Origin": tc.origin, "Sec-Fetch-Site": tc.site, "Sec-Fetch-Dest": tc.dest} {
			if v != "" {
				header[k] = v
			}
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			res := request{method: method, path: "/hls/x/index.m3u8", host: tc.host, header: header}.send(t, base)
			assert.Equal(t, tc.status, res.StatusCode, "%s %s", method, name)
			assert.Empty(t, res.Header.Get("Access-Control-Allow-Origin"), "CORS is only for windows")
		}
	}
	// A page of another site that has the token may play.
	base, _ = guarded(t, nil, "0123456789abcdef")
	for _, header := range []map[string]string{{"Origin": "https://www.gstatic.com"}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "video"}} {
		assert.Equal(t, 200, request{path: "/hls/x/index.m3u8?token=0123456789abcdef", header: header}.send(t, base).StatusCode)
		assert.Equal(t, 401, request{path: "/hls/x/index.m3u8", header: header}.send(t, base).StatusCode)
	}
}
