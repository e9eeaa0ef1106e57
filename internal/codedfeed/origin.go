package codedfeed

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// window is how much of a feed its playlist lists.
const window = time.Minute

// defaultSeed is that of feeds that name none.
const defaultSeed = 1

// Feed describes a feed.
type Feed struct {
	// Name is its title, and the name of its folder.
	Name string
	// Latency is how long after its end a segment is listed.
	Latency time.Duration
	// Seed chooses the programme: feeds with the same seed have the same sound. Nil is a common default.
	Seed *uint64
	// Form is how the programme is encoded: Plain without it.
	Form Form
	// First is the media sequence number of the programme's first segment.
	First int
}

// Latencies returns feeds of one programme, one for each latency.
func Latencies(seconds ...int) (out []Feed) {
	for _, s := range seconds {
		out = append(out, Feed{Name: fmt.Sprintf("coded-%ds", s), Latency: time.Duration(s) * time.Second})
	}
	return out
}

// Origin serves feeds:
//
//	GET  /feeds.m3u?life=60s      the list of feeds, each with a new token that lives that long (default 5 min)
//	GET  /NAME/index.m3u8         a feed: a multivariant playlist with one variant
//	GET  /clock                   {"began", "now"}, in ms since 1970: the time of frame 0, and the time now
//	POST /revoke                  makes all tokens invalid that were handed out before
//	POST /NAME/switch?stall=10s   lists no new segments for that time
//	POST /NAME/switch?date=3h     shifts the dates of segments that are listed from now on; &all=1: of all segments;
//	                              date=0s: right dates, date=none: no dates, date=backwards: dates that run backwards
//	POST /NAME/switch?latency=4s  changes the latency
type Origin struct {
	began      time.Time
	programmes map[encoding]*programme
	feeds      map[string]*feed
	names      []string
	tokens     tokens
	mux        http.ServeMux
}

// New starts the encoders of the feeds. Close ends them.
func New(feeds ...Feed) (*Origin, error) {
	var most time.Duration
	for _, f := range feeds {
		most = max(most, f.Latency)
	}
	// A full window is there from the start.
	o := &Origin{began: time.Now().Add(-window - most).Truncate(time.Millisecond), programmes: map[encoding]*programme{}, feeds: map[string]*feed{}}
	for _, f := range feeds {
		of := encoding{defaultSeed, f.Form}
		if f.Seed != nil {
			of.seed = *f.Seed
		}
		if o.programmes[of] == nil {
			p, err := newProgramme(of, o.began)
			if err != nil {
				o.Close()
				return nil, err
			}
			o.programmes[of] = p
		}
		o.feeds[f.Name] = &feed{began: o.began, programme: o.programmes[of], first: f.First, latency: f.Latency}
		o.names = append(o.names, f.Name)
	}
	o.mux.HandleFunc("GET /feeds.m3u", o.list)
	o.mux.HandleFunc("GET /clock", o.clock)
	o.mux.HandleFunc("POST /revoke", func(http.ResponseWriter, *http.Request) { o.tokens.revoke() })
	o.mux.HandleFunc("POST /{feed}/switch", o.change)
	o.mux.HandleFunc("GET /{feed}/{leaf}", o.serve)
	return o, nil
}

// Start serves feeds until the test ends, and returns the URL of the origin.
func Start(t testing.TB, feeds ...Feed) (*Origin, string) {
	t.Helper()
	o, err := New(feeds...)
	require.NoError(t, err)
	s := httptest.NewServer(o)
	t.Cleanup(func() {
		s.Close()
		o.Close()
	})
	return o, s.URL
}

// Source returns the text of a source file that lists the feeds of the origin at url, with tokens that live that long.
func Source(url string, life time.Duration) string {
	return fmt.Sprintf("kind = \"m3u\"\nallow_private = true\nurl = \"%s/feeds.m3u?life=%s\"\n", url, life)
}

// Began returns when frame 0 was "filmed".
func (o *Origin) Began() time.Time { return o.began }

// Close ends the encoders.
func (o *Origin) Close() {
	for _, p := range o.programmes {
		p.close()
	}
}

func (o *Origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	o.mux.ServeHTTP(w, r)
}

func (o *Origin) list(w http.ResponseWriter, r *http.Request) {
	life, err := time.ParseDuration(r.URL.Query().Get("life"))
	if err != nil {
		life = 5 * time.Minute
	}
	w.Header().Set("Content-Type", "audio/x-mpegurl")
	fmt.Fprintln(w, "#EXTM3U")
	for _, name := range o.names {
		fmt.Fprintf(w, "#EXTINF:-1,%s\nhttp://%s/%s/index.m3u8?hdnts=%s\n", name, r.Host, name, o.tokens.issue(life))
	}
}

func (o *Origin) clock(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]int64{"began": o.began.UnixMilli(), "now": time.Now().UnixMilli()})
}

func (o *Origin) change(w http.ResponseWriter, r *http.Request) {
	f := o.feeds[r.PathValue("feed")]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	for name, values := range r.URL.Query() {
		if err := f.change(name, values[0], r.URL.Query().Get("all") != ""); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
}

func (o *Origin) serve(w http.ResponseWriter, r *http.Request) {
	f, leaf, token := o.feeds[r.PathValue("feed")], r.PathValue("leaf"), r.URL.Query().Get("hdnts")
	switch {
	case f == nil:
		http.NotFound(w, r)
	case !o.tokens.valid(token):
		http.Error(w, "the token has expired", http.StatusForbidden)
	case leaf == "index.m3u8":
		playlist(w, "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-STREAM-INF:FRAME-RATE=25,"+f.programme.of.form.attributes()+"\nmedia.m3u8?hdnts="+token+"\n")
	case leaf == "media.m3u8":
		playlist(w, f.playlist(time.Now(), token))
	default:
		number, err := strconv.Atoi(strings.TrimSuffix(leaf, ".ts"))
		if err != nil || number < f.first {
			http.NotFound(w, r)
			return
		}
		data, err := f.programme.segment(number - f.first)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "video/mp2t")
		_, _ = w.Write(data)
	}
}

func playlist(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
	_, _ = io.WriteString(w, text)
}

// tokens hands out tokens and checks them. They are readable, and not signed.
type tokens struct {
	mu      sync.Mutex
	issued  int
	revoked int
}

func (t *tokens) issue(life time.Duration) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.issued++
	return fmt.Sprintf("exp=%d~acl=/*~id=%d~hmac=%040x", time.Now().Add(life).Unix(), t.issued, t.issued)
}

func (t *tokens) valid(token string) bool {
	var expires int64
	var id int
	if _, err := fmt.Sscanf(token, "exp=%d~acl=/*~id=%d~", &expires, &id); err != nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return id > t.revoked && id <= t.issued && time.Now().Unix() < expires
}

// revoke makes all tokens invalid that were handed out before.
func (t *tokens) revoke() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.revoked = t.issued
}
