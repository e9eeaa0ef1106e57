package extract

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"gridwall/backend/health"
	"gridwall/backend/runs"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

const (
	// defaultTimeout bounds one extraction of a source whose file sets no timeout.
	defaultTimeout = 30 * time.Second
	// defaultInterval and defaultLiveInterval are the time between two rounds of a source, at other times and while a
	// session is live.
	defaultInterval     = 30 * time.Minute
	defaultLiveInterval = 5 * time.Minute
)

// Sources are the user's source files (source.Dir).
type Sources interface {
	All() []source.Entry
	// Get returns the source if its file is enabled and valid. The error is stream.ErrUnknownSource for a key that no file
	// has, and wraps stream.ErrNoExtractor for a disabled source; any other error is that of a broken file.
	Get(key string) (source.Source, error)
	OnChange(func(changed []string))
}

// Store keeps listings across restarts (backend/store).
type Store interface {
	AllKnown() (listed, retired map[string][]stream.Stream, err error)
	// SaveListing replaces both lists of the source, and indexes their URLs, in one transaction.
	SaveListing(siteKey string, listed, retired []stream.Stream) error
	// ByURL returns the id of the stream that has or had rawURL.
	ByURL(rawURL string) (id string, ok bool, err error)
}

// Options configures a Service. Registry, Sources, Transports and Tokens are required.
type Options struct {
	Registry   Registry
	Sources    Sources
	Transports Transports
	Tokens     Tokens
	// Store may be nil: then nothing is saved, as for `gridwall extract`.
	Store Store
	// Timeout bounds one extraction of a source that sets no timeout; 0 means 30 s.
	Timeout time.Duration
	// Interval and LiveInterval are the time between two rounds of a source that sets no interval; 0 means 30 min and
	// 5 min.
	Interval, LiveInterval time.Duration
	// SessionLive reports whether a session of the calendar is live; nil means never.
	SessionLive func(time.Time) bool
	// Watched reports whether a stream is watched. In a listing of more than 200 streams, only the watched ones and those
	// that the source's match selects are checked. Nil means that no stream is watched.
	Watched func(id string) bool
	// Playing reports whether a player is fetching the stream's segments now: then its check opens no second media
	// connection. Nil means that no stream is playing.
	Playing func(id string) bool
	// Log may be nil.
	Log *slog.Logger
}

// SourceStatus describes the last run of a source and its listing.
type SourceStatus struct {
	// LastRun is when the last run began, in UTC; after a restart, when the listing was extracted. Zero means never.
	LastRun time.Time
	// Duration is how long the last run took; 0 after a restart.
	Duration time.Duration
	// Count is the number of streams in the listing, and Live how many of them the last check found live.
	Count, Live int
	// Err is why the last run failed, without tokens; "" after a success.
	Err string
	// NotYet says when the source begins, if its last run found that it has not begun ("begins in 2 hours"); "" otherwise.
	// That is not an error. LooksAgain is when such a source runs again, in UTC; zero otherwise.
	NotYet     string
	LooksAgain time.Time
	Running    bool
}

// Service runs the sources, keeps their listings, and assigns the streams' ids. It is safe for concurrent use.
//
// The streams that it returns share their Headers with it: callers must not change them.
type Service struct {
	o       Options
	checker *health.Checker
	runs    *runs.Scheduler

	ctx    context.Context // cancelled by Close
	cancel context.CancelFunc

	mu sync.RWMutex
	// pace replaces the intervals and the timeout of o, which only New reads; SetPace changes it.
	pace  Pace
	sites map[string]*site
	byID  map[string]place
	// stuck holds the sources whose extractor was abandoned and has not returned yet.
	stuck    map[string]bool
	checks   map[string]*checking
	onChange []func()

	lastGoodMu sync.Mutex
	lastGood   map[string]source.Source // each source's last version without errors

	changes changes
}

// place is the position of a stream: in sites[key].listed or sites[key].retired.
type place struct {
	key     string
	retired bool
	index   int
}

