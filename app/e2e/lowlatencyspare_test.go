package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/hls"
	"gridwall/internal/testorigin"
	"gridwall/internal/testserver"
)

// numbered serves an origin under media sequence numbers that are greater by shift.
func numbered(t *testing.T, origin http.Handler, shift int) http.Handler {
	numbers := regexp.MustCompile(`(#EXT-X-MEDIA-SEQUENCE:|LAST-MSN=)(\d+)`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/media.m3u8") {
			origin.ServeHTTP(w, r)
			return
		}
		q := r.URL.Query()
		if msn, err := strconv.Atoi(q.Get("_HLS_msn")); err == nil {
			q.Set("_HLS_msn", strconv.Itoa(msn-shift))
		}
		r.URL.RawQuery = q.Encode()
		res := httptest.NewRecorder()
		origin.ServeHTTP(res, r)
		w.Header().Set("Content-Type", res.Header().Get("Content-Type"))
		w.WriteHeader(res.Code)
		_, _ = w.Write(numbers.ReplaceAllFunc(res.Body.Bytes(), func(tag []byte) []byte {
			m := numbers.FindSubmatch(tag)
			n, err := strconv.Atoi(string(m[2]))
			assert.NoError(t, err)
			return fmt.Appendf(nil, "%s%d", m[1], n+shift)
		}))
	})
}

// The source of a low-latency feed dies. A player of whole segments goes on with the spare without a break, and a low-latency player
// soon gets each part again as it is made, under the numbers that it knows.
func TestALowLatencyFeedIsLowLatencyAgainOnItsSpare(t *testing.T) {
	origin, err := testorigin.New(testorigin.LowLatency)
	require.NoError(t, err)
	source := testorigin.NewMortal(origin)
	alpha, beta, direct := httptest.NewServer(source), httptest.NewServer(numbered(t, origin, 7000)), httptest.NewServer(origin)
	for _, s := range []*httptest.Server{alpha, beta, direct} {
		t.Cleanup(s.Close)
	}
	h := testserver.NewHome(t, testserver.Quiet+"[[rule]]\nspare = true\n", map[string]string{
		"alpha": testorigin.Source(alpha.URL+testorigin.Entry, "LL"), "beta": testorigin.Source(beta.URL+testorigin.Entry, "LL"),
	})
	g := serve(t, h, "127.0.0.1:0")
	var first listed
	for _, s := range g.streams(2) {
		if s.SiteKey == "alpha" {
			first = s
		}
	}
	_, root := g.get(first.path())
	m, err := hls.ParseMultivariant([]byte(root), hls.Env{})
	require.NoError(t, err)
	list := strings.TrimSuffix(first.path(), "index.m3u8") + m.Renditions[0].URI
	const length = 25 * time.Second
	played := collect(t, "across the kill", g.url+first.path(), length)
	taker := func(list string, alone bool) *partTaker {
		return &partTaker{t: t, client: g.client, list: list, alone: alone, at: map[int64]time.Time{}, bytes: map[int64][]byte{}}
	}
	ours := taker(g.url+list, true)
	ours.take(40) // eight seconds, in which the spare becomes warm

	require.NoError(t, source.Die(patience))
	_ = alpha.Listener.Close()
	alpha.CloseClientConnections()
	killed := time.Now()
	spared := false
	until(t, "the parts of the spare", func() bool {
		_, text := g.get(list)
		spared = spared || strings.Contains(text, "#EXT-X-DISCONTINUITY")
		return spared && strings.Contains(text, "#EXT-X-PART:")
	})
	t.Logf("it has parts again %s after the kill", time.Since(killed).Round(time.Millisecond))
	assert.Less(t, time.Since(killed), 20*time.Second)

	upstream := taker(direct.URL+"/low/media.m3u8", false)
	ours = taker(g.url+list, true)
	var both sync.WaitGroup
	for _, p := range []*partTaker{ours, upstream} {
		both.Go(func() { p.take(30) })
	}
	both.Wait()
	common, later := 0, time.Duration(0)
	for n, want := range upstream.bytes {
		if got, ok := ours.bytes[n]; ok {
			require.Equal(t, want, got, "part %d", n)
			later += ours.at[n].Sub(upstream.at[n])
			common++
		}
	}
	assert.Greater(t, common, 30, "the numbers go on at the same date time")
	assert.Greater(t, ours.hints, 10, "parts have the addresses that hints announced")
	t.Logf("%d parts, through the proxy %s later on average", common, later/time.Duration(max(common, 1)))
	played().judge(t, length, time.Second)
}
