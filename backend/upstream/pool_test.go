package upstream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"gridwall/backend/weburl"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/net/dns/dnsmessage"
)

// nameServer returns a real DNS server on loopback: answer is asked for each question.
func nameServer(t *testing.T, answer func(name string, nth int64) []netip.Addr) *net.Resolver {
	return newNameServer(t, netip.Addr{}, answer)
}

// nameServer6 answers every name with one address of each family.
func nameServer6(t *testing.T, six, four netip.Addr) *net.Resolver {
	return newNameServer(t, six, func(string, int64) []netip.Addr { return []netip.Addr{four} })
}

func newNameServer(t *testing.T, six netip.Addr, answer func(name string, nth int64) []netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	var asked atomic.Int64
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Additionals = true, nil
			if q.Type == dnsmessage.TypeA {
				addrs := answer(strings.TrimSuffix(q.Name.String(), "."), asked.Add(1))
				if addrs == nil {
					m.RCode = dnsmessage.RCodeNameError
				}
				for _, a := range addrs {
					m.Answers = append(m.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET},
						Body:   &dnsmessage.AResource{A: a.As4()},
					})
				}
			}
			if q.Type == dnsmessage.TypeAAAA && six.IsValid() {
				m.Answers = append(m.Answers, dnsmessage.Resource{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: dnsmessage.TypeAAAA, Class: dnsmessage.ClassINET},
					Body:   &dnsmessage.AAAAResource{AAAA: six.As16()},
				})
			}
			if out, err := m.Pack(); err == nil {
				conn.WriteTo(out, from)
			}
		}
	}()
	t.Cleanup(func() {
		conn.Close()
		<-done
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func newPool(t *testing.T) *Pool {
	t.Helper()
	p := New()
	t.Cleanup(func() {
		p.Close()
		goleak.VerifyNone(t)
	})
	return p
}

func get(t *testing.T, p *Pool, allow bool, proxy, target string) (string, error) {
	t.Helper()
	rt, err := p.Transport(allow, proxy)
	require.NoError(t, err)
	resp, err := (&http.Client{Transport: rt}).Get(target)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body), nil
}

func refused(t *testing.T, err error) *PrivateAddressError {
	t.Helper()
	var private *PrivateAddressError
	require.ErrorAs(t, err, &private)
	assert.Contains(t, private.Error(), "is a private address; set allow_private = true in the source's file to allow it")
	return private
}

func hello(t *testing.T) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		fmt.Fprint(w, "hello")
	}))
	t.Cleanup(s.Close)
	return s, &asked
}

func TestPrivateAddressesNeedAllowPrivate(t *testing.T) {
	p := newPool(t)
	s, asked := hello(t)
	port := s.Listener.Addr().(*net.TCPAddr).Port
	for _, host := range []string{"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "0.0.0.0", "0", "[::1]",
		"[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[fe80::1]", "[fe80::1%25lo]"} {
		_, err := get(t, p, false, "", fmt.Sprintf("http://%s:%d/?token=secret", host, port))
		require.Error(t, err, host)
		refused(t, err)
	}
	assert.Zero(t, asked.Load(), "no connection was made")
	body, err := get(t, p, true, "", s.URL)
	require.NoError(t, err)
	assert.Equal(t, "hello", body)
}

func TestNoSourceReachesCloudMetadata(t *testing.T) {
	p := newPool(t)
	p.resolver = nameServer(t, func(string, int64) []netip.Addr { return []netip.Addr{netip.MustParseAddr("169.254.169.254")} })
	for _, host := range []string{"169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]",
		"[fd20:ce::254]", "100.100.100.200", "168.63.129.16", "metadata.example.com"} {
		for _, allowPrivate := range []bool{false, true} {
			_, err := get(t, p, allowPrivate, "", "http://"+host+"/latest/meta-data/")
			var refused *PrivateAddressError
			require.ErrorAs(t, err, &refused, host)
			assert.True(t, refused.Never, host)
			assert.NotContains(t, err.Error(), "allow_private", host)
		}
	}
	_, err := get(t, p, true, "http://127.0.0.1:9", "http://169.254.169.254/")
	assert.ErrorContains(t, err, "cloud", "nor by a forward proxy")
}

