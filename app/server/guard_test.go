package server

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// guarded serves a handler that answers 200 to all, behind a guard; it returns the port.
func guarded(t *testing.T, trusted []string, token string) (base, port string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ok := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	srv := &httptest.Server{Listener: ln, Config: &http.Server{Handler: newGuard(ln.Addr(), trusted, token).wrap(bounded(ok))}}
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

// errorCode reads the contract's error from an answer.
func errorCode(t *testing.T, res *http.Response) string {
	t.Helper()
	var body struct {
		Error struct{ Code, Message string }
	}
	require.NoError(t, json.NewDecoder(res.Body).Decode(&body))
	assert.NotEmpty(t, body.Error.Message)
	assert.Equal(t, "application/json", res.Header.Get("Content-Type"))
	return body.Error.Code
}

func TestAPageWithARebuiltNameReachesNothing(t *testing.T) {
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
		"[::ffff:7f00:1]:" + port: 200, // 127.0.0.1 in other words
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

func TestAnAddressOfThisMachineIsOursWhereTheRequestArrivedThere(t *testing.T) {
	g := newGuard(&net.TCPAddr{IP: net.IPv4zero, Port: 8787}, nil, "token")
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
		"the window on Linux":       {map[string]string{"Origin": "wails://wails", "Sec-Fetch-Site": "cross-site"}, "", 200},
		"the window on Windows":     {map[string]string{"Origin": "http://wails.localhost"}, "", 200},
		"a development server":      {map[string]string{"Origin": "http://localhost:5173"}, "", 200},
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

func TestTheTokenIsAskedForEverywhereButAtTheDoor(t *testing.T) {
	const token = "correct horse"
	base, port := guarded(t, nil, token)
	bearer := func(s string) map[string]string { return map[string]string{"Authorization": s} }
	session := newGuard(&net.TCPAddr{}, nil, token).session
	cookie := func(v string) map[string]string { return map[string]string{"Cookie": "gridwall_" + port + "=" + v} }
	const hls, events = "/hls/abc/index.m3u8", "/api/v1/events"
	for name, tc := range map[string]struct {
		request
		want int
	}{
		"nothing":                         {request{}, 401},
		"header":                          {request{header: bearer("Bearer " + token)}, 200},
		"header, other case":              {request{header: bearer("bearer " + token)}, 200},
		"wrong header":                    {request{header: bearer("Bearer wrong")}, 401},
		"empty header":                    {request{header: bearer("Bearer ")}, 401},
		"basic":                           {request{header: bearer("Basic " + token)}, 401},
		"query on the API":                {request{path: "/api/v1/streams?token=correct+horse"}, 401},
		"query on playback":               {request{path: hls + "?token=correct+horse"}, 200},
		"query on events":                 {request{path: events + "?token=correct+horse"}, 200},
		"query on the page":               {request{path: "/?token=correct+horse"}, 303},
		"query that changes":              {request{method: "POST", path: hls + "?token=correct+horse"}, 401},
		"wrong query":                     {request{path: hls + "?token=wrong"}, 401},
		"empty query":                     {request{path: hls + "?token="}, 401},
		"playback without":                {request{path: hls}, 401},
		"wrong header with a right query": {request{path: hls + "?token=correct+horse", header: bearer("Bearer wrong")}, 401},
		"cookie":                          {request{header: cookie(session)}, 200},
		"cookie on playback":              {request{path: hls, header: cookie(session)}, 200},
		"wrong cookie":                    {request{header: cookie("0" + session[1:])}, 401},
		"the token as cookie":             {request{header: cookie(token)}, 401},
		"health":                          {request{path: "/healthz"}, 200},
		"login":                           {request{path: "/login"}, 200},
		"the login's style":               {request{path: "/page/style.css"}, 200},
		"health is not a prefix":          {request{path: "/healthz/../api/v1/streams"}, 401},
		"login is not a prefix":           {request{path: "/login/x"}, 401},
	} {
		t.Run(name, func(t *testing.T) {
			res := tc.send(t, base)
			require.Equal(t, tc.want, res.StatusCode)
			if tc.want == 401 {
				assert.Equal(t, "unauthorized", errorCode(t, res))
				assert.Contains(t, res.Header.Get("WWW-Authenticate"), "Bearer")
			}
		})
	}
}

func TestOnlyOurWindowsReadAcrossOrigins(t *testing.T) {
	base, port := guarded(t, nil, "secret")
	for origin, want := range map[string]string{
		"wails://wails": "wails://wails", "http://wails.localhost": "http://wails.localhost",
		"http://localhost:5173": "http://localhost:5173", "http://localhost:34115": "http://localhost:34115",
		"https://evil.example": "", "null": "", "http://127.0.0.1:" + port: "", "http://localhost:5174": "",
	} {
		res := request{path: "/healthz", header: map[string]string{"Origin": origin}}.send(t, base)
		assert.Equal(t, want, res.Header.Get("Access-Control-Allow-Origin"), origin)
		assert.Contains(t, res.Header.Values("Vary"), "Origin")

		res = request{method: "OPTIONS", header: map[string]string{
			"Origin": origin, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type",
		}}.send(t, base)
		if want == "" {
			assert.Equal(t, 401, res.StatusCode, origin)
			assert.Empty(t, res.Header.Get("Access-Control-Allow-Methods"))
			continue
		}
		assert.Equal(t, 204, res.StatusCode, origin)
		assert.Contains(t, res.Header.Get("Access-Control-Allow-Methods"), "PUT")
		assert.Contains(t, res.Header.Get("Access-Control-Allow-Headers"), "Content-Type")
		assert.Empty(t, res.Header.Get("Access-Control-Allow-Credentials"))
	}
}

func TestNoOneListensOpenlyWithoutAToken(t *testing.T) {
	for addr, open := range map[string]bool{
		"127.0.0.1:8787": false, "[::1]:0": false, "localhost:8787": false,
		"0.0.0.0:8787": true, ":8787": true, "192.168.1.2:8787": true, "[::]:8787": true,
	} {
		err := CheckListen(addr, "")
		if open {
			assert.ErrorIs(t, err, ErrNeedsToken, addr)
		} else {
			assert.NoError(t, err, addr)
		}
		assert.NoError(t, CheckListen(addr, "secret"), addr)
	}
	assert.Error(t, CheckListen("8787", "secret"))
	assert.Error(t, CheckListen("127.0.0.1:99999", ""))
}

func contextWithLocal(ctx context.Context, a net.Addr) context.Context {
	return context.WithValue(ctx, http.LocalAddrContextKey, a)
}
