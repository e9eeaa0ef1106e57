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
	// maxRun bounds what one run may fetch in total, in bytes: pages need a few MiB, and a player that begins to play
	// downloads more until the run ends.
	maxRun = 128 << 20
	// headerWait bounds the wait for a request's header, which is sent by a local program.
	headerWait = 10 * time.Second
)

// Dialer connects to HOST:PORT under the policy of a source: whether private addresses are allowed, and through which
// forward proxy ("" for none). Package upstream implements it; app joins the two.
type Dialer interface {
	Dial(ctx context.Context, allowPrivate bool, proxyURL, address string) (net.Conn, error)
}

// egressProxy is the proxy for all requests of one browser, so that the source's guard and its forward proxy apply to all
// of them. Encrypted connections are tunnelled, with the browser's own TLS handshake.
type egressProxy struct {
	site   *extract.Site
	dialer Dialer
	server *http.Server
	addr   string
	ended  chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
	left   atomic.Int64
	// password authenticates programs. The browser needs it only if requirePassword is set.
	password        string
	requirePassword bool
	// exhausted is closed when the run has fetched maxRun bytes.
	exhausted     chan struct{}
	exhaustedOnce sync.Once
	working       sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	refused map[string]error
}

func newEgressProxy(site *extract.Site, dialer Dialer, requirePassword bool) (*egressProxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &egressProxy{site: site, dialer: dialer, addr: l.Addr().String(), password: rand.Text(), requirePassword: requirePassword, ended: make(chan struct{}), exhausted: make(chan struct{}), refused: map[string]error{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.left.Store(maxRun)
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: headerWait, ErrorLog: log.New(io.Discard, "", 0)}
	go func() {
		defer close(p.ended)
		_ = p.server.Serve(l) // until close
	}()
	return p, nil
}

// close closes all connections and waits for their handlers.
func (p *egressProxy) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.cancel()
	_ = p.server.Close()
	<-p.ended
	p.working.Wait()
}

// refusal returns why the guard refused a host (HOST:PORT), or nil if it did not.
func (p *egressProxy) refusal(hostport string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused[hostport]
}

// recordRefusal records err if it is a refusal of the guard.
func (p *egressProxy) recordRefusal(hostport string, err error) {
	var private interface{ PrivateAddress() string }
	if errors.As(err, &private) {
		p.mu.Lock()
		p.refused[hostport] = err
		p.mu.Unlock()
	}
}

func (p *egressProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.working.Add(1)
	p.mu.Unlock()
	defer p.working.Done()
	if !p.admits(r) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="Gridwall"`)
		http.Error(w, "this proxy is for programs that Gridwall started", http.StatusProxyAuthRequired)
		return
	}
	switch {
	case r.Method == http.MethodConnect:
		p.tunnel(w, r)
	case r.URL.Scheme == "http" && r.URL.Host != "":
		p.forward(w, r)
	default:
		http.Error(w, "this is the proxy of a browser", http.StatusBadRequest)
	}
}

// proxyUser is the name that goes with a proxy's password.
const proxyUser = "gridwall"

// url returns the proxy's address for another program, including the password.
func (p *egressProxy) url() string {
	return (&url.URL{Scheme: "http", User: url.UserPassword(proxyUser, p.password), Host: p.addr}).String()
}

// admits reports whether a request comes from a program of this run: one that knows the password, or one of the same user
// on this machine. Other users could otherwise reach private addresses through a source that may fetch them. If the system
// does not report who owns a connection, the browser sends the password as well: see recorder.authenticate.
func (p *egressProxy) admits(r *http.Request) bool {
	credentials := &http.Request{Header: http.Header{"Authorization": {r.Header.Get("Proxy-Authorization")}}}
	if name, password, ok := credentials.BasicAuth(); ok && name == proxyUser {
		return subtle.ConstantTimeCompare([]byte(password), []byte(p.password)) == 1
	}
	if p.requirePassword {
		return false
	}
	owner, known := ownerOf(r.RemoteAddr, p.addr)
	return known && owner == os.Getuid()
}

// OpenProxy opens a proxy for another program that fetches for site, so that the source's guard applies to its requests.
// The returned address is a URL that contains a password. close ends the proxy.
func (e *Extractor) OpenProxy(site *extract.Site) (address string, close func(), err error) {
	p, err := newEgressProxy(site, e.dialer, true)
	if err != nil {
		return "", nil, err
	}
	return p.url(), p.close, nil
}

// hopByHop are the headers that belong to one connection (RFC 9110, section 7.6.1).
var hopByHop = []string{"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// forward forwards an unencrypted request.
func (p *egressProxy) forward(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	out := r.Clone(ctx)
	out.RequestURI = ""
	if r.ContentLength == 0 {
		out.Body = nil
	}
	for _, name := range hopByHop {
		out.Header.Del(name)
	}
	if out.Header.Get("Accept-Encoding") == "" {
		out.Header.Set("Accept-Encoding", "identity") // otherwise the transport would decompress the answer
	}
	resp, err := p.site.Transport().RoundTrip(out)
	if err != nil {
		p.recordRefusal(withPort(r.URL.Host, "80"), err)
		panic(http.ErrAbortHandler) // to the page, it looks like a host that does not answer
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
	if err := p.copy(flushed{w}, resp.Body); err != nil {
		panic(http.ErrAbortHandler) // a short body must not look complete
	}
}

// flushed is a ResponseWriter that flushes after each write.
type flushed struct{ http.ResponseWriter }

func (f flushed) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	_ = http.NewResponseController(f.ResponseWriter).Flush() // not every writer can be flushed
	return n, err
}

// tunnel connects the browser with a host and copies in both directions.
func (p *egressProxy) tunnel(w http.ResponseWriter, r *http.Request) {
	src := p.site.Source()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	far, err := p.dialer.Dial(ctx, src.AllowPrivate, src.Proxy, r.Host)
	if err != nil {
		p.recordRefusal(r.Host, err)
		http.Error(w, stream.RedactText(err.Error()), http.StatusBadGateway)
		return
	}
	defer far.Close()
	near, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	defer context.AfterFunc(p.ctx, func() { near.Close(); far.Close() })()
	if _, err := io.WriteString(near, "HTTP/1.1 200 Connection Established\r\n\r\n"); err != nil {
		return
	}
	up := make(chan struct{})
	go func() {
		defer close(up)
		_, _ = io.Copy(far, buffered)
		closeWrite(far)
	}()
	_ = p.copy(near, far)
	near.Close()
	far.Close()
	<-up
}

func closeWrite(c net.Conn) {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

// copy copies from a host to the browser until the run has fetched maxRun bytes.
func (p *egressProxy) copy(to io.Writer, from io.Reader) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if p.left.Add(-int64(n)) < 0 {
				p.exhaustedOnce.Do(func() { close(p.exhausted) })
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
