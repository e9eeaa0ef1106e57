package api

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

// shelf is a listing that a test changes.
type shelf struct {
	streams map[string]stream.Stream
	looks   int
}

func (s *shelf) Streams() (out []stream.Stream) {
	s.looks++
	for _, one := range s.streams {
		out = append(out, one)
	}
	return out
}

func (s *shelf) Stream(id string) (stream.Stream, bool) {
	one, ok := s.streams[id]
	return one, ok
}

func (s *shelf) put(id, title string) { s.streams[id] = stream.Stream{ID: id, Title: title} }

// copyOf is a client's copy of a listing.
type copyOf struct {
	mark   string
	titles map[string]string
	whole  int
	pages  int
}

// read asks until there is nothing more.
func (c *copyOf) read(l *ledger, of listing) {
	for {
		got := l.after(c.mark, of)
		c.pages++
		if got.whole {
			c.titles = map[string]string{}
			c.whole++
		}
		for _, s := range got.changed {
			c.titles[s.ID] = s.Title
		}
		for _, id := range got.gone {
			delete(c.titles, id)
		}
		if c.mark = got.mark; !got.more {
			return
		}
	}
}

func (s *shelf) titles() map[string]string {
	out := map[string]string{}
	for id, one := range s.streams {
		out[id] = one.Title
	}
	return out
}

func TestCopiesThatReadAtDifferentTimesEndAsTheListing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	of, l := &shelf{streams: map[string]stream.Stream{}}, &ledger{}
	copies := []*copyOf{{}, {}, {mark: "nonsense"}, {mark: "abc-7"}}
	for round := range 20 {
		for range r.IntN(1_500) {
			id := fmt.Sprint(r.IntN(8_000))
			if r.IntN(3) == 0 {
				delete(of.streams, id)
			} else {
				of.put(id, fmt.Sprint(round, r.IntN(2)))
			}
		}
		for _, c := range copies {
			if r.IntN(4) == 0 {
				c.read(l, of)
			}
		}
	}
	for _, c := range copies {
		c.read(l, of)
		require.Equal(t, of.titles(), c.titles)
		assert.Equal(t, 1, c.whole, "each is told from the beginning once")
	}
}

func TestAChangeThatComesBetweenTwoPagesIsNotLost(t *testing.T) {
	of, l := &shelf{streams: map[string]stream.Stream{}}, &ledger{}
	for i := range 3 * ledgerPage {
		of.put(fmt.Sprint(i), "old")
	}
	c := &copyOf{titles: map[string]string{}}
	for more := true; more; {
		got := l.after(c.mark, of)
		require.LessOrEqual(t, len(got.changed), ledgerPage)
		for _, s := range got.changed {
			c.titles[s.ID] = s.Title
		}
		c.mark, more = got.mark, got.more
		for _, s := range got.changed {
			of.put(s.ID, "new") // just after it was told
		}
	}
	assert.Equal(t, 1, of.looks, "one listing is told in pages")
	c.read(l, of)
	assert.Equal(t, of.titles(), c.titles)
}

func TestOnlyWhatHasChangedIsToldAgain(t *testing.T) {
	of, l := &shelf{streams: map[string]stream.Stream{}}, &ledger{}
	for i := range 100 {
		of.put(fmt.Sprint(i), "feed")
	}
	first := l.after("", of)
	require.Len(t, first.changed, 100)
	assert.True(t, first.whole)
	assert.Equal(t, 100, first.listed)
	again := l.after(first.mark, of)
	assert.Equal(t, ledgerChanges{gone: []string{}, mark: first.mark, listed: 100}, again)

	one := of.streams["7"]
	one.Health = &stream.Health{CheckedAt: time.Unix(1, 0)}
	of.streams["7"] = one
	delete(of.streams, "8")
	next := l.after(first.mark, of)
	assert.Equal(t, []stream.Stream{one}, next.changed)
	assert.Equal(t, []string{"8"}, next.gone)
	assert.Equal(t, 99, next.listed)
	assert.False(t, next.whole)

	of.streams = map[string]stream.Stream{"8": {ID: "8"}}
	for i := range 3 * ledgerSlack {
		of.put(fmt.Sprint("later", i), "feed")
	}
	c := &copyOf{mark: next.mark, titles: map[string]string{"0": "feed"}}
	c.read(l, of)
	of.streams = map[string]stream.Stream{"8": {ID: "8", Title: "back"}}
	c.read(l, of)
	assert.Equal(t, map[string]string{"8": "back"}, c.titles)
	assert.Len(t, l.entries, 1, "what is long gone is forgotten")
	assert.Equal(t, 1, c.whole, "and who knew it begins anew")
}
