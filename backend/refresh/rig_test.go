package refresh

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/runs"
	"gridwall/backend/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a site whose tokens change with every run, the listing that its runs fill, and a manager over both. Every test
// runs in a bubble whose clock starts in 2026, because times before 2001 do not count as expiries.
type rig struct {
	t     *testing.T
	m     *Manager
	o     Options
	runs  *runs.Scheduler
	store *mapStore

	mu      sync.Mutex
	ids     map[string][]string // site key → ids
	listing map[string]stream.Stream
	ever    map[string]string // URL → id
	ran     map[string][]time.Time
	notices []string
	changes atomic.Int64
	offset  time.Duration // of the wall clock against the monotonic one

	// The behaviour of the site.
	url     func(id string, n int, now time.Time) string
	takes   time.Duration
	err     error
	drop    map[string]bool
	byHand  *int          // the next run is one that the manager did not request, with this number
	returns time.Duration // how long a run takes to return once it has its result
}

const epoch = 1780000000 // 2026-05-28T20:26:40Z

func bubble(t *testing.T, set func(*rig), test func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Unix(epoch, 0)))
		r := &rig{
			t: t, store: newMapStore(), ids: map[string][]string{"site": {"a", "b"}}, listing: map[string]stream.Stream{}, ever: map[string]string{},
			ran: map[string][]time.Time{}, drop: map[string]bool{}, url: expiring(5 * time.Minute),
		}
		if set != nil {
			set(r)
		}
		for key := range r.ids {
			r.list(key, 0)
		}
		r.o.Streams, r.o.Store, r.o.Wall = r, r.store, r.wall
		r.start()
		test(r)
	})
}

// expiring makes URLs with an expiry, opaque makes URLs without one, and fixed makes URLs that never change.
func expiring(life time.Duration) func(string, int, time.Time) string {
	return func(id string, n int, now time.Time) string {
		return fmt.Sprintf("https://cdn.test/%s.m3u8?n=%d&token=x&expires=%d", id, n, now.Add(life).Unix())
	}
}

func opaque(id string, n int, _ time.Time) string {
	return fmt.Sprintf("https://cdn.test/%s.m3u8?token=opaque%d", id, n)
}

func fixed(id string, _ int, _ time.Time) string { return "https://cdn.test/" + id + ".m3u8" }

// start creates a manager with its own scheduler; a later call simulates the next process. A manager's callbacks refer to
// that manager instead of reading r.m, because a run of the previous one may still be in progress.
func (r *rig) start() {
	var m *Manager
	o := r.o
	o.Runs = runs.New(runs.Options{Run: r.extract, Wall: r.wall})
	o.OnChange = func() { m.Active(); r.changes.Add(1) }
	o.Notice = func(kind, message, id string) {
		m.Active() // must not block
		r.lock(func() { r.notices = append(r.notices, kind+" "+id+": "+message) })
	}
	var err error
	m, err = New(o)
	require.NoError(r.t, err)
	r.m, r.runs = m, o.Runs
	r.t.Cleanup(o.Runs.Close)
	r.t.Cleanup(m.Close)
}

// run runs the schedule until the test ends or the returned function is called.
func (r *rig) run() context.CancelFunc {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { r.m.Run(ctx) })
	stop := func() { cancel(); done.Wait() }
	r.t.Cleanup(stop)
	return stop
}

func (r *rig) lock(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

func (r *rig) wall() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.offset)
}

func (r *rig) list(key string, n int) []stream.Stream {
	now := r.wall()
	r.mu.Lock()
	defer r.mu.Unlock()
	var fresh []stream.Stream
	for _, id := range r.ids[key] {
		if r.drop[id] {
			continue
		}
		st := stream.Stream{ID: id, SiteKey: key, Title: "Feed " + id, Quality: "1080p", URL: r.url(id, n, now), ExtractedAt: now, Headers: map[string]string{"Referer": "https://site.test/"}}
		r.listing[id], r.ever[st.URL] = st, id
		fresh = append(fresh, st)
	}
	return fresh
}

