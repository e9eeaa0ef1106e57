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
	"gridwall/app/desktop/instance"
	"gridwall/app/desktop/text"
)

const (
	// placeInterval is how often it is looked where the window is, so that a crash, or a session that just ends, loses
	// no more than this.
	placeInterval = 10 * time.Second
	// settingWait bounds how long closing the window may wait for the setting that says what closing means.
	settingWait = 2 * time.Second
)

// ErrReported is joined to an error that Options.Report was told of.
var ErrReported = errors.New("reported")

// Tray is the icon to come back from; app/tray has one.
type Tray interface {
	// Present reports whether somebody shows the icon at this moment.
	Present() bool
	// Start shows the icon. It is called once, on the goroutine that runs the window, before the window is made.
	Start()
	// Close takes it away, after the window is gone.
	Close()
}

// Program is what is behind the window: all of Gridwall but its shell.
type Program struct {
	API *api.API
	// Close ends it, in the reverse order of its opening.
	Close func()
}

// Places are the files and folders that the page can ask to be opened.
type Places struct{ Config, Sources, Data, State, Log, Window string }

// Options say what the window is made of. All but Live are needed.
type Options struct {
	// Assets answers the page's requests: the built frontend, or a page that says how to build it.
	Assets http.Handler
	Places Places
	// ID tells this window from one over another data folder.
	ID string
	// Report says an error that ends the program, at once: the dialog that follows may stand for hours.
	Report func(error)
	// Live opens the live session's feeds at once.
	Live bool
	// Hidden starts in the tray; the window comes when it is asked for, or by Come where there is no tray.
	Hidden  bool
	Version string
	Log     *slog.Logger
}

// frame is the window, as far as it is used here; wails.go has the real one. Its methods may be called from any
// goroutine while the window exists.
type frame interface {
	// show brings the window to the front; token is the activation token of the start that asks for it, or "".
	show(token string)
	hide()
	quit()
	send(event string, data any)
	fullscreen(on bool)
	isFullscreen() bool
	placement() placement
	move(to rect)
	screens() []rect
	// tell shows a message and waits until it is read.
	tell(grave bool, title, message string)
}

// Desktop is the running window and what it can be asked to do.
type Desktop struct {
	o        Options
	tray     Tray // nil for none
	open     func(context.Context) (Program, error)
	latch    *latch
	state    *stateFile
	commands *commands
	shell    *Shell
	facade   *Facade

	frame    atomic.Pointer[frame] // set by startup
	quitting atomic.Bool
	hidden   atomic.Bool
	wanted   atomic.Bool // to be shown; startup looks at it for who asked before there was a frame
	closing  sync.Once
	loops    sync.WaitGroup
	started  chan struct{} // closed when startup has opened the program, or has not
	program  Program
	failed   error // why the program could not be opened
}

// New makes the window's inside; Run shows it.
func New(o Options) *Desktop {
	d := &Desktop{o: o, latch: newLatch(o.Log), state: readState(o.Places.Window), started: make(chan struct{})}
	d.commands = &commands{send: func(event string, data any) {
		if f := d.window(); f != nil {
			f.send(event, data)
		}
	}}
	d.facade = &Facade{latch: d.latch}
	d.shell = newShell(d)
	d.hidden.Store(o.Hidden)
	if o.Live {
		d.commands.put(Command{Name: CommandLive})
	}
	return d
}

// SetTray gives the window its tray, which needs the window to be made. It is called before Run.
func (d *Desktop) SetTray(t Tray) { d.tray = t }

// OnOpen gives the window what opens database, port and schedulers. It is called when the window is being made, never
// before, because making the bindings runs the program too. The context is Wails', which its functions want.
func (d *Desktop) OnOpen(open func(context.Context) (Program, error)) { d.open = open }

// window returns the frame, nil until there is one.
func (d *Desktop) window() frame {
	if f := d.frame.Load(); f != nil {
		return *f
	}
	return nil
}

// Show shows the window, from hidden too, and brings it to the front.
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

// ShowLive shows the window on the grid with a session's feeds; both empty: the live session's, or the next one's.
func (d *Desktop) ShowLive(event, session string) {
	if event == "" && session == "" {
		d.showWith("", Command{Name: CommandLive})
		return
	}
	d.showWith("", Command{Name: CommandWatch, Event: event, Session: session})
}

