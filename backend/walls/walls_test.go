package walls

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/store"
	"gridwall/backend/stream"
)

// stored stores documents in a real database, as app does.
type stored struct{ db *store.Store }

func (s stored) Layouts() ([]byte, error)     { return s.db.Get(store.Layouts, "all") }
func (s stored) SaveLayouts(doc []byte) error { return s.db.Put(store.Layouts, "all", doc) }
func (s stored) Walls() (map[string][]byte, error) {
	walls := map[string][]byte{}
	return walls, s.db.Each(store.Walls, func(name string, doc []byte) error {
		walls[name] = doc
		return nil
	})
}
func (s stored) WallNames() ([]string, error)           { return s.db.Keys(store.Walls) }
func (s stored) SaveWall(name string, doc []byte) error { return s.db.Put(store.Walls, name, doc) }
func (s stored) DeleteWall(name string) error           { return s.db.Delete(store.Walls, name) }
func (s stored) WallsMoved() (bool, error) {
	mark, err := s.db.Get(store.Layouts, "moved")
	return len(mark) > 0, err
}
func (s stored) SetWallsMoved() error { return s.db.Put(store.Layouts, "moved", []byte("1")) }

func database(t *testing.T) stored {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), store.FileName))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return stored{db}
}

func open(db stored) *Walls { return New(db, func() {}) }

func TestASavedWallIsNeverOverwrittenByAScreenThatHasNotSeenIt(t *testing.T) {
	w := open(database(t))
	laptop, err := w.Put("Monaco", []byte(`{"tiles":[{"id":"a"}]}`), "")
	require.NoError(t, err)

	_, err = w.Put("Monaco", []byte(`{"tiles":[]}`), "")
	assert.ErrorIs(t, err, ErrRevisionRequired)
	_, err = w.Put("Monaco", []byte(`{"tiles":[]}`), revisionAbsent)
	assert.ErrorIs(t, err, ErrStale)
	assert.ErrorIs(t, w.Delete("Monaco", ""), ErrRevisionRequired)

	tv, err := w.Put("Monaco", []byte(`{"tiles":[{"id":"b"}]}`), laptop.Revision)
	require.NoError(t, err)
	_, err = w.Put("Monaco", []byte(`{"tiles":[]}`), laptop.Revision)
	assert.ErrorIs(t, err, ErrStale)
	assert.ErrorIs(t, w.Delete("Monaco", laptop.Revision), ErrStale)

	got, err := w.Get("Monaco")
	require.NoError(t, err)
	assert.Equal(t, tv, got)
	assert.JSONEq(t, `{"tiles":[{"id":"b"}]}`, string(got.Wall))

	require.NoError(t, w.Delete("Monaco", tv.Revision))
	_, err = w.Get("Monaco")
	assert.ErrorIs(t, err, ErrUnknown)
	_, err = w.Put("Monaco", []byte(`{}`), tv.Revision)
	assert.ErrorIs(t, err, ErrStale, "a wall that another screen deleted does not come back by itself")
	_, err = w.Put("Monaco", []byte(`{}`), revisionAbsent)
	require.NoError(t, err, "unless the caller wants to create it")
}

func TestWallsSavedByAnOlderVersionAreKept(t *testing.T) {
	db := database(t)
	w := open(db)
	_, err := w.SaveLayouts([]byte(`{"version":1,"muted":true,"named":[
		{"name":"Race day","layout":"1+3","tiles":[{"id":"a"}]}, 7, {"name":""}, {"layout":"2x2"}]}`))
	require.NoError(t, err)
	list, err := w.All()
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, "Race day", list[0].Name)
	assert.JSONEq(t, `{"layout":"1+3","tiles":[{"id":"a"}]}`, string(list[0].Wall))
	rest, err := w.Layouts()
	require.NoError(t, err)
	assert.JSONEq(t, `{"version":1,"muted":true}`, string(rest))

	require.NoError(t, w.Delete("Race day", revisionAny))
	again := open(db)
	list, err = again.All()
	require.NoError(t, err)
	assert.Empty(t, list, "a deleted wall stays deleted")
}

func TestAPageOfVersion01DoesNotRestoreADeletedWall(t *testing.T) {
	db := database(t)
	w := open(db)
	old := []byte(`{"version":1,"muted":true,"named":[{"name":"Race day","layout":"1+3","tiles":[]}]}`)
	_, err := w.SaveLayouts(old)
	require.NoError(t, err)
	list, err := w.All()
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.NoError(t, w.Delete("Race day", revisionAny))

	// The page is still open, and saves its whole state.
	_, err = w.SaveLayouts(old)
	require.NoError(t, err)
	for range 2 {
		list, err = w.All()
		require.NoError(t, err)
		assert.Empty(t, list)
		rest, err := w.Layouts()
		require.NoError(t, err)
		assert.JSONEq(t, `{"version":1,"muted":true}`, string(rest))
		w = open(db) // Gridwall restarts
	}
}

func TestAnInvalidWallIsRefused(t *testing.T) {
	w := open(database(t))
	for name, doc := range map[string]string{
		"  ":                    `{}`,
		"a\nb":                  `{}`,
		"\xff":                  `{}`,
		strings.Repeat("ä", 61): `{}`,
		"list":                  `[]`,
		"broken":                `{`,
		"nothing":               ``,
		"large":                 `{"a":"` + strings.Repeat("x", maxWall) + `"}`,
	} {
		_, err := w.Put(name, []byte(doc), "")
		assert.Error(t, err, "%q", name)
	}
	list, err := w.All()
	require.NoError(t, err)
	assert.Empty(t, list)
	_, err = w.Put(strings.Repeat("ä", 60), []byte(`{}`), "")
	assert.NoError(t, err)
}

