package changes

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

// listing is a listing that a test changes.
type listing struct {
	streams map[string]stream.Stream
	scans   int
}

func (s *listing) Streams() (out []stream.Stream) {
	s.scans++
	for _, one := range s.streams {
		out = append(out, one)
	}
	return out
}

func (s *listing) Stream(id string) (stream.Stream, bool) {
	one, ok := s.streams[id]
	return one, ok
}

func (s *listing) put(id, title string) { s.streams[id] = stream.Stream{ID: id, Title: title} }

// copyOf is a client's copy of a listing.
type copyOf struct {
	mark   string
	titles map[string]string
	whole  int
	pages  int
}

// read asks until there is nothing more.
func (c *copyOf) read(l *Log, of Listing) {
	for {
		got := l.After(c.mark, of)
		c.pages++
		if got.Whole {
			c.titles = map[string]string{}
			c.whole++
		}
		for _, s := range got.Changed {
			c.titles[s.ID] = s.Title
		}
		for _, id := range got.Gone {
			delete(c.titles, id)
		}
		if c.mark = got.Mark; !got.More {
			return
		}
	}
}

func (s *listing) titles() map[string]string {
	out := map[string]string{}
	for id, one := range s.streams {
		out[id] = one.Title
	}
	return out
}

func TestReadersAtDifferentTimesEndWithTheSameListing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	of, l := &listing{streams: map[string]stream.Stream{}}, &Log{}
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
		assert.Equal(t, 1, c.whole, "each starts from the beginning once")
	}
}

func TestAChangeBetweenTwoPagesIsNotLost(t *testing.T) {
	of, l := &listing{streams: map[string]stream.Stream{}}, &Log{}
	for i := range 3 * pageSize {
		of.put(fmt.Sprint(i), "old")
	}
	c := &copyOf{titles: map[string]string{}}
	for more := true; more; {
		got := l.After(c.mark, of)
		require.LessOrEqual(t, len(got.Changed), pageSize)
		for _, s := range got.Changed {
			c.titles[s.ID] = s.Title
		}
		c.mark, more = got.Mark, got.More
		for _, s := range got.Changed {
			of.put(s.ID, "new") // just after it was sent
		}
	}
	assert.Equal(t, 1, of.scans, "the pages are of one listing")
	c.read(l, of)
	assert.Equal(t, of.titles(), c.titles)
}

func TestOnlyChangedStreamsAreSentAgain(t *testing.T) {
	of, l := &listing{streams: map[string]stream.Stream{}}, &Log{}
	for i := range 100 {
		of.put(fmt.Sprint(i), "feed")
	}
	first := l.After("", of)
	require.Len(t, first.Changed, 100)
	assert.True(t, first.Whole)
	assert.Equal(t, 100, first.Listed)
	again := l.After(first.Mark, of)
	assert.Equal(t, Changes{Gone: []string{}, Mark: first.Mark, Listed: 100}, again)

	one := of.streams["7"]
	one.Health = &stream.Health{CheckedAt: time.Unix(1, 0)}
	of.streams["7"] = one
	delete(of.streams, "8")
	next := l.After(first.Mark, of)
	assert.Equal(t, []stream.Stream{one}, next.Changed)
	assert.Equal(t, []string{"8"}, next.Gone)
	assert.Equal(t, 99, next.Listed)
	assert.False(t, next.Whole)

	of.streams = map[string]stream.Stream{"8": {ID: "8"}}
	for i := range 3 * slack {
		of.put(fmt.Sprint("later", i), "feed")
	}
	c := &copyOf{mark: next.Mark, titles: map[string]string{"0": "feed"}}
	c.read(l, of)
	of.streams = map[string]stream.Stream{"8": {ID: "8", Title: "back"}}
	c.read(l, of)
	assert.Equal(t, map[string]string{"8": "back"}, c.titles)
	assert.Len(t, l.entries, 1, "streams that are long gone are forgotten")
	assert.Equal(t, 1, c.whole, "and a reader that has them starts over")
}
