package democdn

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryMediaRequestNeedsAFreshToken(t *testing.T) {
	s := newStage(t)
	n := newest(noon)
	for _, path := range []string{"index.m3u8", "720p/index.m3u8", "audio/index.m3u8", "360p/init.mp4", fmt.Sprintf("720p/%d.m4s", n), fmt.Sprintf("audio/%d.m4s", n)} {
		t.Run(path, func(t *testing.T) {
			s.at(noon)
			good := s.fresh("world", path)
			bare, token, _ := strings.Cut(good, "?hdnts=")
			other := s.fresh("timing", path)
			_, foreign, _ := strings.Cut(other, "?hdnts=")
			flip := func(token string) string {
				last := "0"
				if strings.HasSuffix(token, "0") {
					last = "1"
				}
				return token[:len(token)-1] + last
			}
			for name, tc := range map[string]struct {
				address string
				want    int
			}{
				"good":            {good, http.StatusOK},
				"none":            {bare, http.StatusForbidden},
				"empty":           {bare + "?hdnts=", http.StatusForbidden},
				"rubbish":         {bare + "?hdnts=~~~", http.StatusForbidden},
				"forged":          {bare + "?hdnts=" + flip(token), http.StatusForbidden},
				"longer life":     {strings.Replace(good, "exp=1", "exp=2", 1), http.StatusForbidden},
				"of another feed": {bare + "?hdnts=" + foreign, http.StatusForbidden},
			} {
				res, body := s.get(tc.address)
				assert.Equal(t, tc.want, res.StatusCode, "%s: %s", name, body)
			}
			s.at(noon.Add(TokenLife - time.Second))
			res, _ := s.get(good)
			assert.Equal(t, http.StatusOK, res.StatusCode, "in its last second")
			s.at(noon.Add(TokenLife))
			res, _ = s.get(good)
			assert.Equal(t, http.StatusGone, res.StatusCode, "expired")
		})
	}
}

func TestATokenOfAnotherProcessIsRefused(t *testing.T) {
	one, two := newStage(t), newStage(t)
	_, token, _ := strings.Cut(one.fresh("world", "index.m3u8"), "?")
	address, _, _ := strings.Cut(two.fresh("world", "index.m3u8"), "?")
	res, _ := two.get(address + "?" + token)
	assert.Equal(t, http.StatusForbidden, res.StatusCode)
}

func TestAPlayerCanFollowTheAddressesFromTheSiteToTheMedia(t *testing.T) {
	s := newStage(t)
	var site struct{ Feeds []Feed }
	require.NoError(t, json.Unmarshal(s.mustGet(s.server.URL+"/feeds.json"), &site))
	require.Len(t, site.Feeds, 4)
	assert.Equal(t, s.cdn.Feeds(s.server.URL+"/"), site.Feeds)
	expiry := regexp.MustCompile(`[~=]exp=(\d+)~`)
	for _, f := range site.Feeds {
		seconds, err := strconv.ParseInt(expiry.FindStringSubmatch(f.URL)[1], 10, 64)
		require.NoError(t, err)
		assert.Equal(t, noon.Add(30*time.Second).Unix(), seconds, "the expiry can be read from the address")
		playlist := s.mustGet(f.URL)
		assert.Regexp(t, `CODECS="avc1\.64001f,mp4a\.40\.2",RESOLUTION=1280x720,FRAME-RATE=25\.000,AUDIO="sound"`, string(playlist))
		assert.Regexp(t, `RESOLUTION=640x360`, string(playlist))
		renditions := named(t, f.URL, playlist)
		require.Len(t, renditions, 3)
		for _, r := range renditions {
			body := s.mustGet(r)
			pieces := named(t, r, body)
			require.Len(t, pieces, 1+window)
			for _, p := range pieces {
				assert.NotEmpty(t, s.mustGet(p))
			}
		}
	}
}

