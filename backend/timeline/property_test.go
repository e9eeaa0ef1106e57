package timeline

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gridwall/backend/hls"
	"gridwall/backend/weburl"
)

// segmentLength is the duration of each segment of the simulated stream.
const segmentLength = 4 * time.Second

var airtime = time.Date(2026, 11, 27, 14, 0, 0, 0, time.UTC)

// origin is a simulated live stream: segment k is complete k segment lengths after airtime. Each of its edges presents it
// differently.
type origin struct {
	dated   bool         // has program date times
	opaque  bool         // segment names change with each playlist; all edges then use the same numbers
	breaks  map[int]bool // segments before which the stream has a discontinuity
	keyEach int          // after how many segments the key changes; 0: no keys
	edges   []edge
}

// edge is one server of the CDN.
type edge struct {
	offset int // added to k for its media sequence number
	window int // how many segments it lists
	lag    int // how many segments it is behind
}

// playlist returns an edge's answer when newest is the stream's newest segment. n makes the tokens of each answer unique.
func (o *origin) playlist(e edge, newest, n int) string {
	first := max(0, newest-e.lag-e.window+1)
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:%d\n", first+e.offset)
	dropped := 0
	for k := range first {
		if o.breaks[k] {
			dropped++
		}
	}
	fmt.Fprintf(&b, "#EXT-X-DISCONTINUITY-SEQUENCE:%d\n", dropped)
	for k := first; k <= newest-e.lag; k++ {
		if o.breaks[k] {
			b.WriteString("#EXT-X-DISCONTINUITY\n")
		}
		if o.keyEach > 0 && (k == first || k%o.keyEach == 0) {
			fmt.Fprintf(&b, "#EXT-X-KEY:METHOD=AES-128,URI=\"key%d?token=%d\",IV=0x1\n", k/o.keyEach, n)
		}
		if o.dated {
			b.WriteString("#EXT-X-PROGRAM-DATE-TIME:" + airtime.Add(time.Duration(k)*segmentLength).Format("2006-01-02T15:04:05.000Z07:00") + "\n")
		}
		if o.opaque {
			fmt.Fprintf(&b, "#EXTINF:4,\n%x/s.ts?is=%d\n", n*7919+k*104729, k)
		} else {
			fmt.Fprintf(&b, "#EXTINF:4,\ns%d.ts?token=%032x&is=%d\n", k, n, k)
		}
	}
	return b.String()
}

// contentOf returns which segment, or which key, of the stream an upstream address refers to.
func contentOf(uri string) string {
	if key, _, ok := strings.Cut(uri, "?token"); ok && strings.HasPrefix(key, "key") {
		return key
	}
	_, k, _ := strings.Cut(uri, "is=")
	return k
}

// viewer checks what a player would see across all reloads.
type viewer struct {
	t             *testing.T
	label         string // seed and reload, for messages
	last          int64
	segment       map[int64]string // content by number
	key           map[string]string
	discontinuity map[int64]int64
}

func newViewer(t *testing.T) *viewer {
	return &viewer{t: t, last: -1, segment: map[int64]string{}, key: map[string]string{}, discontinuity: map[int64]int64{}}
}

type noLinks struct{}

func (noLinks) Asset(*Playlist, int) string                 { return "data-0" }
func (noLinks) Report(*Playlist, int) (string, int64, bool) { return "", 0, false }

// check compares the playlist that tl now shows with all earlier ones.
func (v *viewer) check(tl *Timeline, s *Snapshot, now time.Time) {
	text := tl.Render(s, Addressing{}, Window{Now: now}, noLinks{})
	m, err := hls.ParseMedia(text, hls.Env{})
	require.NoError(v.t, err, string(text))
	require.Equal(v.t, s.First(), m.MSN)
	newest := m.MSN + int64(len(m.Segments)) - 1
	require.GreaterOrEqual(v.t, newest, v.last, "%s: the numbers went back", v.label)
	v.last = newest
	for i := range m.Segments {
		msn := m.MSN + int64(i)
		require.Equal(v.t, strconv.FormatInt(msn, 10)+".ts", m.Segments[i].URI)
		ref, ok, _ := tl.Find(Segment(msn), s.Generation, time.Time{})
		require.True(v.t, ok, "%s: %d is listed but not known", v.label, msn)
		if was, ok := v.segment[msn]; ok {
			require.Equal(v.t, was, contentOf(ref.URI), "%s: the number %d was reused for another segment", v.label, msn)
		}
		v.segment[msn] = contentOf(ref.URI)
		if was, ok := v.discontinuity[msn]; ok {
			require.Equal(v.t, was, m.Segments[i].Discontinuity, "%s: the discontinuity sequence number of %d has changed", v.label, msn)
		}
		v.discontinuity[msn] = m.Segments[i].Discontinuity
	}
	for _, k := range m.Keys {
		ref, ok, _ := tl.Find(Named(k.URI), s.Generation, time.Time{})
		require.True(v.t, ok, "%s: %s is listed but not known", v.label, k.URI)
		if was, ok := v.key[k.URI]; ok {
			require.Equal(v.t, was, contentOf(ref.URI), "%s: the name %s was reused for another key", v.label, k.URI)
		}
		v.key[k.URI] = contentOf(ref.URI)
	}
	for msn := max(m.MSN-maxExpired, 0); msn < m.MSN; msn++ { // a player that lags behind may request them
		if ref, ok, _ := tl.Find(Segment(msn), s.Generation, time.Time{}); ok {
			require.Equal(v.t, v.segment[msn], contentOf(ref.URI), "%s: the number %d, which has left the playlist, was reused for another segment", v.label, msn)
		}
	}
}

