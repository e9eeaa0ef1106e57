package e2e

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// tokenLife is the longest life of a token of the test's CDNs; a newer token of the same feed ends it sooner.
	tokenLife = 5 * time.Second
	// window is how many segments a live playlist lists.
	window = 8
	// kept is how many segments that have left the playlist can still be fetched.
	kept = 4
)

// cdn is a CDN with live feeds on one or more hosts, and the site that lists them. Each listing issues new tokens, which
// every request needs. The functions model how real CDNs differ.
type cdn struct {
	t     testing.TB
	feeds map[string]*media
	began time.Time
	edges []string // the base URLs, on 127.0.0.1, 127.0.0.2, …
	site  string

	servers []*httptest.Server

	// list is what the site lists in its n-th answer, from 0 on.
	list func(n int) []entry
	// permit reports whether a request is permitted; nil: byToken.
	permit func(a asked) bool
	// child returns how a playlist refers to a child; nil: with the playlist's own query.
	child func(a asked, leaf string) string
	// refuse answers a request that is not permitted; nil: 403.
	refuse http.HandlerFunc
	// greet is called for every playlist that is answered.
	greet func(w http.ResponseWriter, a asked)
	// number returns the offset of an edge's segment numbers.
	number func(edge int) int
	// undated leaves program date times out.
	undated bool
	// during, if not nil, is called repeatedly for each stream while it plays.
	during func(g *gridwall, s listed)
	// encrypted serves segments under AES-128 with a key that changes, and without IV: the number is the IV.
	encrypted bool

	mu       sync.Mutex
	listings int
	tokens   map[string]pass
	refusals int
	whole    map[string]int // whole segments that were sent, by feed and number
	lists    int            // media playlists that were sent
}

// entry is one stream as the site lists it.
type entry struct {
	URL     string `json:"url"`
	Title   string `json:"title"`
	Quality string `json:"quality"`
}

// pass is what a token permits.
type pass struct {
	feed string
	ends time.Time
}

// asked is a request to an edge: for /PREFIX/FEED/LEAF.
type asked struct {
	*http.Request
	edge               int
	prefix, feed, leaf string
}

// newCDN makes a CDN with the given number of edges. It answers once open is called.
func newCDN(t testing.TB, edges int, names ...string) *cdn {
	c := &cdn{t: t, feeds: map[string]*media{}, tokens: map[string]pass{}, whole: map[string]int{}}
	for _, name := range names {
		c.feeds[name] = feeds[name]
	}
	for i := range edges {
		c.edges = append(c.edges, c.listen(i, func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, i) }))
	}
	c.site = c.listen(0, func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		n := c.listings
		c.listings++
		c.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(c.list(n))
	})
	return c
}

// listen takes a port on one of the loopback addresses for a server that open will start.
func (c *cdn) listen(host int, h http.HandlerFunc) (url string) {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", host+1))
	if err != nil {
		c.t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(h)
	_ = s.Listener.Close()
	s.Listener = l
	c.t.Cleanup(s.Close)
	c.servers = append(c.servers, s)
	return "http://" + l.Addr().String()
}

// open starts the CDN and the site; after that the CDN must not be changed.
func (c *cdn) open() {
	// The window is full when the CDN opens.
	c.began = time.Now().Add(-window * segmentTime)
	for _, s := range c.servers {
		s.Start()
	}
}

// source returns the file of a source that reads the site; more lines may be added at its end.
func (c *cdn) source() string { return jsonSource(c.site) }

func jsonSource(url string) string {
	return fmt.Sprintf("kind = \"json\"\nurl = \"%s/list.json\"\nquery = \".[]\"\nallow_private = true\n", url)
}

// token makes an opaque token for a feed, which ends the older ones.
func (c *cdn) token(feed string) string {
	token := strings.ToLower(rand.Text())
	c.mu.Lock()
	defer c.mu.Unlock()
	for old, p := range c.tokens {
		if p.feed == feed {
			delete(c.tokens, old)
		}
	}
	c.tokens[token] = pass{feed, time.Now().Add(tokenLife)}
	return token
}

// revoke ends all tokens.
func (c *cdn) revoke() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.tokens)
}

// good reports whether a token is now valid for a feed.
func (c *cdn) good(token, feed string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.tokens[token]
	return ok && p.feed == feed && time.Now().Before(p.ends)
}

func (c *cdn) byToken(a asked) bool { return c.good(a.URL.Query().Get("token"), a.feed) }

