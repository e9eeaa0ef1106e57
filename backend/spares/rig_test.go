package spares_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/proxy"
	"gridwall/backend/spares"
	"gridwall/backend/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// feed is a live stream of one source. The clock advances it.
type feed struct {
	id, title, site string
	quality         string
	segment         time.Duration
	window          int    // segments
	first           int    // its own number of the segment at the program's begin
	multi           bool   // it has a multivariant playlist, with two variants
	separate        bool   // and sound of its own
	codecs          string // what its multivariant playlist says of them
	fmp4            bool
	keyed           bool // AES-128 without an IV
	undated         bool
	backwards       bool                                                 // its dates run backwards
	ahead           time.Duration                                        // added to its dates
	lag             time.Duration                                        // how late it is
	odd             func(h http.Header, text string, request int) []byte // what it does to its playlists; nil: nothing
	target          int                                                  // the declared target duration in seconds; 0: that of its segments

	mu      sync.Mutex
	frozen  time.Time // it lists nothing newer; zero: it lives
	over    bool      // its playlist has ended
	gone    bool      // nothing listens there
	hangs   bool      // it does not answer
	broken  bool      // it answers with status 500
	refuses bool      // its segments are refused
	hits    map[string]int
}

func (f *feed) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *feed) count(part string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for path, hits := range f.hits {
		if strings.Contains(path, part) {
			n += hits
		}
	}
	return n
}

// RoundTrip answers as the feed's CDN.
func (f *feed) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hits == nil {
		f.hits = map[string]int{}
	}
	f.hits[r.URL.Path]++
	if f.gone {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	if f.hangs {
		f.mu.Unlock()
		<-r.Context().Done()
		f.mu.Lock()
		return nil, r.Context().Err()
	}
	w := httptest.NewRecorder()
	if f.broken {
		w.WriteHeader(http.StatusInternalServerError)
	} else {
		f.serve(w, r)
	}
	res := w.Result()
	res.Request = r
	return res, nil
}

func (f *feed) serve(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	var n int
	switch {
	case name == "master.m3u8":
		audio := ""
		fmt.Fprint(w, "#EXTM3U\n")
		if f.separate {
			fmt.Fprint(w, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"English\",LANGUAGE=\"en\",URI=\"sound.m3u8\"\n")
			audio = ",AUDIO=\"a\""
		}
		if f.codecs != "" {
			audio += ",CODECS=\"" + f.codecs + "\""
		}
		fmt.Fprintf(w, "#EXT-X-STREAM-INF:BANDWIDTH=6000000,RESOLUTION=1920x1080%s\nhigh.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=1280x720%s\nlow.m3u8\n", audio, audio)
	case strings.HasSuffix(name, ".m3u8"):
		text := f.playlist(strings.TrimSuffix(name, ".m3u8"))
		if f.odd != nil {
			text = string(f.odd(w.Header(), text, f.hits[r.URL.Path]))
		}
		fmt.Fprint(w, text)
	case strings.HasPrefix(name, "init"), strings.HasPrefix(name, "key"):
		body := []byte("0123456789abcdef")
		if strings.HasPrefix(name, "init") {
			body = append([]byte("\x00\x00\x00\x18ftypiso5\x00\x00\x00\x01iso5isom"), []byte(f.id+" "+name)...)
		}
		_, _ = w.Write(body)
	case f.refuses:
		http.Error(w, "no", http.StatusForbidden)
	default:
		variant, number, _ := strings.Cut(name, "-")
		if _, err := fmt.Sscanf(number, "%d.", &n); err != nil {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(f.media(variant, n))
	}
}

// media returns the bytes of a segment by its own number.
func (f *feed) media(variant string, n int) []byte {
	text := fmt.Appendf(nil, "%s %s %d|", f.id, variant, n)
	if f.fmp4 {
		return append([]byte("\x00\x00\x00\x10styp\x6d\x73\x64\x68\x00\x00\x00\x00"), bytes.Repeat(text, 50)...)
	}
	return append([]byte{0x47}, bytes.Repeat(text, 50)...)
}

// begin is when all feeds begin. A test in a bubble begins at midnight of 2000-01-01.
var begin = time.Date(1999, 12, 31, 23, 0, 0, 0, time.UTC)

func (f *feed) playlist(variant string) string {
	now := time.Now()
	if !f.frozen.IsZero() {
		now = f.frozen
	}
	newest := int(now.Add(-f.lag).Sub(begin)/f.segment) - 1 // the newest complete segment, from 0
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:%d\n", max(f.target, int(f.segment.Seconds())), f.first+newest-f.window+1)
	if f.fmp4 {
		b.WriteString("#EXT-X-MAP:URI=\"init-" + variant + ".mp4\"\n")
	}
	if f.keyed {
		b.WriteString("#EXT-X-KEY:METHOD=AES-128,URI=\"key-" + variant + "\"\n")
	}
	ext := "ts"
	if f.fmp4 {
		ext = "m4s"
	}
	for n := newest - f.window + 1; n <= newest; n++ {
		if !f.undated {
			at := time.Duration(n) * f.segment
			if f.backwards {
				at = -at
			}
			fmt.Fprintf(&b, "#EXT-X-PROGRAM-DATE-TIME:%s\n", begin.Add(at+f.ahead).Format("2006-01-02T15:04:05.000Z"))
		}
		fmt.Fprintf(&b, "#EXTINF:%.3f,\n%s-%d.%s\n", f.segment.Seconds(), variant, f.first+n, ext)
	}
	if f.over {
		b.WriteString("#EXT-X-ENDLIST\n")
	}
	return b.String()
}

func (f *feed) root() string {
	name := "only.m3u8"
	if f.multi {
		name = "master.m3u8"
	}
	return "http://" + f.id + ".test/" + name
}

// known are the streams that extractions found. Their tokens need no renewal.
type known struct {
	feeds []*feed

	mu     sync.Mutex
	leases map[string]bool // "id viewer"
}

func (k *known) find(id string) *feed {
	for _, f := range k.feeds {
		if f.id == id {
			return f
		}
	}
	return nil
}

func (k *known) Stream(id string) (stream.Stream, bool) {
	f := k.find(id)
	if f == nil {
		return stream.Stream{}, false
	}
	return stream.Stream{ID: f.id, Title: f.title, SiteKey: f.site, SiteName: f.site, Quality: f.quality, URL: f.root()}, true
}

func (k *known) Streams() (out []stream.Stream) {
	for _, f := range k.feeds {
		st, _ := k.Stream(f.id)
		out = append(out, st)
	}
	return out
}

func (k *known) Open(_ context.Context, id string, _ bool, _ string) (stream.Upstream, error) {
	return k.Current(id)
}

func (k *known) Current(id string) (stream.Upstream, error) {
	f := k.find(id)
	if f == nil {
		return stream.Upstream{}, stream.ErrUnknownStream
	}
	return stream.Upstream{ID: id, URL: f.root(), Generation: 1}, nil
}

func (k *known) Renew(_ context.Context, id string, _ stream.Refusal) (stream.Upstream, error) {
	up, _ := k.Current(id)
	return up, errors.New("the test renews nothing")
}

func (k *known) Expires(string, uint64, time.Time) {}

func (k *known) Keep(_ context.Context, id, viewer string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.leases[id+" "+viewer] = true
	return nil
}

func (k *known) Release(id, viewer string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.leases, id+" "+viewer)
}

