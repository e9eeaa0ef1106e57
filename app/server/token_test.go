package server

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"gridwall/app/server/client"
	"gridwall/app/server/logins"
	"gridwall/app/server/rest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withTokens is guarded with a play token; the response contains the query that the handler received.
func withTokens(t *testing.T, token, play string) (base string, g *guard) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return withOptions(t, ln, Options{Token: token, PlayToken: play})
}

func withOptions(t *testing.T, ln net.Listener, o Options) (base string, g *guard) {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	g = newGuard(ln.Addr(), o)
	ok := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.RawQuery) })
	srv := &httptest.Server{Listener: ln, Config: &http.Server{Handler: withDeadlines(g.wrap(newBodies().bounded(ok)))}}
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL, g
}

func TestEveryRouteExceptLoginRequiresTheToken(t *testing.T) {
	const token = "correct horse"
	base, g := withTokens(t, token, "for players only")
	port := g.port
	bearer := func(s string) map[string]string { return map[string]string{"Authorization": s} }
	session := g.sessions.Begin()
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
		"a reverse proxy's own header":    {request{path: hls + "?token=correct+horse", header: bearer("Basic eDp5")}, 200},
		"play token on playback":          {request{path: hls + "?token=for+players+only"}, 200},
		"play token as a header":          {request{path: hls, header: bearer("Bearer for players only")}, 200},
		"play token on the calendar":      {request{path: rest.CalendarPath + "?token=for+players+only"}, 200},
		"play token on events":            {request{path: events + "?token=for+players+only"}, 403},
		"play token on the API":           {request{header: bearer("Bearer for players only")}, 403},
		"play token that changes":         {request{method: "POST", path: hls, header: bearer("Bearer for players only")}, 403},
		"play token as cookie":            {request{header: cookie("for players only")}, 401},
		"the token as cookie":             {request{header: cookie(token)}, 401},
		"health":                          {request{path: "/healthz"}, 200},
		"login":                           {request{path: "/login"}, 200},
		"the login's style":               {request{path: "/page/style.css"}, 200},
		"health is not a prefix":          {request{path: "/healthz/../api/v1/streams"}, 401},
		"login is not a prefix":           {request{path: "/login/x"}, 401},
	} {
		t.Run(name, func(t *testing.T) {
			g.wrong.Succeeded("127.0.0.1") // another test covers the pause after wrong tokens
			res := tc.send(t, base)
			require.Equal(t, tc.want, res.StatusCode)
			if tc.want == 401 {
				assert.Equal(t, "unauthorized", errorCode(t, res))
				assert.Contains(t, res.Header.Get("WWW-Authenticate"), "Bearer")
			}
		})
	}
}

func TestAnUnneededTokenIsNotAppendedToEachAddress(t *testing.T) {
	for token, want := range map[string]string{"": "viewer=v", "a token": "token=a+token&viewer=v"} {
		base, _ := withTokens(t, token, "")
		res := request{path: "/hls/abc/index.m3u8?viewer=v&token=a+token"}.send(t, base)
		got, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		q, err := http.NewRequest(http.MethodGet, "http://x/?"+string(got), nil)
		require.NoError(t, err)
		assert.Equal(t, want, q.URL.Query().Encode())
	}
}

func TestTooManyWrongTokensPauseAnAddress(t *testing.T) {
	const token = "correct-horse"
	now := time.Unix(1_800_000_000, 0)
	for name, tc := range map[string]func(guess string) request{
		"header": func(guess string) request {
			return request{header: map[string]string{"Authorization": "Bearer " + guess}}
		},
		"playback": func(guess string) request { return request{path: "/hls/a/index.m3u8?token=" + guess} },
	} {
		t.Run(name, func(t *testing.T) {
			base, g := withTokens(t, token, "")
			g.wrong.Now = func() time.Time { return now }
			for i := range logins.FreeTries {
				require.Equal(t, 401, tc("guess"+strconv.Itoa(i)).send(t, base).StatusCode)
			}
			res := tc(token).send(t, base)
			assert.Equal(t, 429, res.StatusCode, "even the right token, otherwise guessing could continue")
			assert.Equal(t, strconv.Itoa(int(logins.FirstPause.Seconds())), res.Header.Get("Retry-After"))
			assert.Equal(t, "too_many_requests", errorCode(t, res))
			assert.Equal(t, 200, request{header: map[string]string{"Cookie": g.cookie + "=" + g.sessions.Begin()}}.send(t, base).StatusCode, "a user who is logged in is not affected")
			now = now.Add(logins.FirstPause)
			require.Equal(t, 401, tc("again").send(t, base).StatusCode)
			now = now.Add(logins.FirstPause)
			require.Equal(t, 429, tc("and-again").send(t, base).StatusCode, "each pause is twice as long")
			now = now.Add(logins.FirstPause)
			require.NotEqual(t, 429, tc(token).send(t, base).StatusCode)
		})
	}
}

