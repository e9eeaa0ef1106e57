package listen

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

const (
	// mostConns limits the connections of a server, however many files the process may open. Each takes about 20 KB.
	mostConns = 4096
	// leastConns is the limit if the process may open hardly any files.
	leastConns = 64
)

// MaxConns returns how many connections a server accepts: half of the files that the process may open, because each viewer may
// need a connection to an upstream too.
func MaxConns() int { return min(max(fileLimit()/2, leastConns), mostConns) }

// conns limits the connections of a server. At the limit, it closes an idle connection, or one whose request has not arrived
// completely, for a new one, so that clients that send slowly cannot keep others out. If all connections are being answered, it
// closes the new one.
//
// One address gets at most half of the connections; this machine, where a reverse proxy may run, may use all.
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
	addr string // the address by which it is counted; "" for this machine
	// The pool's lock guards these.
	answering bool   // a request was read completely
	since     uint64 // when it last began to wait: the value of conns.count
	closed    bool
}

// Close closes the connection, and no longer counts it.
func (c *limitedConn) Close() error {
	c.pool.remove(c)
	return c.Conn.Close()
}

// CloseWrite shuts down writing. net/http calls it to finish a response before it closes the connection.
func (c *limitedConn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}

// Limit returns a listener with at most so many connections. The server must use ConnContext and ConnState, and call Answering.
func Limit(l net.Listener, most int) net.Listener { return limitedListener{l, newConns(most)} }

// limitedListener counts the connections of a listener.
type limitedListener struct {
	net.Listener
	pool *conns
}

// Accept returns the next connection within the limit.
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

// add counts c. At the limit it closes a waiting connection; if there is none, it closes c and returns nil.
func (p *conns) add(c net.Conn) *limitedConn {
	lc := &limitedConn{Conn: c, pool: p}
	if a, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil && !a.Addr().Unmap().IsLoopback() {
		lc.addr = Network(a.Addr())
	}
	p.mu.Lock()
	var victim *limitedConn
	ok := true
	switch {
	case lc.addr != "" && p.byAddr[lc.addr] >= max(1, p.most/2):
		victim = p.waiting(func(o *limitedConn) bool { return o.addr == lc.addr })
		ok = victim != nil
	case len(p.open) >= p.most:
		victim = p.waiting(func(*limitedConn) bool { return true })
		ok = victim != nil
	}
	if victim != nil {
		p.removeLocked(victim)
	}
	if ok {
		p.count++
		lc.since = p.count
		p.open[lc] = struct{}{}
		p.byAddr[lc.addr]++
	}
	p.mu.Unlock()
	if victim != nil {
		_ = victim.Conn.Close()
	}
	if !ok {
		_ = c.Close()
		return nil
	}
	return lc
}

// waiting returns the matching connection that has waited for a request longest; nil if none waits. The caller holds the lock.
func (p *conns) waiting(match func(*limitedConn) bool) *limitedConn {
	var longest *limitedConn
	for c := range p.open {
		if !c.answering && match(c) && (longest == nil || c.since < longest.since) {
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
	if c.closed {
		return
	}
	c.closed = true
	delete(p.open, c)
	if p.byAddr[c.addr]--; p.byAddr[c.addr] <= 0 {
		delete(p.byAddr, c.addr)
	}
}

// setAnswering sets whether a request of the connection is being answered; if so, it is not closed for a new one.
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

// Answering records that the request was read completely, so that its connection is not closed for a new one.
func Answering(r *http.Request) {
	if c, ok := r.Context().Value(connKey{}).(*limitedConn); ok {
		c.setAnswering(true)
	}
}

// ConnState is for http.Server: it records that a connection waits for its next request.
func ConnState(c net.Conn, state http.ConnState) {
	if lc, ok := c.(*limitedConn); ok && state == http.StateIdle {
		lc.setAnswering(false)
	}
}

// Network returns the address by which a client is counted: for IPv6 the /64, which usually belongs to one customer.
func Network(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
