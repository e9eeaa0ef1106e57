package proxy

import (
	"fmt"
	"gridwall/backend/fetch"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// member is one server behind a balancer, which sends each request to any of them.
type member struct {
	lag    int    // how many segments it is behind
	window int    // how many it lists
	offset int    // added to its media sequence numbers
	folder string // of its segments
	opaque bool   // its segment names reveal no number
}

type balancer struct {
	members []member
	pdt     bool
	began   time.Time

	seed uint64

	mu    sync.Mutex
	asked map[string]uint64 // requests by path
}

// pick returns the member that answers. The choice depends on the path and on how often it was requested, not on the order in
// which simultaneous requests for different paths arrive, so a seed always leads to the same choices.
func (l *balancer) pick(path string) *member {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked[path]++
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %d", path, l.asked[path])
	return &l.members[rand.New(rand.NewPCG(l.seed, h.Sum64())).IntN(len(l.members))]
}

// edge returns the index of the newest segment of a member.
func (l *balancer) edge(m *member) int { return 100 + int(time.Since(l.began)/(2*time.Second)) - m.lag }

func (m *member) name(i int) string {
	if m.opaque {
		return fmt.Sprintf("%s/%x.ts", m.folder, i*7919+m.offset)
	}
	return fmt.Sprintf("%s/seg%d.ts", m.folder, i)
}

func (l *balancer) RoundTrip(req *http.Request) (*http.Response, error) {
	if !fetch.Sleep(req.Context(), 10*time.Millisecond) {
		return nil, req.Context().Err()
	}
	m := l.pick(req.URL.Path)
	if strings.HasSuffix(req.URL.Path, ".m3u8") {
		var b strings.Builder
		last := l.edge(m)
		fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:%d\n", last-m.window+1+m.offset)
		for i := last - m.window + 1; i <= last; i++ {
			if l.pdt {
				fmt.Fprintf(&b, "#EXT-X-PROGRAM-DATE-TIME:%s\n", epoch.Add(time.Duration(i)*2*time.Second).Format("2006-01-02T15:04:05.000Z"))
			}
			fmt.Fprintf(&b, "#EXTINF:2,\n%s\n", m.name(i))
		}
		return answer(req, http.StatusOK, int64(b.Len()), strings.NewReader(b.String())), nil
	}
	for i := range l.members { // any member serves what another lists, once it has reached that segment
		for n := l.edge(m) - 60; n <= l.edge(m); n++ {
			if req.URL.Path == l.members[i].name(n) {
				body := string(content(n))
				return answer(req, http.StatusOK, int64(len(body)), strings.NewReader(body)), nil
			}
		}
	}
	return answer(req, http.StatusNotFound, 0, strings.NewReader("")), nil
}

// The playlist alternates between servers that lag behind, or number or name their segments differently. A player sees one
// stream that only moves forward and gets every segment, and the source is not run.
func TestServersBehindABalancerAppearAsOneStream(t *testing.T) {
	for name, x := range map[string]struct {
		members []member
		pdt     bool
		breaks  int  // discontinuities allowed
		repeats int  // segments that may appear twice
		lost    int  // segments that may be missed until the servers are distinguished
		runs    int  // runs of the source allowed
		longer  bool // one server has a longer window: the first segment moves back and forth, the newest does not
	}{
		"one lags by a segment":         {members: []member{{window: 6, folder: "/live"}, {window: 6, lag: 1, folder: "/live"}}, pdt: true},
		"without dates":                 {members: []member{{window: 6, folder: "/live"}, {window: 6, lag: 1, folder: "/live"}}},
		"one lags by three":             {members: []member{{window: 8, folder: "/live"}, {window: 8, lag: 3, folder: "/live"}}, pdt: true, runs: 2}, // it can look stalled
		"three of them":                 {members: []member{{window: 8, folder: "/live"}, {window: 8, lag: 1, folder: "/live"}, {window: 8, lag: 2, folder: "/live"}}},
		"other addresses":               {members: []member{{window: 6, folder: "/a"}, {window: 6, lag: 1, folder: "/b"}}, pdt: true},
		"other numbers":                 {members: []member{{window: 6, folder: "/live"}, {window: 6, lag: 1, offset: 5000, folder: "/live"}}},
		"other numbers and addresses":   {members: []member{{window: 6, folder: "/a"}, {window: 6, lag: 2, offset: 5000, folder: "/b"}}, pdt: true},
		"the members look unrelated":    {members: []member{{window: 6, folder: "/a", opaque: true}, {window: 6, lag: 1, offset: 5000, folder: "/b", opaque: true}}, breaks: 2, repeats: 24, lost: 2},
		"a longer and a shorter window": {members: []member{{window: 6, folder: "/live"}, {window: 12, lag: 1, folder: "/live"}}, pdt: true, longer: true},
	} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					l := &balancer{members: x.members, pdt: x.pdt, began: time.Now(), seed: seed, asked: map[string]uint64{}}
					b := upstreamBubble(t, func(*cdn) http.RoundTripper { return l })
					first, last, played, at := int64(-1), int64(-1), map[string]int{}, time.Now()
					breaks, lost := map[int64]bool{}, 0
					for range 90 { // three minutes
						list := b.get(mainList)
						require.Equal(t, http.StatusOK, list.status, list.body)
						msn, err := strconv.ParseInt(tagValue(list.body, "#EXT-X-MEDIA-SEQUENCE"), 10, 64)
						require.NoError(t, err)
						uris := lines(list.body)
						newest := msn + int64(len(uris)) - 1
						assert.GreaterOrEqual(t, newest, last, "the newest segment moved backwards")
						assert.True(t, x.longer || msn >= first, "the first segment moved backwards")
						if i := strings.Index(list.body, "#EXT-X-DISCONTINUITY\n"); i >= 0 {
							breaks[msn+int64(len(lines(list.body[:i])))] = true
						}
						if newest > last {
							at = time.Now()
						}
						assert.Less(t, time.Since(at), 20*time.Second, "the stream stalled")
						for n := max(msn, last+1); n <= newest; n++ {
							g := b.get(fmt.Sprintf("/hls/feed/main/%d.ts", n))
							if g.status != http.StatusOK {
								lost++
								t.Logf("%d: %s", n, g.body)
							}
							if g.status == http.StatusOK {
								played[g.body]++
							}
						}
						first, last = msn, max(last, newest)
						time.Sleep(2 * time.Second)
					}
					assert.LessOrEqual(t, len(breaks), x.breaks)
					assert.LessOrEqual(t, lost, x.lost)
					repeats := 0
					for _, n := range played {
						repeats += n - 1
					}
					assert.LessOrEqual(t, repeats, x.repeats)
					assert.Greater(t, len(played), 80, "most of the stream was played")
					b.close()
					b.site.mu.Lock()
					defer b.site.mu.Unlock()
					assert.LessOrEqual(t, b.site.runs, x.runs, "runs of the source")
				})
			})
		}
	}
}