func TestLayoutsAreStoredUnchanged(t *testing.T) {
	w := open(database(t))
	got, err := w.Layouts()
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, string(got))
	for _, doc := range []string{`{"Race":{"tiles":["a","b"]}}`, `[ 1,  2 ]`, `{}`} {
		_, err := w.SaveLayouts([]byte(doc))
		require.NoError(t, err)
		got, err := w.Layouts()
		require.NoError(t, err)
		assert.Equal(t, doc, string(got))
	}
	for doc, kind := range map[string]error{
		`"text"`: stream.ErrInvalid, `7`: stream.ErrInvalid, `null`: stream.ErrInvalid, ` true`: stream.ErrInvalid, `{`: stream.ErrMalformed, ``: stream.ErrMalformed,
		`{"a":"` + string(make([]byte, maxLayouts)) + `"}`: stream.ErrTooLarge,
	} {
		_, err := w.SaveLayouts([]byte(doc))
		assert.ErrorIs(t, err, kind)
	}
	got, err = w.Layouts()
	require.NoError(t, err)
	assert.Equal(t, `{}`, string(got), "a refused document changes nothing")
}

// Readers of the list of walls, such as another window, would fail at one wall that is nested too deeply, and a browser can neither
// open nor delete a wall whose name it takes for a folder.
func TestAWallThatSomeReadersCannotReadIsRefused(t *testing.T) {
	w := open(database(t))
	nested := func(n int) []byte { return []byte(strings.Repeat(`{"a":[`, n) + strings.Repeat("]}", n)) }
	_, err := w.Put("deep", nested(maxDepth/2), "")
	require.NoError(t, err)
	_, err = w.Put("deeper", nested(maxDepth/2+1), "")
	require.ErrorIs(t, err, stream.ErrInvalid)
	_, err = w.Put("text", []byte(`{"a":"`+strings.Repeat(`{[\"\\`, 200)+`"}`), "")
	require.NoError(t, err, "brackets in texts are no levels")
	for _, name := range []string{".", ".."} {
		_, err = w.Put(name, []byte(`{}`), "")
		require.ErrorIs(t, err, stream.ErrInvalid)
	}
	_, err = w.Put("...", []byte(`{}`), "")
	require.NoError(t, err)
}

func TestWallsAreUTF8(t *testing.T) {
	db := database(t)
	w := open(db)
	bad := []byte("{\"a\":\"\xff\"}")
	_, err := w.Put("bad", bad, "")
	require.ErrorIs(t, err, stream.ErrMalformed)
	require.EqualError(t, err, "a wall must be JSON in UTF-8")
	_, err = w.SaveLayouts(bad)
	require.ErrorIs(t, err, stream.ErrMalformed)

	require.NoError(t, db.SaveWall("old", bad))
	require.NoError(t, db.SaveLayouts(bad))
	old, err := w.Get("old")
	require.NoError(t, err)
	assert.Equal(t, "{\"a\":\"\ufffd\"}", string(old.Wall), "one that an earlier version stored can be read")
	require.NoError(t, w.Delete("old", old.Revision))
	layouts, err := w.Layouts()
	require.NoError(t, err)
	assert.Equal(t, "{\"a\":\"\ufffd\"}", string(layouts))
}

func TestNamesThatLookAlikeCannotStandSideBySide(t *testing.T) {
	db := database(t)
	w := open(db)
	_, err := w.Put("Timing", []byte(`{}`), "")
	require.NoError(t, err)
	for _, name := range []string{"Timing ", " Timing", "\u200bTiming", "Tim\u2060ing", "\u202eTiming", "Timing\u00a0", "\ufeffTiming"} {
		_, err := w.Put(name, []byte(`{}`), "")
		require.ErrorIs(t, err, stream.ErrInvalid, "%q", name)
		require.ErrorContains(t, err, `; use "Timing"`)
	}
	_, err = w.Put("\u200b", []byte(`{}`), "")
	require.ErrorIs(t, err, stream.ErrInvalid)
	_, err = w.Put("Zeitnahme · ラップ 1", []byte(`{}`), "")
	require.NoError(t, err)

	require.NoError(t, db.SaveWall("Timing ", []byte(`{}`)))
	_, err = w.Put("Timing ", []byte(`{"a":1}`), revisionAny)
	require.NoError(t, err, "one that an earlier version saved can be replaced")
	require.NoError(t, w.Delete("Timing ", revisionAny))
}

func TestWallsOfVersion01AreMovedUnderCleanNames(t *testing.T) {
	db := database(t)
	require.NoError(t, db.SaveLayouts([]byte(`{"named":[{"name":" Race\u200b day ","tiles":[]}]}`)))
	_, err := open(db).Get("Race day")
	require.NoError(t, err)
}

// unread fails the test if walls are read once they were moved.
type unread struct {
	stored
	t *testing.T
}

func (u unread) Walls() (map[string][]byte, error) {
	moved, err := u.WallsMoved()
	require.NoError(u.t, err)
	assert.False(u.t, moved, "all walls were read")
	return u.stored.Walls()
}

func TestNamesAreListedWithoutReadingTheWalls(t *testing.T) {
	db := database(t)
	require.NoError(t, db.SaveLayouts([]byte(`{"named":[{"name":"Spa","tiles":[]}]}`)))
	require.NoError(t, db.SaveWall("Monaco", []byte(`{}`)))
	w := New(unread{db, t}, func() {})
	for range 2 {
		names, err := w.Names()
		require.NoError(t, err)
		assert.Equal(t, []string{"Monaco", "Spa"}, names)
	}
}
