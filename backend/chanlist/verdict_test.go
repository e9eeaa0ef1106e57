package chanlist_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/chanlist"
	"gridwall/internal/testkind"
)

func TestAChannelListAndAnHLSPlaylistAreDistinguishedByTheirEntries(t *testing.T) {
	for name, tc := range testkind.Playlists {
		want := chanlist.HLSPlaylist
		if tc.List {
			want = chanlist.ChannelList
		}
		assert.Equal(t, want, chanlist.JudgePlaylist([]byte(tc.Text)), name)
		assert.Equal(t, want, chanlist.JudgePlaylist([]byte(strings.ReplaceAll(tc.Text, "\n", "\r\n\r\n"))), name)
	}
}