// A player behind the same address must not let a guesser continue.
func TestARightTokenDoesNotResetTheCountOfWrongOnes(t *testing.T) {
	const token, play = "correct horse", "for players only"
	for name, right := range map[string]request{
		"the token":      {header: map[string]string{"Authorization": "Bearer " + token}},
		"the play token": {path: "/hls/a/index.m3u8?token=for+players+only"},
	} {
		t.Run(name, func(t *testing.T) {
			base, g := withTokens(t, token, play)
			now := time.Unix(1_800_000_000, 0)
			g.wrong.Now = func() time.Time { return now }
			guess := func(n int) int {
				return request{header: map[string]string{"Authorization": "Bearer guess" + strconv.Itoa(n)}}.send(t, base).StatusCode
			}
			for i := range logins.FreeTries - 1 {
				require.Equal(t, 401, guess(i))
			}
			require.Equal(t, 200, right.send(t, base).StatusCode)
			require.Equal(t, 401, guess(logins.FreeTries))
			assert.Equal(t, 429, guess(logins.FreeTries+1))
			assert.Equal(t, 200, right.send(t, base).StatusCode, "a client that has played before is not affected")
		})
	}
}

func TestAPlayerWithAnOldTokenLocksNobodyOut(t *testing.T) {
	base, _ := withTokens(t, "right", "")
	for i := range 3 * logins.FreeTries {
		require.Equal(t, 401, request{path: "/hls/a/index.m3u8?token=old"}.send(t, base).StatusCode, i)
	}
	assert.Equal(t, 200, request{path: "/hls/a/index.m3u8?token=right"}.send(t, base).StatusCode)
}

func TestAGuesserDoesNotLockOutPlayersBehindTheSameAddress(t *testing.T) {
	base, _ := withTokens(t, "right", "play")
	play := func(token string) int {
		return request{path: "/hls/a/index.m3u8?token=" + token}.send(t, base).StatusCode
	}
	require.Equal(t, 200, play("right"))
	for i := range logins.FreeTries {
		require.Equal(t, 401, play("guess"+strconv.Itoa(i)))
	}
	assert.Equal(t, 429, play("guess"), "a new token has to wait")
	assert.Equal(t, 429, play("play"), "so has a right one that was not used from this address before")
	assert.Equal(t, 401, play("guess1"), "rejecting an earlier wrong token reveals nothing")
	assert.Equal(t, 200, play("right"))
	assert.Equal(t, 429, play("guess"), "the player does not end the guesser's pause")
}

func TestNobodyIsPausedWhereTheTokenCannotBeGuessed(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	base, _ := withOptions(t, ln, Options{Token: "right", RandomToken: true})
	send := func(token string) int {
		return request{header: map[string]string{"Authorization": "Bearer " + token}}.send(t, base).StatusCode
	}
	for i := range 3 * logins.FreeTries {
		require.Equal(t, 401, send("guess"+strconv.Itoa(i)))
	}
	assert.Equal(t, 200, send("right"), "a second window that opens now")
}

