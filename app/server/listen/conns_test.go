package listen

import (
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
)

// fakeConn is a connection from addr.
type fakeConn struct {
	net.Conn
	addr   string
	closed *bool
}

func (f fakeConn) RemoteAddr() net.Addr { a, _ := net.ResolveTCPAddr("tcp", f.addr); return a }
func (f fakeConn) Close() error         { *f.closed = true; return nil }

func TestOneAddressCannotTakeAllConnections(t *testing.T) {
	p := newConns(10)
	closed := map[string]*bool{}
	add := func(addr string, busy bool) bool {
		closed[addr] = new(bool)
		c := p.add(fakeConn{addr: addr, closed: closed[addr]})
		if c == nil {
			return false
		}
		c.setAnswering(busy)
		return true
	}
	for i := range 5 {
		assert.True(t, add(fmt.Sprintf("192.0.2.1:%d", i+1), true))
	}
	assert.False(t, add("192.0.2.1:6", true), "one address gets half of all")
	assert.True(t, *closed["192.0.2.1:6"])
	assert.True(t, add("[2001:db8::1]:1", false))
	assert.True(t, add("[2001:db8::2]:1", false))
	for i := range 20 {
		assert.True(t, add(fmt.Sprintf("127.0.0.1:%d", i+1), false), "this machine may use all; waiting connections are closed for it")
	}
	assert.True(t, *closed["[2001:db8::1]:1"])
	assert.Len(t, p.open, 10)
	for i := range 5 {
		assert.False(t, *closed[fmt.Sprintf("192.0.2.1:%d", i+1)], "connections being answered stay")
	}
	for c := range p.open {
		_ = c.Close()
		_ = c.Close() // as net/http does
	}
	assert.Empty(t, p.byAddr)
}
