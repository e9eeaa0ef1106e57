package upstream

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/proxy"
)

// proxyTimeout bounds the time that a forward proxy may take to connect.
const proxyTimeout = 10 * time.Second

// Dial connects to address (HOST:PORT) under a policy, as its Transport would, for traffic that is encrypted from end to end.
func (p *Pool) Dial(ctx context.Context, allowPrivate bool, proxyURL, address string) (net.Conn, error) {
	rt, err := p.Transport(allowPrivate, proxyURL)
	if err != nil {
		return nil, err
	}
	g := rt.(*guarded)
	// The check reads host and scheme of a request.
	u := &url.URL{Scheme: "https", Host: address}
	if err := g.judge((&http.Request{URL: u}).WithContext(ctx)); err != nil {
		return nil, err
	}
	return g.reach(ctx, address)
}

// reach connects to address, directly or through the policy's forward proxy.
func (g *guarded) reach(ctx context.Context, address string) (net.Conn, error) {
	by := g.proxy
	if by == nil {
		return g.rt.DialContext(ctx, "tcp", address)
	}
	ctx, cancel := context.WithTimeout(ctx, proxyTimeout)
	defer cancel()
	if strings.EqualFold(by.Scheme, "socks5") {
		var auth *proxy.Auth
		if by.User != nil {
			password, _ := by.User.Password()
			auth = &proxy.Auth{User: by.User.Username(), Password: password}
		}
		d, err := proxy.SOCKS5("tcp", hostPort(by, "1080"), auth, forward{g.rt})
		if err != nil {
			return nil, err
		}
		return d.(proxy.ContextDialer).DialContext(ctx, "tcp", address)
	}
	return connect(ctx, g.rt, by, address)
}

// forward connects to the proxy itself, whose address is not checked, because the user chose it.
type forward struct{ rt *http.Transport }

func (f forward) Dial(network, address string) (net.Conn, error) {
	return f.DialContext(context.Background(), network, address)
}

func (f forward) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return f.rt.DialContext(ctx, network, address)
}

// connect asks an HTTP proxy for a tunnel (RFC 9110, section 9.3.6).
func connect(ctx context.Context, rt *http.Transport, by *url.URL, address string) (_ net.Conn, err error) {
	port, secured := "80", strings.EqualFold(by.Scheme, "https")
	if secured {
		port = "443"
	}
	conn, err := rt.DialContext(ctx, "tcp", hostPort(by, port))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			conn.Close()
		}
	}()
	// The context also ends the wait for a proxy that does not answer.
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	if secured {
		secure := tls.Client(conn, &tls.Config{ServerName: by.Hostname()})
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = secure
	}
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if by.User != nil {
		password, _ := by.User.Password()
		req.SetBasicAuth(by.User.Username(), password)
		req.Header.Set("Proxy-Authorization", req.Header.Get("Authorization"))
		req.Header.Del("Authorization")
	}
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, req)
	if err != nil {
		return nil, fmt.Errorf("the forward proxy did not answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the forward proxy answered %d", resp.StatusCode)
	}
	if r.Buffered() > 0 {
		return nil, errors.New("the forward proxy sent data before the tunnel was used")
	}
	return conn, nil
}

func hostPort(u *url.URL, port string) string {
	if u.Port() != "" {
		port = u.Port()
	}
	return net.JoinHostPort(u.Hostname(), port)
}
