package tcpconn

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

// pair returns both ends of a connection, wrapped in any build.
func pair(t *testing.T) (a, b net.Conn) {
	t.Helper()
	a, b = plainPair(t)
	return wrap(a), wrap(b)
}

// plainPair returns both ends of a connection of the net package.
func plainPair(t *testing.T) (a, b net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	a, err = net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	b, err = l.Accept()
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = a.Close()
		_ = b.Close()
	})
	return a, b
}

func TestEveryByteArrivesThroughAFullConnection(t *testing.T) {
	a, b := pair(t)
	sent := make([]byte, 24<<20) // more than any socket buffers
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

// outcome is what a caller can see of a failed read or write.
type outcome struct {
	n       int
	op, net string
	timeout bool
	eof     bool
	closed  bool
	errno   syscall.Errno
	text    string // without the addresses, which differ
}

func outcomeOf(n int, err error) outcome {
	o := outcome{n: n, eof: err == io.EOF, closed: errors.Is(err, net.ErrClosed), timeout: errors.Is(err, os.ErrDeadlineExceeded)}
	errors.As(err, &o.errno)
	if op, ok := err.(*net.OpError); ok {
		o.op, o.net, o.text = op.Op, op.Net, op.Err.Error()
	}
	return o
}

// net/http and the proxy decide by errors whether to send a request again, so they must be those of the net package.
func TestErrorsAreThoseOfTheNetPackage(t *testing.T) {
	one := func() []byte { return make([]byte, 1) }
	for name, fail := range map[string]func(t *testing.T, a, b net.Conn) outcome{
		"nothing to read into": func(_ *testing.T, a, _ net.Conn) outcome { return outcomeOf(a.Read(nil)) },
		"read deadline": func(t *testing.T, a, _ net.Conn) outcome {
			require.NoError(t, a.SetReadDeadline(time.Now().Add(-time.Second)))
			return outcomeOf(a.Read(one()))
		},
		"write deadline": func(t *testing.T, a, b net.Conn) outcome {
			failed := make(chan outcome)
			go func() { failed <- outcomeOf(a.Write(make([]byte, 64<<20))) }() // more than the sockets buffer
			_, err := b.Read(one())
			require.NoError(t, err)
			require.NoError(t, a.SetWriteDeadline(time.Now().Add(-time.Second)))
			o := <-failed
			assert.Positive(t, o.n, "it says how much was written")
			o.n = 0
			return o
		},
		"closed by the peer": func(t *testing.T, a, b net.Conn) outcome {
			require.NoError(t, b.Close())
			return outcomeOf(a.Read(one()))
		},
		"reset by the peer": func(t *testing.T, a, b net.Conn) outcome {
			require.NoError(t, b.(interface{ SetLinger(int) error }).SetLinger(0))
			require.NoError(t, b.Close())
			return outcomeOf(a.Read(one()))
		},
		"closed while reading": func(t *testing.T, a, _ net.Conn) outcome {
			failed := make(chan outcome)
			go func() { failed <- outcomeOf(a.Read(one())) }()
			require.NoError(t, a.Close())
			return <-failed
		},
		"read after close": func(t *testing.T, a, _ net.Conn) outcome {
			require.NoError(t, a.Close())
			return outcomeOf(a.Read(one()))
		},
		"write after close": func(t *testing.T, a, _ net.Conn) outcome {
			require.NoError(t, a.Close())
			return outcomeOf(a.Write(one()))
		},
		"write after the writing end was closed": func(t *testing.T, a, _ net.Conn) outcome {
			require.NoError(t, a.(interface{ CloseWrite() error }).CloseWrite())
			return outcomeOf(a.Write(one()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := plainPair(t)
			want := fail(t, a, b)
			a, b = pair(t)
			assert.Equal(t, want, fail(t, a, b))
		})
	}
}

func TestFailedDialReturnsItsError(t *testing.T) {
	refused := errors.New("refused")
	_, err := Dialer(func(context.Context, string, string) (net.Conn, error) { return nil, refused })(t.Context(), "tcp", "127.0.0.1:1")
	require.ErrorIs(t, err, refused)
}

func TestOtherConnectionsStayAsTheyAre(t *testing.T) {
	a, b := net.Pipe()
	defer func() { _ = b.Close() }()
	defer func() { _ = a.Close() }()
	assert.Equal(t, a, wrap(a))
}