func TestLinkLocalAddressesMustBeNamedByASource(t *testing.T) {
	p := newPool(t)
	p.resolver = nameServer(t, func(string, int64) []netip.Addr { return []netip.Addr{netip.MustParseAddr("169.254.7.7")} })
	// Nothing is dialled: only the check of the address is tested.
	tried := func(allowPrivate bool, host string) *PrivateAddressError {
		t.Helper()
		u, err := url.Parse("http://" + host + ":9/x")
		require.NoError(t, err)
		addr, literal := weburl.Literal(u.Hostname())
		if !literal {
			addr = netip.MustParseAddr("169.254.7.7")
		}
		ctx := context.WithValue(t.Context(), dialled{}, u.Hostname())
		err = p.refuse(allowPrivate)(ctx, "tcp", netip.AddrPortFrom(addr, 9).String(), nil)
		var refused *PrivateAddressError
		require.True(t, err == nil || errors.As(err, &refused), "%s: %v", host, err)
		return refused
	}
	_, err := get(t, p, true, "", "http://camera.example.com:9/x")
	var refused *PrivateAddressError
	require.ErrorAs(t, err, &refused, "the dialer asks for the judgement")
	all := []string{"169.254.7.7", "2851997447", "[::ffff:169.254.7.7]", "[64:ff9b::a9fe:707]", "[fe80::7%25lo]", "camera.local", "camera.example.com"}
	for _, host := range all {
		require.NotNil(t, tried(false, host), host)
		refused := tried(true, host)
		require.NotNil(t, refused, "%s: a redirect or a name must not lead there", host)
		assert.True(t, refused.LinkLocal && !refused.Never, host)
		assert.Contains(t, refused.Error(), "stream_hosts", "it says what to do")
	}
	p.AllowLinkLocal(func(string) bool { return true })
	for _, host := range all {
		require.NotNil(t, tried(false, host), host)
		if host == "camera.example.com" {
			assert.NotNil(t, tried(true, host), "who owns the name decides where it leads")
			continue
		}
		assert.Nil(t, tried(true, host), host)
	}
	for _, host := range []string{"169.254.169.254", "169.254.170.2", "169.254.0.23", "169.254.42.42", "169.254.129.3", "[fd00:ec2::254]", "[fd00:ec2::23]",
		"[fe80::a9fe:a9fe%25lo]", "[64:ff9b:1::a9fe:a9fe]", "[2002:a9fe:a9fe::1]"} {
		refused := tried(true, host)
		require.NotNil(t, refused, host)
		assert.True(t, refused.Never, host)
	}
}