func (k *known) Active(string) bool { return true }

func (k *known) held() map[string]bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.leases)
}

// Transport and RoundTrip lead requests to the feeds by their hosts.
func (k *known) Transport(bool, string) (http.RoundTripper, error) { return k, nil }

func (k *known) RoundTrip(r *http.Request) (*http.Response, error) {
	f := k.find(strings.TrimSuffix(r.URL.Hostname(), ".test"))
	if f == nil {
		return nil, errors.New("no such host")
	}
	return f.RoundTrip(r)
}

// memory keeps documents and records in memory.
type memory struct {
	mu      sync.Mutex
	records map[string][]byte
}

func (m *memory) Load(id string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.records[id], nil
}

func (m *memory) Save(id string, b []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records[id] = b
	return nil
}
func (m *memory) Spares() ([]byte, error)      { return m.Load("/spares") }
func (m *memory) SaveSpares(doc []byte) error  { return m.Save("/spares", doc) }
func (m *memory) Splices() ([]byte, error)     { return m.Load("/splices") }
func (m *memory) SaveSplices(doc []byte) error { return m.Save("/splices", doc) }

// rig is a proxy with spares in front of feeds.
type rig struct {
	t      *testing.T
	known  *known
	memory *memory
	back   time.Duration // of the rule
	rewind string        // folder of retained segments; "" for none
	proxy  *proxy.Proxy
	spares *spares.Service

	mu      sync.Mutex
	notices []string
}

// newRig starts a proxy in a bubble of synctest. Each feed has those of other sources with the same title as spares, by rule.
func newRig(t *testing.T, feeds ...*feed) *rig {
	g := &rig{t: t, known: &known{leases: map[string]bool{}}, memory: &memory{records: map[string][]byte{}}}
	for _, f := range feeds {
		if f.segment == 0 {
			f.segment = 2 * time.Second
		}
		if f.window == 0 {
			f.window = 6
		}
		if f.title == "" {
			f.title = "World feed"
		}
		if f.site == "" {
			f.site = f.id
		}
		g.known.feeds = append(g.known.feeds, f)
	}
	g.start()
	t.Cleanup(g.stop)
	return g
}

func (g *rig) start() {
	log := slog.New(slog.DiscardHandler)
	g.proxy = proxy.New(proxy.Options{Streams: g.known, Transports: g.known, Memory: g.memory, CacheBytes: 8 << 20, Log: log,
		RewindDir: g.rewind, Rewind: proxy.Rewind{Length: g.length(), Bytes: 1 << 30}})
	g.spares = spares.New(spares.Options{Engine: g.proxy.Engine(), Streams: g.known, Leases: g.known, Documents: g.memory, Log: log,
		Rule: func(stream.Stream) (time.Duration, bool) { return g.back, true }, OnChange: func() {},
		Notice: func(_, message, _ string) {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.notices = append(g.notices, message)
		}})
	g.proxy.SetSpares(g.spares)
}

func (g *rig) length() time.Duration {
	if g.rewind == "" {
		return 0
	}
	return 5 * time.Minute
}

func (g *rig) stop() { require.NoError(g.t, g.proxy.Close()) }

func (g *rig) restart() {
	g.stop()
	g.start()
}

func (g *rig) told() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string{}, g.notices...)
}

// get requests a playback address.
func (g *rig) get(path string) (int, string) {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	w := httptest.NewRecorder()
	g.proxy.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	require.NoError(g.t, err)
	return w.Code, string(body)
}

// feeder returns the stream that feeds another.
func (g *rig) feeder(id string) string {
	f := g.spares.Feed(id)
	require.NotNil(g.t, f)
	return f.StreamID
}
