package lineup

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/backend/rules"
	"gridwall/backend/schedule"
	"gridwall/backend/season"
	keys "gridwall/backend/settings"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// rig is a Lineup with its environment, which the test sets. The fields may be read without the lock only while nothing runs.
type rig struct {
	*Lineup
	t       *testing.T
	log     bytes.Buffer
	changes atomic.Int64

	mu      sync.Mutex
	events  []season.Event
	listed  []stream.Stream
	files   []source.Entry
	opens   string   // the setting
	ran     []string // the sources, in the order in which they were run
	checked [][]string
	// run and check are called to run a source and to check streams; nil for doing nothing.
	run   func(ctx context.Context, key string) error
	check func(ctx context.Context, ids []string)
	docs  docs
}

// docs stores the documents.
type docs struct {
	rules, openings, preflights []byte
	readErr, saveErr            error
}

func (r *rig) Calendar(time.Time) schedule.Calendar { return schedule.Calendar{Events: r.events} }

func (r *rig) Streams() []stream.Stream {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.listed)
}

func (r *rig) Run(ctx context.Context, key string) error {
	r.mu.Lock()
	r.ran = append(r.ran, key)
	r.mu.Unlock()
	if r.run == nil {
		return nil
	}
	return r.run(ctx, key)
}

func (r *rig) Check(ctx context.Context, ids ...string) {
	r.mu.Lock()
	r.checked = append(r.checked, ids)
	r.mu.Unlock()
	if r.check != nil {
		r.check(ctx, ids)
	}
}

func (r *rig) All() []source.Entry { return r.files }

func (r *rig) Get(key string) string {
	if key == keys.KeyOpenAtStart {
		return r.opens
	}
	return ""
}

func (d *docs) Rules() ([]byte, error)      { return d.rules, d.readErr }
func (d *docs) Openings() ([]byte, error)   { return d.openings, d.readErr }
func (d *docs) Preflights() ([]byte, error) { return d.preflights, d.readErr }

func (d *docs) SaveRules(doc []byte) error      { return d.save(&d.rules, doc) }
func (d *docs) SaveOpenings(doc []byte) error   { return d.save(&d.openings, doc) }
func (d *docs) SavePreflights(doc []byte) error { return d.save(&d.preflights, doc) }

func (d *docs) save(to *[]byte, doc []byte) error {
	if d.saveErr == nil {
		*to = doc
	}
	return d.saveErr
}

var errDisk = errors.New("the disk is full")

func newRig(t *testing.T, events []season.Event, listed ...stream.Stream) *rig {
	r := &rig{t: t, events: events, listed: listed}
	r.restart()
	return r
}

// restart replaces the Lineup by a new one with the saved state; fixed are the rules of config.toml.
func (r *rig) restart(fixed ...rules.Rule) {
	r.t.Helper()
	l, err := New(Options{
		Calendar: r, Streams: r, Sources: r, Settings: r, Documents: &r.docs, FixedRules: fixed,
		OnChange: func() { r.changes.Add(1) }, Log: slog.New(slog.NewTextHandler(&r.log, nil)),
	})
	require.NoError(r.t, err)
	r.Lineup = l
}

// setRules saves the rules.
func (r *rig) setRules(list ...Rule) {
	r.t.Helper()
	require.NoError(r.t, r.SetRules(list))
}

// titles returns the titles of a session's feeds, in their order.
func (r *rig) titles(event, session string) []string {
	r.t.Helper()
	f, err := r.Feeds(event, session)
	require.NoError(r.t, err)
	return titlesOf(f.Streams)
}

func titlesOf(list []stream.Stream) []string {
	out := []string{}
	for _, st := range list {
		out = append(out, st.Title)
	}
	return out
}

// live, offline and unchecked return a stream of a source. The id is the title.
func live(source, title string) stream.Stream {
	st := unchecked(source, title)
	st.Health = &stream.Health{Live: true}
	return st
}

func offline(source, title string) stream.Stream {
	st := unchecked(source, title)
	st.Health = &stream.Health{Reason: "answered 403 Forbidden"}
	return st
}

func unchecked(source, title string) stream.Stream {
	return stream.Stream{ID: title, Title: title, SiteKey: source, SiteName: "Site " + source}
}

// file returns the entry of a source.
func file(key, kind string, enabled bool) source.Entry {
	return source.Entry{Source: source.Source{Key: key, Name: "Site " + key, Kind: kind, Enabled: enabled}}
}

// monaco is a weekend of Formula 1: qualifying is over, the race is live, and a parade is upcoming.
func monaco() season.Event {
	return season.Event{ID: "f1-2026-8", Series: "f1", Season: "2026", Round: 8, Name: "Monaco Grand Prix", Locality: "Monte Carlo", Sessions: []season.Session{
		session(season.Qualifying, "Qualifying", season.Past, -24),
		session(season.Race, "Race", season.Live, -1),
		session(season.Other, "Parade", season.Upcoming, 3),
	}}
}

// noon is the time to which the starts of sessions are relative.
var noon = time.Date(2026, 5, 24, 12, 0, 0, 0, time.UTC)

// session returns a session of two hours that starts hours after noon.
func session(kind season.Type, name string, status season.Status, hours int) season.Session {
	start := noon.Add(time.Duration(hours) * time.Hour)
	end := start.Add(2 * time.Hour)
	return season.Session{Type: kind, Name: name, Start: &start, End: &end, Status: status}
}