func randomOrigin(r *rand.Rand) *origin {
	o := &origin{dated: r.IntN(2) == 0, breaks: map[int]bool{}, keyEach: []int{0, 0, 3, 5}[r.IntN(4)]}
	o.opaque = o.dated && r.IntN(3) == 0
	for range r.IntN(6) {
		o.breaks[r.IntN(120)] = true
	}
	for range 1 + r.IntN(3) {
		e := edge{window: 5 + r.IntN(12)}
		if r.IntN(2) == 0 {
			e.offset = r.IntN(5000)
		}
		if len(o.edges) > 0 && r.IntN(3) == 0 {
			e.lag = r.IntN(2)
		}
		o.edges = append(o.edges, e)
	}
	return o
}

// No matter which edge answers, under which token, and when the process restarts: a number always means the same segment, a
// name the same key, numbers never go back, and a discontinuity stays where it is (RFC 8216bis 6.2.1, 6.2.2).
func TestSequenceNumbersAreNeverReusedOnAnyEdge(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		o := randomOrigin(r)
		tl := New(weburl.Resolve)
		v := newViewer(t)
		newest, generation, at := 30, uint64(1), 0
		e := o.edges[at]
		for n := range 40 {
			switch r.IntN(8) {
			case 0: // the token expires; another edge answers under the next one
				generation++
				at = r.IntN(len(o.edges))
				e = o.edges[at]
			case 1:
				raw, err := json.Marshal(first(tl.Record()))
				require.NoError(t, err)
				var rec Record
				require.NoError(t, json.Unmarshal(raw, &rec))
				tl = New(weburl.Resolve)
				tl.Restore(rec)
			}
			newest += r.IntN(4)
			now := airtime.Add(time.Duration(newest) * segmentLength)
			base := &url.URL{Scheme: "http", Host: fmt.Sprintf("edge%d.cdn.test", at), Path: fmt.Sprintf("/live/%d/v.m3u8", generation)}
			if !o.opaque {
				base.Path = "/live/v.m3u8"
			}
			media, err := hls.ParseMedia([]byte(o.playlist(e, newest, n)), hls.Env{URL: base})
			require.NoError(t, err)
			res := tl.Update(&Playlist{Media: media, Parent: &Parent{URL: base, Generation: generation}, At: now}, generation, Sibling{})
			require.NotNil(t, res.Shown)
			v.label = fmt.Sprintf("seed %d, reload %d of %+v", seed, n, *o)
			v.check(tl, res.Shown, now)
		}
	}
}

func first[T any](v T, _ bool) T { return v }

// A restarted encoder has new content under old numbers and names. For players its content follows the old one, after a
// discontinuity.
func TestARestartedEncoderContinuesTheStreamWithADiscontinuity(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 2))
		tl := New(weburl.Resolve)
		v := newViewer(t)
		now := airtime
		base := &url.URL{Scheme: "http", Host: "edge.cdn.test", Path: "/v.m3u8"}
		dated := r.IntN(2) == 0
		restarts, k, start, segs := 0, 20, airtime.Add(-26*segmentLength), 6
		for n := range 40 {
			v.label = fmt.Sprintf("seed %d, reload %d", seed, n)
			// Without dates, a restart whose numbers seem to continue looks the same as names that change with each playlist.
			if r.IntN(10) == 0 && (dated || k > 8) {
				restarts++
				k, segs = r.IntN(3), 1+r.IntN(4)
				now = now.Add(30 * time.Second)
				start = now.Add(-time.Duration(k+segs) * segmentLength)
			} else if more := r.IntN(3); more > 0 {
				k, now = k+more, now.Add(time.Duration(more)*segmentLength)
			}
			var b strings.Builder
			fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:%d\n", k)
			for i := k; i < k+segs; i++ {
				if dated {
					b.WriteString("#EXT-X-PROGRAM-DATE-TIME:" + start.Add(time.Duration(i)*segmentLength).Format("2006-01-02T15:04:05.000Z07:00") + "\n")
				}
				fmt.Fprintf(&b, "#EXTINF:4,\nr%d-%d.ts?is=%d-%d\n", restarts, i, restarts, i)
			}
			media, err := hls.ParseMedia([]byte(b.String()), hls.Env{URL: base})
			require.NoError(t, err)
			res := tl.Update(&Playlist{Media: media, Parent: &Parent{URL: base, Generation: 1}, At: now}, 1, Sibling{})
			v.check(tl, res.Shown, now)
		}
		if restarts > 0 {
			var seen []int64
			for _, d := range v.discontinuity {
				seen = append(seen, d)
			}
			require.Greater(t, slices.Max(seen), slices.Min(seen), "seed %d: a restart without a discontinuity", seed)
		}
	}
}
