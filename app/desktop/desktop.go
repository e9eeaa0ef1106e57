package desktop

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gridwall/app/api"
	"gridwall/app/api/fault"
	"gridwall/app/desktop/instance"
	"gridwall/app/desktop/text"
)

const (
	// placeInterval is how often the position of the window is saved, so that a crash, or a session that ends without warning,
	// loses no more than this.
	placeInterval = 10 * time.Second
	// settingWait limits how long closing the window may wait for the setting that says whether closing hides it.
	settingWait = 2 * time.Second
)

// ErrReported is joined to an error that was passed to Options.Report.
var ErrReported = errors.New("reported")

// Tray is the tray icon, which can show a hidden window again; implemented by app/tray.
type Tray interface {
	// Present reports whether a panel now shows the icon.
	Present() bool
	// Start shows the icon. It is called once, on the goroutine that runs the window, before the window is created.
	Start()
	// Close removes the icon, after the window is gone.
	Close()
}

// Program is the program behind the window: all of Gridwall except its shell.
type Program struct {
	API *api.API
	// Close closes all parts.
	Close func()
}

// Places are the files and folders that the page can open.
type Places struct{ Config, Sources, Data, State, Log, Window string }

// Options configure a Desktop. Live and Hidden are optional.
type Options struct {
	// Assets serves the page: the built frontend, or a page that says how to build it.
	Assets http.Handler
	Places Places
	// ID distinguishes this window from one with another data folder.
	ID string
	// Report is called with an error that ends the program. It is called before the error dialog, which may stay open for hours.
	Report func(error)
	// Live opens the live session's feeds at the start.
	Live bool
	// Hidden starts in the tray. The window is shown when the user opens it, or by ShowIfHidden if there is no tray.
	Hidden bool
	// Wall is the saved wall that is opened at the start; "" for none.
	Wall string
	// Link makes this a second window: its page uses the program of another process. Nil for the first window.
	Link Link
	// OpenWall opens a saved wall in another window.
	OpenWall func(name string) error
	Version  string
	Log      *slog.Logger
}

// frame is the window of Wails, as far as it is used here; wails.go has the implementation. Its methods may be called from any
// goroutine while the window exists.
type frame interface {
	// show brings the window to the front. token is the activation token of the start that requested it, or "".
	show(token string)
	hide()
	quit()
	send(event string, data any)
	fullscreen(on bool)
	isFullscreen() bool
	placement() placement
	move(to rect)
	screens() []rect
	// message shows a dialog and waits until it is closed.
	message(isError bool, title, text string)
	// savePath asks the user for the path of a file to save; "" if they cancelled.
	savePath(name string) (string, error)
}

// Desktop is the window with the program behind it.
type Desktop struct {
	o        Options
	tray     Tray // nil for none
	open     func(context.Context) (Program, error)
	latch    *latch
	state    *stateFile
	commands *commands
	shell    *Shell
	facade   *Facade
	remote   *Remote

	frame    atomic.Pointer[frame] // set by startup
	quitting atomic.Bool
	hidden   atomic.Bool
	wanted   atomic.Bool // set if the window was requested before there was a frame; startup checks it
	closing  sync.Once
	loops    sync.WaitGroup
	started  chan struct{} // closed when startup has opened the program or failed to
	program  Program
	failed   error // why the program could not be opened
}

// New returns a Desktop. Run shows the window.
func New(o Options) *Desktop {
	d := &Desktop{o: o, latch: newLatch(o.Log), state: readState(o.Places.Window), started: make(chan struct{})}
	d.commands = &commands{send: func(event string, data any) {
		if f := d.window(); f != nil {
			f.send(event, data)
		}
	}}
	d.facade = &Facade{latch: d.latch}
	d.shell = newShell(d)
	d.remote = &Remote{d: d}
	d.hidden.Store(o.Hidden)
	if o.Live {
		d.commands.put(Command{Name: CommandLive})
	}
	if o.Wall != "" {
		d.commands.put(Command{Name: CommandWall, Wall: o.Wall})
	}
	return d
}

// SetTray sets the tray. It is not in Options because the tray needs the Desktop. It must be called before Run.
func (d *Desktop) SetTray(t Tray) { d.tray = t }

// OnOpen sets the function that opens database, port and schedulers. It is called when the window is being created, not before,
// because generating the bindings runs the program too. Its context is that of Wails, which Wails' functions need.
func (d *Desktop) OnOpen(open func(context.Context) (Program, error)) { d.open = open }

// window returns the frame, or nil before there is one.
func (d *Desktop) window() frame {
	if f := d.frame.Load(); f != nil {
		return *f
	}
	return nil
}

// Show shows the window, even if it is hidden, and brings it to the front.
func (d *Desktop) Show() { d.showFor("") }

func (d *Desktop) showFor(token string) {
	d.wanted.Store(true)
	f := d.window()
	if f == nil || d.quitting.Load() {
		return
	}
	f.show(token)
	if d.hidden.CompareAndSwap(true, false) {
		d.commands.put(Command{Name: CommandShown})
	}
}

// ShowLive shows the window with the feeds of a session in the grid. If both arguments are empty, it is the live session, or the next
// one.
func (d *Desktop) ShowLive(event, session string) {
	if event == "" && session == "" {
		d.showWith("", Command{Name: CommandLive})
		return
	}
	d.showWith("", Command{Name: CommandWatch, Event: event, Session: session})
}

// OpenWall opens a saved wall in another window.
func (d *Desktop) OpenWall(name string) error { return d.o.OpenWall(name) }

// ShowPage shows the window with a page: schedule, watch, sources or settings.
func (d *Desktop) ShowPage(page string) { d.showWith("", Command{Name: CommandPage, Page: page}) }

