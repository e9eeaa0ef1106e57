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
	"gridwall/app/desktop/instance"
	"gridwall/app/desktop/machine"
	"gridwall/backend/config"
	"gridwall/backend/settings"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("gopkg.in/natefinch/lumberjack%2ev2.(*Logger).millRun"))
}

// paper is a window on paper: what is asked of it is written down. The real one has its own tests, in app/e2e.
type paper struct {
	mu    sync.Mutex
	asked []string
	at    placement
	moved []rect
	sent  []any
}

func (p *paper) note(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, what)
}
func (p *paper) show(token string)         { p.note(strings.TrimSpace("show " + token)) }
func (p *paper) hide()                     { p.note("hide") }
func (p *paper) quit()                     { p.note("quit") }
func (p *paper) fullscreen(bool)           { p.note("fullscreen") }
func (p *paper) isFullscreen() bool        { return false }
func (p *paper) placement() placement      { return p.at }
func (p *paper) move(to rect)              { p.moved = append(p.moved, to) }
func (p *paper) screens() []rect           { return []rect{{0, 0, 1280, 720}} }
func (p *paper) tell(bool, string, string) { p.note("tell") }
func (p *paper) send(event string, data any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := data.(Command); ok {
		event = c.Name
	}
	p.asked = append(p.asked, event)
	p.sent = append(p.sent, data)
}
func (p *paper) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// panel is a tray that is there or not.
type panel struct{ there, closed bool }

func (p *panel) Present() bool { return p.there }
func (p *panel) Start()        {}
func (p *panel) Close()        { p.closed = true }

// papers keep settings in memory.
type papers struct{ settings []byte }

func (p *papers) Settings() ([]byte, error)     { return p.settings, nil }
func (p *papers) SaveSettings(doc []byte) error { p.settings = doc; return nil }
func (p *papers) Calendars() ([]byte, error)    { return nil, nil }
func (p *papers) SaveCalendars([]byte) error    { return nil }

func facadeWith(t *testing.T, saved string) *api.API {
	t.Helper()
	docs := &papers{[]byte(saved)}
	file, err := config.Parse("config.toml", nil)
	require.NoError(t, err)
	inForce, err := settings.Load(file, docs, quiet())
	require.NoError(t, err)
	return api.New(api.Options{Settings: inForce, Log: quiet()})
}

// started returns a window whose program is open.
func started(t *testing.T, tray Tray, a *api.API) (*Desktop, *paper) {
	t.Helper()
	d := New(Options{
		Places: Places{Window: filepath.Join(t.TempDir(), "window.json")}, Log: quiet(),
		Report: func(err error) { t.Error("reported: ", err) },
	})
	d.SetTray(tray)
	d.shell.codecs = &machine.Codecs{} // independent of what this machine lacks
	d.OnOpen(func(context.Context) (Program, error) { return Program{API: a, Close: a.Close}, nil })
	p := &paper{at: placement{rect: rect{10, 20, 900, 700}, placed: true, settled: true}}
	d.startup(t.Context(), p)
	t.Cleanup(d.shutdown)
	return d, p
}

func TestClosingHidesWhereThereIsATrayToComeBackFrom(t *testing.T) {
	icon := &panel{there: true}
	d, p := started(t, icon, facadeWith(t, ""))
	require.Empty(t, d.shell.Ready())
	assert.True(t, d.shell.State().Tray)

	assert.True(t, d.beforeClose())
	assert.Equal(t, []string{CommandHidden, "hide"}, p.all())
	assert.Equal(t, 900, d.state.get().Width, "its place is remembered")
	require.NoError(t, d.SecondStart(instance.Start{Args: []string{"--live"}}))
	assert.Equal(t, []string{CommandHidden, "hide", "show", CommandShown, CommandLive}, p.all())
	d.ShowLive("monza", "Race")
	d.ShowPage("settings")
	assert.Equal(t, []any{Command{Name: CommandWatch, Event: "monza", Session: "Race"}, Command{Name: CommandPage, Page: "settings"}}, p.sent[len(p.sent)-2:])

	d.Come()
	before := len(p.all())
	assert.True(t, d.beforeClose())
	d.Come()
	assert.Equal(t, []string{CommandHidden, "hide", "show", CommandShown}, p.all()[before:], "the panel went")

	d.Quit()
	assert.False(t, d.beforeClose(), "quit means quit")
	assert.Error(t, d.SecondStart(instance.Start{}), "a second start must not wait for a window that goes")
	d.shutdown()
	assert.True(t, icon.closed)
}