func TestANameThatTurnsPrivateIsRefusedWhenItIsDialled(t *testing.T) {
	p := newPool(t)
	s, asked := hello(t)
	// The first answer would pass any check before the dial; the second is what would be dialled.
	p.resolver = nameServer(t, func(_ string, nth int64) []netip.Addr {
		if nth == 1 {
			return []netip.Addr{netip.MustParseAddr("8.8.8.8")}
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	})
	_, err := p.resolver.LookupHost(t.Context(), "rebind.example.com")
	require.NoError(t, err)
	_, err = get(t, p, false, "", fmt.Sprintf("http://rebind.example.com:%d/", s.Listener.Addr().(*net.TCPAddr).Port))
	refused(t, err)
	assert.Zero(t, asked.Load())
}

func TestARedirectToAPrivateAddressIsRefused(t *testing.T) {
	p := newPool(t)
	s, _ := hello(t)
	inner, asked := hello(t)
	open, err := p.Transport(true, "")
	require.NoError(t, err)
	guard, err := p.Transport(false, "")
	require.NoError(t, err)
	// public.example.com stands for a host of the public internet.
	c := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host != "public.example.com" {
			return guard.RoundTrip(r)
		}
		r = r.Clone(r.Context())
		r.URL.Host = s.Listener.Addr().String()
		return open.RoundTrip(r)
	})}
	_, err = c.Get("http://public.example.com/?to=" + url.QueryEscape(inner.URL))
	refused(t, err)
	assert.Zero(t, asked.Load())
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// forwardProxy returns a real HTTP forward proxy that sends everything to one server.
func forwardProxy(t *testing.T, to string) (*httptest.Server, *atomic.Value) {
	var asked atomic.Value
	asked.Store("")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.Host)
		resp, err := http.Get(to)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	}))
	t.Cleanup(func() {
		s.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return s, &asked
}

func TestTargetsOfForwardProxiesAreCheckedToo(t *testing.T) {
	p := newPool(t)
	s, _ := hello(t)
	proxy, asked := forwardProxy(t, s.URL)
	p.resolver = nameServer(t, func(name string, _ int64) []netip.Addr {
		switch name {
		case "public.example.com":
			return []netip.Addr{netip.MustParseAddr("8.8.8.8")}
		case "inside.example.com":
			return []netip.Addr{netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("10.0.0.1")}
		}
		return nil
	})
	for _, host := range []string{"127.0.0.1", "10.1.2.3", "inside.example.com", "2130706433", "127.1", "localhost", "router", "nas.local", "[::1]"} {
		_, err := get(t, p, false, proxy.URL, "http://"+host+"/")
		require.Error(t, err, host)
		refused(t, err)
	}
	assert.Empty(t, asked.Load(), "the proxy was not asked")
	// The proxy itself is on loopback: the user named it.
	for _, host := range []string{"public.example.com", "only-the-proxy-knows.example.com"} {
		body, err := get(t, p, false, proxy.URL, "http://"+host+"/")
		require.NoError(t, err, host)
		assert.Equal(t, "hello", body)
		assert.Equal(t, host, asked.Load())
	}
	body, err := get(t, p, true, proxy.URL, "http://10.1.2.3/")
	require.NoError(t, err)
	assert.Equal(t, "hello", body)
}

func TestSOCKSProxiesAreSupported(t *testing.T) {
	p := newPool(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	first := make(chan []byte, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		b := make([]byte, 1)
		io.ReadFull(c, b)
		first <- b
	}()
	t.Cleanup(func() { l.Close() })
	_, err = get(t, p, true, "socks5://"+l.Addr().String(), "http://127.0.0.1:9/")
	require.Error(t, err)
	assert.Equal(t, []byte{5}, <-first, "the version of SOCKS")
}

func TestOnlyHTTPIsSentAndProxiesAreChecked(t *testing.T) {
	p := newPool(t)
	rt, err := p.Transport(true, "")
	require.NoError(t, err)
	for _, bad := range []string{"file:///etc/passwd", "ftp://x.test/", "/x"} {
		u, err := url.Parse(bad)
		require.NoError(t, err)
		_, err = rt.RoundTrip(&http.Request{Method: "GET", URL: u})
		require.ErrorIs(t, err, ErrScheme)
	}
	for _, bad := range []string{"socks4://x:1", "x", "http://", "://secret"} {
		_, err := p.Transport(false, bad)
		require.ErrorIs(t, err, ErrProxy, bad)
		assert.NotContains(t, err.Error(), "secret")
	}
	again, err := p.Transport(true, "")
	require.NoError(t, err)
	assert.Same(t, rt, again, "one transport a policy")
	p.Close()
	_, err = p.Transport(true, "")
	require.ErrorIs(t, err, ErrClosed)
	_, err = rt.RoundTrip(httptest.NewRequest("GET", "http://x.test/", nil))
	require.ErrorIs(t, err, ErrClosed)
}

func TestHTTP2IsUsedIfTheServerSupportsIt(t *testing.T) {
	p := newPool(t)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	rt, err := p.Transport(true, "")
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	rt.(*guarded).rt.TLSClientConfig = &tls.Config{RootCAs: roots}
	body, err := get(t, p, true, "", s.URL)
	require.NoError(t, err)
	assert.Equal(t, "HTTP/2.0", body)
}

func TestPublicAddressesAreDistinguishedFromOthers(t *testing.T) {
	for _, private := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.1", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:10.0.0.1", "::10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
		"2002:7f00:1::", "2002:a00:1::1", "3fff::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
	} {
		assert.True(t, isPrivate(netip.MustParseAddr(private)), private)
	}
	for _, public := range []string{
		"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "126.255.255.255", "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.167.0.1", "198.17.0.1", "223.255.255.255",
		"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "2606:4700::1111", "2a00:1450::1",
	} {
		assert.False(t, isPrivate(netip.MustParseAddr(public)), public)
	}
	assert.True(t, isPrivate(netip.Addr{}))
}

func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "0x7f.1", "017700000001", "2130706433", "[::1]", "1.2.3.4.5", "256.1", "example.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		addr, ok := weburl.Literal(host)
		assert.Equal(t, ok, addr.IsValid())
		if plain, err := netip.ParseAddr(host); err == nil {
			assert.Equal(t, plain, addr)
		}
		isLocalName(host)
	})
}

func TestAMissingProxyIsAClearError(t *testing.T) {
	p := newPool(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l.Close()
	_, err = get(t, p, true, "http://"+l.Addr().String(), "http://8.8.8.8/")
	var op *net.OpError
	require.True(t, errors.As(err, &op), "%v", err)
}