// ShowIfHidden shows the window if it is hidden. It is called when the tray disappears, which could have shown it.
func (d *Desktop) ShowIfHidden() {
	if d.hidden.Load() {
		d.Show()
	}
}

func (d *Desktop) showWith(token string, cmd Command) {
	d.showFor(token)
	d.commands.put(cmd)
}

// Quit ends the program, even if closing the window would only hide it.
func (d *Desktop) Quit() {
	d.quitting.Store(true)
	if f := d.window(); f != nil {
		f.quit()
	}
}

// SecondStart handles a second start of the program. It fails if this one is closing.
func (d *Desktop) SecondStart(s instance.Start) error {
	if d.quitting.Load() {
		return errEnding
	}
	switch {
	case wantsLive(s.Args):
		d.showWith(s.Token, Command{Name: CommandLive})
	case !slices.Contains(s.Args, HiddenFlag): // a start at login does not show a running window
		d.showFor(s.Token)
	}
	return nil
}

// startup opens the program behind the window. ctx is the context of Wails.
func (d *Desktop) startup(ctx context.Context, f frame) {
	d.frame.Store(&f)
	// Do what was requested before there was a frame.
	if d.quitting.Load() {
		close(d.started)
		f.quit()
		return
	}
	if d.wanted.Load() {
		d.ShowIfHidden()
	}
	if d.o.Link != nil {
		d.latch.open(nil, errElsewhere)
		d.loops.Go(func() { d.watchPlace(d.latch.ctx) })
		close(d.started)
		return
	}
	p, err := d.open(ctx)
	d.program, d.failed = p, err
	if err != nil {
		close(d.started)
		d.latch.open(nil, fault.AsError(err))
		d.o.Report(err)
		f.message(true, "Gridwall cannot start", text.Sentence(err))
		d.Quit()
		return
	}
	d.latch.open(p.API, nil)
	d.loops.Go(func() { d.pump(d.latch.ctx, p.API) })
	d.loops.Go(func() { d.watchPlace(d.latch.ctx) })
	close(d.started)
	if lack := d.shell.codecs.Lack(); lack != "" {
		f.message(false, "Gridwall cannot play yet", lack)
	}
}

// place moves the window to its saved position.
func (d *Desktop) place(f frame) {
	s := d.state.get()
	if !s.Placed || s.Maximised {
		return
	}
	f.move(fit(rect{s.X, s.Y, s.Width, s.Height}, f.screens()))
}

// beforeClose reports whether the program keeps running: then it hides the window, which the tray can show again. Wails calls it when
// the user closes the window and after Quit.
func (d *Desktop) beforeClose() (stay bool) {
	f := d.window()
	if f == nil {
		return false
	}
	if !d.hidden.Load() {
		d.remember(f)
	}
	if d.quitting.Load() || !d.closesToTray() {
		d.quitting.Store(true)
		return false
	}
	d.hidden.Store(true)
	d.commands.put(Command{Name: CommandHidden})
	f.hide()
	return true
}

// closesToTray reports whether closing the window hides it.
func (d *Desktop) closesToTray() bool {
	if d.tray == nil || !d.tray.Present() {
		return false
	}
	a, ok := d.latch.facade()
	if !ok {
		return false // without the program there is nothing to keep running
	}
	ctx, cancel := context.WithTimeout(d.latch.ctx, settingWait)
	defer cancel()
	s, err := a.Settings(ctx)
	return err == nil && s.Settings[api.KeyCloseToTray] != api.Off
}

// shutdown closes everything that startup opened. It may be called more than once, and waits for a startup that is still running.
func (d *Desktop) shutdown() {
	d.closing.Do(func() {
		d.quitting.Store(true)
		d.latch.end()
		if d.window() != nil {
			<-d.started
		}
		if d.tray != nil {
			d.tray.Close()
		}
		d.shell.screen.Close()
		d.loops.Wait()
		if d.program.Close != nil {
			d.program.Close()
		}
	})
}

// pump sends the facade's events to the page until ctx is done or the facade closes.
func (d *Desktop) pump(ctx context.Context, a *api.API) {
	for {
		err := d.follow(ctx, a)
		if ctx.Err() != nil || errors.Is(err, api.ErrClosed) {
			return
		}
		// Events were missed. A browser would reconnect and fetch everything again: send all types, so that the page does the same.
		for _, t := range []api.EventType{api.EventStreams, api.EventActive, api.EventSources, api.EventSchedule} {
			d.commands.event(EventName, api.Event{Type: t, At: time.Now().UTC()})
		}
	}
}

// follow sends events to the page until the subscription ends.
func (d *Desktop) follow(ctx context.Context, a *api.API) error {
	sub := a.Subscribe()
	defer sub.Close()
	for {
		e, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		d.commands.event(EventName, e)
	}
}

// watchPlace saves the position of the window every placeInterval.
func (d *Desktop) watchPlace(ctx context.Context) {
	tick := time.NewTicker(placeInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if f := d.window(); f != nil && !d.hidden.Load() && !d.quitting.Load() {
				d.remember(f)
			}
		}
	}
}

// remember saves the position of the window for the next start.
func (d *Desktop) remember(f frame) {
	p := f.placement()
	if err := d.state.change(func(s windowState) windowState { return s.with(p) }); err != nil {
		d.o.Log.Warn("cannot save the position of the window", "error", err)
	}
}

// HiddenFlag is the flag for starting in the tray.
const HiddenFlag = "--hidden"

// wantsLive reports whether the arguments contain --live.
func wantsLive(args []string) bool {
	for _, a := range args {
		name, value, given := strings.Cut(a, "=")
		switch {
		case a == "--":
			return false
		case name == "--live" && (!given || value == "true" || value == "1" || value == "yes"):
			return true
		}
	}
	return false
}
