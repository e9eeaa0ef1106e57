package browser

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"gridwall/backend/extract"
	"gridwall/backend/stream"
)

const (
	// maxRun bounds what one run may fetch in all, in bytes: pages need some MiB, and a player that begins to play
	// takes the rest until the run ends.
	maxRun = 128 << 20
	// headerWait bounds the wait for a request's header, which comes from this machine.
	headerWait = 10 * time.Second
)

// Dialer connects to HOST:PORT under the policy of a source: whether private addresses are allowed, and through which
// forward proxy ("" for none). Package upstream implements it; app joins the two.
type Dialer interface {
	Dial(ctx context.Context, allowPrivate bool, proxyURL, address string) (net.Conn, error)
}

// egressProxy is the proxy for all requests of one browser, so that each of them falls under the guard of its source and uses
// the source's forward proxy. Encrypted connections are passed on unread, with the browser's own handshake.
type egressProxy struct {
	site   *extract.Site
	dialer Dialer
	server *http.Server
	addr   string
	ended  chan struct{}
	life   context.Context
	end    context.CancelFunc
	left   atomic.Int64
	// password authenticates a program; the browser gives it if asks is set.
	password string
	asks     bool
	// spent is closed when maxRun is exhausted.
	spent     chan struct{}
	spentOnce sync.Once
	working   sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	refused map[string]error
}

func newEgressProxy(site *extract.Site, dialer Dialer, asks bool) (*egressProxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	g := &egressProxy{site: site, dialer: dialer, addr: l.Addr().String(), password: rand.Text(), asks: asks, ended: make(chan struct{}), spent: make(chan struct{}), refused: map[string]error{}}
	g.life, g.end = context.WithCancel(context.Background())
	g.left.Store(maxRun)
	g.server = &http.Server{Handler: g, ReadHeaderTimeout: headerWait, ErrorLog: log.New(io.Discard, "", 0)}
	go func() {
		defer close(g.ended)
		_ = g.server.Serve(l) // until close
	}()
	return g, nil
}

// close ends all connections.
func (g *egressProxy) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.end()
	_ = g.server.Close()
	<-g.ended
	g.working.Wait()
}

// refusal returns why the guard refused a host (HOST:PORT), or nil.
func (g *egressProxy) refusal(hostport string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.refused[hostport]
}

// note records err if it is a refusal of the guard.
func (g *egressProxy) note(hostport string, err error) {
	var private interface{ PrivateAddress() string }
	if errors.As(err, &private) {
		g.mu.Lock()
		g.refused[hostport] = err
		g.mu.Unlock()
	}
}

func (g *egressProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return
	}
	g.working.Add(1)
	g.mu.Unlock()
	defer g.working.Done()
	if !g.admits(r) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="Gridwall"`)
		http.Error(w, "this proxy is for programs that Gridwall started", http.StatusProxyAuthRequired)
		return
	}
	switch {
	case r.Method == http.MethodConnect:
		g.tunnel(w, r)
	case r.URL.Scheme == "http" && r.URL.Host != "":
		g.forward(w, r)
	default:
		http.Error(w, "this is the proxy of a browser", http.StatusBadRequest)
	}
}

// proxyUser is the name that goes with a proxy's password.
const proxyUser = "gridwall"

// url returns the proxy's address for another program, including the password.
func (g *egressProxy) url() string {
	return (&url.URL{Scheme: "http", User: url.UserPassword(proxyUser, g.password), Host: g.addr}).String()
}

// admits reports whether a request comes from a program of this run: one that knows the password, or one of the same
// user of this machine. Another user could reach private addresses through a source that may fetch them. If the system
// does not tell who owns a connection, the browser gives the password as well: see recorder.login.
func (g *egressProxy) admits(r *http.Request) bool {
	said := &http.Request{Header: http.Header{"Authorization": {r.Header.Get("Proxy-Authorization")}}}
	if name, password, ok := said.BasicAuth(); ok && name == proxyUser {
		return subtle.ConstantTimeCompare([]byte(password), []byte(g.password)) == 1
	}
	if g.asks {
		return false
	}
	owner, known := ownerOf(r.RemoteAddr, g.addr)
	return known && owner == os.Getuid()
}

// OpenProxy opens a proxy for another program that fetches for site: its requests fall under the guard of the source as a
// browser's do. The returned address contains a password. close ends the proxy.
func (e *Extractor) OpenProxy(site *extract.Site) (address string, close func(), err error) {
	g, err := newEgressProxy(site, e.dialer, true)
	if err != nil {
		return "", nil, err
	}
	return g.url(), g.close, nil
}

// hopByHop are the headers that belong to one connection (RFC 9110, section 7.6.1).
var hopByHop = []string{"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// forward passes on a request that is not encrypted.
func (g *egressProxy) forward(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(g.life, cancel)()
	out := r.Clone(ctx)
	out.RequestURI = ""
	if r.ContentLength == 0 {
		out.Body = nil
	}
	for _, name := range hopByHop {
		out.Header.Del(name)
	}
	if out.Header.Get("Accept-Encoding") == "" {
		out.Header.Set("Accept-Encoding", "identity") // or the transport would unpack unseen
	}
	resp, err := g.site.Transport().RoundTrip(out)
	if err != nil {
		g.note(withPort(r.URL.Host, "80"), err)
		panic(http.ErrAbortHandler) // the browser reports it to the page like any host that does not answer
	}
	defer resp.Body.Close()
	for _, name := range hopByHop {
		resp.Header.Del(name)
	}
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	if resp.ContentLength >= 0 {
		w.Header().Set("Content-Length", strconv.FormatInt(resp.ContentLength, 10))
	}
	w.WriteHeader(resp.StatusCode)
	if err := g.copy(flushed{w}, resp.Body); err != nil {
		panic(http.ErrAbortHandler) // a short body must not look complete
	}
}

// flushed flushes after each write.
type flushed struct{ http.ResponseWriter }

func (f flushed) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	_ = http.NewResponseController(f.ResponseWriter).Flush() // not every writer can be flushed
	return n, err
}

// tunnel connects the browser with a host and copies in both directions.
func (g *egressProxy) tunnel(w http.ResponseWriter, r *http.Request) {
	src := g.site.Source()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(g.life, cancel)()
	far, err := g.dialer.Dial(ctx, src.AllowPrivate, src.Proxy, r.Host)
	if err != nil {
		g.note(r.Host, err)
		http.Error(w, stream.RedactText(err.Error()), http.StatusBadGateway)
		return
	}
	defer far.Close()
	near, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	defer context.AfterFunc(g.life, func() { near.Close(); far.Close() })()
	if _, err := io.WriteString(near, "HTTP/1.1 200 Connection Established\r\n\r\n"); err != nil {
		return
	}
	up := make(chan struct{})
	go func() {
		defer close(up)
		_, _ = io.Copy(far, buffered)
		closeWrite(far)
	}()
	_ = g.copy(near, far)
	near.Close()
	far.Close()
	<-up
}

func closeWrite(c net.Conn) {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

// copy copies from a host while the run may fetch.
func (g *egressProxy) copy(to io.Writer, from io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if g.left.Add(-int64(n)) < 0 {
				g.spentOnce.Do(func() { close(g.spent) })
				return extract.ErrTooLarge
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func withPort(host, port string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(host, port)
}
