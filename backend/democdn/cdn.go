package democdn

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed media/*.mp4
var files embed.FS

// TokenLife is the default lifetime of a token.
const TokenLife = 30 * time.Second

// Options configure New; the zero value is the demo as it ships.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// TokenLife is the lifetime of a token, in whole seconds; 0 means 30 s.
	TokenLife time.Duration
}

// CDN serves the demo's feeds. It starts no goroutine and is safe for concurrent use.
type CDN struct {
	now   func() time.Time
	life  time.Duration
	key   [32]byte
	feeds []*feed
}

// Feed is one feed in the list of the demo's site.
type Feed struct {
	// URL is the address of its multivariant playlist, with a new token.
	URL     string `json:"url"`
	Title   string `json:"title"`
	Quality string `json:"quality"`
}

type feed struct {
	name, title string
	variants    []string // best first
	loops       map[string]*loop
}

// New reads the embedded media and generates the key for the tokens. An error means that the program was built with damaged
// media.
func New(o Options) (*CDN, error) {
	c := &CDN{now: o.Now, life: o.TokenLife}
	if c.now == nil {
		c.now = time.Now
	}
	if c.life == 0 {
		c.life = TokenLife
	}
	if _, err := rand.Read(c.key[:]); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	for _, f := range []feed{
		{name: "world", title: "World feed"},
		{name: "onboard-7", title: "Onboard 7 Arkwright"},
		{name: "onboard-44", title: "Onboard 44 Okonedo"},
		{name: "timing", title: "Timing"},
	} {
		f.variants = []string{"720p", "360p"}
		f.loops = map[string]*loop{}
		for _, name := range append([]string{audioName}, f.variants...) {
			l, err := embedded(f.name + "-" + name + ".mp4")
			if err != nil {
				return nil, fmt.Errorf("demo: %s-%s.mp4: %w", f.name, name, err)
			}
			f.loops[name] = l
		}
		c.feeds = append(c.feeds, &f)
	}
	return c, nil
}

// embedded opens one of the files. Embedded files can be read at any offset, so nothing is copied to the heap.
func embedded(name string) (*loop, error) {
	file, err := files.Open("media/" + name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	at, ok := file.(io.ReaderAt)
	if !ok {
		return nil, errors.New("cannot be read in place")
	}
	return openLoop(at, info.Size())
}

// Feeds lists the feeds with new tokens. base is the address at which Handler is mounted, such as http://127.0.0.1:4711, with or
// without a trailing slash.
func (c *CDN) Feeds(base string) []Feed {
	base = strings.TrimRight(base, "/")
	now := c.now()
	out := make([]Feed, len(c.feeds))
	for i, f := range c.feeds {
		out[i] = Feed{
			URL:     base + "/" + f.name + "/index.m3u8?" + tokenParam + "=" + c.sign(f.name, now),
			Title:   f.title,
			Quality: f.variants[0],
		}
	}
	return out
}

// Handler serves the site and the feeds; see the package comment for the addresses. Its paths begin at its own root: mount it
// below another one with http.StripPrefix.
func (c *CDN) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feeds.json", c.site)
	mux.HandleFunc("GET /{feed}/index.m3u8", c.guarded(c.multivariant))
	mux.HandleFunc("GET /{feed}/{rendition}/{file}", c.guarded(c.rendition))
	return mux
}

// site answers with the list of feeds, with the address that the client used.
func (c *CDN) site(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{"feeds": c.Feeds("http://" + r.Host)})
}

// guarded finds the feed and checks the token before h runs.
func (c *CDN) guarded(h func(http.ResponseWriter, *http.Request, *feed, string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, f := range c.feeds {
			if f.name != r.PathValue("feed") {
				continue
			}
			token := r.URL.Query().Get(tokenParam)
			switch err := c.check(token, f.name, c.now()); {
			case errors.Is(err, errExpired):
				http.Error(w, err.Error(), http.StatusGone)
			case err != nil:
				http.Error(w, err.Error(), http.StatusForbidden)
			default:
				h(w, r, f, token)
			}
			return
		}
		http.NotFound(w, r)
	}
}

func (c *CDN) multivariant(w http.ResponseWriter, r *http.Request, f *feed, token string) {
	playlist(w, r, f.multivariant(token))
}

func (c *CDN) rendition(w http.ResponseWriter, r *http.Request, f *feed, token string) {
	l, ok := f.loops[r.PathValue("rendition")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	kind := "video/mp4"
	if l.width == 0 {
		kind = "audio/mp4"
	}
	file, now := r.PathValue("file"), c.now()
	switch file {
	case "index.m3u8":
		playlist(w, r, l.media(token, now))
	case "init.mp4":
		media(w, r, kind, file, bytes.NewReader(l.init))
	default:
		digits, ok := strings.CutSuffix(file, ".m4s")
		n, err := strconv.ParseInt(digits, 10, 64)
		last := newest(now)
		// Each segment has one name: other spellings that strconv accepts ("+7", "007") are not found.
		if !ok || err != nil || strconv.FormatInt(n, 10) != digits || n < 0 || n > last || n <= last-kept {
			http.NotFound(w, r)
			return
		}
		media(w, r, kind, digits, l.segment(n))
	}
}

func playlist(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
	w.Header().Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// media serves files that never change, including Range requests.
func media(w http.ResponseWriter, r *http.Request, kind, tag string, body io.ReadSeeker) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, max-age=60")
	w.Header().Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, body)
}
