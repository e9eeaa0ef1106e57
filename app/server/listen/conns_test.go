package listen

import (
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
)

// from is a connection from an address.
type from struct {
	net.Conn
	addr string
	gone *bool
}

func (f from) RemoteAddr() net.Addr { a, _ := net.ResolveTCPAddr("tcp", f.addr); return a }
func (f from) Close() error         { *f.gone = true; return nil }

func TestOneAddressCannotTakeAllConnections(t *testing.T) {
	p := newConns(10)
	gone := map[string]*bool{}
	add := func(addr string, busy bool) bool {
		gone[addr] = new(bool)
		c := p.add(from{addr: addr, gone: gone[addr]})
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
	assert.True(t, *gone["192.0.2.1:6"])
	assert.True(t, add("[2001:db8::1]:1", false))
	assert.True(t, add("[2001:db8::2]:1", false))
	for i := range 20 {
		assert.True(t, add(fmt.Sprintf("127.0.0.1:%d", i+1), false), "this machine may have all; the waiting ones give way")
	}
	assert.True(t, *gone["[2001:db8::1]:1"])
	assert.Len(t, p.open, 10)
	for i := range 5 {
		assert.False(t, *gone[fmt.Sprintf("192.0.2.1:%d", i+1)], "connections being answered stay")
	}
	for c := range p.open {
		_ = c.Close()
		_ = c.Close() // as net/http does
	}
	assert.Empty(t, p.byAddr)
}
