package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
	"gridwall/backend/config"
	"gridwall/internal/testserver"
)

// windowed is the program behind a window, without the window.
func windowed(t *testing.T) *App {
	t.Helper()
	h := testserver.NewHome(t, testserver.Quiet, nil)
	paths, err := config.DefaultPaths().With(h.Config, h.Data)
	require.NoError(t, err)
	conf, err := config.Load(paths.Config)
	require.NoError(t, err)
	a, err := New(Options{Config: conf, Paths: paths, Version: "test", Window: true, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(a.Close)
	a.Start()
	return a
}

// listenLocally switches the remote on or off, and returns its address over loopback.
func listenLocally(t *testing.T, a *App, value string) (base string) {
	t.Helper()
	_, err := a.api.PutSettings(t.Context(), api.SettingsChange{Settings: map[string]*string{"ui.remote": &value}})
	require.NoError(t, err)
	a.remote.mu.Lock()
	defer a.remote.mu.Unlock()
	return (&url.URL{Scheme: "http", Host: net.JoinHostPort("127.0.0.1", itoa(a.remote.port))}).String()
}

func itoa(n int) string { text, _ := json.Marshal(n); return string(text) }

// phone is a browser of the local network.
type phone struct {
	t    *testing.T
	base string
	http.Client
}

func newPhone(t *testing.T, base string) *phone {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &phone{t, base, http.Client{Jar: jar, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (p *phone) ask(method, path, body string, header ...string) reply {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, strings.NewReader(body))
	require.NoError(p.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := p.Do(req)
	require.NoError(p.t, err)
	defer res.Body.Close()
	var out bytes.Buffer
	_, err = io.Copy(&out, io.LimitReader(res.Body, 1<<20))
	require.NoError(p.t, err)
	return reply{Status: res.StatusCode, Header: res.Header, Body: out.Bytes()}
}

func TestNothingListensForPhonesUntilTheSwitchIsOn(t *testing.T) {
	a := windowed(t)
	state, err := a.api.RemoteAccess(t.Context())
	require.NoError(t, err)
	assert.True(t, state.Available)
	assert.False(t, state.On)
	assert.Empty(t, state.Addresses)
	_, err = a.api.PairRemote(t.Context())
	require.ErrorContains(t, err, "switch on Listen on the local network first")
	a.remote.mu.Lock()
	assert.Nil(t, a.remote.stop)
	a.remote.mu.Unlock()

	base := listenLocally(t, a, "on")
	p := newPhone(t, base)
	assert.Equal(t, 200, p.ask("GET", "/healthz", "").Status)
	listenLocally(t, a, "off")
	require.Eventually(t, func() bool {
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", strings.TrimPrefix(base, "http://"))
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	}, wait, 20*time.Millisecond, "it stops listening at once")
}

func TestAPhonePairsAndMayOnlyUseTheRemote(t *testing.T) {
	a := windowed(t)
	p := newPhone(t, listenLocally(t, a, "on"))
	p.ask("GET", screens, "").failed(t, 401, "unauthorized")
	assert.Equal(t, "/login", p.ask("GET", "/", "").Header.Get("Location"))
	assert.Contains(t, string(p.ask("GET", "/login", "").Body), "Enter the code")
	p.ask("POST", "/login", `{"code":"000000"}`).failed(t, 401, "unauthorized")

	state, err := a.api.PairRemote(t.Context())
	require.NoError(t, err)
	require.Len(t, state.Code, 6)
	foreign := p.ask("POST", "/login", `{"code":"`+state.Code+`"}`, "Origin", "https://evil.test")
	foreign.failed(t, 403, "forbidden")
	require.Equal(t, 204, p.ask("POST", "/login", `{"code":"`+state.Code+`","name":"Safari on iPhone"}`).Status)
	newPhone(t, p.base).ask("POST", "/login", `{"code":"`+state.Code+`"}`).failed(t, 401, "unauthorized")

	_, err = a.api.PutScreen(t.Context(), "window", api.ScreenReport{Page: "p"})
	require.NoError(t, err)
	assert.Len(t, list(t, p.ask("GET", screens, "").json(t), "screens"), 1)
	assert.Equal(t, 200, p.ask("GET", screens+"/streams", "").Status)
	p.ask("POST", screens+"/window/commands", `{"command":"reboot"}`).failed(t, 422, "invalid")
	for _, route := range []string{
		"GET /api/v1/streams", "GET /api/v1/sources", "GET /api/v1/settings", "PUT /api/v1/settings", "GET /api/v1/remote",
		"POST /api/v1/remote/code", "PUT /api/v1/screens/window", "DELETE /api/v1/screens/window", "GET /api/v1/walls",
		"POST /api/v1/sources/guess", "GET /hls/abc/index.m3u8", "GET /api/openapi.json", "GET /api/v1/about",
	} {
		method, path, _ := strings.Cut(route, " ")
		body := ""
		if method != "GET" {
			body = "{}"
		}
		assert.Equal(t, 404, p.ask(method, path, body).Status, route)
	}
	rebound, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.base+screens, nil)
	require.NoError(t, err)
	rebound.Host = "evil.test"
	res, err := p.Do(rebound)
	require.NoError(t, err)
	_ = res.Body.Close()
	assert.Equal(t, http.StatusMisdirectedRequest, res.StatusCode)

	after, err := a.api.RemoteAccess(t.Context())
	require.NoError(t, err)
	require.Len(t, after.Phones, 1)
	assert.Equal(t, "Safari on iPhone", after.Phones[0].Name)
	assert.Empty(t, after.Code)
	require.NoError(t, a.api.UnpairRemote(t.Context(), after.Phones[0].ID))
	p.ask("GET", screens, "").failed(t, 401, "unauthorized")
}

func TestAPhoneSeesOnlyEventsOfScreens(t *testing.T) {
	a := windowed(t)
	p := newPhone(t, listenLocally(t, a, "on"))
	state, err := a.api.PairRemote(t.Context())
	require.NoError(t, err)
	require.Equal(t, 204, p.ask("POST", "/login", `{"code":"`+state.Code+`"}`).Status)
	ctx, end := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/api/v1/events", nil)
	require.NoError(t, err)
	res, err := p.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	a.api.Notify("error", "a notice", "")
	a.api.Publish(api.EventSources)
	a.api.Publish(api.EventScreens)
	var got bytes.Buffer
	buf := make([]byte, 4096)
	for !strings.Contains(got.String(), "event: screens") {
		n, err := res.Body.Read(buf)
		require.NoError(t, err)
		got.Write(buf[:n])
	}
	end()
	assert.NotContains(t, got.String(), "notice")
	assert.NotContains(t, got.String(), "sources")
}

func TestGuessingTheCodePausesAnAddress(t *testing.T) {
	a := windowed(t)
	p := newPhone(t, listenLocally(t, a, "on"))
	statuses := map[int]int{}
	for i := range 20 {
		if i%4 == 0 {
			_, err := a.api.PairRemote(t.Context())
			require.NoError(t, err)
		}
		statuses[p.ask("POST", "/login", `{"code":"wrong`+itoa(i)+`"}`).Status]++
	}
	assert.Equal(t, 10, statuses[401])
	assert.Equal(t, 10, statuses[429])
}

func TestAServerHasNoPairing(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	assert.Equal(t, false, s.get("/api/v1/remote").json(t)["available"])
	s.do("POST", "/api/v1/remote/code", "").failed(t, 422, "invalid")
	s.do("DELETE", "/api/v1/remote/phones/x", "").failed(t, 422, "invalid")
}
