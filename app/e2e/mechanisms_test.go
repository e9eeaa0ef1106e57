package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// playTime is how much media the tests of this file play.
	playTime = 25 * time.Second
	// lives is how many token lives must have passed in that time at least.
	lives = 3
)

// two are the feeds of most CDNs here. With a single feed the matcher could not confuse any.
var two = []string{"world", "pit"}

// play plays every stream of the CDN through the program at once. It fails the test for anything that a viewer would have
// noticed, and if the CDN's tokens did not expire as they should have.
func (c *cdn) play(more string) (*gridwall, map[string]*report) {
	c.t.Helper()
	c.open()
	g := serve(c.t, newHome(c.t, map[string]string{"site": c.source() + more}), "127.0.0.1:0")
	f := newFront(c.t, g)
	waits := map[string]func() *report{}
	played := make(chan struct{})
	var meanwhile sync.WaitGroup
	for _, s := range g.streams(len(c.feeds)) {
		feed := feedOf(c.t, s)
		if c.during != nil {
			meanwhile.Go(func() {
				for pause := time.NewTicker(segmentTime / 2); ; {
					c.during(g, s)
					select {
					case <-pause.C:
					case <-played:
						pause.Stop()
						return
					}
				}
			})
		}
		waits[feed] = collect(c.t, feed, f.URL+s.path(), playTime)
	}
	if len(waits) != len(c.feeds) {
		c.t.Fatalf("the streams play %d of %d feeds", len(waits), len(c.feeds))
	}
	reports := map[string]*report{}
	for feed, wait := range waits {
		r := wait()
		r.judge(c.t, playTime, segmentTime)
		c.feeds[feed].compare(c.t, r)
		reports[feed] = r
	}
	close(played)
	meanwhile.Wait()
	f.judge(c.t)
	listings, refusals := c.counted()
	c.t.Logf("the site was asked %d times, the CDN refused %d requests", listings, refusals)
	if listings < lives {
		c.t.Errorf("the site was asked only %d times: the tokens did not end", listings)
	}
	// One run per source and cycle: about as many as token lives, and a few more for runs that came early.
	if most := 2 * int(playTime/tokenLife+2); listings > most {
		c.t.Errorf("the site was asked %d times, more than %d", listings, most)
	}
	if c.t.Failed() {
		c.t.Logf("active: %v", g.active())
	}
	return g, reports
}

// each lists all feeds, as entry tells.
func (c *cdn) each(entryOf func(n int, feed string) entry) func(int) []entry {
	return func(n int) []entry {
		var out []entry
		for _, feed := range two {
			if c.feeds[feed] != nil {
				out = append(out, entryOf(n, feed))
			}
		}
		return out
	}
}

// plain lists the feeds under their names, with opaque tokens.
func (c *cdn) plain() func(int) []entry {
	return c.each(func(_ int, feed string) entry {
		return entry{URL: c.address(0, "live", feed, "index.m3u8"), Title: feed, Quality: "180p"}
	})
}

func TestOpaqueTokensThatDieKeepPlaying(t *testing.T) {
	t.Parallel()
	c := newCDN(t, 1, two...)
	c.list = c.plain()
	c.play("")
}

func TestPathsThatChangeWithEachExtractionKeepPlaying(t *testing.T) {
	t.Parallel()
	c := newCDN(t, 1, two...)
	c.list = c.each(func(n int, feed string) entry {
		return entry{URL: c.address(0, fmt.Sprintf("event-%d", 1000+n), feed, "index.m3u8"), Title: feed, Quality: "180p"}
	})
	var mu sync.Mutex
	newest := map[string]string{}
	c.permit = func(a asked) bool {
		if !c.byToken(a) {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		newest[a.URL.Query().Get("token")] = a.prefix
		return true
	}
	c.play("")
	mu.Lock()
	defer mu.Unlock()
	prefixes := map[string]bool{}
	for _, p := range newest {
		prefixes[p] = true
	}
	if len(prefixes) < lives {
		t.Errorf("only %d paths were played", len(prefixes))
	}
}

func TestTitlesThatChangeWithEachExtractionKeepPlaying(t *testing.T) {
	t.Parallel()
	c := newCDN(t, 1, two...)
	c.list = c.each(func(n int, feed string) entry {
		return entry{URL: c.address(0, "live", feed, "index.m3u8"), Title: fmt.Sprintf("Live now: %d watch", 4711+13*n+len(feed))}
	})
	c.play("")
}

// The site lists two feeds under the same title, in a different order each time. The packets prove that no viewer got the
// other feed's picture.
func TestFeedsWithEqualTitlesAreNeverSwapped(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(c *cdn, feed string) string{
		"told apart by path": func(c *cdn, feed string) string { return c.address(0, "live", feed, "index.m3u8") },
		"told apart by query": func(c *cdn, feed string) string {
			return fmt.Sprintf("%s/live/any/index.m3u8?ch=%d&token=%s", c.edges[0], 1+slices.Index(two, feed), c.token(feed))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCDN(t, 1, two...)
			byFeed := c.each(func(_ int, feed string) entry { return entry{URL: address(c, feed), Title: "Live"} })
			c.list = func(n int) []entry {
				out := byFeed(n)
				if n%2 == 1 {
					slices.Reverse(out)
				}
				return out
			}
			c.play("")
		})
	}
}

