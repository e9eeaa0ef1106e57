package extract

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestALostDatabaseGivesTheSameAddresses(t *testing.T) {
	free := func(string) bool { return false }
	f := Found{Title: "World Feed", Quality: "1080p", URL: "https://h/tok-1/a?token=1"}
	id := mint("f1", f, plainTokens{}, free)
	assert.Regexp(t, regexp.MustCompile(`^[a-z2-7]{12}$`), id)
	// Ids are in bookmarks and in Jellyfin's channel list, so they must never change.
	assert.Equal(t, "znit67u6dvsp", id)

	renewed := Found{Title: " world feed", Quality: "1080P", URL: "https://h/tok-2/a?token=2&exp=3"}
	assert.Equal(t, id, mint("f1", renewed, plainTokens{}, free))

	for _, other := range []Found{
		{Title: "World Fee", Quality: "d1080p", URL: f.URL}, {Title: f.Title, URL: f.URL},
		{Title: f.Title, Quality: f.Quality, URL: "https://h/b"}, {Title: f.Title, Quality: f.Quality, URL: "https://i/a"},
	} {
		assert.NotEqual(t, id, mint("f1", other, plainTokens{}, free))
	}
	assert.NotEqual(t, id, mint("f2", f, plainTokens{}, free))
}

func TestIdenticalStreamsGetDistinctAddresses(t *testing.T) {
	seen := map[string]bool{}
	f := Found{Title: "Live", URL: "https://h/play"}
	var order []string
	for range 100 {
		id := mint("f1", f, plainTokens{}, func(id string) bool { return seen[id] })
		require.False(t, seen[id])
		seen[id] = true
		order = append(order, id)
	}
	again := map[string]bool{}
	for i := range 100 {
		id := mint("f1", f, plainTokens{}, func(id string) bool { return again[id] })
		require.Equal(t, order[i], id, fmt.Sprint(i))
		again[id] = true
	}
}
