package desktop

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/app/api"
	"gridwall/app/api/fault"
	"gridwall/app/desktop/instance"
	"gridwall/app/desktop/machine"
	"gridwall/backend/config"
	"gridwall/backend/settings"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("gopkg.in/natefinch/lumberjack%2ev2.(*Logger).millRun"))
}

// fakeFrame is a frame that records the calls. The tests of the real one are in app/e2e.
type fakeFrame struct {
	mu    sync.Mutex
	calls []string
	at    placement
	moved []rect
	sent  []any
	// saveTo is the path that the user chooses for a file.
	saveTo string
}

func (p *fakeFrame) note(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, what)
}
func (p *fakeFrame) show(token string)            { p.note(strings.TrimSpace("show " + token)) }
func (p *fakeFrame) hide()                        { p.note("hide") }
func (p *fakeFrame) quit()                        { p.note("quit") }
func (p *fakeFrame) fullscreen(bool)              { p.note("fullscreen") }
func (p *fakeFrame) isFullscreen() bool           { return false }
func (p *fakeFrame) placement() placement         { return p.at }
func (p *fakeFrame) move(to rect)                 { p.moved = append(p.moved, to) }
func (p *fakeFrame) screens() []rect              { return []rect{{0, 0, 1280, 720}} }
func (p *fakeFrame) message(bool, string, string) { p.note("message") }
func (p *fakeFrame) send(event string, data any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := data.(Command); ok {
		event = c.Name
	}
	p.calls = append(p.calls, event)
	p.sent = append(p.sent, data)
}
func (p *fakeFrame) savePath(name string) (string, error) {
	p.note("save " + name)
	return p.saveTo, nil
}
func (p *fakeFrame) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.calls)
}

// panel is a tray that may be present.
type panel struct{ there, closed bool }

func (p *panel) Present() bool { return p.there }
func (p *panel) Start()        {}
func (p *panel) Close()        { p.closed = true }

// documents stores settings in memory.
type documents struct{ settings []byte }

func (d *documents) Settings() ([]byte, error)     { return d.settings, nil }
func (d *documents) SaveSettings(doc []byte) error { d.settings = doc; return nil }
func (d *documents) Calendars() ([]byte, error)    { return nil, nil }
func (d *documents) SaveCalendars([]byte) error    { return nil }

func facadeWith(t *testing.T, saved string) *api.API {
	t.Helper()
	docs := &documents{[]byte(saved)}
	file, err := config.Parse("config.toml", nil)
	require.NoError(t, err)
	current, err := settings.Load(file, docs, quiet())
	require.NoError(t, err)
	return api.New(api.Options{Settings: current, Log: quiet()})
}

// started returns a Desktop after startup, and its frame.
func started(t *testing.T, tray Tray, a *api.API) (*Desktop, *fakeFrame) {
	t.Helper()
	d := New(Options{
		Places: Places{Window: filepath.Join(t.TempDir(), "window.json")}, Log: quiet(),
		Report: func(err error) { t.Error("reported: ", err) },
	})
	d.SetTray(tray)
	d.shell.codecs = &machine.Codecs{} // independent of what this machine lacks
	d.OnOpen(func(context.Context) (Program, error) { return Program{API: a, Close: a.Close}, nil })
	p := &fakeFrame{at: placement{rect: rect{10, 20, 900, 700}, placed: true, settled: true}}
	d.startup(t.Context(), p)
	t.Cleanup(d.shutdown)
	return d, p
}

func TestClosingHidesTheWindowIfThereIsATray(t *testing.T) {
	icon := &panel{there: true}
	d, p := started(t, icon, facadeWith(t, ""))
	require.Empty(t, d.shell.Ready())
	assert.True(t, d.shell.State().Tray)

	assert.True(t, d.beforeClose())
	assert.Equal(t, []string{CommandHidden, "hide"}, p.all())
	assert.Equal(t, 900, d.state.get().Width, "its size is saved")
	require.NoError(t, d.SecondStart(instance.Start{Args: []string{"--live"}}))
	assert.Equal(t, []string{CommandHidden, "hide", "show", CommandShown, CommandLive}, p.all())
	d.ShowLive("monza", "Race")
	d.ShowPage("settings")
	assert.Equal(t, []any{Command{Name: CommandWatch, Event: "monza", Session: "Race"}, Command{Name: CommandPage, Page: "settings"}}, p.sent[len(p.sent)-2:])

	d.ShowIfHidden()
	before := len(p.all())
	assert.True(t, d.beforeClose())
	d.ShowIfHidden()
	assert.Equal(t, []string{CommandHidden, "hide", "show", CommandShown}, p.all()[before:], "the panel disappeared")

	d.Quit()
	assert.False(t, d.beforeClose(), "Quit ends the program")
	assert.Error(t, d.SecondStart(instance.Start{}), "a second start must not rely on a window that is closing")
	d.shutdown()
	assert.True(t, icon.closed)
}

