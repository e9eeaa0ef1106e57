package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOnlyIdenticalStreamsAreMerged(t *testing.T) {
	a := Found{URL: "https://h/1?t=1", Title: "World feed", Quality: "720p"}
	b := Found{URL: "https://h/1?t=1", Title: "Onboard", Quality: "720p"}
	c := Found{URL: "https://h/1?t=2", Title: "World feed", Quality: "720p"}
	again := Found{URL: " https://h/1?t=1", Title: " world  FEED ", Quality: "720P"}
	out, dropped, err := tidyFound([]Found{a, b, again, c, b, a, {URL: "rtmp://h/1"}})
	require.NoError(t, err)
	assert.Equal(t, 1, dropped)
	assert.Equal(t, []Found{a, b, c}, out)
}

// Offsets, saved walls and remotes know a feed by its title, and refuse control characters and longer texts.
func TestATitleFromAnyKindOfSourceCanNameAFeed(t *testing.T) {
	out, _, err := tidyFound([]Found{{URL: "https://h/1", Title: strings.Repeat("Long ", 100), Quality: "a\x07b", Group: "x\x1b[31m"}})
	require.NoError(t, err)
	require.Len(t, out, 1)
	assert.LessOrEqual(t, len(out[0].Title), MaxTitle)
	assert.Equal(t, []string{"a b", "x [31m"}, []string{out[0].Quality, out[0].Group})
}

// A list whose entries share one address must not cost the square of its length.
func TestAListWithOneSharedAddressIsTidiedInLinearTime(t *testing.T) {
	found := make([]Found, maxFound)
	for i := range found {
		found[i] = Found{URL: "https://h/1", Title: fmt.Sprint(i / 2)}
	}
	out, _, err := tidyFound(found)
	require.NoError(t, err)
	require.Len(t, out, maxFound/2)
}

func TestStreamsWithEqualHeadersShareThem(t *testing.T) {
	found := make([]Found, 2000)
	for i := range found {
		found[i] = Found{URL: fmt.Sprintf("https://h/%d", i), Title: fmt.Sprint(i), Headers: map[string]string{"Referer": fmt.Sprintf("https://s%d/", i/1000)}}
	}
	l := &lists{}
	l.set(nil, found...)
	s := newService(t, l, Options{})
	r, err := s.Extract(t.Context(), "f1")
	require.NoError(t, err)
	distinct := map[string]bool{}
	for i, st := range r.Streams {
		require.Equal(t, found[i].Headers, st.Headers)
		distinct[fmt.Sprintf("%p", st.Headers)] = true
	}
	assert.Len(t, distinct, 2)
}
