package refresh

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"gridwall/backend/runs"
	"gridwall/backend/stream"
	"gridwall/backend/token"
)

// DefaultInterval is a safe margin for tokens that live five minutes.
const DefaultInterval = 4 * time.Minute

// Streams looks up listed streams.
type Streams interface {
	// Stream returns a stream that is or was listed.
	Stream(id string) (stream.Stream, bool)
	// ByURL finds a stream by any URL that it ever had.
	ByURL(rawURL string) (stream.Stream, bool)
	// Access returns the settings with which a source's streams are fetched.
	Access(siteKey string) (access stream.Access, ok bool)
}

// Options configures a Manager. Runs and Streams are required.
type Options struct {
	// Runs runs the sources. The manager subscribes to its results.
	Runs    *runs.Scheduler
	Streams Streams
	// Store keeps active streams and observed lifetimes; nil keeps them in memory.
	Store Store
	// Interval is refresh.interval; 0 is DefaultInterval.
	Interval time.Duration
	Log      *slog.Logger
	// OnChange is called after any change to what Active returns.
	OnChange func()
	// Notice is called when a stream can no longer be renewed (NoticeFailing) and when it can again (NoticeRenewed).
	Notice func(kind, message, id string)
	// Removed reports whether the source with this key no longer exists; nil: every source exists. A stream that a removed
	// source listed in an earlier process cannot be renewed: it does not start active and cannot be activated.
	Removed func(siteKey string) bool
	// Wall is the wall clock; nil is the machine's.
	Wall func() time.Time
}

// The kinds of notices.
const (
	NoticeFailing = "renewal_failing"
	NoticeRenewed = "renewal_works_again"
)

// Active describes an active stream, as in the contract. Absent times are nil.
type Active struct {
	ID, SiteKey, Title, Quality string
	// OriginalURL is the URL under which the stream was activated, CurrentURL the newest one; both contain tokens.
	OriginalURL, CurrentURL string
	ActivatedAt             time.Time
	LastRefreshed           *time.Time
	RefreshCount            int
	// LastError is the text of a RenewError, "" after a success.
	LastError string
	// ExpiresAt is the expiry that was read from the URL or by the proxy, not an estimate from observed lifetimes.
	ExpiresAt *time.Time
	// TokenArrivedAt is when the token of CurrentURL arrived; its lifetime lasts from then until ExpiresAt.
	TokenArrivedAt *time.Time
	// Viewers is the number of viewers. SpareOf is the id of the stream that it is a spare of, if it is active only for that.
	Viewers int
	SpareOf string
}

// Manager keeps active streams playable. Create it with New, run it with Run, and end it with Close.
type Manager struct {
	o      Options
	log    *slog.Logger
	wake   chan struct{}
	ctx    context.Context // ends with Close
	cancel context.CancelFunc

	saving sync.Mutex // one write at a time, so that the newest state is the last one written; taken before mu

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when a generation has grown
	entries map[string]*entry
	active  map[string]*entry // the active ones of entries
	// staggered holds, for each source, when its scheduled runs may begin after the machine slept.
	staggered map[string]time.Time
	lifetimes map[string]*lifetimes // by host
}

// entry is a stream that was provided to playback, active or not, with its URL and generation.
type entry struct {
	id, siteKey, title, quality string

	url        string
	headers    map[string]string // never modified
	host       string
	generation uint64
	arrivedAt  time.Time // when the token arrived; zero: unknown
	ends       time.Time // read from the URL; zero: unreadable
	reported   time.Time // read by the proxy for this generation; zero: none
	reportedAt time.Time // when the token that expires at reported arrived
	// expiredOnArrival is how many tokens in a row had already expired on arrival.
	expiredOnArrival int
	brief            briefEnds

	refused uint64        // the newest generation that was refused
	sample  time.Duration // the token's age at that refusal, if it is a sample of its host's lifetimes
	young   int           // generations in a row that were refused on arrival
	missed  bool          // absent from the last fresh results
	waited  bool          // a refusal is waiting for a run
	// backoff delays renewals ahead of a refusal after the stream was missed, or fresh tokens were refused at once.
	backoff runs.Backoff
	// refusals delays runs for refusals after a run that a refusal had requested did not help.
	refusals runs.Backoff
	// short delays renewals ahead of expiry when fresh tokens are due on arrival.
	short runs.Backoff
	// shortReport: according to the proxy's report for this generation, the token was due on arrival.
	shortReport bool

	active *activation // nil: inactive
}