// ShowPage shows the window on a page: schedule, watch, sources or settings.
func (d *Desktop) ShowPage(page string) { d.showWith("", Command{Name: CommandPage, Page: page}) }

// Come shows the window if it is hidden, and lets it where it is otherwise: the tray that one could come back from is
// gone.
func (d *Desktop) Come() {
	if d.hidden.Load() {
		d.Show()
	}
}

func (d *Desktop) showWith(token string, cmd Command) {
	d.showFor(token)
	d.commands.put(cmd)
}

// Quit ends the program, also where closing the window would only hide it.
func (d *Desktop) Quit() {
	d.quitting.Store(true)
	if f := d.window(); f != nil {
		f.quit()
	}
}

// SecondStart does what a second start asks of the first.
func (d *Desktop) SecondStart(s instance.Start) error {
	if d.quitting.Load() {
		return errEnding
	}
	switch {
	case wantsLive(s.Args):
		d.showWith(s.Token, Command{Name: CommandLive})
	case !slices.Contains(s.Args, HiddenFlag): // a start at login beside one that runs asks for nothing
		d.showFor(s.Token)
	}
	return nil
}

// startup opens the program behind the window. ctx is the window's own.
func (d *Desktop) startup(ctx context.Context, f frame) {
	d.frame.Store(&f)
	// Whatever was asked for while there was no frame to do it has left its mark.
	if d.quitting.Load() {
		close(d.started)
		f.quit()
		return
	}
	if d.wanted.Load() {
		d.Come()
	}
	p, err := d.open(ctx)
	d.program, d.failed = p, err
	if err != nil {
		close(d.started)
		d.latch.open(nil, api.AsError(err))
		d.o.Report(err)
		f.tell(true, "Gridwall cannot start", text.Sentence(err))
		d.Quit()
		return
	}
	d.latch.open(p.API, nil)
	d.loops.Go(func() { d.pump(d.latch.ctx, p.API) })
	d.loops.Go(func() { d.watchPlace(d.latch.ctx) })
	close(d.started)
	if lack := d.shell.codecs.Lack(); lack != "" {
		f.tell(false, "Gridwall cannot play yet", lack)
	}
}

// place puts the window where it was, once it is there.
func (d *Desktop) place(f frame) {
	s := d.state.get()
	if !s.Placed || s.Maximised {
		return
	}
	f.move(fit(rect{s.X, s.Y, s.Width, s.Height}, f.screens()))
}

// beforeClose reports whether the window stays: it is hidden where there is a tray to come back from. It is asked on
// every way out, by the close button and by Quit.
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
		return false // nothing is running that would be worth staying for
	}
	ctx, cancel := context.WithTimeout(d.latch.ctx, settingWait)
	defer cancel()
	s, err := a.Settings(ctx)
	return err == nil && s.Settings[api.KeyCloseToTray] != api.Off
}

// shutdown closes all that startup opened. It may be called more than once, and waits for a startup that is still
// under way.
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
		d.loops.Wait()
		if d.program.Close != nil {
			d.program.Close()
		}
	})
}

// pump sends the facade's events to the page until ctx is done.
func (d *Desktop) pump(ctx context.Context, a *api.API) {
	for {
		err := d.follow(ctx, a)
		if ctx.Err() != nil || errors.Is(err, api.ErrClosed) {
			return
		}
		// Some were missed. A browser would come back and fetch all again; the window is told to do the same.
		for _, t := range []api.EventType{api.EventStreams, api.EventActive, api.EventSources, api.EventSchedule} {
			d.commands.event(EventName, api.Event{Type: t, At: time.Now().UTC()})
		}
	}
}

// follow sends events until there are no more.
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

// watchPlace looks every now and then where the window is.
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

// remember keeps where the window is for the next start.
func (d *Desktop) remember(f frame) {
	p := f.placement()
	if err := d.state.change(func(s windowState) windowState { return s.remembered(p) }); err != nil {
		d.o.Log.Warn("the window's place is not remembered", "error", err)
	}
}

// HiddenFlag is the argument of a start that shows no window.
const HiddenFlag = "--hidden"

// wantsLive reports whether a command line asks for the live session.
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
