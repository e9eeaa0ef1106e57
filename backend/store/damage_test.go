package store

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
)

// soundFile returns a database with pages of every kind: branches, overflow, free ones.
func soundFile(t testing.TB) []byte {
	path := dbPath(t)
	s := mustOpen(t, path)
	require.NoError(t, s.SaveListing("site", listing(200, 0), listing(20, 1)))
	require.NoError(t, s.Put(Feeds, "big", bytes.Repeat([]byte("x"), 20_000)))
	require.NoError(t, s.SaveListing("site", listing(150, 2), nil))
	require.NoError(t, s.Close())
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return b
}

// useAll calls every method of a database.
func useAll(s *Store) error {
	_, _, err := s.AllKnown()
	for _, b := range buckets {
		err = errors.Join(err, s.Each(b, func(string, []byte) error { return nil }))
	}
	_, _, byURL := s.ByURL(listing(1, 2)[0].URL)
	return errors.Join(err, byURL, s.Put(Lives, "k", []byte("v")), s.SaveListing("site", listing(40, 3), listing(5, 4)))
}

func TestDamagedDatabaseIsAnErrorNotACrash(t *testing.T) {
	sound := soundFile(t)
	page := os.Getpagesize()
	m, ok := newestMeta(bytes.NewReader(sound))
	require.True(t, ok)
	used := int(m.high) * page // the file may be longer: bbolt makes room ahead
	noise := func(n int) []byte {
		b := make([]byte, n)
		r := rand.New(rand.NewPCG(1, 2))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	with := func(change func(b []byte)) []byte {
		b := bytes.Clone(sound)
		change(b)
		return b
	}
	for name, b := range map[string][]byte{
		"one byte":            {0},
		"a text":              []byte("not a database at all\n"),
		"noise":               noise(1 << 16),
		"short noise":         noise(100),
		"zeroes":              make([]byte, 1<<16),
		"half a page":         sound[:page/2],
		"one page":            sound[:page],
		"two pages":           sound[:2*page],
		"cut in the middle":   sound[:used/2],
		"last byte missing":   sound[:used-1],
		"both metas noise":    with(func(b []byte) { copy(b, noise(2*page)) }),
		"all but metas noise": with(func(b []byte) { copy(b[2*page:], noise(len(b)-2*page)) }),
		"all but metas zero":  with(func(b []byte) { clear(b[2*page:]) }),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "my data", FileName)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
			require.NoError(t, os.WriteFile(path, b, 0o600))
			_, err := Open(path)
			require.ErrorIs(t, err, ErrDamaged)
			assert.Contains(t, err.Error(), "mv '"+path+"' '"+path+".damaged'")
			assert.NotContains(t, err.Error(), "\n")
			still, rerr := os.ReadFile(path)
			require.NoError(t, rerr)
			assert.Equal(t, b, still, "what may be rescued is not touched")
			// The advice works.
			require.NoError(t, os.Rename(path, path+".damaged"))
			mustOpen(t, path)
		})
	}
}

func TestAnEmptyFileIsAnEmptyDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	assert.NoError(t, useAll(mustOpen(t, path)))
}

func TestOneTornMetaPageLosesNothing(t *testing.T) {
	sound, page := soundFile(t), os.Getpagesize()
	for i := range 2 {
		b := bytes.Clone(sound)
		clear(b[i*page : (i+1)*page])
		path := filepath.Join(t.TempDir(), FileName)
		require.NoError(t, os.WriteFile(path, b, 0o600))
		l, _, err := mustOpen(t, path).Known("site")
		require.NoError(t, err)
		assert.NotEmpty(t, l)
	}
}

// Every page in turn, with a few bytes changed. Open may notice, or a later call, or (inside a value) none; nothing may crash
// or hang, and a file that opens must survive reading and writing.
func TestDamagedBytesNeverCrashTheProgram(t *testing.T) {
	sound, page := soundFile(t), os.Getpagesize()
	r := rand.New(rand.NewPCG(3, 4))
	path := filepath.Join(t.TempDir(), FileName)
	refused := 0
	for at := 0; at < len(sound); at += page {
		b := bytes.Clone(sound)
		for range 1 + r.IntN(6) {
			b[at+r.IntN(64)] = byte(r.Uint32()) // the head of a page and its first elements
		}
		b[at+r.IntN(page)] ^= byte(1 + r.IntN(255))
		require.NoError(t, os.WriteFile(path, b, 0o600))
		s, err := Open(path)
		if err == nil {
			s.db.NoSync = true // hundreds of rounds, and none is about a crash
			err = useAll(s)
			_ = s.Close()
		} else {
			refused++
		}
		if err != nil {
			require.ErrorIs(t, err, ErrDamaged, "page %d", at/page)
		}
	}
	assert.Greater(t, refused, 10, "most damage is seen at once")
}

func TestTruncatingAnOpenFileIsAnError(t *testing.T) {
	path := dbPath(t)
	s := mustOpen(t, path)
	require.NoError(t, s.SaveListing("site", listing(3000, 0), nil))
	require.NoError(t, os.Truncate(path, 0))
	_, _, err := s.Known("site")
	require.ErrorIs(t, err, ErrDamaged)
	require.ErrorIs(t, s.Put(Active, "a", []byte("x")), ErrDamaged, "and it stays said")
	assert.NoError(t, s.Close(), "the program can still end")
}

func TestOpenNamesWhatIsNotADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	require.NoError(t, os.Mkdir(path, 0o700))
	_, err := Open(path)
	require.ErrorIs(t, err, ErrDamaged)
	assert.Contains(t, err.Error(), path+" is a folder, not a Gridwall database; move it away: mv ")

	path = filepath.Join(t.TempDir(), FileName)
	db, err := bbolt.Open(path, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err }))
	require.NoError(t, db.Close())
	_, err = Open(path)
	require.ErrorIs(t, err, ErrDamaged)
	assert.Contains(t, err.Error(), "another program")

	for what, change := range map[string]func(root *bbolt.Bucket) error{
		"bad version":    func(root *bbolt.Bucket) error { return root.Put(keyVersion, []byte("one")) },
		"missing bucket": func(root *bbolt.Bucket) error { return root.DeleteBucket(bucketURLs) },
	} {
		path = dbPath(t)
		s := mustOpen(t, path)
		require.NoError(t, s.update(func(root *bbolt.Bucket) (bool, error) { return true, change(root) }))
		require.NoError(t, s.Close())
		_, err = Open(path)
		require.ErrorIs(t, err, ErrDamaged, what)
	}

	path = dbPath(t)
	s := mustOpen(t, path)
	require.NoError(t, s.SaveListing("site", listing(2, 1), nil))
	require.NoError(t, s.update(func(root *bbolt.Bucket) (bool, error) {
		return true, root.Bucket(bucketListings).Bucket([]byte("site")).Bucket(bucketListed).Put(place(1), []byte("{"))
	}))
	_, _, err = s.Known("site")
	assert.ErrorIs(t, err, ErrDamaged, "a record that is not JSON")
}