// New makes a Service with the listings of the store. It starts nothing: see Run. Close stops it.
func New(o Options) (*Service, error) {
	if o.Registry == nil || o.Sources == nil || o.Transports == nil || o.Tokens == nil {
		return nil, errors.New("extract: Registry, Sources, Transports and Tokens are required")
	}
	if o.Store == nil {
		o.Store = noStore{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.SessionLive == nil {
		o.SessionLive = func(time.Time) bool { return false }
	}
	if o.Watched == nil {
		o.Watched = func(string) bool { return false }
	}
	listed, retired, err := o.Store.AllKnown()
	if err != nil {
		return nil, err
	}
	s := &Service{
		o: o, checker: health.New(o.Transports, o.Playing), pace: Pace{o.Interval, o.LiveInterval, o.Timeout}.withDefaults(),
		sites: map[string]*site{}, byID: map[string]place{}, stuck: map[string]bool{},
		checks: map[string]*checking{}, lastGood: map[string]source.Source{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.runs = runs.New(runs.Options{Run: s.runSource, AtOnce: runsAtOnce, OnChange: s.notifyChange})
	s.runs.Subscribe(s.log)
	s.changes.wake = make(chan struct{}, 1)
	for _, lists := range []map[string][]stream.Stream{listed, retired} {
		for key := range lists {
			if s.sites[key] == nil {
				st := &site{status: SourceStatus{LastRun: newest(listed[key])}}
				s.sites[key] = st
				s.publish(key, st, listed[key], retired[key])
			}
		}
	}
	for _, e := range o.Sources.All() {
		s.source(e.Source.Key)
	}
	o.Sources.OnChange(s.sourcesChanged)
	return s, nil
}

// Close cancels every run and waits for them, but not for an extractor that ignores its context.
func (s *Service) Close() {
	s.cancel()
	s.runs.Close()
}

// Runs returns the scheduler of the sources' runs.
func (s *Service) Runs() *runs.Scheduler { return s.runs }

// OnChange adds a function that is called after a listing, a stream's health or a source's status has changed.
func (s *Service) OnChange(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = append(s.onChange, f)
}

func (s *Service) notifyChange() {
	s.mu.RLock()
	fs := s.onChange[:len(s.onChange):len(s.onChange)]
	s.mu.RUnlock()
	for _, f := range fs {
		f()
	}
}

// Streams returns the streams of all enabled sources: live ones first, the fastest at the front, then those not yet
// checked, then those that are down. A source that is removed or disabled keeps its listing for when it comes back.
func (s *Service) Streams() []stream.Stream {
	s.mu.RLock()
	keys := make([]string, 0, len(s.sites))
	for key := range s.sites {
		keys = append(keys, key)
	}
	s.mu.RUnlock()
	var lists [][]stream.Stream
	for _, key := range keys {
		if _, ok := s.source(key); !ok {
			continue
		}
		s.mu.RLock()
		lists = append(lists, s.sites[key].listed)
		s.mu.RUnlock()
	}
	// Concatenated once: appending would copy lists of 50,000 again and again.
	out := slices.Concat(lists...)
	order(out)
	return out
}

// Stream returns the stream with the id, whether it is listed or retired.
func (s *Service) Stream(id string) (stream.Stream, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.byID[id]
	if !ok {
		return stream.Stream{}, false
	}
	if p.retired {
		return s.sites[p.key].retired[p.index], true
	}
	return s.sites[p.key].listed[p.index], true
}

// ByURL returns the stream that has, or ever had, rawURL.
func (s *Service) ByURL(rawURL string) (stream.Stream, bool) {
	id, ok, err := s.o.Store.ByURL(rawURL)
	if err != nil {
		s.o.Log.Error("cannot read the index of URLs", "error", stream.RedactText(err.Error()))
	}
	if ok {
		if st, known := s.Stream(id); known {
			return st, true
		}
	}
	// Listings that could not be saved are still in memory.
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, st := range s.sites {
		for _, list := range [][]stream.Stream{st.listed, st.retired} {
			for i := range list {
				if list[i].URL == rawURL {
					return list[i], true
				}
			}
		}
	}
	return stream.Stream{}, false
}

// Access returns the settings in the source's file for reaching its streams; ok is false if there is no such source, or
// if it is disabled. If a file breaks while the process runs, its last good version applies: a slip in an editor does not
// stop playback.
func (s *Service) Access(siteKey string) (access stream.Access, ok bool) {
	src, ok := s.source(siteKey)
	return stream.Access{AllowPrivate: src.AllowPrivate, Proxy: src.Proxy, Cookies: src.Cookies, StreamHosts: src.StreamHosts}, ok
}

// Status returns the status of the source; the zero status if it never ran.
func (s *Service) Status(key string) SourceStatus {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out SourceStatus
	if st := s.sites[key]; st != nil {
		out = st.status
		out.Count = len(st.listed)
		for i := range st.listed {
			if h := st.listed[i].Health; h != nil && h.Live {
				out.Live++
			}
		}
	}
	out.Running = s.runs.State(key).Running
	return out
}

// source returns the source as its file defines it, or, while the file is broken, its last good version.
func (s *Service) source(key string) (source.Source, bool) {
	s.lastGoodMu.Lock()
	defer s.lastGoodMu.Unlock()
	src, err := s.o.Sources.Get(key)
	switch {
	case err == nil:
		s.lastGood[key] = src
		return src, true
	case errors.Is(err, stream.ErrUnknownSource), errors.Is(err, stream.ErrNoExtractor):
		delete(s.lastGood, key)
		return source.Source{}, false
	}
	src, ok := s.lastGood[key]
	return src, ok
}

// noStore is the Store of a process that saves nothing.
type noStore struct{}

func (noStore) AllKnown() (listed, retired map[string][]stream.Stream, err error) {
	return nil, nil, nil
}
func (noStore) SaveListing(string, []stream.Stream, []stream.Stream) error { return nil }
func (noStore) ByURL(string) (id string, ok bool, err error)               { return "", false, nil }
