package httpclient

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/cookies"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

// rawServer answers with bytes as they stand, and notes the bytes that it was sent.
type rawServer struct {
	addr string
	mu   sync.Mutex
	got  []string // the head of each request
}

func newRawServer(t *testing.T, answer func(head string) string) *rawServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	s := &rawServer{addr: l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var head strings.Builder
				r := bufio.NewReader(c)
				for !strings.HasSuffix(head.String(), "\r\n\r\n") {
					b, err := r.ReadByte()
					if err != nil {
						return
					}
					head.WriteByte(b)
				}
				s.mu.Lock()
				s.got = append(s.got, head.String())
				s.mu.Unlock()
				_, _ = io.WriteString(c, answer(head.String()))
			}()
		}
	}()
	return s
}

func (s *rawServer) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.got) == 0 {
		return ""
	}
	return s.got[len(s.got)-1]
}

func direct(t *testing.T, c *Client) *Client {
	t.Helper()
	rt := &http.Transport{DisableCompression: true}
	t.Cleanup(rt.CloseIdleConnections)
	c.Transport = rt
	return c
}

func get(t *testing.T, c *Client, r Request) (*Response, string) {
	t.Helper()
	resp, err := c.Get(t.Context(), r)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(body)
}

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

func TestAddressesAreSentAsByABrowser(t *testing.T) {
	s := newRawServer(t, func(string) string { return ok })
	c := direct(t, &Client{})
	base, err := weburl.Parse("http://" + s.addr + "/live/w.m3u8?x=1")
	require.NoError(t, err)
	for ref, want := range map[string]string{
		"cam_2026-05-24T12:00:00.000__a.ts":    "/live/cam_2026-05-24T12:00:00.000__a.ts",
		"100%.ts":                              "/live/100%.ts",
		"%zz/a|b.ts?p=%zz|x":                   "/live/%zz/a|b.ts?p=%zz|x",
		"seg1.ts?title=Main feed&t=a%2Bb+/=~*": "/live/seg1.ts?title=Main%20feed&t=a%2Bb+/=~*",
		"Großer Preis.ts?name=Großer Preis":    "/live/Gro%C3%9Fer%20Preis.ts?name=Gro%C3%9Fer%20Preis",
		`a[1]"x".ts`:                           "/live/a[1]%22x%22.ts",
		"?":                                    "/live/w.m3u8?",
		"http://" + s.addr:                     "/",
		"/a/%2F%2f/%41.ts":                     "/a/%2F%2f/%41.ts",
		"/a/;p=1,2:3@4&5=6!$'()*+":             "/a/;p=1,2:3@4&5=6!$'()*+",
		"http://" + s.addr + "//%zz//x":        "http://" + s.addr + "//%zz//x",
	} {
		u, err := weburl.Resolve(base, ref)
		require.NoError(t, err, ref)
		get(t, c, Request{URL: u})
		line, _, _ := strings.Cut(s.last(), "\r\n")
		assert.Equal(t, "GET "+want+" HTTP/1.1", line, ref)
		assert.Contains(t, s.last(), "\r\nHost: "+s.addr+"\r\n")
	}
}

func TestAnUnescapedPercentIsEscapedForServersThatRefuseIt(t *testing.T) {
	// Go's own server answers 400 to an escape that is none.
	s := newTestServer(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Path) })
	u, err := weburl.Parse(s + "/live/100%.ts")
	require.NoError(t, err)
	resp, body := get(t, direct(t, &Client{}), Request{URL: u})
	assert.Equal(t, 200, resp.StatusCode)
	assert.Equal(t, "/live/100%.ts", body)
}

func TestRedirectsInEverySpellingAreFollowed(t *testing.T) {
	for location, want := range map[string]string{
		"Main feed/a:b.ts?t=a b": "/live/Main%20feed/a:b.ts?t=a%20b",
		"seg-15:49.ts":           "/live/seg-15:49.ts",
		"100%.ts?x=%zz":          "/live/100%.ts?x=%zz",
		"/großer.ts":             "/gro%C3%9Fer.ts",
		"/gro\xdfer.ts":          "/gro%DFer.ts",
		`\a\b.ts`:                "/a/b.ts",
		" /x.ts ":                "/x.ts",
		"?t=2":                   "/live/w.m3u8?t=2",
		"HTTP://{host}/X.ts#t=1": "/X.ts",
		`http:\\{host}\y.ts`:     "/y.ts",
		"//{host}/z.ts?a|b":      "/z.ts?a|b",
		"/p;a=1?hdnts=exp=1~acl=/*!/x~hmac=ab%2B/+==": "/p;a=1?hdnts=exp=1~acl=/*!/x~hmac=ab%2B/+==",
	} {
		var s *rawServer
		s = newRawServer(t, func(head string) string {
			if strings.HasPrefix(head, "GET /live/w.m3u8 ") {
				return "HTTP/1.1 302 Found\r\nLocation: " + strings.ReplaceAll(location, "{host}", s.addr) + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
			}
			return ok
		})
		u, err := weburl.Parse("http://" + s.addr + "/live/w.m3u8")
		require.NoError(t, err)
		resp, body := get(t, direct(t, &Client{}), Request{URL: u})
		assert.Equal(t, "ok", body)
		line, _, _ := strings.Cut(s.last(), "\r\n")
		assert.Equal(t, "GET "+want+" HTTP/1.1", line, location)
		assert.Equal(t, "http://"+s.addr+want, weburl.Text(resp.URL))
		assert.NotContains(t, s.last(), "Referer")
	}
}

