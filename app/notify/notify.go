package notify

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"gridwall/app/api"
)

// tick is the longest wait between two looks at the clock, even if nothing is due: the machine may have slept, and a setting
// may have changed.
const tick = 30 * time.Second

// The keys and values of the settings that this package reads.
const (
	keyBefore = "notify.before"
	keyChecks = "notify.preflight"
	keyNotify = "ui.notify"
	keyClock  = "ui.clock"
	off       = "off"
	utc       = "utc"
)

// facade is the part of app/api.API that the notifier uses.
type facade interface {
	Schedule(ctx context.Context) (api.Schedule, error)
	Active(ctx context.Context) (api.ActiveList, error)
	Settings(ctx context.Context) (api.Settings, error)
	SessionFeeds(ctx context.Context, event, session string) (api.SessionFeeds, error)
	Preflight(ctx context.Context, event, session string) (api.Preflight, error)
	RunPreflight(ctx context.Context, event, session string) (api.Preflight, error)
	Subscribe() *api.Subscription
}

// records store which messages were sent. Load returns nil if nothing was stored.
type records interface {
	Load() ([]byte, error)
	Save(record []byte) error
}

// Options configure a Notifier. All but Open and Zone are required.
type Options struct {
	API     facade
	Records records
	Sender  Sender
	// Open opens the grid with the feeds of a session that begins; nil: the grid never opens by itself.
	Open func(event, session, message string)
	// Zone is the user's time zone; nil if it is unknown.
	Zone *time.Location
	Log  *slog.Logger
}

// Notifier decides which messages are sent, and when.
type Notifier struct {
	o    Options
	poke chan struct{}   // holds one token while the calendar must be read again
	sent memory          // only used by Run's goroutine
	down map[string]bool // the ids of the feeds whose outage was reported; only used by listen
	work sync.WaitGroup  // the running checks
}

// New returns a notifier. Run starts it.
func New(o Options) *Notifier {
	return &Notifier{o: o, poke: make(chan struct{}, 1), sent: memory{}, down: map[string]bool{}}
}

// Run sends messages until ctx is done.
func (n *Notifier) Run(ctx context.Context) {
	if doc, err := n.o.Records.Load(); err != nil {
		n.o.Log.Warn("cannot read which sessions were announced; some may be announced twice", "error", err)
	} else if len(doc) > 0 {
		if err := json.Unmarshal(doc, &n.sent); err != nil || n.sent == nil {
			n.o.Log.Warn("cannot read which sessions were announced; some may be announced twice", "error", err)
			n.sent = memory{}
		}
	}
	var listening sync.WaitGroup
	listening.Go(func() { n.listen(ctx) })
	defer listening.Wait()
	defer n.work.Wait()
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

// preferences returns the current settings; ok reports whether they could be read.
func (n *Notifier) preferences(ctx context.Context) (w preferences, ok bool) {
	s, err := n.o.API.Settings(ctx)
	if err != nil {
		return w, false
	}
	w.quiet = s.Settings[keyNotify] == off
	if w.before, err = time.ParseDuration(s.Settings[keyBefore]); err != nil {
		w.before = 0
	}
	for part := range strings.SplitSeq(s.Settings[keyChecks], ",") {
		if d, err := time.ParseDuration(strings.TrimSpace(part)); err == nil && d > 0 {
			w.checks = append(w.checks, d)
		}
	}
	slices.Sort(w.checks)
	slices.Reverse(w.checks)
	w.zone = n.o.Zone
	if w.zone != nil && s.Settings[keyClock] == utc {
		w.zone = time.UTC
	}
	return w, true
}

// sessions sends, opens and checks what is due for all sessions, and returns how long to wait until the next call.
func (n *Notifier) sessions(ctx context.Context) time.Duration {
	w, ok := n.preferences(ctx)
	if !ok {
		return tick
	}
	s, err := n.o.API.Schedule(ctx)
	if err != nil {
		return tick
	}
	now := time.Now()
	p := n.sent.due(s, now, w)
	if p.changed {
		// Saved before sending: losing a message in a crash is better than repeating it at every start.
		n.sent.prune(now)
		n.save()
	}
	for _, m := range p.messages {
		n.send(m)
	}
	for _, o := range p.begun {
		n.open(ctx, o)
	}
	for _, o := range p.checks {
		n.work.Go(func() { n.check(ctx, o, w.quiet) })
	}
	if wait := p.next.Sub(now); !p.next.IsZero() && wait < tick {
		return wait
	}
	return tick
}

// open opens the grid with the feeds of a session that begins, if the user wants that.
func (n *Notifier) open(ctx context.Context, o occasion) {
	if n.o.Open == nil {
		return
	}
	p, err := n.o.API.Preflight(ctx, o.event, o.session)
	if err != nil || !p.Opens {
		return
	}
	n.o.Log.Info("opening the grid at the start of a session", "event", o.event, "session", o.session)
	n.o.Open(o.event, o.session, short(o.session+" begins: "+o.where))
}

// check checks the feeds of a session that has any, or a rule that selects some, and sends the result.
func (n *Notifier) check(ctx context.Context, o occasion, quiet bool) {
	feeds, err := n.o.API.SessionFeeds(ctx, o.event, o.session)
	if err != nil || feeds.Listed == 0 && (feeds.Rule == nil || !feeds.Rule.Chooses) {
		return
	}
	p, err := n.o.API.RunPreflight(ctx, o.event, o.session)
	if err != nil || ctx.Err() != nil {
		return
	}
	n.o.Log.Info("checked the feeds of a session", "session", o.session, "result", p.Text)
	// The session may have started during a slow check.
	if left := time.Until(o.start); !quiet && left > 0 {
		n.send(checked(o, p, left))
	}
}

func (n *Notifier) save() {
	doc, err := json.Marshal(n.sent)
	if err == nil {
		err = n.o.Records.Save(doc)
	}
	if err != nil {
		n.o.Log.Warn("cannot save which sessions were announced; some may be announced twice after a restart", "error", err)
	}
}

func (n *Notifier) send(m Message) {
	n.o.Log.Debug("notice", "title", m.Title)
	if err := n.o.Sender.Send(m); err != nil {
		n.o.Log.Warn("cannot show a notice", "title", m.Title, "error", err)
	}
}

// listen handles events until ctx is done, or the facade is closed.
func (n *Notifier) listen(ctx context.Context) {
	for ctx.Err() == nil {
		sub := n.o.API.Subscribe()
		var err error
		for err == nil {
			var e api.Event
			if e, err = sub.Next(ctx); err == nil {
				n.handle(ctx, e)
			}
		}
		sub.Close()
		if !errors.Is(err, api.ErrSlow) {
			return
		}
	}
}

func (n *Notifier) handle(ctx context.Context, e api.Event) {
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

// failed sends a message that a feed can no longer be renewed, once per outage.
func (n *Notifier) failed(ctx context.Context, id string) {
	w, ok := n.preferences(ctx)
	list, err := n.o.API.Active(ctx)
	if !ok || w.quiet || err != nil || n.down[id] {
		return
	}
	for _, a := range list.Active {
		if a.ID == id && a.LastError != "" {
			n.down[id] = true
			n.send(failing(a, w.zone))
		}
	}
}

// recovered forgets the outages of feeds that are fresh again, or are no longer active.
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
