package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"gridwall/backend/stream"
)

var day0 = time.Date(2026, 7, 5, 13, 0, 0, 0, time.UTC)

func dbPath(t testing.TB) string { return filepath.Join(t.TempDir(), "data", FileName) }

func mustOpen(t testing.TB, path string, opts ...Option) *Store {
	t.Helper()
	s, err := Open(path, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// listing makes n streams whose URLs carry the token of a round.
func listing(n, round int) []stream.Stream {
	out := make([]stream.Stream, n)
	for i := range out {
		out[i] = stream.Stream{
			ID: fmt.Sprintf("id%06d", i), SiteKey: "site", SiteName: "A site", Title: fmt.Sprintf("Camera %d", i), Quality: "1080p",
			URL:         fmt.Sprintf("https://cdn.test/live/%d/index.m3u8?token=%d", i, round),
			Headers:     map[string]string{"Referer": "https://site.test/"},
			ExtractedAt: day0.Add(time.Duration(round) * time.Minute),
			Health:      &stream.Health{CheckedAt: day0, Live: true, ResponseTime: time.Duration(i), Bitrate: 6_000_000},
		}
	}
	return out
}

// commits counts the write transactions that reached the disk.
func commits(t *testing.T, s *Store) (id int) {
	t.Helper()
	require.NoError(t, s.db.View(func(tx *bbolt.Tx) error { id = tx.ID(); return nil }))
	return id
}

func TestListingsSurviveAReopen(t *testing.T) {
	path := dbPath(t)
	s := mustOpen(t, path)
	listed, retired := listing(300, 1), listing(5, 0)
	for i := range retired {
		retired[i].ID = fmt.Sprintf("gone%d", i)
	}
	require.NoError(t, s.SaveListing("site", listed, retired))
	require.NoError(t, s.SaveListing("other", nil, retired[:1]))
	require.NoError(t, s.SaveListing("site", listed[:200], retired))
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "closing twice")

	s = mustOpen(t, path)
	l, r, err := s.Known("site")
	require.NoError(t, err)
	assert.Equal(t, listed[:200], l)
	assert.Equal(t, retired, r)
	l, r, err = s.Known("never heard of")
	assert.NoError(t, err)
	assert.Empty(t, l)
	assert.Empty(t, r)
	allListed, allRetired, err := s.AllKnown()
	require.NoError(t, err)
	assert.Equal(t, map[string][]stream.Stream{"site": listed[:200], "other": nil}, allListed)
	assert.Equal(t, map[string][]stream.Stream{"site": retired, "other": retired[:1]}, allRetired)

	require.NoError(t, s.SaveListing("site", nil, nil))
	allListed, _, err = s.AllKnown()
	require.NoError(t, err)
	assert.NotContains(t, allListed, "site", "a source without streams is forgotten")
	id, ok, err := s.ByURL(listed[7].URL)
	require.NoError(t, err)
	assert.True(t, ok, "its URLs still resolve")
	assert.Equal(t, listed[7].ID, id)
}

func TestEveryFormerURLOfAStreamResolves(t *testing.T) {
	s := mustOpen(t, dbPath(t))
	for round := range 4 {
		require.NoError(t, s.SaveListing("site", listing(20, round), nil))
	}
	for round := range 4 {
		for _, st := range listing(20, round) {
			id, ok, err := s.ByURL(st.URL)
			require.NoError(t, err)
			require.True(t, ok, st.URL)
			require.Equal(t, st.ID, id)
		}
	}
	_, ok, err := s.ByURL("https://cdn.test/unheard")
	require.NoError(t, err)
	assert.False(t, ok)
	assert.EqualValues(t, 80, s.urls.Load())

	// A retired stream does not take a URL from a listed one; nor do two streams with one URL take turns.
	twin := listing(2, 9)
	twin[1].URL = twin[0].URL
	old := listing(1, 9)
	old[0].ID = "retired"
	require.NoError(t, s.SaveListing("site", twin, old))
	id, _, err := s.ByURL(twin[0].URL)
	require.NoError(t, err)
	assert.Equal(t, twin[1].ID, id)
	before := commits(t, s)
	require.NoError(t, s.SaveListing("site", twin, old))
	assert.Equal(t, before, commits(t, s))
	assert.EqualValues(t, 81, s.urls.Load())
	require.NoError(t, s.SaveListing("other", nil, old))
	id, _, err = s.ByURL(twin[0].URL)
	require.NoError(t, err)
	assert.Equal(t, twin[1].ID, id, "nor from one that another source lists")
}

func TestAnUnchangedListingCostsNoWrite(t *testing.T) {
	now := day0
	s := mustOpen(t, dbPath(t), WithNow(func() time.Time { return now }))
	l := listing(100, 1)
	require.NoError(t, s.SaveListing("site", l, nil))
	before := commits(t, s)
	now = now.Add(time.Hour)
	require.NoError(t, s.SaveListing("site", l, nil))
	require.NoError(t, s.Put(Settings, "theme", []byte("dark")))
	require.NoError(t, s.Put(Settings, "theme", []byte("dark")))
	require.NoError(t, s.Delete(Settings, "nothing"))
	assert.Equal(t, before+1, commits(t, s), "only the setting is new")
	now = now.AddDate(0, 0, 1)
	require.NoError(t, s.SaveListing("site", l, nil))
	assert.Equal(t, before+2, commits(t, s), "a new day moves the URLs' day on")
}

func TestURLsAreForgottenOnlyAfterNinetyDaysOrBeyondTheBound(t *testing.T) {
	path := dbPath(t)
	now := day0
	clock := WithNow(func() time.Time { return now })
	s := mustOpen(t, path, clock)
	require.NoError(t, s.SaveListing("site", listing(10, 1), nil))
	now = day0.AddDate(0, 0, 30)
	require.NoError(t, s.SaveListing("site", listing(10, 2), nil))
	resolves := func(round int) (n int) {
		for _, st := range listing(10, round) {
			_, ok, err := s.ByURL(st.URL)
			require.NoError(t, err)
			if ok {
				n++
			}
		}
		return n
	}
	reopen := func(opts ...Option) {
		require.NoError(t, s.Close())
		s = mustOpen(t, path, append(opts, clock)...)
	}
	now = day0.AddDate(0, 0, 90)
	reopen()
	assert.Equal(t, 10, resolves(1), "seen 90 days ago: kept")
	now = day0.AddDate(0, 0, 91)
	reopen()
	assert.Equal(t, 0, resolves(1), "91 days")
	assert.Equal(t, 10, resolves(2))

	bound := func(n int) Option { return func(s *Store) { s.maxURLs = n } }
	require.NoError(t, s.SaveListing("site", listing(10, 3), nil))
	reopen(bound(15))
	assert.Equal(t, 5, resolves(2), "the longest unseen go first")
	assert.Equal(t, 10, resolves(3))
	now = now.AddDate(0, 0, 1)
	require.NoError(t, s.SaveListing("site", listing(10, 4), nil))
	assert.EqualValues(t, 15, s.urls.Load(), "a running program keeps the bound as well")
	assert.Equal(t, 0, resolves(2))
	assert.Equal(t, 5, resolves(3))
	assert.Equal(t, 10, resolves(4))
}

func TestRecordsOfEveryBucketSurviveAReopen(t *testing.T) {
	path := dbPath(t)
	s := mustOpen(t, path)
	for _, b := range buckets {
		require.NoError(t, s.PutAll(b, map[string][]byte{"a": []byte("1"), "b": []byte("2"), "c": {}}))
		require.NoError(t, s.Put(b, "a", []byte(string(b))))
		require.NoError(t, s.Delete(b, "b"))
	}
	require.NoError(t, s.Close())
	s = mustOpen(t, path)
	for _, b := range buckets {
		v, err := s.Get(b, "a")
		require.NoError(t, err)
		assert.Equal(t, string(b), string(v))
		v, err = s.Get(b, "b")
		require.NoError(t, err)
		assert.Nil(t, v)
		var keys []string
		require.NoError(t, s.Each(b, func(k string, v []byte) error {
			keys = append(keys, k)
			return s.Put(b, k+"2", append(v, 'x')) // may write while it walks
		}))
		assert.Equal(t, []string{"a", "c"}, keys)
		stop := errors.New("stop")
		assert.ErrorIs(t, s.Each(b, func(string, []byte) error { return stop }), stop)
	}
	assert.ErrorIs(t, s.Put("nonsense", "a", nil), ErrBadKey)
	assert.ErrorIs(t, s.Put(Active, "", []byte("x")), ErrBadKey)
	assert.ErrorIs(t, s.Put(Active, strings.Repeat("k", 40_000), []byte("x")), ErrBadKey)
	assert.ErrorIs(t, s.SaveListing("", listing(1, 1), nil), ErrBadKey)
	require.NoError(t, s.Close())
	_, err := s.Get(Active, "a")
	assert.ErrorIs(t, err, ErrClosed)
	assert.Contains(t, err.Error(), path)
}

func TestReadersNeverSeeHalfAListing(t *testing.T) {
	s := mustOpen(t, dbPath(t))
	require.NoError(t, s.SaveListing("site", listing(50, 0), nil))
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				l, _, err := s.Known("site")
				if !assert.NoError(t, err) || !assert.Len(t, l, 50) || !assert.Equal(t, l[0].ExtractedAt, l[49].ExtractedAt) {
					return
				}
			}
		})
	}
	for round := range 20 {
		require.NoError(t, s.SaveListing("site", listing(50, round), nil))
	}
	close(done)
	wg.Wait()
}

