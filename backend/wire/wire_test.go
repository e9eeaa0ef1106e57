package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair is a connection with both of its ends wrapped, whatever the build would do.
func pair(t *testing.T) (a, b net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	dialled, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	accepted, err := l.Accept()
	require.NoError(t, err)
	a, b = wrap(dialled), wrap(accepted)
	t.Cleanup(func() {
		_ = a.Close()
		_ = b.Close()
	})
	return a, b
}

func TestEveryByteArrivesThroughAFullConnection(t *testing.T) {
	a, b := pair(t)
	sent := make([]byte, 24<<20) // more than any socket takes at once
	for i := range sent {
		sent[i] = byte(i * 31 / 7)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		n, err := a.Write(sent)
		assert.NoError(t, err)
		assert.Equal(t, len(sent), n)
		assert.NoError(t, a.(interface{ CloseWrite() error }).CloseWrite())
	})
	got, err := io.ReadAll(b)
	require.NoError(t, err)
	wg.Wait()
	assert.True(t, bytes.Equal(sent, got))
}

func TestWaitsEndAtTheirDeadlines(t *testing.T) {
	a, _ := pair(t)
	require.NoError(t, a.SetReadDeadline(time.Now().Add(-time.Second)))
	_, err := a.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	var late net.Error
	require.ErrorAs(t, err, &late)
	assert.True(t, late.Timeout())
	require.NoError(t, a.SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
	_, err = a.Write(make([]byte, 64<<20)) // nobody reads
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	var op *net.OpError
	require.ErrorAs(t, err, &op)
	assert.Equal(t, "write", op.Op)
}

func TestAPeerThatGoesIsToldApartFromOneThatBreaksOff(t *testing.T) {
	a, b := pair(t)
	require.NoError(t, b.Close())
	_, err := a.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)

	a, b = pair(t)
	require.NoError(t, b.(interface{ SetLinger(int) error }).SetLinger(0))
	require.NoError(t, b.Close())
	_, err = a.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)

	a, _ = pair(t)
	closed := make(chan error)
	go func() {
		_, err := a.Read(make([]byte, 1))
		closed <- err
	}()
	require.NoError(t, a.Close())
	require.ErrorIs(t, <-closed, net.ErrClosed)
	_, err = a.Write([]byte("x"))
	require.ErrorIs(t, err, net.ErrClosed)
}

func TestADialThatFailsFailsAsBefore(t *testing.T) {
	refused := errors.New("refused")
	_, err := Dialer(func(context.Context, string, string) (net.Conn, error) { return nil, refused })(t.Context(), "tcp", "127.0.0.1:1")
	require.ErrorIs(t, err, refused)
}
