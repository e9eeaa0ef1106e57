package notify

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gridwall/app/api"
)

// tick is how often the clock is looked at, though nothing is known to be due: the machine may have slept, and a
// setting may have changed.
const tick = 30 * time.Second

// The settings that matter here, and their values.
const (
	keyBefore = "notify.before"
	keyNotify = "ui.notify"
	keyClock  = "ui.clock"
	off       = "off"
	utc       = "utc"
)

// facade is what the notifier asks; app/api.API is one.
type facade interface {
	Schedule(ctx context.Context) (api.Schedule, error)
	Active(ctx context.Context) (api.ActiveList, error)
	Settings(ctx context.Context) (api.Settings, error)
	Subscribe() *api.Subscription
}

// records keep what was told over a restart. Load returns nil where nothing was kept.
type records interface {
	Load() ([]byte, error)
	Save(record []byte) error
}

// Options are what a Notifier stands on. All but Zone are needed.
type Options struct {
	API     facade
	Records records
	Sender  Sender
	// Zone is the time zone of the person who is told; nil where it is not known.
	Zone *time.Location
	Log  *slog.Logger
}

// Notifier decides what is told, and when.
type Notifier struct {
	o    Options
	poke chan struct{} // holds one token while the calendar is to be looked at again
	told memory        // run alone uses it
	down map[string]bool
}

// New makes a notifier. Run lets it work.
func New(o Options) *Notifier {
	return &Notifier{o: o, poke: make(chan struct{}, 1), told: memory{}, down: map[string]bool{}}
}

// Run tells what there is to tell until ctx is done.
func (n *Notifier) Run(ctx context.Context) {
	if doc, err := n.o.Records.Load(); err != nil {
		n.o.Log.Warn("what was told of sessions cannot be read; some may be told twice", "error", err)
	} else if len(doc) > 0 {
		if err := json.Unmarshal(doc, &n.told); err != nil || n.told == nil {
			n.o.Log.Warn("what was told of sessions cannot be read; some may be told twice", "error", err)
			n.told = memory{}
		}
	}
	var listening sync.WaitGroup
	listening.Go(func() { n.listen(ctx) })
	defer listening.Wait()
	for ctx.Err() == nil {
		timer := time.NewTimer(n.sessions(ctx))
		select {
		case <-timer.C:
		case <-n.poke:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// wishes are the settings in force; on is false where nothing is to be told.
func (n *Notifier) wishes(ctx context.Context) (w wishes, on bool) {
	s, err := n.o.API.Settings(ctx)
	if err != nil || s.Settings[keyNotify] == off {
		return w, false
	}
	if w.before, err = time.ParseDuration(s.Settings[keyBefore]); err != nil {
		w.before = 0
	}
	w.zone = n.o.Zone
	if w.zone != nil && s.Settings[keyClock] == utc {
		w.zone = time.UTC
	}
	return w, true
}

// sessions tells of the sessions that are due, and returns how long to wait.
func (n *Notifier) sessions(ctx context.Context) time.Duration {
	w, on := n.wishes(ctx)
	if !on {
		return tick
	}
	s, err := n.o.API.Schedule(ctx)
	if err != nil {
		return tick
	}
	now := time.Now()
	messages, next := n.told.due(s, now, w)
	if len(messages) > 0 {
		// Noted first: a message that is lost with the machine is better than one that comes at every start.
		n.told.prune(now)
		n.save()
	}
	for _, m := range messages {
		n.send(m)
	}
	if wait := next.Sub(now); !next.IsZero() && wait < tick {
		return wait
	}
	return tick
}

func (n *Notifier) save() {
	doc, err := json.Marshal(n.told)
	if err == nil {
		err = n.o.Records.Save(doc)
	}
	if err != nil {
		n.o.Log.Warn("what was told of sessions is not remembered; after a restart some may be told twice", "error", err)
	}
}

func (n *Notifier) send(m Message) {
	n.o.Log.Debug("notice", "title", m.Title)
	if err := n.o.Sender.Send(m); err != nil {
		n.o.Log.Warn("a notice reached nobody", "title", m.Title, "error", err)
	}
}

// listen follows events until ctx is done, or there are no more.
func (n *Notifier) listen(ctx context.Context) {
	for ctx.Err() == nil {
		sub := n.o.API.Subscribe()
		var err error
		for err == nil {
			var e api.Event
			if e, err = sub.Next(ctx); err == nil {
				n.heard(ctx, e)
			}
		}
		sub.Close()
		if !errors.Is(err, api.ErrSlow) {
			return
		}
	}
}

func (n *Notifier) heard(ctx context.Context, e api.Event) {
	switch {
	case e.Type == api.EventSchedule:
		select {
		case n.poke <- struct{}{}:
		default:
		}
	case e.Type == api.EventActive:
		n.recovered(ctx)
	case e.Notice == nil:
	case e.Notice.Kind == api.NoticeFailing:
		n.failed(ctx, e.Notice.StreamID)
	case e.Notice.Kind == api.NoticeRenewed:
		delete(n.down, e.Notice.StreamID)
	}
}

// failed tells that a feed can no longer be renewed, once until it can again.
func (n *Notifier) failed(ctx context.Context, id string) {
	w, on := n.wishes(ctx)
	list, err := n.o.API.Active(ctx)
	if !on || err != nil || n.down[id] {
		return
	}
	for _, a := range list.Active {
		if a.ID == id && a.LastError != "" {
			n.down[id] = true
			n.send(failing(a, w.zone))
		}
	}
}

// recovered forgets the outages of feeds that are fresh again, or that nobody watches any more.
func (n *Notifier) recovered(ctx context.Context) {
	if len(n.down) == 0 {
		return
	}
	list, err := n.o.API.Active(ctx)
	if err != nil {
		return
	}
	still := map[string]bool{}
	for _, a := range list.Active {
		if a.LastError != "" && n.down[a.ID] {
			still[a.ID] = true
		}
	}
	n.down = still
}