func TestOnlyTheOwnerCanReadTheDatabase(t *testing.T) {
	path := dbPath(t)
	s := mustOpen(t, path)
	perm := func(p string) os.FileMode {
		fi, err := os.Stat(p)
		require.NoError(t, err)
		return fi.Mode().Perm()
	}
	assert.Equal(t, os.FileMode(0o600), perm(path))
	assert.Equal(t, os.FileMode(0o700), perm(filepath.Dir(path)))
	require.NoError(t, s.Close())
	require.NoError(t, os.Chmod(path, 0o644))
	mustOpen(t, path)
	assert.Equal(t, os.FileMode(0o600), perm(path), "a restored copy is closed again")
}

func TestUpgradesKeepTheDataAndDowngradesRefuse(t *testing.T) {
	path := dbPath(t)
	s := mustOpen(t, path)
	require.NoError(t, s.Put(Settings, "theme", []byte("dark")))
	require.NoError(t, s.Close())

	boom := errors.New("boom")
	half := append(slices.Clip(migrations), func(root *bbolt.Bucket) error { return root.Put([]byte("half"), []byte("1")) }, func(*bbolt.Bucket) error { return boom })
	_, err := open(path, half)
	require.ErrorIs(t, err, boom)

	next := append(slices.Clip(migrations), func(root *bbolt.Bucket) error {
		if root.Get([]byte("half")) != nil {
			return errors.New("a failed migration left something behind")
		}
		b := root.Bucket([]byte(Settings))
		return b.Put([]byte("colour"), b.Get([]byte("theme")))
	})
	s, err = open(path, next)
	require.NoError(t, err)
	v, err := s.Get(Settings, "colour")
	require.NoError(t, err)
	assert.Equal(t, "dark", string(v))
	require.NoError(t, s.Close())

	_, err = Open(path)
	require.ErrorIs(t, err, ErrNewer)
	assert.Contains(t, err.Error(), path)
	assert.Contains(t, err.Error(), fmt.Sprint("version ", len(migrations)+1))
	assert.NotContains(t, err.Error(), "\n")
}