func TestFeedsWhoseTitlesChangePlacesAreNeverSwapped(t *testing.T) {
	t.Parallel()
	c := newCDN(t, 1, two...)
	c.list = c.each(func(n int, feed string) entry {
		return entry{URL: c.address(0, "live", feed, "index.m3u8"), Title: fmt.Sprintf("Stream %d", 1+(n+slices.Index(two, feed))%2)}
	})
	c.play("")
}

// The host and the titles change with each extraction, so that only the path identifies a feed.
func TestAnEdgeThatRotatesKeepsPlaying(t *testing.T) {
	t.Parallel()
	c := newCDN(t, 3, two...)
	c.list = c.each(func(n int, feed string) entry {
		return entry{URL: c.address(n%3, "live", feed, "index.m3u8"), Title: fmt.Sprintf("Live now: %d watch", 4711+13*n+len(feed))}
	})
	edges := map[string]int{}
	var mu sync.Mutex
	c.permit = func(a asked) bool {
		mu.Lock()
		defer mu.Unlock()
		if token := a.URL.Query().Get("token"); c.good(token, a.feed) {
			if _, seen := edges[token]; !seen {
				edges[token] = a.edge
			}
			return edges[token] == a.edge // a token is one edge's
		}
		return false
	}
	c.play("")
}

func TestARefererThatIsDemandedIsSent(t *testing.T) {
	t.Parallel()
	c := newCDN(t, 1, two...)
	c.list = c.plain()
	c.permit = func(a asked) bool {
		return c.byToken(a) && a.Referer() == "https://player.test/" && a.UserAgent() == "Salted/1.0"
	}
	c.play("[stream_headers]\nReferer = \"https://player.test/\"\nUser-Agent = \"Salted/1.0\"\n")
}

// As on Akamai, the multivariant playlist needs a token, and sets a cookie that grants access to everything below it.
func TestACookieThatThePlaylistSetsAndThatDiesKeepsPlaying(t *testing.T) {
	t.Parallel()
	c := newCDN(t, 1, "world")
	sign := func(ends time.Time, feed string) string {
		text := fmt.Sprintf("exp=%d~acl=/live/%s/*~data=hdntl", ends.Unix(), feed)
		mac := hmac.New(sha256.New, []byte("secret"))
		mac.Write([]byte(text))
		return fmt.Sprintf("%s~hmac=%x", text, mac.Sum(nil))
	}
	c.list = c.each(func(_ int, feed string) entry {
		return entry{URL: c.address(0, "live", feed, "master.m3u8"), Title: feed}
	})
	c.child = func(_ asked, leaf string) string { return leaf }
	c.permit = func(a asked) bool {
		if a.leaf == "master.m3u8" {
			return c.byToken(a)
		}
		cookie, err := a.Cookie("hdntl")
		if err != nil || a.URL.RawQuery != "" {
			return false
		}
		exp, _, _ := strings.Cut(strings.TrimPrefix(cookie.Value, "exp="), "~")
		n, err := strconv.ParseInt(exp, 10, 64)
		ends := time.Unix(n, 0)
		return err == nil && cookie.Value == sign(ends, a.feed) && time.Now().Before(ends)
	}
	c.greet = func(w http.ResponseWriter, a asked) {
		if a.leaf == "master.m3u8" {
			http.SetCookie(w, &http.Cookie{Name: "hdntl", Value: sign(time.Now().Add(tokenLife), a.feed), Path: "/"})
		}
	}
	c.play("")
}

// The playlists list their children without the token, but the CDN requires it for each of them.
func TestChildrenThatAreNamedWithoutTheirTokenPlay(t *testing.T) {
	t.Parallel()
	for _, leaf := range []string{"index.m3u8", "master.m3u8"} {
		t.Run(leaf, func(t *testing.T) {
			t.Parallel()
			c := newCDN(t, 1, two...)
			c.list = c.each(func(_ int, feed string) entry {
				return entry{URL: c.address(0, "live", feed, leaf), Title: feed}
			})
			c.child = func(_ asked, leaf string) string { return leaf }
			c.play("")
		})
	}
}

func TestAWebPageInsteadOfMediaIsARefusal(t *testing.T) {
	t.Parallel()
	for name, demands := range map[string]func(a asked) bool{
		"of everything": func(asked) bool { return true },
		"of segments":   func(a asked) bool { return strings.HasSuffix(a.leaf, ".ts") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCDN(t, 1, two...)
			c.list = c.plain()
			c.permit = func(a asked) bool { return !demands(a) || c.byToken(a) }
			c.refuse = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				fmt.Fprint(w, "<!doctype html><html><title>Session ended</title><p>Please reload the page.</p></html>")
			}
			c.play("")
		})
	}
}

// Each extraction returns the other edge, which numbers its segments differently.
func TestAnEdgeThatNumbersItsSegmentsDifferentlyKeepsPlaying(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(c *cdn){
		"told by date": func(c *cdn) {
			c.child = func(a asked, leaf string) string { // names differ as well
				return fmt.Sprintf("/edge%d/%s/%s?%s", a.edge, a.feed, leaf, a.URL.RawQuery)
			}
		},
		"told by path": func(c *cdn) { c.undated = true },
		"and has a key": func(c *cdn) {
			c.encrypted = true
			c.during = func(g *gridwall, s listed) { decrypts(c.t, g, s.path(), c.feeds[feedOf(c.t, s)]) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCDN(t, 2, two...)
			c.number = func(edge int) int { return 1000 * edge }
			c.list = c.each(func(n int, feed string) entry {
				return entry{URL: c.address(n%2, "live", feed, "index.m3u8"), Title: feed, Quality: "180p"}
			})
			set(c)
			c.play("")
		})
	}
}