// address returns the URL of a feed's playlist on an edge, with a new token.
func (c *cdn) address(edge int, prefix, feed, leaf string) string {
	return fmt.Sprintf("%s/%s/%s/%s?token=%s", c.edges[edge], prefix, feed, leaf, c.token(feed))
}

func (c *cdn) serve(w http.ResponseWriter, r *http.Request, edge int) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 3 {
		http.NotFound(w, r)
		return
	}
	n := len(parts)
	a := asked{r, edge, strings.Join(parts[:n-2], "/"), feedIn(r.URL), parts[n-1]}
	m := c.feeds[a.feed]
	if m == nil {
		http.NotFound(w, r)
		return
	}
	permit := c.permit
	if permit == nil {
		permit = c.byToken
	}
	if !permit(a) {
		c.mu.Lock()
		c.refusals++
		c.mu.Unlock()
		if c.refuse != nil {
			c.refuse(w, r)
			return
		}
		http.Error(w, "forbidden", http.StatusForbidden)
		return
	}
	switch {
	case strings.HasSuffix(a.leaf, ".m3u8"):
		w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
		if c.greet != nil {
			c.greet(w, a)
		}
		if a.leaf == "master.m3u8" {
			fmt.Fprintf(w, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=320x180\n%s\n", c.name(a, "index.m3u8"))
			return
		}
		c.mu.Lock()
		c.lists++
		c.mu.Unlock()
		fmt.Fprint(w, c.playlist(a, m))
	case strings.HasPrefix(a.leaf, "key-"):
		_, _ = w.Write(c.key(a))
	default:
		c.segment(w, a, m)
	}
}

func (c *cdn) name(a asked, leaf string) string {
	if c.child != nil {
		return c.child(a, leaf)
	}
	if a.URL.RawQuery != "" {
		return leaf + "?" + a.URL.RawQuery
	}
	return leaf
}

func (c *cdn) offset(edge int) int {
	if c.number == nil {
		return 0
	}
	return c.number(edge)
}

// newest returns how many segments are complete.
func (c *cdn) newest() int {
	return min(int(time.Since(c.began)/segmentTime), int(feedLength/segmentTime))
}

func (c *cdn) playlist(a asked, m *media) string {
	end := c.newest()
	offset := c.offset(a.edge)
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:%d\n", int(segmentTime.Seconds()), end-window+offset)
	for i := end - window; i < end; i++ {
		if c.encrypted && (i == end-window || i%keyEvery == 0) {
			fmt.Fprintf(&b, "#EXT-X-KEY:METHOD=AES-128,URI=\"%s\"\n", c.name(a, fmt.Sprintf("key-%d", i/keyEvery)))
		}
		if !c.undated {
			fmt.Fprintf(&b, "#EXT-X-PROGRAM-DATE-TIME:%s\n", c.began.Add(time.Duration(i)*segmentTime).UTC().Format("2006-01-02T15:04:05.000Z"))
		}
		fmt.Fprintf(&b, "#EXTINF:%.3f,\n%s\n", segmentTime.Seconds(), c.name(a, fmt.Sprintf("seg%d.ts", i)))
	}
	return b.String()
}

func (c *cdn) segment(w http.ResponseWriter, a asked, m *media) {
	var i int
	if _, err := fmt.Sscanf(a.leaf, "seg%d.ts", &i); err != nil || i < 0 || i >= c.newest() || i < c.newest()-window-kept {
		http.Error(w, "no such segment", http.StatusNotFound)
		return
	}
	if a.Header.Get("Range") == "" { // health checks ask for the beginning alone
		c.mu.Lock()
		c.whole[fmt.Sprintf("%s %d", a.feed, i)]++
		c.mu.Unlock()
	}
	data := m.segments[i]
	if c.encrypted {
		data = encrypt(data, keyOf(a.feed, i/keyEvery), i+c.offset(a.edge))
	}
	w.Header().Set("Content-Type", "video/mp2t")
	http.ServeContent(w, a.Request, "", time.Time{}, strings.NewReader(string(data)))
}

// counted returns how often the site was asked, and how many requests the CDN refused.
func (c *cdn) counted() (listings, refusals int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.listings, c.refusals
}

// feedIn returns the feed that a URL of a CDN plays: its folder, or the one that the query numbers.
func feedIn(u *url.URL) string {
	if n, err := strconv.Atoi(u.Query().Get("ch")); err == nil && n > 0 && n <= len(two) {
		return two[n-1]
	}
	parts := strings.Split(u.Path, "/")
	return parts[max(0, len(parts)-2)]
}

// feedOf returns the feed that a listed stream plays.
func feedOf(t testing.TB, s listed) string {
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return feedIn(u)
}