// A database of the first version has no bucket for notices; opening it creates one.
func TestNoticesCanBeStoredInADatabaseOfVersionOne(t *testing.T) {
	path := dbPath(t)
	first := []migration{func(root *bbolt.Bucket) error {
		if err := migrations[0](root); err != nil {
			return err
		}
		return root.DeleteBucket([]byte(Notices))
	}}
	s, err := open(path, first)
	require.NoError(t, err)
	require.NoError(t, s.Put(Settings, "theme", []byte("dark")))
	require.Error(t, s.Put(Notices, "all", []byte("x")))
	require.NoError(t, s.Close())

	s = mustOpen(t, path)
	require.NoError(t, s.Put(Notices, "all", []byte("x")))
	v, err := s.Get(Settings, "theme")
	require.NoError(t, err)
	assert.Equal(t, "dark", string(v))
}

func BenchmarkSaveListing50000(b *testing.B) {
	s := mustOpen(b, dbPath(b))
	round := 0
	for b.Loop() {
		// Each listing has new tokens: the worst case.
		b.StopTimer()
		l := listing(50_000, round)
		round++
		b.StartTimer()
		require.NoError(b, s.SaveListing("site", l, nil))
	}
}

func BenchmarkSaveListing50000Unchanged(b *testing.B) {
	s := mustOpen(b, dbPath(b))
	l := listing(50_000, 0)
	require.NoError(b, s.SaveListing("site", l, nil))
	for b.Loop() {
		require.NoError(b, s.SaveListing("site", l, nil))
	}
}

func BenchmarkByURL(b *testing.B) {
	s := mustOpen(b, dbPath(b))
	l := listing(50_000, 0)
	require.NoError(b, s.SaveListing("site", l, nil))
	i := 0
	for b.Loop() {
		_, ok, err := s.ByURL(l[i%len(l)].URL)
		if err != nil || !ok {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkOpen(b *testing.B) {
	path := dbPath(b)
	s := mustOpen(b, path)
	for round := range 4 {
		require.NoError(b, s.SaveListing("site", listing(50_000, round), nil))
	}
	require.NoError(b, s.Close())
	for b.Loop() {
		s, err := Open(path)
		require.NoError(b, err)
		require.NoError(b, s.Close())
	}
}

func TestTooLongRecordsAreNotRead(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "gridwall.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.Put(Feeds, "a", []byte("12345")))
	v, err := s.GetUpTo(Feeds, "a", 5)
	require.NoError(t, err)
	assert.Equal(t, "12345", string(v))
	v, err = s.GetUpTo(Feeds, "a", 4)
	require.ErrorContains(t, err, "5 bytes")
	assert.Nil(t, v)
	v, err = s.GetUpTo(Feeds, "b", 4)
	require.NoError(t, err)
	assert.Nil(t, v)
}