func TestOnlyAValidTokenInTheQueryIsPassedOnAndPlaysOnOtherSites(t *testing.T) {
	base, _ := withTokens(t, "right", "play")
	header := map[string]string{"Authorization": "Bearer right"}
	for query, tc := range map[string]struct {
		header map[string]string
		want   string
		corp   string
	}{
		"token=right":                          {nil, "token=right", "cross-origin"},
		"token=play":                           {header, "token=play", "cross-origin"},
		"viewer=v":                             {header, "viewer=v", "same-origin"},
		"token=" + strings.Repeat("x", 60_000): {header, "", "same-origin"},
	} {
		res := request{path: "/hls/a/index.m3u8?" + query, header: tc.header}.send(t, base)
		got, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		assert.Equal(t, tc.want, string(got))
		assert.Equal(t, tc.corp, res.Header.Get("Cross-Origin-Resource-Policy"))
	}
}

func TestAGETRequestMayHaveABody(t *testing.T) {
	base, _ := withTokens(t, "right", "")
	for host, want := range map[string]int{"": 200, "evil.example": 421} {
		r, err := http.NewRequest(http.MethodGet, base+"/api/v1/streams", strings.NewReader("{}"))
		require.NoError(t, err)
		r.Host = host
		r.Header.Set("Authorization", "Bearer right")
		res, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		_ = res.Body.Close()
		assert.Equal(t, want, res.StatusCode)
		assert.True(t, res.Close)
	}
}

func TestClientsAreCountedByTheirOwnAddress(t *testing.T) {
	for peer, want := range map[[2]string]string{
		{"192.168.1.7:5000", ""}:                       "192.168.1.7",
		{"192.168.1.7:5000", "1.2.3.4"}:                "192.168.1.7", // a forged header
		{"127.0.0.1:5000", ""}:                         "127.0.0.1",
		{"127.0.0.1:5000", "9.9.9.9, 1.2.3.4"}:         "1.2.3.4",
		{"127.0.0.1:5000", "nonsense"}:                 "127.0.0.1",
		{"[2001:db8:1:2:3::4]:5000", ""}:               "2001:db8:1:2::/64",
		{"[::ffff:192.168.1.7]:5000", ""}:              "192.168.1.7",
		{"[::1]:5000", "2001:db8:1:2:ffff:ffff::9"}:    "2001:db8:1:2::/64",
		{"127.0.0.1:5000", strings.Repeat("1,", 4000)}: "127.0.0.1",
	} {
		r := &http.Request{RemoteAddr: peer[0], Header: http.Header{}}
		if peer[1] != "" {
			r.Header.Set("X-Forwarded-For", peer[1])
		}
		assert.Equal(t, want, client.Addr(r), peer)
	}
}

func TestBehindTLSTheCookieIsSecureAndAddressesAreHTTPS(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "http://tv.example/", nil)
	assert.Equal(t, "http", client.Scheme(r))
	r.Header.Set("X-Forwarded-Proto", "https")
	assert.Equal(t, "https", client.Scheme(r))
	s := &Server{guard: &guard{cookie: "c"}}
	w := httptest.NewRecorder()
	s.setCookie(w, r, "v", logins.Lifetime)
	c := w.Result().Cookies()[0]
	assert.True(t, c.Secure && c.HttpOnly && c.SameSite == http.SameSiteStrictMode)
}

func TestListeningBeyondLoopbackRequiresALongToken(t *testing.T) {
	const long = "0123456789abcdef"
	for addr, open := range map[string]bool{
		"127.0.0.1:8787": false, "[::1]:0": false, "localhost:8787": false,
		"0.0.0.0:8787": true, ":8787": true, "192.168.1.2:8787": true, "[::]:8787": true,
	} {
		if !open {
			for _, token := range []string{"", "a", long} {
				assert.NoError(t, CheckListen(addr, token, ""), addr)
			}
			continue
		}
		assert.ErrorIs(t, CheckListen(addr, "", ""), ErrNeedsToken, addr)
		var short *ShortTokenError
		assert.ErrorAs(t, CheckListen(addr, "a", ""), &short, addr)
		assert.ErrorContains(t, CheckListen(addr, "a", ""), "openssl rand", addr)
		assert.ErrorContains(t, CheckListen(addr, long[1:], ""), "server.token", addr)
		assert.ErrorContains(t, CheckListen(addr, long, "a"), "server.play_token", addr)
		assert.NoError(t, CheckListen(addr, long, long), addr)
	}
	assert.Error(t, CheckListen("8787", long, ""))
	assert.Error(t, CheckListen("127.0.0.1:99999", "", ""))
}