func TestInvalidRedirectsAreAClearError(t *testing.T) {
	for location, want := range map[string]string{
		"file:///etc/passwd": `redirected to a "file" address`, "gopher://x/": `redirected to a "gopher" address`, "http://h:99999/?token=SECRET": "port is out of range",
		"javascript:alert(1)": "javascript", "data:,x": "data", "http://": "it has no host",
		"/live/w.m3u8": "redirect loop",
	} {
		s := newRawServer(t, func(string) string {
			return "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
		})
		u, err := weburl.Parse("http://" + s.addr + "/live/w.m3u8?token=SECRET")
		require.NoError(t, err)
		_, err = direct(t, &Client{}).Get(t.Context(), Request{URL: u})
		require.ErrorContains(t, err, want, location)
		assert.NotContains(t, err.Error(), "SECRET")
	}
	// Where there is no place to go to, the answer itself is what came.
	s := newRawServer(t, func(string) string { return "HTTP/1.1 302 Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi" })
	u, _ := url.Parse("http://" + s.addr + "/")
	resp, body := get(t, direct(t, &Client{}), Request{URL: u})
	assert.Equal(t, 302, resp.StatusCode)
	assert.Equal(t, "hi", body)
}

func TestSecretsDoNotFollowARedirectToAnotherDomain(t *testing.T) {
	thief := newRawServer(t, func(string) string { return ok })
	_, port, _ := net.SplitHostPort(thief.addr)
	chain := newRawServer(t, func(head string) string {
		to := "http://localhost:" + port + "/stolen"
		if strings.HasPrefix(head, "GET /inside ") {
			to = "/w.m3u8"
		}
		return "HTTP/1.1 302 Found\r\nSet-Cookie: sid=COOKIESECRET\r\nLocation: " + to + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	})
	home, err := weburl.Parse("http://u:USERSECRET@" + chain.addr + "/inside")
	require.NoError(t, err)
	headers := map[string]string{"User-Agent": "Box/1.0", "Authorization": "SECRET", "cookie": "a=SECRET", "X-Api-Key": "SECRET", "Referer": "https://club.example/SECRET",
		"Origin": "https://SECRET.example", "Range": "bytes=0-", "!Host": "x", "Accept-Encoding": "br", "Host": "named.example"}
	c := direct(t, &Client{Headers: headers, Scope: weburl.NewScope(home, nil), Home: home, Jar: cookies.New()})
	page, _ := weburl.Parse("http://" + chain.addr + "/page?token=PAGESECRET")
	resp, _ := get(t, c, Request{URL: home, Referer: page})
	assert.Equal(t, "localhost", resp.Withheld)
	for _, head := range chain.got {
		assert.Contains(t, head, "Authorization: SECRET")
		assert.Contains(t, head, "X-Api-Key: SECRET")
		assert.Contains(t, head, "Referer: https://club.example/SECRET")
		assert.Contains(t, head, "Host: named.example")
		assert.NotContains(t, head, "Range:")
		assert.NotContains(t, head, "!Host")
		assert.NotContains(t, head, "br")
	}
	assert.Contains(t, chain.got[0], "Cookie: a=SECRET\r\n")
	assert.Contains(t, chain.got[1], "Cookie: a=SECRET; sid=COOKIESECRET\r\n")
	assert.NotContains(t, thief.last(), "SECRET")
	assert.Contains(t, thief.last(), "User-Agent: Box/1.0")
	assert.Contains(t, thief.last(), "Referer: http://"+chain.addr+"/\r\n")
	assert.Contains(t, thief.last(), "Host: localhost:"+port)

	c = direct(t, &Client{Headers: headers, Scope: weburl.NewScope(home, []string{"localhost"}), Home: home})
	resp, _ = get(t, c, Request{URL: home})
	assert.Contains(t, thief.last(), "X-Api-Key: SECRET")
	assert.Empty(t, resp.Withheld)
	assert.Equal(t, `the source's headers and token were not sent to img.example; if it needs them, add stream_hosts = ["img.example"] to the source`, Hint("img.example"))
}

func TestACompressedRangeIsRequestedAsAWhole(t *testing.T) {
	whole := bytes.Repeat([]byte("0123456789"), 50)
	s := newTestServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		body := packed(t, "gzip", whole)
		if r.Header.Get("Range") != "" {
			w.WriteHeader(http.StatusPartialContent)
			body = body[10:20]
		}
		_, _ = w.Write(body)
	})
	u, _ := weburl.Parse(s + "/seg.ts")
	resp, body := get(t, direct(t, &Client{}), Request{URL: u, Range: "bytes=10-19"})
	assert.Equal(t, 200, resp.StatusCode)
	assert.Equal(t, string(whole), body)
	assert.EqualValues(t, -1, resp.ContentLength)
}

func TestCompressionIsRequestedForTextOnly(t *testing.T) {
	s := newTestServer(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("Accept-Encoding"), " ", r.UserAgent())
	})
	u, _ := weburl.Parse(s + "/")
	_, body := get(t, direct(t, &Client{}), Request{URL: u, Text: true})
	assert.Equal(t, "gzip "+stream.UserAgent, body)
	_, body = get(t, direct(t, &Client{}), Request{URL: u})
	assert.Equal(t, "identity "+stream.UserAgent, body)
}

func TestARequestEndsWithItsContext(t *testing.T) {
	s := newRawServer(t, func(string) string { return "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab" })
	u, _ := weburl.Parse("http://" + s.addr + "/")
	ctx, cancel := context.WithCancel(t.Context())
	resp, err := direct(t, &Client{}).Get(ctx, Request{URL: u})
	require.NoError(t, err)
	cancel()
	_, err = io.ReadAll(resp.Body)
	require.Error(t, err)
	_ = resp.Body.Close()
	_, err = direct(t, &Client{}).Get(ctx, Request{URL: u})
	require.ErrorIs(t, err, context.Canceled)
}
