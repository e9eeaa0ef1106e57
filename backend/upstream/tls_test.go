package upstream

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// secureServer returns a server with a TLS configuration of its own; p trusts it under each policy that is named.
func secureServer(t *testing.T, p *Pool, config *tls.Config, proxies ...string) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello") }))
	s.TLS = config
	s.StartTLS()
	t.Cleanup(s.Close)
	trust(t, p, s, append(proxies, "")...)
	return s
}

func trust(t *testing.T, p *Pool, s *httptest.Server, proxies ...string) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	for _, proxy := range proxies {
		rt, err := p.Transport(true, proxy)
		require.NoError(t, err)
		rt.(*guarded).rt.TLSClientConfig = &tls.Config{RootCAs: roots, ServerName: "example.com"}
	}
}

func TestServersThatBrowsersReachAreReached(t *testing.T) {
	for name, config := range map[string]*tls.Config{
		"RSA key exchange alone": {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}},
		"an old CBC suite":       {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_256_CBC_SHA}},
		"CBC with SHA-256":       {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256}},
		"TLS 1.3":                {MinVersion: tls.VersionTLS13},
		"P-384 alone":            {CurvePreferences: []tls.CurveID{tls.CurveP384}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPool(t)
			s := secureServer(t, p, config)
			for range 2 {
				body, err := get(t, p, true, "", s.URL)
				require.NoError(t, err)
				assert.Equal(t, "hello", body)
			}
		})
	}
}

func TestAServerWithoutACommonCipherIsReportedByCause(t *testing.T) {
	p := newPool(t)
	s := secureServer(t, p, &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}})
	_, err := get(t, p, true, "", s.URL)
	require.ErrorContains(t, err, "failed: no protocol or cipher in common; Gridwall speaks TLS 1.2 and 1.3")
	old := secureServer(t, p, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	_, err = get(t, p, true, "", old.URL)
	require.ErrorContains(t, err, "no protocol or cipher in common")
	plain, _ := hello(t)
	_, err = get(t, p, true, "", "https"+plain.URL[len("http"):])
	require.ErrorContains(t, err, "it does not speak TLS there")
	// A wrong certificate is not a question of ciphers: it is said as it is, and asked once.
	rt, _ := p.Transport(true, "")
	rt.(*guarded).rt.TLSClientConfig = nil
	_, err = get(t, p, true, "", s.URL)
	require.ErrorContains(t, err, "TLS with")
	other := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	_, err = get(t, p, true, "", other.URL)
	require.ErrorContains(t, err, "certificate")
}

// between returns a box on the way to a server. It treats each first record of more than 1400 bytes as large says, by its number
// from 1: 'd' drops it without a word, 'c' closes the connection, anything else lets it pass.
func between(t *testing.T, far string, large func(n int64) byte) (address string, seen *atomic.Int64) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	seen = new(atomic.Int64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				first := make([]byte, 8<<10)
				n, err := c.Read(first)
				if err != nil {
					return
				}
				if n > 1400 {
					switch large(seen.Add(1)) {
					case 'd':
						_, _ = io.Copy(io.Discard, c)
						return
					case 'c':
						return
					}
				}
				far, err := net.Dial("tcp", far)
				if err != nil {
					return
				}
				defer far.Close()
				_, _ = far.Write(first[:n])
				go func() { _, _ = io.Copy(far, c); far.Close() }()
				_, _ = io.Copy(c, far)
			}()
		}
	}()
	return l.Addr().String(), seen
}

// connects asks for a page over a connection of its own.
func connects(t *testing.T, p *Pool, address string) {
	t.Helper()
	body, err := get(t, p, true, "", "https://"+address+"/")
	require.NoError(t, err)
	assert.Equal(t, "hello", body)
	p.Close() // the connection, so that the next request shakes hands again
	p.mu.Lock()
	p.closed = false
	p.mu.Unlock()
}

func TestNetworksThatDropPostQuantumKeysAreHandled(t *testing.T) {
	p := newPool(t)
	s := secureServer(t, p, &tls.Config{})
	address, dropped := between(t, s.Listener.Addr().String(), func(int64) byte { return 'd' })
	for range 4 {
		connects(t, p, address)
	}
	assert.EqualValues(t, 2, dropped.Load(), "from the third time on it is known")
}

