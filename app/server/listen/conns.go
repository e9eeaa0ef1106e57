package listen

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

const (
	// mostConns bounds the connections of a server, however many files the process may open. Each costs some 20 KB.
	mostConns = 4096
	// leastConns is the bound where hardly any files are permitted.
	leastConns = 64
)

// MaxConns returns how many connections a server accepts: half of the files that the process may open, for each viewer may
// cost a connection to an upstream too.
func MaxConns() int { return min(max(fileLimit()/2, leastConns), mostConns) }

// conns bounds the connections of a server. Beyond the bound, an idle connection, or one whose first request has not arrived,
// is closed for a new one, so that clients that send slowly cannot keep others out. Only where all of them are being
// answered, the new one is closed at once.
//
// One address gets half of the connections at most; this machine, where a reverse proxy may run, gets all.
type conns struct {
	most int

	mu     sync.Mutex
	open   map[*limitedConn]struct{}
	byAddr map[string]int
	count  uint64
}

func newConns(most int) *conns {
	return &conns{most: most, open: map[*limitedConn]struct{}{}, byAddr: map[string]int{}}
}

// limitedConn is a connection that is counted.
type limitedConn struct {
	net.Conn
	pool *conns
	addr string // by which it is counted; "" for this machine
	// The pool's lock guards these.
	answering bool   // a request was read as a whole
	since     uint64 // when it last began to wait, counted in connections
	gone      bool
}

// Close closes the connection and gives its place back.
func (c *limitedConn) Close() error {
	c.pool.remove(c)
	return c.Conn.Close()
}

// CloseWrite lets net/http end an answer before it closes the connection.
func (c *limitedConn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}

// Limit returns a listener with at most most connections. The server must use ConnContext and ConnState, and call Answering.
func Limit(l net.Listener, most int) net.Listener { return limitedListener{l, newConns(most)} }

// limitedListener counts the connections of a listener.
type limitedListener struct {
	net.Listener
	pool *conns
}

// Accept returns the next connection that has a place.
func (l limitedListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if counted := l.pool.add(c); counted != nil {
			return counted, nil
		}
	}
}

// add counts c, making room for it where there is none; nil if there is no room to be made.
func (p *conns) add(c net.Conn) *limitedConn {
	lc := &limitedConn{Conn: c, pool: p}
	if a, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil && !a.Addr().Unmap().IsLoopback() {
		lc.addr = Network(a.Addr())
	}
	p.mu.Lock()
	var leave *limitedConn
	ok := true
	switch {
	case lc.addr != "" && p.byAddr[lc.addr] >= max(1, p.most/2):
		leave = p.waiting(func(o *limitedConn) bool { return o.addr == lc.addr })
		ok = leave != nil
	case len(p.open) >= p.most:
		leave = p.waiting(func(*limitedConn) bool { return true })
		ok = leave != nil
	}
	if leave != nil {
		p.removeLocked(leave)
	}
	if ok {
		p.count++
		lc.since = p.count
		p.open[lc] = struct{}{}
		p.byAddr[lc.addr]++
	}
	p.mu.Unlock()
	if leave != nil {
		_ = leave.Conn.Close()
	}
	if !ok {
		_ = c.Close()
		return nil
	}
	return lc
}

// waiting returns the connection that has waited longest of those that may leave. The caller holds the lock.
func (p *conns) waiting(may func(*limitedConn) bool) *limitedConn {
	var longest *limitedConn
	for c := range p.open {
		if !c.answering && may(c) && (longest == nil || c.since < longest.since) {
			longest = c
		}
	}
	return longest
}

func (p *conns) remove(c *limitedConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.removeLocked(c)
}

func (p *conns) removeLocked(c *limitedConn) {
	if c.gone {
		return
	}
	c.gone = true
	delete(p.open, c)
	if p.byAddr[c.addr]--; p.byAddr[c.addr] <= 0 {
		delete(p.byAddr, c.addr)
	}
}

// setAnswering notes whether the connection's request was read as a whole, so that it is left alone.
func (c *limitedConn) setAnswering(yes bool) {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	if !yes {
		c.pool.count++
		c.since = c.pool.count
	}
	c.answering = yes
}

type connKey struct{}

// ConnContext is for http.Server: it lets Answering find the connection.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// Answering notes that the request was read to its end: its connection is not closed to make room then.
func Answering(r *http.Request) {
	if c, ok := r.Context().Value(connKey{}).(*limitedConn); ok {
		c.setAnswering(true)
	}
}

// ConnState is for http.Server: it notes that a connection waits for its next request.
func ConnState(c net.Conn, state http.ConnState) {
	if lc, ok := c.(*limitedConn); ok && state == http.StateIdle {
		lc.setAnswering(false)
	}
}

// Network returns the address by which a client is counted: of IPv6 the /64, which one customer has as a whole.
func Network(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
