package lineup

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"gridwall/backend/rules"
	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// maxFeeds bounds the feeds of a session: the grid has no more tiles.
const maxFeeds = 9

// calendar has the sessions; backend/schedule.Service is one.
type calendar interface {
	Calendar(now time.Time) schedule.Calendar
}

// streams lists what the sources found, live streams first, then the fastest; backend/extract.Service does.
type streams interface {
	Streams() []stream.Stream
	// Run runs the source with the key now.
	Run(ctx context.Context, key string) error
	// Check checks the streams with the ids now, and returns when that is done.
	Check(ctx context.Context, ids ...string)
}

// sources has the source files; backend/source.Dir is one.
type sources interface {
	All() []source.Entry
}

// settings has the current settings by key; backend/settings.Settings is one.
type settings interface {
	Get(key string) string
}

// documents stores rules, openings and the results of pre-flight checks, one document each; nil if none was saved.
type documents interface {
	Rules() ([]byte, error)
	SaveRules(doc []byte) error
	Openings() ([]byte, error)
	SaveOpenings(doc []byte) error
	Preflights() ([]byte, error)
	SavePreflights(doc []byte) error
}

// Options configures a Lineup. All fields but FixedRules and Now are required.
type Options struct {
	Calendar  calendar
	Streams   streams
	Sources   sources
	Settings  settings
	Documents documents
	// FixedRules are the valid rules of config.toml; they come first.
	FixedRules []rules.Rule
	// OnChange is called after a change that may affect the feeds, openings or check results of sessions.
	OnChange func()
	Now      func() time.Time
	Log      *slog.Logger
}

// Lineup decides which feeds sessions have. It is safe for concurrent use.
type Lineup struct {
	o Options

	mu       sync.Mutex
	rules    ruleset
	openings map[string]opening   // by sessionKey
	plays    map[string]bool      // the codecs that the page plays; nil until a page reports them
	results  map[string]Preflight // by sessionKey
	running  map[string]chan struct{}
}

// New returns a Lineup with the saved rules, openings and results. Those that are no longer valid are dropped with a warning.
func New(o Options) (*Lineup, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	l := &Lineup{o: o, running: map[string]chan struct{}{}}
	if err := l.loadRules(); err != nil {
		return nil, err
	}
	if err := l.loadOpenings(); err != nil {
		return nil, err
	}
	l.loadResults()
	return l, nil
}

func (l *Lineup) events() []season.Event { return l.o.Calendar.Calendar(l.o.Now()).Events }

// sessionKey returns a key for a session that stays the same across restarts.
func sessionKey(e season.Event, s season.Session) string {
	return e.ID + "\n" + string(s.Type) + "\n" + s.Name
}
