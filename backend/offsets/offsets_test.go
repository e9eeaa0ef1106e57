package offsets

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/store"
	"gridwall/backend/stream"
)

// stored stores offsets in a real database, as app does.
type stored struct{ db *store.Store }

func (s stored) Offsets() ([]byte, error)     { return s.db.Get(store.Offsets, "all") }
func (s stored) SaveOffsets(doc []byte) error { return s.db.Put(store.Offsets, "all", doc) }

func database(t *testing.T) stored {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), store.FileName))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return stored{db}
}

func feed(source, title string, ms int) NewOffset {
	return NewOffset{Source: source, Feed: title, MS: &ms}
}
func kind(source, words string, ms int) NewOffset {
	return NewOffset{Source: source, Kind: words, MS: &ms}
}

func TestAnOffsetIsKeptByTitleWhateverItsCaseSpacesAndInvisibleMarks(t *testing.T) {
	db := database(t)
	changes := 0
	o := New(db, func() { changes++ })
	_, err := o.Put(Change{Offsets: []NewOffset{feed("club", " Onboard  7 ", 250), kind("club", "Onboard", -500), feed("other", "onboard 7", 1)}})
	require.NoError(t, err)
	_, err = o.Put(Change{Offsets: []NewOffset{feed("club", "\u200bONBOARD\u202e\u00a07 ", 300)}})
	require.NoError(t, err)

	list, err := New(db, func() {}).All() // Gridwall restarts
	require.NoError(t, err)
	assert.Equal(t, List{Version: 1, Offsets: []Offset{
		{Source: "club", Kind: "Onboard", MS: -500}, {Source: "club", Feed: "ONBOARD 7", MS: 300}, {Source: "other", Feed: "onboard 7", MS: 1},
	}}, list)
	assert.Equal(t, 2, changes)

	_, err = o.Put(Change{Version: 1, Offsets: []NewOffset{feed("club", "ONBOARD 7", 300)}})
	require.NoError(t, err)
	assert.Equal(t, 2, changes, "no event for what is stored already")
	list, err = o.Put(Change{Offsets: []NewOffset{{Source: "club", Feed: "onboard 7"}}})
	require.NoError(t, err)
	assert.Len(t, list.Offsets, 2, "null deletes")
	assert.Equal(t, 3, changes)
}

func TestTwoPagesDoNotLoseEachOthersOffsets(t *testing.T) {
	o := New(database(t), func() {})
	var pages sync.WaitGroup
	for page := range 2 {
		pages.Go(func() {
			for i := range 20 {
				_, err := o.Put(Change{Offsets: []NewOffset{feed("club", fmt.Sprintf("Feed %d of page %d", i, page), i)}})
				assert.NoError(t, err)
			}
		})
	}
	pages.Wait()
	list, err := o.All()
	require.NoError(t, err)
	assert.Len(t, list.Offsets, 40)
}

func TestAnInvalidChangeChangesNothing(t *testing.T) {
	o := New(database(t), func() { t.Error("nothing has changed") })
	for name, wrong := range map[string]NewOffset{
		"no source":    feed(" ", "World", 1),
		"no feed":      feed("club", "", 1),
		"both":         {Source: "club", Feed: "World", Kind: "World"},
		"too far":      feed("club", "World", 60_001),
		"too far back": feed("club", "World", -60_001),
		"control":      feed("club", "a\nb", 1),
		"long":         feed("club", strings.Repeat("ä", 301), 1),
		"not UTF-8":    kind("club", "\xff", 1),
	} {
		_, err := o.Put(Change{Offsets: []NewOffset{feed("club", "Timing", 5), wrong}})
		assert.ErrorIs(t, err, stream.ErrInvalid, name)
		assert.ErrorContains(t, err, "offset 2", name)
	}
	_, err := o.Put(Change{Version: 2, Offsets: []NewOffset{feed("club", "Timing", 5)}})
	assert.ErrorIs(t, err, stream.ErrInvalid)
	assert.ErrorContains(t, err, "newer version of Gridwall")
	many := make([]NewOffset, maxOffsets+1)
	for i := range many {
		many[i] = feed("club", fmt.Sprintf("Feed %d", i), 1)
	}
	_, err = o.Put(Change{Offsets: many})
	assert.ErrorIs(t, err, stream.ErrInvalid)
	list, err := o.All()
	require.NoError(t, err)
	assert.Empty(t, list.Offsets)
}
