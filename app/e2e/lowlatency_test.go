package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/hls"
	"gridwall/internal/testorigin"
)

// partTaker is a player of low-latency HLS: it reloads blocking, and fetches each part when it is listed.
type partTaker struct {
	t      *testing.T
	client *http.Client
	list   string // the media playlist's address
	// at is when each part came, by its number since the beginning; bytes are what it holds.
	at    map[int64]time.Time
	bytes map[int64][]byte
	hints int // parts whose address was announced before
	// alone is true if the playlist reports no other rendition.
	alone bool
}

func (p *partTaker) fetch(url string) []byte {
	p.t.Helper()
	res, err := p.client.Get(url)
	require.NoError(p.t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(p.t, err)
	require.Equal(p.t, http.StatusOK, res.StatusCode, "%s: %s", url, body)
	return body
}

// take follows the playlist through so many reloads.
func (p *partTaker) take(reloads int) {
	query, hint := "", ""
	for range reloads {
		m, err := hls.ParseMedia(p.fetch(p.list+query), hls.Env{})
		require.NoError(p.t, err)
		require.True(p.t, m.CanBlock)
		for i := 0; i <= len(m.Segments); i++ {
			parts := m.Open
			if i < len(m.Segments) {
				parts = m.Segments[i].Parts
			}
			for k, part := range parts {
				n := (m.MSN+m.Skipped+int64(i))*5 + int64(k)
				if _, ok := p.bytes[n]; !ok {
					if part.URI == hint {
						p.hints++
					}
					p.bytes[n] = p.fetch(p.list[:strings.LastIndexByte(p.list, '/')+1] + part.URI)
					p.at[n] = time.Now()
				}
			}
		}
		require.Len(p.t, m.Hints, 1)
		if !p.alone {
			require.Len(p.t, m.Reports, 1, "there is a report for the other rendition")
		}
		hint = m.Hints[0].URI
		query = fmt.Sprintf("?_HLS_msn=%d&_HLS_part=%d", m.MSN+m.Skipped+int64(len(m.Segments)), len(m.Open))
	}
}

// A low-latency player gets each part as soon as it is made, with the encoder's bytes and without upstream addresses. A
// player that reads whole segments can play the same feed.
func TestALowLatencyFeedStaysLowLatency(t *testing.T) {
	upstream := testorigin.Start(t, testorigin.LowLatency)
	g := serve(t, newHome(t, map[string]string{"ll": testorigin.Source(upstream, "LL")}), "127.0.0.1:0")
	s := g.streams(1)[0]
	status, master := g.get(s.path())
	require.Equal(t, http.StatusOK, status, master)
	m, err := hls.ParseMultivariant([]byte(master), hls.Env{})
	require.NoError(t, err)
	base := strings.TrimSuffix(upstream, "master.m3u8")
	taker := func(list string) *partTaker {
		return &partTaker{t: t, client: g.client, list: list, at: map[int64]time.Time{}, bytes: map[int64][]byte{}}
	}
	ours := taker(g.url + strings.TrimSuffix(s.path(), "index.m3u8") + m.Renditions[0].URI)
	direct := taker(base + "low/media.m3u8")
	const reloads = 30
	var both sync.WaitGroup
	for _, p := range []*partTaker{ours, direct} {
		both.Go(func() { p.take(reloads) })
	}
	played := collect(t, "LL in ffmpeg", g.url+s.path(), 4*time.Second)
	both.Wait()
	common, later := 0, time.Duration(0)
	for n, want := range direct.bytes {
		if got, ok := ours.bytes[n]; ok {
			require.Equal(t, want, got, "part %d", n)
			later += ours.at[n].Sub(direct.at[n])
			common++
		}
	}
	assert.Greater(t, common, reloads, "both players saw the same parts")
	assert.Greater(t, ours.hints, reloads/3, "parts have the addresses that hints announced")
	t.Logf("%d parts, through the proxy %s later on average; %d were announced under their address", common, later/time.Duration(max(common, 1)), ours.hints)
	played().judge(t, 4*time.Second, time.Second)
}
