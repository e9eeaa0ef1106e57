package spares_test

import (
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listed is one segment of a playlist as a player reads it.
type listed struct {
	msn, disc int64
	uri       string
	pdt       time.Time
	duration  time.Duration
	init, key string
	gap       bool
}

// player plays one rendition: it reloads the playlist, and fetches each new segment. It fails the test if a number ever means another
// segment, goes back, or is left out (RFC 8216bis 6.2.1, 6.2.2).
type player struct {
	t       *testing.T
	g       *rig
	address string
	seen    map[int64]listed
	order   []int64
	first   int64
	target  int
	content map[int64]string // "feed variant number" of each fetched segment
	newAt   time.Time        // when the newest segment appeared
	still   time.Duration    // the longest time without a new one
	failed  []int64
}

func (g *rig) player(address string) *player {
	return &player{t: g.t, g: g, address: address, seen: map[int64]listed{}, content: map[int64]string{}}
}

// reload reads the playlist once.
func (p *player) reload() {
	p.t.Helper()
	status, text := p.g.get(p.address)
	if status != http.StatusOK {
		p.measure()
		return
	}
	list, target := parse(p.t, text)
	require.NotEmpty(p.t, list, text)
	require.GreaterOrEqual(p.t, list[0].msn, p.first, "the playlist begins earlier than before:\n%s", text)
	require.GreaterOrEqual(p.t, target, p.target, "the target duration shrinks")
	p.first, p.target = list[0].msn, target
	fresh := false
	for _, s := range list {
		require.LessOrEqual(p.t, s.duration.Seconds(), float64(target)+0.5)
		if old, ok := p.seen[s.msn]; ok {
			require.Equal(p.t, old.uri, s.uri, "number %d means another segment", s.msn)
			require.Equal(p.t, old.disc, s.disc, "number %d has another discontinuity", s.msn)
			require.True(p.t, old.pdt.Equal(s.pdt), "number %d has another date", s.msn)
			continue
		}
		// After an outage that is longer than the window, the playlist has moved on.
		if n := len(p.order); n > 0 && (s.msn != list[0].msn || time.Since(p.newAt) < 4*s.duration) {
			require.Equal(p.t, p.order[n-1]+1, s.msn, "a number is left out:\n%s", text)
		}
		p.seen[s.msn], p.order, fresh = s, append(p.order, s.msn), true
		p.fetch(s)
	}
	if fresh {
		p.measure()
		p.newAt = time.Now()
	}
}

func (p *player) measure() {
	if !p.newAt.IsZero() {
		p.still = max(p.still, time.Since(p.newAt))
	}
}

// fetch requests a segment with its init section and its key.
func (p *player) fetch(s listed) {
	p.t.Helper()
	if s.gap {
		p.content[s.msn] = "gap"
		return
	}
	status, body := p.g.get(p.resolve(s.uri))
	if status != http.StatusOK {
		p.failed = append(p.failed, s.msn)
		return
	}
	if _, after, ok := strings.Cut(body, "\x00\x00\x00\x00"); ok {
		body = after
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(body, "\x47"), "|")
	p.content[s.msn] = first
	feed, _, _ := strings.Cut(first, " ")
	if s.init != "" {
		status, text := p.g.get(p.resolve(s.init))
		require.Equal(p.t, http.StatusOK, status, s.init)
		require.Contains(p.t, text, feed+" init", "the init section is the feed's own")
	}
	if s.key != "" {
		status, _ := p.g.get(p.resolve(s.key))
		require.Equal(p.t, http.StatusOK, status, s.key)
	}
}

func (p *player) resolve(uri string) string { return path.Join(path.Dir(p.address), uri) }

// play reloads the playlist for some time, twice in a target duration.
func (p *player) play(d time.Duration) {
	p.t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		p.reload()
		time.Sleep(time.Duration(max(p.target, 1)) * time.Second / 2)
	}
}

// feeds returns the feeds of the segments in order, each once: "alpha beta".
func (p *player) feeds() string {
	var out []string
	for _, msn := range p.order {
		feed, _, _ := strings.Cut(p.content[msn], " ")
		if feed != "" && feed != "gap" && (len(out) == 0 || out[len(out)-1] != feed) {
			out = append(out, feed)
		}
	}
	return strings.Join(out, " ")
}

// discontinuities returns the numbers before which a discontinuity stands.
func (p *player) discontinuities() (out []int64) {
	for i, msn := range p.order {
		if i > 0 {
			if d := p.seen[msn].disc - p.seen[p.order[i-1]].disc; d != 0 {
				assert.Equal(p.t, int64(1), d)
				out = append(out, msn)
			}
		}
	}
	return out
}

// jumps returns how far the date times are apart at each segment, beyond its predecessor's duration; the greatest by amount.
func (p *player) jumps() (most time.Duration) {
	for i, msn := range p.order {
		if i == 0 {
			continue
		}
		before, s := p.seen[p.order[i-1]], p.seen[msn]
		if d := s.pdt.Sub(before.pdt.Add(before.duration)).Abs(); d > most {
			most = d
		}
	}
	return most
}

func parse(t *testing.T, text string) (list []listed, target int) {
	t.Helper()
	var s listed
	var msn, disc int64
	var pdt time.Time
	init, key := "", ""
	attr := func(l string) string {
		_, after, _ := strings.Cut(l, `URI="`)
		uri, _, _ := strings.Cut(after, `"`)
		return uri
	}
	number := func(l string) int64 {
		n, err := strconv.ParseInt(l[strings.IndexByte(l, ':')+1:], 10, 64)
		require.NoError(t, err)
		return n
	}
	for l := range strings.SplitSeq(strings.ReplaceAll(text, "\r", ""), "\n") {
		switch {
		case strings.HasPrefix(l, "#EXT-X-TARGETDURATION:"):
			target = int(number(l))
		case strings.HasPrefix(l, "#EXT-X-MEDIA-SEQUENCE:"):
			msn = number(l)
		case strings.HasPrefix(l, "#EXT-X-DISCONTINUITY-SEQUENCE:"):
			disc = number(l)
		case l == "#EXT-X-DISCONTINUITY":
			disc++
			pdt = time.Time{}
		case l == "#EXT-X-GAP":
			s.gap = true
		case strings.HasPrefix(l, "#EXT-X-MAP:"):
			init = attr(l)
		case strings.HasPrefix(l, "#EXT-X-KEY:"):
			if key = attr(l); key != "" && strings.Contains(text, "#EXT-X-VERSION:7") { // it is composed
				require.Contains(t, l, "IV=", "the number of the segment is no longer the upstream's, so the IV must be explicit")
			}
		case strings.HasPrefix(l, "#EXT-X-PROGRAM-DATE-TIME:"):
			var err error
			pdt, err = time.Parse(time.RFC3339, strings.TrimPrefix(l, "#EXT-X-PROGRAM-DATE-TIME:"))
			require.NoError(t, err)
		case strings.HasPrefix(l, "#EXTINF:"):
			var secs float64
			_, err := fmt.Sscanf(l, "#EXTINF:%f", &secs)
			require.NoError(t, err)
			s.duration = time.Duration(secs * float64(time.Second))
		case l != "" && l[0] != '#':
			s.msn, s.disc, s.uri, s.pdt, s.init, s.key = msn, disc, l, pdt, init, key
			list = append(list, s)
			msn++
			if !pdt.IsZero() {
				pdt = pdt.Add(s.duration)
			}
			s = listed{}
		}
	}
	return list, target
}