// A server that was slow once, or began again in the middle of a handshake, is not asked in the older way, with its weaker
// keys and suites, for an hour.
func TestASingleSilenceDoesNotCauseOlderHandshakes(t *testing.T) {
	for name, how := range map[string]byte{"no answer": 'd', "closed": 'c'} {
		t.Run(name, func(t *testing.T) {
			p := newPool(t)
			s := secureServer(t, p, &tls.Config{})
			address, seen := between(t, s.Listener.Addr().String(), func(n int64) byte {
				if n%2 == 1 {
					return how
				}
				return 'p'
			})
			for n := range int64(4) {
				connects(t, p, address)
				assert.Equal(t, n+1, seen.Load(), "each time it is asked so first")
			}
		})
	}
}

// A host that had nothing in common with the newer way, and has it now, is not lost for an hour.
func TestAnUpgradedHostGetsACurrentHandshakeAgain(t *testing.T) {
	p := newPool(t)
	s := secureServer(t, p, &tls.Config{MinVersion: tls.VersionTLS13, CurvePreferences: []tls.CurveID{tls.X25519MLKEM768}})
	rt, err := p.Transport(true, "")
	require.NoError(t, err)
	rt.(*guarded).classic.add(s.Listener.Addr().String())
	_, err = get(t, p, true, "", s.URL)
	require.Error(t, err)
	body, err := get(t, p, true, "", s.URL)
	require.NoError(t, err)
	assert.Equal(t, "hello", body)
}

func TestOldTLSWorksThroughAForwardProxy(t *testing.T) {
	p := newPool(t)
	s := secureServer(t, p, &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}})
	proxy, asked := tunnelling(t, s.Listener.Addr().String())
	for _, way := range []string{"http://" + proxy, "socks5://" + proxy} {
		trust(t, p, s, way)
		body, err := get(t, p, true, way, "https://10.1.2.3/")
		require.NoError(t, err, way)
		assert.Equal(t, "hello", body)
		<-asked
		<-asked
	}
}

func TestADeadIPv6AddressCausesNoDelay(t *testing.T) {
	p := newPool(t)
	s, _ := hello(t)
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	// The name has an address of IPv6 that swallows packets, and one of IPv4.
	p.resolver = bothFamilies(t)
	body, err := get(t, p, true, "", "http://both.test:"+port+"/")
	require.NoError(t, err)
	assert.Equal(t, "hello", body)
	// And where the forward proxy itself has both.
	proxy, asked := tunnelling(t, s.Listener.Addr().String())
	_, proxyPort, _ := net.SplitHostPort(proxy)
	c, err := p.Dial(t.Context(), true, "http://both.test:"+proxyPort, "10.1.2.3:80")
	require.NoError(t, err)
	c.Close()
	<-asked
}

// bothFamilies resolves every name to a discard address of IPv6 and to 127.0.0.1.
func bothFamilies(t *testing.T) *net.Resolver {
	return nameServer6(t, netip.MustParseAddr("100::1"), netip.MustParseAddr("127.0.0.1"))
}

func TestNoPolicyPermitsServicesOfTheCloud(t *testing.T) {
	p := newPool(t)
	for _, address := range []string{"169.254.169.254", "169.254.0.1", "192.0.0.192", "168.63.129.16", "100.100.100.200", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "0xa9fea9fe", "[64:ff9b::a9fe:a9fe]"} {
		for _, way := range []string{"", "http://127.0.0.1:9"} {
			_, err := get(t, p, true, way, "http://"+address+"/latest/meta-data/")
			var private *PrivateAddressError
			require.ErrorAs(t, err, &private, address)
			assert.Contains(t, err.Error(), "no source may use it")
			_, err = get(t, p, false, way, "http://"+address+"/")
			require.ErrorAs(t, err, &private, address)
		}
	}
	p.resolver = nameServer(t, func(string, int64) []netip.Addr { return []netip.Addr{netip.MustParseAddr("169.254.169.254")} })
	p.made = map[policy]*guarded{}
	_, err := get(t, p, true, "", "http://metadata.test/")
	var private *PrivateAddressError
	require.ErrorAs(t, err, &private)
}
