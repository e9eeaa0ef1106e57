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
	// minInterval is the least time between two updates of the menu: a panel redraws it each time, and events come in bursts.
	minInterval = 500 * time.Millisecond
	// renewWait is how long the menu waits for the result of a renewal; renewals of feeds that have begun continue after it.
	renewWait = time.Minute
)

// Facade is the part of app/api.API that the tray uses.
type Facade interface {
	Schedule(ctx context.Context) (api.Schedule, error)
	Active(ctx context.Context) (api.ActiveList, error)
	Walls(ctx context.Context) (api.WallList, error)
	RefreshActive(ctx context.Context) (api.ActiveList, error)
	Subscribe() *api.Subscription
}

// Window is the window that the menu opens. Each method but Quit brings it to the front, even if it is hidden.
type Window interface {
	// Show shows the window with its current page.
	Show()
	// ShowLive shows the grid with the feeds of a session: an event's id and the session's name.
	ShowLive(event, session string)
	// ShowPage shows one of the pages: schedule, watch, sources, settings.
	ShowPage(page string)
	// OpenWall opens a saved wall in another window.
	OpenWall(name string) error
	// Quit quits the program.
	Quit()
}

// Options configure a Tray.
type Options struct {
	Window Window
	// Tell shows the result of a menu action to the user. It must not block for long.
	Tell func(title, text string)
	// Absent is called when there has been no panel for icons for a while, at the start or after it disappeared: a window that
	// is hidden in the tray is out of reach, and must be shown. nil: the window never hides.
	Absent func()
	Log    *slog.Logger
}

// Tray is the icon with its menu.
type Tray struct {
	o      Options
	ctx    context.Context
	end    context.CancelFunc
	work   sync.WaitGroup
	poke   chan struct{} // holds one token while the menu needs an update
	icon   icon
	bus    presence
	closed sync.Once

	mu       sync.Mutex
	facade   Facade // nil until Attach
	renewing bool
}

// icon shows models and reports clicks; a build tag chooses between its two implementations.
type icon interface {
	// begin adds the icon to the panel. It is called at most once, on the main goroutine if the system requires that.
	begin()
	show(Model)
	// end removes the icon. It may be called without begin.
	end()
}

// New returns a tray. Start shows it.
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

// Start adds the icon to the panel, as soon as there is one. It must be called on the main goroutine, before the window runs.
// Until Attach the menu can only open the window and quit.
func (t *Tray) Start() {
	t.icon.show(Build(api.Schedule{}, nil, nil, time.Now(), false))
	t.bus.start(t)
}

// Present reports whether a panel currently shows the icon.
func (t *Tray) Present() bool { return t.bus.present() }

// Attach keeps the menu up to date with f, until Close or until f closes.
func (t *Tray) Attach(f Facade) {
	t.mu.Lock()
	t.facade = f
	t.mu.Unlock()
	t.work.Go(func() { t.listen(f) })
	t.work.Go(func() { t.run(f) })
}

// Close removes the icon, and stops everything that Start and Attach started. It may be called more than once.
func (t *Tray) Close() {
	t.closed.Do(func() {
		t.end()
		t.work.Wait()
		t.icon.end()
	})
}

// update asks run to update the menu. It does not block.
func (t *Tray) update() {
	select {
	case t.poke <- struct{}{}:
	default:
	}
}

// listen calls update after each event that may change the menu.
func (t *Tray) listen(f Facade) {
	for t.ctx.Err() == nil {
		sub := f.Subscribe()
		var err error
		for err == nil {
			var e api.Event
			if e, err = sub.Next(t.ctx); err == nil && (e.Type == api.EventActive || e.Type == api.EventSchedule || e.Type == api.EventWalls) {
				t.update()
			}
		}
		sub.Close()
		if !errors.Is(err, api.ErrSlow) {
			return
		}
		t.update()
	}
}

// run updates the menu after events, and when its countdowns change.
func (t *Tray) run(f Facade) {
	for t.ctx.Err() == nil {
		now := time.Now()
		m := t.model(f, now)
		t.icon.show(m)
		t.sleep(minInterval)
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
	walls, err := f.Walls(t.ctx)
	if err != nil {
		t.o.Log.Warn("the tray cannot read the saved walls", "error", err)
	}
	t.mu.Lock()
	renewing := t.renewing
	t.mu.Unlock()
	return Build(s, list.Active, walls.Walls, now, renewing)
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
	case Wall:
		if err := t.o.Window.OpenWall(i.Wall); err != nil {
			t.o.Tell("The wall could not be opened", err.Error())
		}
	case Renew:
		t.renew()
	case Quit:
		t.o.Window.Quit()
	}
}

// renew starts a renewal of all feeds, and shows its result. It does nothing if one is running.
func (t *Tray) renew() {
	t.mu.Lock()
	f := t.facade
	if f == nil || t.renewing {
		t.mu.Unlock()
		return
	}
	t.renewing = true
	t.mu.Unlock()
	t.update()
	t.work.Go(func() {
		ctx, cancel := context.WithTimeout(t.ctx, renewWait)
		defer cancel()
		list, err := f.RefreshActive(ctx)
		t.mu.Lock()
		t.renewing = false
		t.mu.Unlock()
		t.update()
		switch {
		case t.ctx.Err() != nil:
		case err != nil:
			t.o.Tell("The feeds could not be renewed", err.Error())
		default:
			t.o.Tell("Renew now", Renewed(list.Active))
		}
	})
}