// New creates a manager and loads the active streams. Records that cannot be read are logged and left out.
func New(o Options) (*Manager, error) {
	if o.Runs == nil || o.Streams == nil {
		return nil, errors.New("refresh: Runs and Streams are required")
	}
	if o.Interval <= 0 {
		o.Interval = DefaultInterval
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.OnChange == nil {
		o.OnChange = func() {}
	}
	if o.Notice == nil {
		o.Notice = func(string, string, string) {}
	}
	if o.Wall == nil {
		o.Wall = time.Now
	}
	m := &Manager{
		o: o, log: o.Log,
		wake:      make(chan struct{}, 1),
		changed:   make(chan struct{}),
		entries:   map[string]*entry{},
		active:    map[string]*entry{},
		staggered: map[string]time.Time{},
		lifetimes: map[string]*lifetimes{},
	}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	m.load()
	o.Runs.Subscribe(m.take)
	return m, nil
}

// Close ends all waits for renewals. Later renewals fail.
func (m *Manager) Close() { m.cancel() }

// SetInterval changes refresh.interval; streams that are due under the new one are renewed at once. 0 is DefaultInterval.
func (m *Manager) SetInterval(d time.Duration) {
	if d <= 0 {
		d = DefaultInterval
	}
	m.mu.Lock()
	changed := m.o.Interval != d
	m.o.Interval = d
	m.mu.Unlock()
	if changed {
		m.poke()
	}
}

// now returns the wall clock without a monotonic reading, so that comparisons count the time that the machine slept.
func (m *Manager) now() time.Time { return m.o.Wall().Round(0).UTC() }

// poke makes Run check the schedule again.
func (m *Manager) poke() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// adopt makes url the current URL, with a new generation.
func (e *entry) adopt(url string, headers map[string]string, at time.Time) {
	e.judgeEnd(at)
	e.generation++
	e.read(url, headers, at)
	e.arrivedAt = at
	e.reported = time.Time{}
	e.sample, e.waited = 0, false
	if !e.ends.IsZero() && e.ends.Before(at.Add(minLeft)) {
		e.expiredOnArrival++
	} else {
		e.expiredOnArrival = 0
	}
}

// read sets the URL and reads its expiry and host.
func (e *entry) read(url string, headers map[string]string, at time.Time) {
	e.url, e.headers = url, maps.Clone(headers)
	life, _ := token.URL(url)
	e.ends = life.Ends
	if e.ends.IsZero() && life.Issued.After(at.Add(issuedAhead)) {
		e.ends = life.Issued // some sites use the parameter for the expiry, others for the time of issue
	}
	e.host, _, _, _ = token.Identity(url)
}

func (e *entry) differs(url string, headers map[string]string) bool {
	return e.url != url || !maps.Equal(e.headers, headers)
}

// lookup creates the entry of a known stream, and updates that of an inactive one from the listing.
func (m *Manager) lookup(id string) error {
	m.mu.Lock()
	e := m.entries[id]
	isActive := e != nil && e.active != nil
	m.mu.Unlock()
	if isActive {
		return nil
	}
	st, ok := m.o.Streams.Stream(id)
	removed := ok && m.removed(st.SiteKey)
	m.mu.Lock()
	defer m.mu.Unlock()
	e = m.entries[id]
	switch {
	case e != nil && e.active != nil:
	case !ok:
		return unknown(id)
	case e == nil && removed:
		return unknown(id)
	case e == nil:
		e = &entry{id: id, siteKey: st.SiteKey, title: st.Title, quality: st.Quality}
		e.adopt(st.URL, st.Headers, wall(st.ExtractedAt))
		m.entries[id] = e
	default:
		e.siteKey, e.title, e.quality = st.SiteKey, st.Title, st.Quality
		// A listing read before a renewal must not bring the old URL back.
		if e.differs(st.URL, st.Headers) && !wall(st.ExtractedAt).Before(e.arrivedAt) {
			e.adopt(st.URL, st.Headers, wall(st.ExtractedAt))
			m.announce()
		}
	}
	return nil
}

func wall(t time.Time) time.Time { return t.Round(0).UTC() }

func unknown(id string) error { return fmt.Errorf("stream %q: %w", id, stream.ErrUnknownStream) }

// announce wakes all waits for a newer generation. The lock is held.
func (m *Manager) announce() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// address is the part of an Upstream that an entry holds.
type address struct {
	id, siteKey, url string
	headers          map[string]string
	generation       uint64
}

func (e *entry) address() address {
	return address{e.id, e.siteKey, e.url, e.headers, e.generation}
}

func (m *Manager) upstream(a address) stream.Upstream {
	access, _ := m.o.Streams.Access(a.siteKey)
	return stream.Upstream{ID: a.id, URL: a.url, Headers: a.headers, Generation: a.generation,
		AllowPrivate: access.AllowPrivate, Proxy: access.Proxy, Cookies: access.Cookies, StreamHosts: access.StreamHosts,
	}
}

// Current returns a known stream's URL and how to fetch it, without renewing a lease. The Headers must not be changed. The
// error for an unknown ID is stream.ErrUnknownStream.
func (m *Manager) Current(id string) (stream.Upstream, error) {
	if err := m.lookup(id); err != nil {
		return stream.Upstream{}, err
	}
	m.mu.Lock()
	a := m.entries[id].address()
	m.mu.Unlock()
	return m.upstream(a), nil
}

// Active returns the active streams in the order of their activation.
func (m *Manager) Active() []Active {
	m.mu.Lock()
	list := make([]Active, 0, len(m.active))
	for _, e := range m.active {
		list = append(list, e.show())
	}
	m.mu.Unlock()
	slices.SortFunc(list, func(a, b Active) int {
		return cmp.Or(a.ActivatedAt.Compare(b.ActivatedAt), strings.Compare(a.ID, b.ID))
	})
	return list
}

// Get returns one active stream.
func (m *Manager) Get(id string) (Active, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.active[id]
	if e == nil {
		return Active{}, false
	}
	return e.show(), true
}

// show describes an active entry. The lock is held.
func (e *entry) show() Active {
	a := e.active
	viewers, spareOf := a.viewers()
	return Active{
		ID: e.id, SiteKey: e.siteKey, Title: e.title, Quality: e.quality,
		OriginalURL: a.originalURL, CurrentURL: e.url, ActivatedAt: a.since,
		LastRefreshed: optional(a.refreshedAt), RefreshCount: a.refreshes, LastError: a.lastError,
		ExpiresAt: optional(e.expires()), TokenArrivedAt: optional(e.arrivedAt), Viewers: viewers, SpareOf: spareOf,
	}
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Resolve returns the current URL for any URL that a stream ever had, and an unknown URL unchanged.
func (m *Manager) Resolve(rawURL string) string {
	st, ok := m.o.Streams.ByURL(rawURL)
	if ok {
		if up, err := m.Current(st.ID); err == nil {
			return up.URL
		}
		return st.URL
	}
	// The listing forgets streams that left it long ago, even if they are still watched.
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.active {
		if e.active.originalURL == rawURL {
			return e.url
		}
	}
	return rawURL
}

// Expires records an expiry that the proxy read from a cookie or from a URL within a playlist. It ignores one that belongs to an
// older generation, and one that is past or about to pass: the token was accepted a moment ago, so this is not its expiry. The
// latest report counts, because rolling cookies keep extending their expiry.
func (m *Manager) Expires(id string, generation uint64, at time.Time) {
	at = wall(at)
	m.mu.Lock()
	e := m.entries[id]
	now := m.now()
	if e == nil || e.generation != generation || at.Before(now.Add(minLeft)) || at.Equal(e.reported) {
		m.mu.Unlock()
		return
	}
	before := e.expires()
	switch {
	case e.reported.IsZero():
		e.reportedAt = e.arrivedAt // the first report of this generation: it came with the token
	case at.After(e.reported):
		e.reportedAt = now // extended
	}
	e.reported = at
	if due := m.due(e); !e.shortReport && due.Before(e.arrivedAt.Add(runs.MinGap)) && due.Before(e.arrivedAt.Add(m.o.Interval)) {
		e.shortReport = true
		e.short.Fail(now)
	}
	if e.active != nil {
		e.active.touched = true
	}
	after := e.expires()
	// A later expiry changes nothing; an earlier one changes the schedule.
	nearer := e.active != nil && (before.IsZero() || after.Before(before))
	m.mu.Unlock()
	if nearer {
		m.o.OnChange()
		m.poke()
	}
}