func TestClosingQuitsWhereNothingIsLeftToComeBackFrom(t *testing.T) {
	for name, c := range map[string]struct {
		tray     Tray
		settings string
	}{
		"no tray":    {nil, ""},
		"no panel":   {&panel{}, ""},
		"not wanted": {&panel{there: true}, `{"ui.close_to_tray":"off"}`},
	} {
		d, p := started(t, c.tray, facadeWith(t, c.settings))
		assert.False(t, d.beforeClose(), name)
		assert.NotContains(t, p.all(), "hide", name)
	}
}

func TestAProgramThatCannotOpenSaysWhyAndEnds(t *testing.T) {
	locked := api.Errorf(api.CodeStorage, "gridwall.db is in use by another Gridwall")
	var reported error
	d := New(Options{Places: Places{Window: filepath.Join(t.TempDir(), "w")}, Log: quiet(), Report: func(err error) { reported = err }, Live: true})
	d.OnOpen(func(context.Context) (Program, error) { return Program{}, locked })
	p := &paper{}
	d.startup(t.Context(), p)
	assert.Equal(t, []string{"tell", "quit"}, p.all())
	assert.ErrorIs(t, reported, locked)
	assert.ErrorIs(t, d.failed, locked)
	assert.False(t, d.beforeClose())
	_, err := d.facade.Streams(true)
	assert.ErrorContains(t, err, "in use", "the page says the same")
	assert.Equal(t, []Command{{Name: CommandLive}}, d.shell.Ready())
	d.shutdown()
}

// unopened returns a window that starts in the tray, and whose frame is still to come.
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

func TestWhatIsAskedBeforeThereIsAWindowIsNotLost(t *testing.T) {
	d, p := unopened(t), &paper{}
	d.Come() // no panel came
	d.startup(t.Context(), p)
	assert.Equal(t, []string{"show"}, p.all())
	assert.False(t, d.hidden.Load())

	d, p = unopened(t), &paper{}
	require.NoError(t, d.SecondStart(instance.Start{Args: []string{HiddenFlag}}))
	d.startup(t.Context(), p)
	assert.Empty(t, p.all(), "a second start at login asks for nothing")

	d, p = unopened(t), &paper{}
	d.Quit() // a signal came
	d.startup(t.Context(), p)
	assert.Equal(t, []string{"quit"}, p.all())
}

func TestThePageHearsWhatHappens(t *testing.T) {
	a := facadeWith(t, "")
	d, p := started(t, nil, a)
	heard := func(want api.EventType) bool {
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
		return heard(api.EventActive)
	}, 5*time.Second, time.Millisecond)

	// A page that is too slow for a burst of notices is told to fetch all again.
	p.mu.Lock()
	for range 100 {
		a.Notify("test", "again", "")
	}
	p.mu.Unlock()
	require.Eventually(t, func() bool { return heard(api.EventSchedule) }, 5*time.Second, time.Millisecond)
}

func TestAWindowComesBackToWhereItWas(t *testing.T) {
	d, p := started(t, nil, facadeWith(t, ""))
	d.place(p)
	assert.Empty(t, p.moved, "a first start leaves it to the desktop")
	require.NoError(t, d.state.change(func(s windowState) windowState {
		return s.remembered(placement{rect: rect{5000, 100, 900, 700}, placed: true, settled: true})
	}))
	d.place(p)
	assert.Equal(t, []rect{{190, 10, 900, 700}}, p.moved, "the screen that it was on is gone")
}

func TestThePageAndFoldersOfTheShell(t *testing.T) {
	d, _ := started(t, nil, facadeWith(t, ""))
	s := d.shell
	s.Remember("#/watch")
	s.Remember(string(make([]byte, maxPage+1)))
	assert.Equal(t, "#/watch", s.LastPage())
	assert.Equal(t, api.CodeInvalid, api.AsError(s.OpenFolder("../etc")).Code)
	assert.ErrorContains(t, s.OpenLog(), "does not exist yet")
	assert.Error(t, s.OpenPlayer("none", "sh"))
	assert.False(t, s.IsFullscreen())
}

func TestALineForScriptsIsOne(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	err := machine.Display()
	if err == nil {
		t.Skip("this system shows windows without being told where")
	}
	assert.ErrorContains(t, err, "gridwall serve")
	assert.NotErrorIs(t, err, ErrReported)
	assert.NotErrorIs(t, errors.Join(ErrReported, err), instance.ErrHanded)
}
