// Package wire makes TCP connections cheap to move megabytes over. What it returns behaves as the net package's own
// connections do, deadlines and errors included.
//
// Go's scheduler is told of each system call, and takes the processor away from one that lasts longer than 20 µs. A
// read or write of a socket that does not wait lasts as long as the copying of its bytes: a quarter of a megabyte is
// more. So a proxy under load has its processors taken away with every write, and hands them round. Here the scheduler
// is not told of calls that cannot wait; where one would have to wait, the connection waits as any other does.
//
// On Linux only, and not under the race detector, which learns from those calls who knows what. Elsewhere connections
// stay what they are.
package wire

import (
	"context"
	"net"
)

// maxCall is the most that one call moves, in bytes: for so long (50 µs) nothing else runs on its processor, the
// garbage collector's stops included.
const maxCall = 256 << 10

// Listener is l, whose connections are cheap where they can be.
func Listener(l net.Listener) net.Listener {
	if !able {
		return l
	}
	return listener{l}
}

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return wrap(c), nil
}

// Dialer is dial, whose connections are cheap where they can be.
func Dialer(dial func(ctx context.Context, network, address string) (net.Conn, error)) func(ctx context.Context, network, address string) (net.Conn, error) {
	if !able {
		return dial
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return wrap(c), nil
	}
}