func TestClosingQuitsWithoutATray(t *testing.T) {
	for name, c := range map[string]struct {
		tray     Tray
		settings string
	}{
		"no tray":    {nil, ""},
		"no panel":   {&panel{}, ""},
		"turned off": {&panel{there: true}, `{"ui.close_to_tray":"off"}`},
	} {
		d, p := started(t, c.tray, facadeWith(t, c.settings))
		assert.False(t, d.beforeClose(), name)
		assert.NotContains(t, p.all(), "hide", name)
	}
}

func TestAProgramThatCannotOpenSaysWhyAndEnds(t *testing.T) {
	locked := fault.Errorf(fault.CodeStorage, "gridwall.db is in use by another Gridwall")
	var reported error
	d := New(Options{Places: Places{Window: filepath.Join(t.TempDir(), "w")}, Log: quiet(), Report: func(err error) { reported = err }, Live: true})
	d.OnOpen(func(context.Context) (Program, error) { return Program{}, locked })
	p := &fakeFrame{}
	d.startup(t.Context(), p)
	assert.Equal(t, []string{"message", "quit"}, p.all())
	assert.ErrorIs(t, reported, locked)
	assert.ErrorIs(t, d.failed, locked)
	assert.False(t, d.beforeClose())
	_, err := d.facade.Streams(true)
	assert.ErrorContains(t, err, "in use", "the page shows the same error")
	assert.Equal(t, []Command{{Name: CommandLive}}, d.shell.Ready())
	d.shutdown()
}

// unopened returns a Desktop that starts in the tray, before startup.
func unopened(t *testing.T) *Desktop {
	t.Helper()
	d := New(Options{Places: Places{Window: filepath.Join(t.TempDir(), "w")}, Log: quiet(), Hidden: true})
	d.shell.codecs = &machine.Codecs{} // independent of what this machine lacks
	d.OnOpen(func(context.Context) (Program, error) {
		a := facadeWith(t, "")
		return Program{API: a, Close: a.Close}, nil
	})
	t.Cleanup(d.shutdown)
	return d
}

func TestRequestsBeforeThereIsAWindowAreNotLost(t *testing.T) {
	d, p := unopened(t), &fakeFrame{}
	d.ShowIfHidden() // there is no panel
	d.startup(t.Context(), p)
	assert.Equal(t, []string{"show"}, p.all())
	assert.False(t, d.hidden.Load())

	d, p = unopened(t), &fakeFrame{}
	require.NoError(t, d.SecondStart(instance.Start{Args: []string{HiddenFlag}}))
	d.startup(t.Context(), p)
	assert.Empty(t, p.all(), "a second start at login does not show the window")

	d, p = unopened(t), &fakeFrame{}
	d.Quit() // as after a signal
	d.startup(t.Context(), p)
	assert.Equal(t, []string{"quit"}, p.all())
}

func TestThePageReceivesEvents(t *testing.T) {
	a := facadeWith(t, "")
	d, p := started(t, nil, a)
	received := func(want api.EventType) bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return slices.ContainsFunc(p.sent, func(v any) bool {
			e, ok := v.(api.Event)
			return ok && e.Type == want
		})
	}
	d.shell.Ready()
	require.Eventually(t, func() bool {
		a.Publish(api.EventActive)
		return received(api.EventActive)
	}, 5*time.Second, time.Millisecond)

	// A page that is too slow for a burst of notices must fetch everything again.
	p.mu.Lock()
	for range 100 {
		a.Notify("test", "again", "")
	}
	p.mu.Unlock()
	require.Eventually(t, func() bool { return received(api.EventSchedule) }, 5*time.Second, time.Millisecond)
}

func TestTheWindowIsRestoredToItsPosition(t *testing.T) {
	d, p := started(t, nil, facadeWith(t, ""))
	d.place(p)
	assert.Empty(t, p.moved, "at the first start the desktop places it")
	require.NoError(t, d.state.change(func(s windowState) windowState {
		return s.with(placement{rect: rect{5000, 100, 900, 700}, placed: true, settled: true})
	}))
	d.place(p)
	assert.Equal(t, []rect{{190, 10, 900, 700}}, p.moved, "its screen is gone")
}

func TestTheShellRemembersThePageAndOpensOnlyItsOwnFolders(t *testing.T) {
	d, _ := started(t, nil, facadeWith(t, ""))
	s := d.shell
	s.Remember("#/watch")
	s.Remember(string(make([]byte, maxPage+1)))
	assert.Equal(t, "#/watch", s.LastPage())
	assert.Equal(t, fault.CodeInvalid, fault.AsError(s.OpenFolder("../etc")).Code)
	assert.ErrorContains(t, s.OpenLog(), "does not exist yet")
	assert.Error(t, s.OpenPlayer("none", "sh"))
	assert.False(t, s.IsFullscreen())
}

func TestAStartWithoutADisplaySaysWhatToDo(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	err := machine.Display()
	if err == nil {
		t.Skip("this system needs no DISPLAY to show windows")
	}
	assert.ErrorContains(t, err, "gridwall serve")
	assert.NotErrorIs(t, err, ErrReported)
	assert.NotErrorIs(t, errors.Join(ErrReported, err), instance.ErrHanded)
}
