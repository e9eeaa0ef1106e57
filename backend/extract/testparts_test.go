package extract

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// leakFree fails the test if it leaves a goroutine behind. It must be called first.
func leakFree(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

// openTransports permits everything: the guard is tested in backend/upstream.
type openTransports struct{ rt http.RoundTripper }

func newTransports(t testing.TB) openTransports {
	tr := &http.Transport{MaxIdleConnsPerHost: 32}
	t.Cleanup(tr.CloseIdleConnections)
	return openTransports{tr}
}

func (o openTransports) Transport(bool, string) (http.RoundTripper, error) { return o.rt, nil }

// answers is a RoundTripper for tests with synctest, in which nothing may wait for a socket.
type answers func(*http.Request) (*http.Response, error)

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

// kind is a function as an Extractor.
type kind func(ctx context.Context, src source.Source, site *Site) ([]Found, error)

func (k kind) Extract(ctx context.Context, src source.Source, site *Site) ([]Found, error) {
	return k(ctx, src, site)
}

// lists is a kind that lists the streams that set was given.
type lists struct {
	mu    sync.Mutex
	found []Found
	err   error
	runs  int
}

func (l *lists) set(err error, found ...Found) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.found, l.err = found, err
}

func (l *lists) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.runs
}

func (l *lists) Extract(context.Context, source.Source, *Site) ([]Found, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runs++
	return slices.Clone(l.found), l.err
}

// folder is a folder of source files in memory.
type folder struct {
	mu       sync.Mutex
	entries  map[string]source.Entry
	onChange []func([]string)
}

func newFolder(srcs ...source.Source) *folder {
	f := &folder{entries: map[string]source.Entry{}}
	for _, s := range srcs {
		s.Enabled = true
		if s.Kind == "" {
			s.Kind = "test"
		}
		if s.Name == "" {
			s.Name = s.Key
		}
		f.entries[s.Key] = source.Entry{Source: s}
	}
	return f
}

func (f *folder) change(key string, edit func(*source.Entry)) {
	f.mu.Lock()
	e := f.entries[key]
	edit(&e)
	f.entries[key] = e
	if e.Source.Key == "" {
		delete(f.entries, key)
	}
	onChange := slices.Clone(f.onChange)
	f.mu.Unlock()
	for _, fn := range onChange {
		fn([]string{key})
	}
}

func (f *folder) All() []source.Entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []source.Entry
	for _, e := range f.entries {
		out = append(out, e)
	}
	return out
}

func (f *folder) Get(key string) (source.Source, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, ok := f.entries[key]
	switch {
	case !ok:
		return source.Source{}, stream.ErrUnknownSource
	case e.Err != nil:
		return source.Source{}, e.Err
	case !e.Source.Enabled:
		return source.Source{}, stream.ErrNoExtractor
	}
	return e.Source, nil
}

func (f *folder) OnChange(fn func([]string)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.onChange = append(f.onChange, fn)
}

// mapStore is a Store in memory.
type mapStore struct {
	mu              sync.Mutex
	listed, retired map[string][]stream.Stream
	urls            map[string]string
	err             error
	saves           int
}

func newStore() *mapStore {
	return &mapStore{listed: map[string][]stream.Stream{}, retired: map[string][]stream.Stream{}, urls: map[string]string{}}
}

func (m *mapStore) AllKnown() (listed, retired map[string][]stream.Stream, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.listed, m.retired, m.err
}

func (m *mapStore) SaveListing(key string, listed, retired []stream.Stream) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.saves++; m.err != nil {
		return m.err
	}
	m.listed[key], m.retired[key] = slices.Clone(listed), slices.Clone(retired)
	for _, s := range slices.Concat(retired, listed) {
		m.urls[s.URL] = s.ID
	}
	return nil
}

func (m *mapStore) ByURL(rawURL string) (string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id, ok := m.urls[rawURL]
	return id, ok, m.err
}

// newService makes a Service with one kind, "test", and with defaults for the fields that o leaves out.
func newService(t testing.TB, k Extractor, o Options) *Service {
	t.Helper()
	o.Registry = Registry{"test": k}
	o.Tokens = plainTokens{}
	if o.Sources == nil {
		o.Sources = newFolder(source.Source{Key: "f1", Name: "Formula 1"})
	}
	if o.Transports == nil {
		o.Transports = newTransports(t)
	}
	s, err := New(o)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func titles(streams []stream.Stream) (out []string) {
	for _, s := range streams {
		out = append(out, s.Title)
	}
	return out
}
