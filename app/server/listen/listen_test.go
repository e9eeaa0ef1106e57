package listen

import (
	"log/slog"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// record stores an address in memory.
type record struct{ doc []byte }

func (r *record) Load() ([]byte, error) { return r.doc, nil }
func (r *record) Save(doc []byte) error { r.doc = doc; return nil }

// A playlist that was opened in VLC or in a media server must still play tomorrow.
func TestPlaybackKeepsItsPort(t *testing.T) {
	kept := &record{}
	listen := func(wanted string) net.Listener {
		t.Helper()
		l, err := Playback(kept, wanted, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		return l
	}
	other, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	wanted := other.Addr().String()

	begin := listen(wanted)
	at := begin.Addr().String()
	assert.NotEqual(t, wanted, at, "the wanted port is in use")
	require.NoError(t, begin.Close())
	require.NoError(t, other.Close())
	again := listen(wanted)
	assert.Equal(t, at, again.Addr().String(), "the port is kept, even when the wanted one is free again")

	// If the kept port is in use, playback listens on the wanted one, and keeps that.
	third := listen(wanted)
	assert.Equal(t, wanted, third.Addr().String())
	require.NoError(t, again.Close())
	require.NoError(t, third.Close())
	fourth := listen(wanted)
	assert.Equal(t, wanted, fourth.Addr().String())
	require.NoError(t, fourth.Close())

	// A changed proxy.listen takes effect. With port 0 the chosen port is kept too.
	free := listen("127.0.0.1:0")
	at = free.Addr().String()
	require.NoError(t, free.Close())
	last := listen("127.0.0.1:0")
	assert.Equal(t, at, last.Addr().String())
	assert.Equal(t, "http://"+at, LocalURL(last))
	require.NoError(t, last.Close())

	_, err = Playback(kept, "192.0.2.1:8788", slog.New(slog.DiscardHandler))
	assert.ErrorContains(t, err, "192.0.2.1:8788")
	assert.ErrorContains(t, err, "[proxy] in config.toml", "a window has no --listen")
	kept.doc = []byte("{broken")
	require.NoError(t, listen("127.0.0.1:0").Close())
}

func TestALocalURLNamesLoopbackForAnUnspecifiedAddress(t *testing.T) {
	l, err := net.Listen("tcp", "0.0.0.0:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	assert.Equal(t, "http://127.0.0.1:"+port, LocalURL(l))
}