func TestSegmentsKeepTheirNamesAsThePlaylistAdvances(t *testing.T) {
	s := newStage(t)
	number := regexp.MustCompile(`(?m)^(\d+)\.m4s`)
	dates := regexp.MustCompile(`(?m)^#EXT-X-PROGRAM-DATE-TIME:(.*)$`)
	for _, r := range []string{"720p", "audio"} {
		for step := range 40 {
			now := noon.Add(time.Duration(step)*time.Second + 700*time.Millisecond)
			s.at(now)
			body := string(s.mustGet(s.fresh("timing", r+"/index.m3u8")))
			n := newest(now)
			assert.Contains(t, body, fmt.Sprintf("#EXT-X-MEDIA-SEQUENCE:%d\n", n-window+1))
			assert.NotContains(t, body, "DISCONTINUITY")
			numbers, pdts := number.FindAllStringSubmatch(body, -1), dates.FindAllStringSubmatch(body, -1)
			require.Len(t, numbers, window)
			require.Len(t, pdts, window)
			for i := range numbers {
				assert.Equal(t, strconv.FormatInt(n-window+1+int64(i), 10), numbers[i][1])
				pdt, err := time.Parse(time.RFC3339, pdts[i][1])
				require.NoError(t, err)
				assert.WithinDuration(t, time.Unix(2*(n-window+1+int64(i)), 0), pdt, 16*time.Millisecond)
			}
			assert.False(t, time.Unix(2*(n+1), 0).After(now), "a segment is listed once it is over")
		}
	}
}

func TestOnlyRetainedSegmentsAreServed(t *testing.T) {
	s := newStage(t)
	n := newest(noon)
	for path, want := range map[string]int{
		fmt.Sprintf("720p/%d.m4s", n):          http.StatusOK,
		fmt.Sprintf("720p/%d.m4s", n-2*window): http.StatusOK,
		fmt.Sprintf("720p/%d.m4s", n-kept):     http.StatusNotFound,
		fmt.Sprintf("720p/%d.m4s", n+1):        http.StatusNotFound,
		fmt.Sprintf("720p/0%d.m4s", n):         http.StatusNotFound,
		fmt.Sprintf("720p/+%d.m4s", n):         http.StatusNotFound,
		fmt.Sprintf("720p/%d", n):              http.StatusNotFound,
		"720p/-1.m4s":                          http.StatusNotFound,
		"720p/99999999999999999999.m4s":        http.StatusNotFound,
		"1080p/index.m3u8":                     http.StatusNotFound,
	} {
		res, _ := s.get(s.fresh("onboard-7", path))
		assert.Equal(t, want, res.StatusCode, path)
	}
	res, _ := s.get(s.server.URL + "/nobody/index.m3u8")
	assert.Equal(t, http.StatusNotFound, res.StatusCode)
}

func TestABrokenDownloadCanBeResumed(t *testing.T) {
	s := newStage(t)
	address := s.fresh("world", fmt.Sprintf("360p/%d.m4s", newest(noon)))
	whole := s.mustGet(address)
	for _, from := range []int{0, 17, 300, 5000, len(whole) - 1} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		require.NoError(t, err)
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
		res, err := s.server.Client().Do(req)
		require.NoError(t, err)
		got := make([]byte, len(whole)-from)
		_, err = readFull(res, got)
		require.NoError(t, err)
		assert.Equal(t, http.StatusPartialContent, res.StatusCode)
		assert.Equal(t, whole[from:], got)
	}
}

func TestAClockBeforeTheEpochStillPlays(t *testing.T) {
	s := newStage(t)
	s.at(time.Date(1999, 12, 31, 23, 59, 58, 0, time.UTC))
	for _, p := range named(t, s.fresh("world", "720p/index.m3u8"), s.mustGet(s.fresh("world", "720p/index.m3u8"))) {
		s.mustGet(p)
	}
}

func BenchmarkSegment(b *testing.B) {
	c, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	h := c.Handler()
	base, token, _ := strings.Cut(c.Feeds("")[0].URL, "index.m3u8")
	req, err := http.NewRequest(http.MethodGet, fmt.Sprintf("%s720p/%d.m4s%s", base, newest(time.Now()), token), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(&discard{header: http.Header{}}, req)
	}
}

// discard is a client that reads everything and keeps nothing.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