// plain is an extraction that the manager did not request.
func (r *rig) plain(n int) {
	r.lock(func() { r.byHand = &n })
	<-r.runs.Request("site", runs.Request{Reason: runs.ByHand, Fresh: true}).Done()
}

// result passes a result to the manager, as the scheduler would.
func (r *rig) result(key string, at time.Time, err error, streams ...stream.Stream) {
	r.m.take(runs.Result{Key: key, At: at, Err: err, Streams: streams})
}

func (r *rig) extract(ctx context.Context, key string) runs.Result {
	at := r.wall()
	var n int
	var takes, returns time.Duration
	r.lock(func() {
		if r.byHand != nil {
			n, r.byHand = *r.byHand, nil
			return
		}
		r.ran[key] = append(r.ran[key], at)
		n, takes, returns = len(r.ran[key]), r.takes, r.returns
	})
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return runs.Result{Err: ctx.Err()}
	}
	var err error
	r.lock(func() { err = r.err })
	if err != nil {
		return runs.Result{Err: err}
	}
	res := runs.Result{Streams: r.list(key, n), At: r.wall()}
	time.Sleep(returns)
	return res
}

func (r *rig) fail(err error) { r.lock(func() { r.err = err }) }

func (r *rig) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.ran["site"])
}

// runsAt returns when the runs of the site started, in seconds since the given time.
func (r *rig) runsAt(since time.Time) []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := []int{}
	for _, at := range r.ran["site"] {
		list = append(list, int(at.Sub(since).Round(time.Second)/time.Second))
	}
	return list
}

func (r *rig) Stream(id string) (stream.Stream, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	st, ok := r.listing[id]
	return st, ok
}

func (r *rig) ByURL(u string) (stream.Stream, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	st, ok := r.listing[r.ever[u]]
	return st, ok
}

func (r *rig) Access(string) (stream.Access, bool) {
	return stream.Access{AllowPrivate: true, Proxy: "http://proxy.test", Cookies: "c.txt"}, true
}

func (r *rig) activate(id, viewer string) Active {
	a, err := r.m.Activate(context.Background(), id, viewer)
	require.NoError(r.t, err)
	return a
}

func (r *rig) get(id string) Active {
	a, ok := r.m.Get(id)
	require.True(r.t, ok, "%s is not active", id)
	return a
}

func (r *rig) current(id string) stream.Upstream {
	up, err := r.m.Current(id)
	require.NoError(r.t, err)
	return up
}

// refuse simulates a refusal of the current token.
func (r *rig) refuse(id string, status int) (stream.Upstream, error) {
	up := r.current(id)
	return r.m.Renew(context.Background(), id, stream.Refusal{Generation: up.Generation, URL: up.URL, Status: status})
}

// mapStore is a database that survives the manager.
type mapStore struct {
	mu        sync.Mutex
	active    map[string][]byte
	lifetimes map[string][]byte
	writes    int
	broken    bool
}

func newMapStore() *mapStore {
	return &mapStore{active: map[string][]byte{}, lifetimes: map[string][]byte{}}
}

func (s *mapStore) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

var errDisk = errors.New("disk full")

func (s *mapStore) do(f func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return errDisk
	}
	s.writes++
	f()
	return nil
}

func (s *mapStore) SaveActive(records map[string][]byte) error {
	return s.do(func() { maps.Copy(s.active, records) })
}
func (s *mapStore) DeleteActive(id string) error { return s.do(func() { delete(s.active, id) }) }
func (s *mapStore) SaveLifetimes(host string, record []byte) error {
	return s.do(func() { s.lifetimes[host] = record })
}
func (s *mapStore) EachActive(visit func(string, []byte) error) error { return s.each(s.active, visit) }
func (s *mapStore) EachLifetimes(visit func(string, []byte) error) error {
	return s.each(s.lifetimes, visit)
}

func (s *mapStore) each(all map[string][]byte, visit func(string, []byte) error) error {
	s.mu.Lock()
	all = maps.Clone(all)
	s.mu.Unlock()
	if s.broken {
		return errDisk
	}
	for k, v := range all {
		if err := visit(k, v); err != nil {
			return err
		}
	}
	return nil
}
