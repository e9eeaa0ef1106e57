package upstream

import (
	"context"
	"errors"
	"fmt"
	"gridwall/backend/tcpconn"
	"gridwall/backend/weburl"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// dialTimeout bounds connecting, tlsTimeout the handshake. Everything later is bounded by the request's context, because
	// a live playlist may block on purpose.
	dialTimeout = 3 * time.Second
	tlsTimeout  = 5 * time.Second
	// resolveTimeout bounds the look-up of a name that a forward proxy will connect to.
	resolveTimeout = 3 * time.Second
	// idlePerHost and idleTotal bound idle connections: a wall of 24 tiles uses one CDN.
	idlePerHost = 32
	idleTotal   = 256
	// idleTimeout closes unused connections; CDNs close theirs after about as long.
	idleTimeout = 90 * time.Second
	// pingAfter is how long an HTTP/2 connection may be silent before a ping is sent; without an answer within pingTimeout it
	// is closed.
	pingAfter   = 5 * time.Second
	pingTimeout = 3 * time.Second
	// maxHeader bounds an answer's header, in bytes.
	maxHeader = 256 << 10
	// maxPolicies bounds the pool. Proxies come from source files; a thousand is a mistake.
	maxPolicies = 1024
)

var (
	// ErrScheme is returned for a request that is neither http nor https.
	ErrScheme = errors.New("only http and https are supported")
	// ErrProxy is returned for a forward proxy that is not an http, https or socks5 URL.
	ErrProxy = errors.New("a forward proxy is http://, https:// or socks5://HOST:PORT")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("the transports are closed")
)

type policy struct {
	allowPrivate bool
	proxy        string
}

// Pool has one transport for each policy, so that all requests under a policy share its connections. It is safe for
// concurrent use.
type Pool struct {
	resolver *net.Resolver

	mu     sync.Mutex
	closed bool
	made   map[policy]*guarded
	// linkLocal reports whether a source names a host; nil if none does.
	linkLocal func(host string) bool
}

// New returns an empty pool. It ignores HTTP_PROXY and similar variables of the environment: a source's file sets the proxy.
func New() *Pool { return &Pool{resolver: net.DefaultResolver, made: map[policy]*guarded{}} }

// AllowLinkLocal sets which hosts may have a link-local address under a policy that permits private ones: those named by
// sources. allow_private alone does not permit these addresses, so that a site's redirect cannot reach a cloud's secrets.
func (p *Pool) AllowLinkLocal(named func(host string) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.linkLocal = named
}

// Close closes idle connections. Running requests continue; new ones fail with ErrClosed.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, g := range p.made {
		g.CloseIdleConnections()
	}
}

// Transport returns the transport of a policy: whether private addresses are permitted, and the forward proxy ("" for none).
// The proxy's own address is the user's choice and never refused; the targets of requests are checked before the proxy gets
// them, by the address or by what our resolver returns for the name. A name that only the proxy can resolve is permitted,
// unless it is a local one.
//
// It neither decompresses bodies nor adds Accept-Encoding: package httpclient does both.
func (p *Pool) Transport(allowPrivate bool, proxyURL string) (http.RoundTripper, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	key := policy{allowPrivate, proxyURL}
	if g, ok := p.made[key]; ok {
		return g, nil
	}
	if len(p.made) >= maxPolicies {
		return nil, fmt.Errorf("more than %d forward proxies are in use", maxPolicies)
	}
	g, err := p.make(key)
	if err != nil {
		return nil, err
	}
	p.made[key] = g
	return g, nil
}

