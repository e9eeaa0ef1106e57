package extract_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/extract"
	"gridwall/internal/testkind"
)

func TestAChannelListAndAnHLSPlaylistAreToldApartByTheirEntries(t *testing.T) {
	for name, tc := range testkind.Playlists {
		want := extract.HLSPlaylist
		if tc.List {
			want = extract.ChannelList
		}
		assert.Equal(t, want, extract.JudgePlaylist([]byte(tc.Text)), name)
		assert.Equal(t, want, extract.JudgePlaylist([]byte(strings.ReplaceAll(tc.Text, "\n", "\r\n\r\n"))), name)
	}
}
