package tray

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"

	"gridwall/app/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a fake of the facade, the window and the icon, with the facade's real event queue.
type world struct {
	*api.API
	mu      sync.Mutex
	s       api.Schedule
	active  []api.Active
	walls   []api.Wall
	renews  int
	hold    chan struct{} // if not nil, renewals wait until it is closed
	opened  []string
	results []string // of menu actions, as shown to the user
	absent  int
	current Model
	shows   []time.Time
}

func newWorld() *world { return &world{API: api.New(api.Options{})} }

func (w *world) Schedule(context.Context) (api.Schedule, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.s, nil
}

func (w *world) Active(context.Context) (api.ActiveList, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return api.ActiveList{Active: w.active}, nil
}

func (w *world) Walls(context.Context) (api.WallList, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return api.WallList{Walls: w.walls}, nil
}

func (w *world) RefreshActive(context.Context) (api.ActiveList, error) {
	w.mu.Lock()
	w.renews++
	hold := w.hold
	w.mu.Unlock()
	if hold != nil {
		<-hold
	}
	return w.Active(context.Background())
}

func (w *world) note(call string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened = append(w.opened, call)
}

func (w *world) Show()                          { w.note("show") }
func (w *world) ShowLive(event, session string) { w.note("live " + event + " " + session) }
func (w *world) ShowPage(page string)           { w.note("page " + page) }
func (w *world) Quit()                          { w.note("quit") }

func (w *world) OpenWall(name string) error {
	w.note("wall " + name)
	return nil
}

func (w *world) options() Options {
	return Options{
		Window: w, Log: slog.New(slog.DiscardHandler),
		Tell: func(title, text string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.results = append(w.results, title+": "+text)
		},
		Absent: func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.absent++
		},
	}
}

func (w *world) set(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func (w *world) read(f func()) { w.set(f) }

// As an icon, world records the model shown and the times of updates.
func (w *world) begin() {}
func (w *world) end()   {}
func (w *world) show(m Model) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = m
	w.shows = append(w.shows, time.Now())
}

// attached returns a tray with w as its icon and its facade.
func attached(w *world) *Tray {
	t := New(w.options())
	t.icon = w
	t.Attach(w)
	return t
}

func TestABurstOfEventsRedrawsTheMenuAtMostTwiceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		tray := attached(w)
		defer tray.Close()
		for range 200 {
			w.Publish(api.EventActive)
			w.Publish(api.EventStreams)
			time.Sleep(10 * time.Millisecond)
		}
		w.set(func() { w.active = []api.Active{{ID: "1", Title: "World feed"}} })
		w.Publish(api.EventActive)
		time.Sleep(minInterval)
		synctest.Wait()
		w.read(func() {
			assert.LessOrEqual(t, len(w.shows), 6, "in two and a half seconds")
			assert.GreaterOrEqual(t, len(w.shows), 4)
			assert.Equal(t, "Active feeds: 1", w.current.Feeds.Title, "the menu shows the state after the last event")
		})
	})
}

func TestTheCountdownContinuesWithoutEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		start := time.Now().Add(10*time.Minute + 30*time.Second)
		w.s = api.Schedule{Events: []api.RaceEvent{{Name: "Qatar", Sessions: []api.Session{{Name: "Race", Start: &start, Status: "upcoming"}}}}}
		tray := attached(w)
		defer tray.Close()
		for _, want := range []string{"in 11 min", "in 10 min", "in 9 min"} {
			time.Sleep(time.Second)
			synctest.Wait()
			w.read(func() { assert.Contains(t, w.current.Next.Title, want) })
			time.Sleep(59 * time.Second)
		}
		w.read(func() { assert.LessOrEqual(t, len(w.shows), 5, "an idle menu is not redrawn") })
	})
}

func TestRenewNowRenewsOnceAndReportsHowMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.active = []api.Active{{ID: "1", Title: "World feed"}, {ID: "2", Title: "Timing"}}
		w.hold = make(chan struct{})
		tray := attached(w)
		defer tray.Close()
		tray.click(Item{Verb: Renew})
		tray.click(Item{Verb: Renew})
		time.Sleep(time.Second)
		synctest.Wait()
		w.read(func() {
			assert.True(t, w.current.Renew.Disabled)
			assert.Equal(t, "Renewing…", w.current.Renew.Title)
		})
		close(w.hold)
		time.Sleep(time.Second)
		synctest.Wait()
		w.read(func() {
			assert.Equal(t, 1, w.renews)
			assert.Equal(t, []string{"Renew now: 2 feeds renewed."}, w.results)
			assert.False(t, w.current.Renew.Disabled)
		})
	})
}

func TestAClickRunsTheActionOfItsLine(t *testing.T) {
	w := newWorld()
	tray := attached(w)
	tray.click(Item{Verb: Live, Event: "f1-22", Session: "Qualifying"})
	tray.click(Item{Verb: Page, Page: "schedule"})
	tray.click(Item{Verb: Open})
	tray.click(Item{Verb: Quit})
	tray.Close()
	tray.click(Item{Verb: Open})
	assert.Equal(t, []string{"live f1-22 Qualifying", "page schedule", "show", "quit"}, w.opened)
}
