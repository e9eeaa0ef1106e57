package guess_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/upstream"
	"gridwall/internal/testkind"
)

func TestAPastedAddressOfWrappedJSONBecomesASource(t *testing.T) {
	pool := thisMachine{upstream.New()}
	t.Cleanup(pool.Close)
	for name, body := range testkind.WrappedJSON(t) {
		base, _ := guessServer(t, "", "application/json", body)
		p, err := guesser().Guess(t.Context(), base+"/api", pool)
		require.NoError(t, err, name)
		assert.Equal(t, "json", p.Source.Kind, name)
		assert.Equal(t, "https://x.test/1.m3u8", p.Found[0].URL, name)
	}
}

func TestAListWithHLSTagsIsProposedAsAList(t *testing.T) {
	pool := thisMachine{upstream.New()}
	t.Cleanup(pool.Close)
	for name, tc := range testkind.Playlists {
		base, _ := guessServer(t, "", "audio/x-mpegurl", tc.Text)
		p, err := guesser().Guess(t.Context(), base+"/l", pool)
		require.NoError(t, err, name)
		want := map[bool]string{true: "m3u", false: "direct"}[tc.List]
		assert.Equal(t, want, p.Source.Kind, name)
		if tc.List {
			assert.Len(t, p.Found, strings.Count(tc.Text, "https://")+strings.Count(tc.Text, "http://"), name)
		} else {
			require.Len(t, p.Found, 1, name)
			assert.Equal(t, base+"/l", p.Found[0].URL, name)
		}
	}
}