func (p *Pool) make(key policy) (*guarded, error) {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second, Resolver: p.resolver}
	t := &http.Transport{
		DialContext:            naming(tcpconn.Dialer(dialer.DialContext)),
		TLSHandshakeTimeout:    tlsTimeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           idleTotal,
		MaxIdleConnsPerHost:    idlePerHost,
		IdleConnTimeout:        idleTimeout,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true,
		// All streams of one CDN share one connection: if it is dead, because the machine slept or the network changed, each
		// request on it would wait until it times out.
		HTTP2: &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout},
	}
	g := &guarded{pool: p, rt: t, allowPrivate: key.allowPrivate}
	t.DialTLSContext = g.dialTLS
	if key.proxy == "" {
		dialer.ControlContext = p.refuse(key.allowPrivate)
		g.tidy = g.tidying()
		return g, nil
	}
	u, err := url.Parse(key.proxy)
	if err != nil || u.Hostname() == "" {
		return nil, ErrProxy
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https", "socks5":
	default:
		return nil, fmt.Errorf("%w, not %q", ErrProxy, u.Scheme)
	}
	g.proxy = u
	// Encrypted requests use a tunnel of dialTLS.
	t.Proxy = func(req *http.Request) (*url.URL, error) {
		if req.URL.Scheme == "https" {
			return nil, nil
		}
		return u, nil
	}
	g.tidy = g.tidying()
	return g, nil
}

// dialled is the key of the dialled host in the context of a dial.
type dialled struct{}

// naming stores the dialled host in the context for refuse, which only sees its address.
func naming(dial func(ctx context.Context, network, address string) (net.Conn, error)) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, _, err := net.SplitHostPort(address); err == nil {
			ctx = context.WithValue(ctx, dialled{}, host)
		}
		return dial(ctx, network, address)
	}
}

// refuse is called with each address before it is connected to.
func (p *Pool) refuse(allowPrivate bool) func(context.Context, string, string, syscall.RawConn) error {
	return func(ctx context.Context, _, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("dialling %q: %w", address, err)
		}
		host, ok := ctx.Value(dialled{}).(string)
		if !ok {
			host = ap.Addr().WithZone("").Unmap().String()
		}
		return p.refusal(host, ap.Addr(), allowPrivate)
	}
}

// guarded checks a request before it passes it to the transport.
type guarded struct {
	pool         *Pool
	rt           *http.Transport
	tidy         *http.Transport // for hosts whose answers net/http cannot parse
	allowPrivate bool
	proxy        *url.URL // the forward proxy; nil for none
	classic      hosts    // need an older TLS handshake
	silent       hosts    // did not answer a current handshake, but completed an older one
	untidy       hosts    // send answers that must be tidied
}

func (g *guarded) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := g.judge(req); err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	if u := req.URL; g.proxy != nil && u.Scheme == "http" && strings.HasPrefix(u.Opaque, "/") && !strings.HasPrefix(u.Opaque, "//") &&
		!strings.EqualFold(g.proxy.Scheme, "socks5") {
		// A proxy gets the absolute form (RFC 9112, section 3.2.2).
		out, v := *req, *u
		v.Opaque = "//" + u.Host + u.Opaque
		out.URL = &v
		req = &out
	}
	return g.roundTrip(req)
}

// CloseIdleConnections implements http.Client.CloseIdleConnections.
func (g *guarded) CloseIdleConnections() {
	g.rt.CloseIdleConnections()
	g.tidy.CloseIdleConnections()
}

func (g *guarded) judge(req *http.Request) error {
	if req.URL == nil || req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return ErrScheme
	}
	g.pool.mu.Lock()
	closed := g.pool.closed
	g.pool.mu.Unlock()
	if closed {
		return ErrClosed
	}
	host := req.URL.Hostname()
	if addr, ok := weburl.Literal(host); ok {
		return g.pool.refusal(host, addr, g.allowPrivate)
	}
	if g.proxy == nil || g.allowPrivate {
		// The dialer checks the address that the name resolves to.
		return nil
	}
	return g.judgeName(req.Context(), host)
}

// judgeName checks a name that the forward proxy will resolve. Our own resolver's answer is the best guess.
func (g *guarded) judgeName(ctx context.Context, host string) error {
	if isLocalName(host) {
		return &PrivateAddressError{Host: host}
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	addrs, err := g.pool.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil
	}
	for _, addr := range addrs {
		if err := g.pool.refusal(host, addr, false); err != nil {
			return err
		}
	}
	return nil
}
