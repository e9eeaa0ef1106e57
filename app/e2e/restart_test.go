package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// goesOn is how soon after the restart of a killed server a stream's address must work again.
const goesOn = 3 * time.Second

// names returns the addresses that a playlist names, those of keys apart.
func names(playlist string) (out []string) {
	for line := range strings.Lines(playlist) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

// number returns the media sequence number in a segment's address.
func number(t testing.TB, address string) (n int) {
	t.Helper()
	leaf := address[strings.LastIndexByte(address, '/')+1:]
	if _, err := fmt.Sscanf(leaf, "%d.", &n); err != nil {
		t.Fatalf("%q is not the address of a segment", address)
	}
	return n
}

// killed is a CDN behind a server that was killed and started again, the newest one of its listings on another edge that
// numbers its segments differently.
type killed struct {
	*cdn
	path   string    // of the first stream's playlist
	before string    // that playlist, as last seen before the kill
	server *gridwall // the new one
}

// restart kills the server as kill -9 does, while a player plays and in the middle of a key's time, ends the tokens that
// it held, and starts it again.
func restart(t testing.TB, c *cdn) *killed {
	t.Helper()
	var moved atomic.Int32
	c.number = func(edge int) int { return 1000 * edge }
	c.list = c.each(func(_ int, feed string) entry {
		return entry{URL: c.address(int(moved.Load()), "live", feed, "index.m3u8"), Title: feed, Quality: "180p"}
	})
	c.open()
	h := newHome(t, map[string]string{"site": c.source()})
	g := serve(t, h, "127.0.0.1:0")
	k := &killed{cdn: c, path: g.streams(len(c.feeds))[0].path()}
	collect(t, "until the kill", g.url+k.path, playTime)
	until(t, "some tokens and numbers", func() bool {
		status, list := g.get(k.path)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", k.path, status, list)
		}
		k.before = list
		listings, _ := c.counted()
		return listings >= 3 && number(t, names(list)[0])%keyEvery == 1
	})
	g.kill()
	moved.Store(1)
	c.revoke()
	k.server = serve(t, h, strings.TrimPrefix(g.url, "http://"))
	return k
}

func TestAfterAKillTheSameAddressesGoOn(t *testing.T) {
	t.Parallel()
	k := restart(t, newCDN(t, 2, two...))
	// The first request, which is a player's, resumes the stream.
	status, list := k.server.get(k.path)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", k.path, status, list)
	}
	old, all := names(k.before), names(list)
	last, first, newest := number(t, old[len(old)-1]), number(t, all[0]), number(t, all[len(all)-1])
	if first < last-window || first > last || newest < last {
		t.Errorf("the numbers were up to %d, and are now %d to %d", last, first, newest)
	}
	for _, address := range all[len(all)-behind:] {
		if status, body := k.server.get(beside(k.path, address)); status != http.StatusOK {
			t.Errorf("%s: %d %s", address, status, body)
		}
	}
	took := time.Since(k.server.began)
	t.Logf("numbers up to %d, then %d to %d; playlist and segments %s after the start", last, first, newest, took.Round(time.Millisecond))
	if took > goesOn {
		t.Errorf("it took %s, more than %s", took, goesOn)
	}
	f := newFront(t, k.server)
	r := play(t, "after the restart", f.URL+k.path, 10*time.Second)
	r.judge(t, 10*time.Second, segmentTime)
	f.judge(t)
}

// The key changes every few segments, and the restart comes in the middle. What is served afterwards can be decrypted, and a
// player that has a key's address from before gets that key.
func TestAfterAKillInMidRotationKeysFit(t *testing.T) {
	t.Parallel()
	c := newCDN(t, 2, "world")
	c.encrypted = true
	k := restart(t, c)
	f := newFront(t, k.server)
	_, list := k.server.get(k.path)
	first := number(t, names(list)[0])
	keys := regexp.MustCompile(`URI="([^"]*key-(\d+))"`).FindAllStringSubmatch(k.before, -1)
	for _, match := range keys {
		n, _ := strconv.Atoi(match[2])
		if n/keyEvery < first/keyEvery {
			continue // the key has left the upstream's playlist with its segments
		}
		status, key := k.server.get(beside(k.path, match[1]))
		if status != http.StatusOK || key != string(keyOf("world", n/keyEvery)) {
			t.Errorf("%s, named before the kill, is not the key that governs from segment %d on: %d", match[1], n, status)
		}
	}
	if len(keys) == 0 {
		t.Errorf("no key was named before the kill:\n%s", k.before)
	}
	decrypts(t, k.server, k.path, c.feeds["world"])
	r := play(t, "after the restart", f.URL+k.path, 15*time.Second)
	r.judge(t, 15*time.Second, segmentTime)
	c.feeds["world"].compare(t, r)
	f.judge(t)
}
