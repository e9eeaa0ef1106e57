package notify

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"

	"gridwall/app/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a fake of the facade, the database and the Sender, with the facade's real event queue.
type world struct {
	*api.API
	mu       sync.Mutex
	s        api.Schedule
	active   []api.Active
	settings map[string]string
	record   []byte
	full     bool        // Save fails: the disk is full
	deaf     bool        // Send fails
	sent     []string    // titles
	at       []time.Time // when each was sent
	feeds    api.SessionFeeds
	found    api.Preflight
	slow     time.Duration // how long a check takes
	checks   int
	opened   []string
}

func newWorld() *world {
	return &world{API: api.New(api.Options{}), settings: map[string]string{keyBefore: "15m", keyNotify: "on"}}
}

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

func (w *world) Settings(context.Context) (api.Settings, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return api.Settings{Settings: maps.Clone(w.settings)}, nil
}

func (w *world) SessionFeeds(context.Context, string, string) (api.SessionFeeds, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.feeds, nil
}

func (w *world) Preflight(context.Context, string, string) (api.Preflight, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.found, nil
}

func (w *world) RunPreflight(ctx context.Context, _, _ string) (api.Preflight, error) {
	w.mu.Lock()
	w.checks++
	slow, found := w.slow, w.found
	w.mu.Unlock()
	select {
	case <-time.After(slow):
		return found, nil
	case <-ctx.Done():
		return found, ctx.Err()
	}
}

func (w *world) Load() ([]byte, error) { return w.record, nil }

func (w *world) Save(record []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.full {
		return errors.New("the disk is full")
	}
	w.record = record
	return nil
}

func (w *world) Send(m Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.deaf {
		return errors.New("no notification service")
	}
	w.sent = append(w.sent, m.Title)
	w.at = append(w.at, time.Now())
	return nil
}

func (w *world) set(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func (w *world) wantSent(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	w.set(func() { assert.Equal(t, want, w.sent) })
}

// run runs a notifier over w; stop stops it, as the end of the program does.
func run(w *world) (stop func()) {
	open := func(event, session, message string) {
		w.set(func() { w.opened = append(w.opened, session+" | "+message) })
	}
	n := New(Options{API: w, Records: w, Sender: w, Open: open, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

func TestEachMessageIsSentOnTimeAndNotAgainAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		at := time.Now().Add(20*time.Minute + 7*time.Second)
		w.s = calendar(session("Qualifying", at))
		stop := run(w)
		time.Sleep(5 * time.Minute)
		w.wantSent(t)
		time.Sleep(10 * time.Second)
		w.wantSent(t, "Qualifying in 15 min")
		stop()
		stop = run(w)
		time.Sleep(time.Minute)
		w.wantSent(t, "Qualifying in 15 min")
		time.Sleep(14 * time.Minute)
		w.wantSent(t, "Qualifying in 15 min", "Live now: Qualifying")
		stop()
		stop = run(w)
		time.Sleep(time.Hour)
		w.wantSent(t, "Qualifying in 15 min", "Live now: Qualifying")
		stop()
		assert.Equal(t, at.Add(-15*time.Minute), w.at[0], "to the second")
		assert.Equal(t, at, w.at[1])
	})
}

func TestMessagesAreSentOnceEvenIfTheDiskIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.full, w.record = true, []byte("not json")
		w.s = calendar(session("Race", time.Now().Add(time.Second)))
		defer run(w)()
		time.Sleep(10 * time.Minute)
		w.wantSent(t, "Race in 1 min", "Live now: Race")
	})
}

func TestChangedSettingsApplyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings[keyNotify] = off
		w.s = calendar(session("Qualifying", time.Now().Add(time.Hour)), session("Race", time.Now().Add(3*time.Hour)))
		defer run(w)()
		time.Sleep(2 * time.Hour)
		w.wantSent(t)
		w.set(func() { w.settings[keyNotify], w.settings[keyBefore] = "on", "45m" })
		time.Sleep(16 * time.Minute)
		w.wantSent(t, "Race in 45 min")
	})
}

func TestANewCalendarIsReadAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		defer run(w)()
		time.Sleep(time.Second)
		w.set(func() { w.s = calendar(session("Race", time.Now().Add(10*time.Minute))) })
		w.Publish(api.EventSchedule)
		time.Sleep(time.Millisecond)
		w.wantSent(t, "Race in 10 min")
	})
}

func TestAFailingFeedIsReportedOncePerOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		defer run(w)()
		broken := []api.Active{{ID: "81", Title: "Onboard 81", LastError: "Extractor returned no streams"}}
		fine := []api.Active{{ID: "81", Title: "Onboard 81"}}
		outage := func() {
			w.set(func() { w.active = broken })
			for range 3 {
				w.API.Notify(api.NoticeFailing, "…", "81")
				w.Publish(api.EventActive)
				synctest.Wait()
			}
		}
		outage()
		w.wantSent(t, "Onboard 81 can't be renewed")

		w.set(func() { w.active = fine })
		w.API.Notify(api.NoticeRenewed, "…", "81")
		synctest.Wait()
		outage()
		w.wantSent(t, "Onboard 81 can't be renewed", "Onboard 81 can't be renewed")

		// It recovered without a notice: the program was restarted meanwhile, or the feed was closed and opened again.
		w.set(func() { w.active = fine })
		w.Publish(api.EventActive)
		synctest.Wait()
		outage()
		w.wantSent(t, "Onboard 81 can't be renewed", "Onboard 81 can't be renewed", "Onboard 81 can't be renewed")

		w.set(func() { w.settings[keyNotify], w.active = off, nil })
		w.Publish(api.EventActive)
		synctest.Wait()
		outage()
		w.set(func() { assert.Len(t, w.sent, 3, "no messages while the setting is off") })
	})
}

func TestWithoutANotificationServiceThePageShowsMessages(t *testing.T) {
	w := newWorld()
	w.deaf = true
	sub := w.Subscribe()
	defer sub.Close()
	e := Either{First: w, Second: Page{Notify: w.API.Notify}}
	assert.NoError(t, e.Send(failing(api.Active{Title: "Timing"}, nil)), "the page already shows failing feeds")
	assert.NoError(t, e.Send(Message{Kind: Session, Title: "Race in 15 min", Body: "Qatar Grand Prix"}))
	assert.NoError(t, e.Send(Message{Kind: Done, Title: "Renew now", Body: "2 feeds renewed."}))
	for _, want := range []api.Notice{
		{Kind: api.NoticeSession, Message: "Race in 15 min · Qatar Grand Prix"},
		{Kind: api.NoticeDone, Message: "Renew now · 2 feeds renewed."},
	} {
		got, err := sub.Next(t.Context())
		assert.NoError(t, err)
		assert.Equal(t, want, *got.Notice)
	}
	w.deaf = false
	assert.NoError(t, e.Send(Message{Title: "Race in 15 min"}))
	assert.Equal(t, []string{"Race in 15 min"}, w.sent)
}
