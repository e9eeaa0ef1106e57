package proxy

import (
	"net/http"
	"os"
	"time"

	"gridwall/backend/httpclient"
	"gridwall/backend/stream"
)

// cookieLook is how often it is looked whether a source's cookies.txt has changed.
const cookieLook = 2 * time.Second

// cookies is a feed's jar, and the state of the file that it was made of.
type cookies struct {
	jar        *httpclient.Jar
	file       string
	changed    time.Time // the file's modification time and size when it was read
	size       int64
	looked     time.Time
	generation uint64 // of the stream when it was looked
}

// fileState is the modification time and the size of a file; zero where there is none.
func fileState(path string) (time.Time, int64) {
	if path == "" {
		return time.Time{}, 0
	}
	fi, err := os.Stat(path)
	if err != nil {
		return time.Time{}, 0
	}
	return fi.ModTime(), fi.Size()
}

// newCookies makes a jar with the cookies of a file; "" is none.
func (p *Proxy) newCookies(up stream.Upstream) (cookies, error) {
	c := cookies{file: up.Cookies, looked: time.Now(), generation: up.Generation}
	c.changed, c.size = fileState(c.file)
	var err error
	if c.jar, err = p.newJar(c.file); err != nil {
		return cookies{}, failf(http.StatusBadGateway, "cookies_unreadable", "the source's cookies: %v", err)
	}
	return c, nil
}

// jar is the feed's cookie jar. Where the source names another file, or the file was written again (the user has logged in
// again with a browser), it is made again: what the stream's servers have set, they set again. It is looked for that with
// each new generation of the stream, and now and then. A file that cannot be read now leaves the jar as it was.
func (f *feed) jar(up stream.Upstream) *httpclient.Jar {
	f.mu.Lock()
	c := f.cookies
	now := time.Now()
	if up.Cookies == c.file && up.Generation <= c.generation && now.Sub(c.looked) < cookieLook {
		f.mu.Unlock()
		return c.jar
	}
	f.cookies.looked, f.cookies.generation = now, max(up.Generation, c.generation)
	f.mu.Unlock()
	changed, size := fileState(up.Cookies)
	if up.Cookies == c.file && changed.Equal(c.changed) && size == c.size || up.Cookies != "" && changed.IsZero() {
		return c.jar
	}
	fresh, err := f.p.newCookies(up)
	if err != nil {
		f.p.log.Warn("the source's cookies have changed and cannot be read; the stream plays on with the old ones", "stream", f.id, "err", err)
		f.mu.Lock()
		f.cookies.file, f.cookies.changed, f.cookies.size = up.Cookies, changed, size // until they change again
		f.mu.Unlock()
		return c.jar
	}
	f.p.log.Info("the source's cookies have changed", "stream", f.id)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cookies = fresh
	return fresh.jar
}
