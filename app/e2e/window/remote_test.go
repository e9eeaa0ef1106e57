//go:build linux

package window

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"gridwall/internal/testwindow"
)

// paired is a browser of the local network that has paired with the window.
type paired struct {
	base string
	http.Client
}

func (p *paired) ask(t *testing.T, method, path string, body, to any) int {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), method, p.base+path, bytes.NewReader(text))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	res, err := p.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	require.NoError(t, err)
	if to != nil {
		require.NoError(t, json.Unmarshal(answer, to), "%s", answer)
	}
	return res.StatusCode
}

func TestAPairedPhoneControlsTheWindow(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	g, p := begin(t, d, "--demo", "--live")
	visible(t, d, true)
	playing(t, p)
	mark(t, p)
	before := elements(t, p)

	require.NoError(t, d.Key("r"))
	var code string
	require.NoError(t, testwindow.Until("the switch of the remote is shown", playWait, func() (bool, error) {
		var shown bool
		err := p.Eval(`document.querySelector('dialog[open] [role=switch]') !== null`, &shown)
		return shown, err
	}))
	require.NoError(t, p.Eval(`document.querySelector('dialog[open] [role=switch]').click()`, nil))
	listening := regexp.MustCompile(`listening for remotes on the local network" port=(\d+)`)
	require.NoError(t, testwindow.Until("the window listens", playWait, func() (bool, error) { return listening.MatchString(g.Log()), nil }))
	// On a machine without a local network, the dialog makes no code: it has no address for it.
	require.NoError(t, testwindow.Until("there is a code", playWait, func() (bool, error) {
		err := p.Eval(`window.go.desktop.Facade.RemoteAccess().then((a) =>
			a.code || a.addresses.length ? a.code : window.go.desktop.Facade.PairRemote().then((b) => b.code))`, &code)
		return code != "", err
	}))
	require.NoError(t, p.Eval(`document.querySelector('dialog[open]').close()`, nil))

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	phone := &paired{"http://127.0.0.1:" + listening.FindStringSubmatch(g.Log())[1], http.Client{Jar: jar, Transport: transport}}
	require.Equal(t, http.StatusUnauthorized, phone.ask(t, "GET", "/api/v1/screens", nil, nil))
	require.Equal(t, http.StatusNoContent, phone.ask(t, "POST", "/login", map[string]string{"code": code}, nil))

	var list struct {
		Screens []struct {
			ID, Name string
			Tiles    []struct{ Title, State string }
		}
	}
	require.Equal(t, http.StatusOK, phone.ask(t, "GET", "/api/v1/screens", nil, &list))
	require.Len(t, list.Screens, 1)
	require.Equal(t, "Window", list.Screens[0].Name)
	require.Len(t, list.Screens[0].Tiles, feeds)

	type args map[string]any
	for _, c := range []struct {
		command string
		with    args
	}{
		{"swap", args{"place": 1, "with": 2}}, {"focus", args{"place": 3}}, {"sound", args{"muted": true}},
		{"volume", args{"place": 1, "volume": 0.5}}, {"pause", args{}}, {"play", args{}}, {"live", args{}}, {"layout", args{"layout": "2x2"}},
	} {
		status := phone.ask(t, "POST", "/api/v1/screens/window/commands", args{"command": c.command, "arguments": c.with}, nil)
		require.Equal(t, http.StatusOK, status, c.command)
	}
	playing(t, p)
	now := elements(t, p)
	require.Equal(t, before[1].Title, now[0].Title, "two tiles have changed places")
	require.Equal(t, before[0].Title, now[1].Title)
	for _, e := range now {
		require.Equal(t, e.Title, e.Mark, "each tile keeps its element")
	}
}
