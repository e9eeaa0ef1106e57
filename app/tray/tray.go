package tray

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gridwall/app/api"
)

const (
	// restBetween is how long the menu rests after a change: a panel redraws it each time, and events come in bursts.
	restBetween = 500 * time.Millisecond
	// renewWait bounds a renewal that was asked for in the menu; what it began goes on.
	renewWait = time.Minute
)

// Facade is what the tray asks; app/api.API is one.
type Facade interface {
	Schedule(ctx context.Context) (api.Schedule, error)
	Active(ctx context.Context) (api.ActiveList, error)
	RefreshActive(ctx context.Context) (api.ActiveList, error)
	Subscribe() *api.Subscription
}

// Window is what the menu opens. Each method brings the window to the front, from a hidden one too.
type Window interface {
	// Show shows the window with the page it had.
	Show()
	// ShowLive shows the grid with the feeds of a session: an event's id and the session's name.
	ShowLive(event, session string)
	// ShowPage shows one of the pages: schedule, watch, sources, settings.
	ShowPage(page string)
	// Quit ends the program.
	Quit()
}

// Options are the parts of a Tray.
type Options struct {
	Window Window
	// Tell shows the result of an action of the menu. It must not block for long.
	Tell func(title, text string)
	// Absent is called when there has been no panel with room for icons for a while, at the start or after it went: a
	// window that hides in the tray cannot be reached any more and must be shown. nil: no window hides.
	Absent func()
	Log    *slog.Logger
}

// Tray is the icon with its menu.
type Tray struct {
	o      Options
	ctx    context.Context
	end    context.CancelFunc
	work   sync.WaitGroup
	poke   chan struct{} // holds one token while the menu is to be looked at again
	icon   icon
	bus    presence
	closed sync.Once

	mu       sync.Mutex
	facade   Facade // nil until Attach
	renewing bool
}

// icon shows models and reports clicks; its two implementations are chosen by build tag.
type icon interface {
	// begin puts the icon into the panel; called once at most, on the main goroutine where the system wants that.
	begin()
	show(Model)
	// end takes it away. It may be called without begin.
	end()
}

// New makes a tray. Nothing shows before Start.
func New(o Options) *Tray {
	if o.Tell == nil {
		o.Tell = func(string, string) {}
	}
	if o.Absent == nil {
		o.Absent = func() {}
	}
	t := &Tray{o: o, poke: make(chan struct{}, 1)}
	t.ctx, t.end = context.WithCancel(context.Background())
	t.icon = newIcon(t.click, func() { t.click(Item{Verb: Open}) }, o.Log)
	return t
}

// Start puts the icon into the panel, or as soon as there is one. It is called on the main goroutine, before the window
// runs. Until Attach the menu can open the window and quit, no more.
func (t *Tray) Start() {
	t.icon.show(Build(api.Schedule{}, nil, time.Now(), false))
	t.bus.start(t)
}

// Present reports whether there is a panel that shows the icon at this moment.
func (t *Tray) Present() bool { return t.bus.present() }

// Attach gives the menu what it shows, from now on until Close or until the facade closes.
func (t *Tray) Attach(f Facade) {
	t.mu.Lock()
	t.facade = f
	t.mu.Unlock()
	t.work.Go(func() { t.listen(f) })
	t.work.Go(func() { t.run(f) })
}

// Close takes the icon away, and ends all that Start and Attach began. It may be called more than once.
func (t *Tray) Close() {
	t.closed.Do(func() {
		t.end()
		t.work.Wait()
		t.icon.end()
	})
}

// look has the menu compared with the state again.
func (t *Tray) look() {
	select {
	case t.poke <- struct{}{}:
	default:
	}
}

// listen updates the menu after each event that may change it.
func (t *Tray) listen(f Facade) {
	for t.ctx.Err() == nil {
		sub := f.Subscribe()
		var err error
		for err == nil {
			var e api.Event
			if e, err = sub.Next(t.ctx); err == nil && (e.Type == api.EventActive || e.Type == api.EventSchedule) {
				t.look()
			}
		}
		sub.Close()
		if !errors.Is(err, api.ErrSlow) {
			return
		}
		t.look()
	}
}

// run keeps the menu right.
func (t *Tray) run(f Facade) {
	for t.ctx.Err() == nil {
		now := time.Now()
		m := t.model(f, now)
		t.icon.show(m)
		t.sleep(restBetween)
		timer := time.NewTimer(time.Until(m.Until))
		select {
		case <-timer.C:
		case <-t.poke:
		case <-t.ctx.Done():
		}
		timer.Stop()
	}
}

func (t *Tray) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.ctx.Done():
	}
}

func (t *Tray) model(f Facade, now time.Time) Model {
	s, err := f.Schedule(t.ctx)
	if err != nil {
		t.o.Log.Warn("the tray cannot read the calendar", "error", err)
	}
	list, err := f.Active(t.ctx)
	if err != nil {
		t.o.Log.Warn("the tray cannot read the active feeds", "error", err)
	}
	t.mu.Lock()
	renewing := t.renewing
	t.mu.Unlock()
	return Build(s, list.Active, now, renewing)
}

// click runs the action of a menu line.
func (t *Tray) click(i Item) {
	if t.ctx.Err() != nil {
		return
	}
	switch i.Verb {
	case Open:
		t.o.Window.Show()
	case Live:
		t.o.Window.ShowLive(i.Event, i.Session)
	case Page:
		t.o.Window.ShowPage(i.Page)
	case Renew:
		t.renew()
	case Quit:
		t.o.Window.Quit()
	}
}

// renew renews all feeds, and shows the result. A second click while it runs does nothing.
func (t *Tray) renew() {
	t.mu.Lock()
	f := t.facade
	if f == nil || t.renewing {
		t.mu.Unlock()
		return
	}
	t.renewing = true
	t.mu.Unlock()
	t.look()
	t.work.Go(func() {
		ctx, cancel := context.WithTimeout(t.ctx, renewWait)
		defer cancel()
		list, err := f.RefreshActive(ctx)
		t.mu.Lock()
		t.renewing = false
		t.mu.Unlock()
		t.look()
		switch {
		case t.ctx.Err() != nil:
		case err != nil:
			t.o.Tell("The feeds could not be renewed", err.Error())
		default:
			t.o.Tell("Renew now", Renewed(list.Active))
		}
	})
}
