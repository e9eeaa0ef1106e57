package upstream

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tunnelling returns a real proxy that answers CONNECT and SOCKS5, and connects everybody to one address.
func tunnelling(t *testing.T, to string) (addr string, asked chan string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	asked = make(chan string, 8)
	serve := func(c net.Conn) {
		defer c.Close()
		r := bufio.NewReader(c)
		first, err := r.Peek(1)
		if err != nil {
			return
		}
		if first[0] == 5 {
			head := make([]byte, 2)
			io.ReadFull(r, head)
			io.ReadFull(r, make([]byte, head[1]))
			c.Write([]byte{5, 0})
			ask := make([]byte, 5) // version, command, reserved, kind of address, length of a name
			io.ReadFull(r, ask)
			rest := make([]byte, int(ask[4])+2)
			if ask[3] == 1 {
				rest = make([]byte, 5)
			}
			io.ReadFull(r, rest)
			asked <- "socks"
			c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		} else {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			asked <- req.Host + " " + req.Header.Get("Proxy-Authorization")
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\n\r\n")
		}
		far, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		defer far.Close()
		go io.Copy(far, r)
		io.Copy(c, far)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return l.Addr().String(), asked
}

func TestTunnelsAreGuardedLikeRequests(t *testing.T) {
	p := newPool(t)
	s, _ := hello(t)
	for _, proxy := range []string{"", "http://127.0.0.1:9", "socks5://127.0.0.1:9"} {
		for _, address := range []string{s.Listener.Addr().String(), "[::1]:443", "0x7f.1:443", "localhost:443"} {
			if proxy != "" && address == "localhost:443" {
				continue
			}
			_, err := p.Dial(t.Context(), false, proxy, address)
			require.Error(t, err, address)
			refused(t, err)
		}
	}
}

func TestTunnelsUseTheForwardProxyOfTheSource(t *testing.T) {
	p := newPool(t)
	s, _ := hello(t)
	proxy, asked := tunnelling(t, s.Listener.Addr().String())
	for way, want := range map[string]string{
		"": "", "http://me:secret@" + proxy: "10.1.2.3:443 Basic bWU6c2VjcmV0", "socks5://" + proxy: "socks",
	} {
		address := "10.1.2.3:443"
		if way == "" {
			address = s.Listener.Addr().String()
		}
		c, err := p.Dial(t.Context(), true, way, address)
		require.NoError(t, err, way)
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		answer, err := io.ReadAll(c)
		require.NoError(t, err)
		assert.Contains(t, string(answer), "hello")
		if way != "" {
			assert.Equal(t, want, <-asked)
		}
		c.Close()
	}
}
