package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/fetch"
	"gridwall/backend/playback"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// player is a proxy in front of an upstream implemented by a function, together with a player that reads a playlist every
// second, in a synctest bubble.
type player struct {
	t     *testing.T
	site  *site
	proxy *Proxy
	began time.Time

	mu     sync.Mutex
	answer func(path, token string, since time.Duration) (status int, body string)
	asked  map[string]int
}

func (p *player) RoundTrip(req *http.Request) (*http.Response, error) {
	path := req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:]
	if !fetch.Sleep(req.Context(), 20*time.Millisecond) {
		return nil, req.Context().Err()
	}
	p.mu.Lock()
	p.asked[path]++
	status, body := p.answer(path, req.URL.Query().Get("token"), time.Since(p.began))
	p.mu.Unlock()
	if body == "hang" {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Request: req, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body))}, nil
}

// newPlayer starts with the token t1. Each renewal returns the next one: t2, t3, …
func newPlayer(t *testing.T, path string, answer func(path, token string, since time.Duration) (int, string)) *player {
	p := &player{t: t, answer: answer, asked: map[string]int{}, began: time.Now()}
	url := func(n uint64) string { return fmt.Sprintf("http://127.0.0.1/live/%s?token=t%d", path, n) }
	p.site = &site{up: stream.Upstream{ID: "feed", URL: url(1), Generation: 1}}
	p.site.next = func() (string, error) { return url(p.site.up.Generation + 1), nil }
	p.proxy = New(playback.Options{Streams: p.site, Transports: tripper{p}, Memory: &mapStore{m: map[string][]byte{}}, CacheBytes: 8 << 20,
		Log: slog.New(slog.DiscardHandler)})
	return p
}

func (p *player) get(path string) (int, string) {
	w := httptest.NewRecorder()
	p.proxy.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// watch reads a playlist every second.
func (p *player) watch(path string, d time.Duration) (status int, body string) {
	for until := time.Now().Add(d); time.Now().Before(until); time.Sleep(time.Second) {
		status, body = p.get(path)
	}
	return status, body
}

func (p *player) close() { require.NoError(p.t, p.proxy.Close()) }

func (p *player) count(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

// windowTo returns a live playlist whose newest segment has the index last.
func windowTo(last int, query string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:%d\n", last-4)
	for i := last - 4; i <= last; i++ {
		fmt.Fprintf(&b, "#EXTINF:2,\nseg%d.ts?token=%s\n", i, query)
	}
	return b.String()
}

const multivariant = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=1280x720\nv720.m3u8?token=%s\n"

// Once the signature has expired, the CDN keeps answering 200 with the last playlist.
func TestAStalledPlaylistIsRenewed(t *testing.T) {
	for _, path := range []string{"v.m3u8", "master.m3u8"} {
		t.Run(path, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlayer(t, path, func(path, token string, since time.Duration) (int, string) {
					if path == "master.m3u8" {
						return 200, fmt.Sprintf(multivariant, token)
					}
					n := int(since / (2 * time.Second))
					if token == "t1" {
						n = min(n, 30) // it stalls after the first minute
					}
					return 200, windowTo(100+n, token)
				})
				defer p.close()
				list := mainList
				if path == "master.m3u8" {
					p.get("/hls/feed/index.m3u8")
					list = "/hls/feed/720p-2000k/index.m3u8"
				}
				p.watch(list, 64*time.Second)
				assert.Zero(t, p.site.count(), "a hiccup is not an expired token")
				_, body := p.watch(list, 26*time.Second)
				assert.Equal(t, 1, p.site.count())
				assert.Contains(t, body, "\n144.ts\n", "the stream continues")
				p.watch(list, 5*time.Minute)
				assert.Equal(t, 1, p.site.count(), "one renewal is enough")
			})
		})
	}
}

// If the multivariant playlist lists a fresh token, the source is not run at all.
func TestAStalledPlaylistIsFirstRequestedThroughItsParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlayer(t, "master.m3u8", func(path, token string, since time.Duration) (int, string) {
			if path == "master.m3u8" {
				return 200, fmt.Sprintf(multivariant, fmt.Sprintf("c%d", since/time.Minute))
			}
			n := int(since / (2 * time.Second))
			if token == "c0" {
				n = min(n, 30)
			}
			return 200, windowTo(100+n, token)
		})
		defer p.close()
		p.get("/hls/feed/index.m3u8")
		_, body := p.watch("/hls/feed/720p-2000k/index.m3u8", 90*time.Second)
		assert.Contains(t, body, "\n144.ts\n")
		assert.Zero(t, p.site.count())
	})
}

// The proxy learns that a server updates more slowly than its target duration says, or writes several segments at once.
func TestASlowUpdateIntervalIsLearned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlayer(t, "v.m3u8", func(_, token string, since time.Duration) (int, string) {
			return 200, windowTo(100+5*int(since/(10*time.Second)), token) // five segments of 2 s every 10 s
		})
		defer p.close()
		p.watch(mainList, time.Hour)
		assert.LessOrEqual(t, p.site.count(), 1, "only the first time")
	})
}

// Tokens that expire silently after five minutes are renewed each time, without a growing pause.
func TestEverySilentExpiryRenewsTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlayer(t, "v.m3u8", func(_, token string, since time.Duration) (int, string) {
			var n int
			_, _ = fmt.Sscanf(token, "t%d", &n)
			return 200, windowTo(100+int(min(since, time.Duration(n)*5*time.Minute)/(2*time.Second)), token)
		})
		defer p.close()
		longest, last := time.Duration(0), time.Now()
		before := ""
		for range 3600 {
			if _, body := p.get(mainList); body != before {
				longest, last, before = max(longest, time.Since(last)), time.Now(), body
			}
			time.Sleep(time.Second)
		}
		assert.Less(t, longest, 15*time.Second)
		assert.InDelta(t, 11, p.site.count(), 1)
	})
}

// A stream that is off air stalls with every token.
func TestAStreamThatIsOffAirIsNotRenewedInALoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlayer(t, "v.m3u8", func(_, token string, _ time.Duration) (int, string) { return 200, windowTo(100, token) })
		defer p.close()
		status, body := p.watch(mainList, time.Hour)
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, body, "\n100.ts\n", "the last playlist is still served")
		assert.LessOrEqual(t, p.site.count(), 10, "in an hour")
		assert.GreaterOrEqual(t, p.site.count(), 5)
		before := p.site.count()
		time.Sleep(time.Hour)
		assert.Equal(t, before, p.site.count(), "without viewers nothing is requested")
	})
}

func TestAnEndedStreamIsNotMistakenForAStalledOne(t *testing.T) {
	for name, list := range map[string]string{
		"ENDLIST is added": windowTo(100, "t1") + "#EXT-X-ENDLIST\n",
		"a recording":      strings.Replace(windowTo(100, "t1"), "#EXT-X-MEDIA", "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA", 1),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlayer(t, "v.m3u8", func(_, _ string, since time.Duration) (int, string) {
					if since < 5*time.Second && name == "ENDLIST is added" {
						return 200, windowTo(100, "t1")
					}
					return 200, list
				})
				defer p.close()
				_, body := p.watch(mainList, 2*time.Minute)
				assert.Contains(t, body, "\n100.ts\n")
				assert.Equal(t, name == "ENDLIST is added", strings.Contains(body, "#EXT-X-ENDLIST"))
				assert.Zero(t, p.site.count())
			})
		})
	}
}

// A server that produces no more segments holds a blocking reload (RFC 8216bis 6.2.5.2) indefinitely.
func TestAHangingBlockingReloadIsAnsweredWithTheLastPlaylist(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlayer(t, "v.m3u8", nil)
		frozen := strings.Replace(windowTo(100, "t1"), "#EXT-X-MEDIA", "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3\n#EXT-X-MEDIA", 1)
		p.answer = func(_, token string, since time.Duration) (int, string) {
			switch {
			case token != "t1":
				return 200, windowTo(120+int(since/(2*time.Second)), token)
			case p.asked["v.m3u8"] > 1:
				return 200, "hang"
			}
			return 200, frozen
		}
		defer p.close()
		p.get(mainList)
		status, body := p.get(mainList + "?_HLS_msn=101")
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, body, "\n100.ts\n")
		p.watch(mainList, 20*time.Second)
		assert.Equal(t, 1, p.site.count())
		_, body = p.get(mainList)
		assert.NotContains(t, body, "\n100.ts\n", "the stream continues")
	})
}

// A packager that rewrites its playlist while it is read leads to an empty answer, for a reload or two.
func TestAMomentarilyEmptyPlaylistIsNotShownToPlayers(t *testing.T) {
	for _, path := range []string{"v.m3u8", "master.m3u8"} {
		for _, nothing := range []string{"", "\r\n", "#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"} {
			synctest.Test(t, func(t *testing.T) {
				p := newPlayer(t, path, func(path, token string, since time.Duration) (int, string) {
					if since >= 10*time.Second && since < 13*time.Second {
						return 200, nothing
					}
					if path == "master.m3u8" {
						return 200, fmt.Sprintf(multivariant, token)
					}
					return 200, windowTo(100+int(since/(2*time.Second)), token)
				})
				defer p.close()
				p.keepsPlaying(t, path == "master.m3u8")
				assert.Zero(t, p.site.count())
			})
		}
	}
}

// keepsPlaying requests the playlist, and with multivariant also that of its variant, for half a minute. Each answer must be
// playable.
func (p *player) keepsPlaying(t *testing.T, multivariant bool) {
	t.Helper()
	for range 30 {
		status, body := p.get("/hls/feed/index.m3u8")
		assert.Equal(t, http.StatusOK, status, body)
		assert.NotEmpty(t, lines(body), time.Since(p.began))
		if multivariant {
			status, body = p.get("/hls/feed/720p-2000k/index.m3u8")
			assert.Equal(t, http.StatusOK, status, body)
			assert.NotEmpty(t, lines(body), time.Since(p.began))
		}
		time.Sleep(time.Second)
	}
}

func TestAPlaylistThatStaysEmptyIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlayer(t, "v.m3u8", func(_, token string, since time.Duration) (int, string) {
			if since > 10*time.Second {
				return 200, ""
			}
			return 200, windowTo(100+int(since/(2*time.Second)), token)
		})
		defer p.close()
		status, body := p.watch(mainList, 3*time.Minute)
		assert.Equal(t, http.StatusBadGateway, status)
		assert.Contains(t, body, "answered nothing instead of a playlist")
		assert.LessOrEqual(t, p.site.count(), 3)
	})
}

const decoy = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,Sorry, the token is expired\nhttp://127.0.0.1/static/expired.ts\n#EXT-X-ENDLIST\n"

func TestAnUnrelatedRecordingDoesNotEndALiveStream(t *testing.T) {
	for _, path := range []string{"v.m3u8", "master.m3u8"} {
		t.Run(path, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlayer(t, path, func(path, token string, since time.Duration) (int, string) {
					switch {
					case path == "master.m3u8":
						return 200, fmt.Sprintf(multivariant, token)
					case token == "t1" && since > 20*time.Second:
						return 200, decoy
					}
					return 200, windowTo(100+int(since/(2*time.Second)), token)
				})
				defer p.close()
				list := mainList
				if path == "master.m3u8" {
					p.get("/hls/feed/index.m3u8")
					list = "/hls/feed/720p-2000k/index.m3u8"
				}
				for range 60 {
					status, body := p.get(list)
					require.Equal(t, http.StatusOK, status, body)
					require.NotContains(t, body, "#EXT-X-ENDLIST")
					time.Sleep(time.Second)
				}
				_, body := p.get(list)
				assert.Contains(t, body, "\n130.ts\n")
				assert.Equal(t, 1, p.site.count())
			})
		})
	}
}

// If a fresh token leads to the same recording, or the source does not list the stream any more, the stream has ended.
func TestARecordingConfirmedByAFreshTokenEndsTheStream(t *testing.T) {
	for name, next := range map[string]func(p *player) (string, error){
		"with a fresh token":  nil,
		"not listed":          func(*player) (string, error) { return "", stream.ErrNoMatch },
		"at the same address": func(p *player) (string, error) { return p.site.up.URL, nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlayer(t, "v.m3u8", func(_, token string, since time.Duration) (int, string) {
					if since > 20*time.Second {
						return 200, decoy
					}
					return 200, windowTo(100+int(since/(2*time.Second)), token)
				})
				defer p.close()
				if next != nil {
					p.site.next = func() (string, error) { return next(p) }
				}
				status, body := p.watch(mainList, 5*time.Minute)
				assert.Equal(t, http.StatusOK, status, body)
				assert.Contains(t, body, "#EXT-X-ENDLIST")
				assert.LessOrEqual(t, p.site.count(), timeline.MaxDecoys)
			})
		})
	}
}

// A planned renewal that returns an already expired token does not end the stream either.
func TestARecordingUnderAnAlreadyExpiredTokenDoesNotEndTheStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlayer(t, "v.m3u8", func(_, token string, since time.Duration) (int, string) {
			if token == "t2" {
				return 200, decoy
			}
			return 200, windowTo(100+int(since/(2*time.Second)), token)
		})
		defer p.close()
		p.watch(mainList, 20*time.Second)
		_, err := p.site.Renew(t.Context(), "feed", stream.Refusal{Generation: 1})
		require.NoError(t, err)
		for range 20 {
			status, body := p.get(mainList)
			require.Equal(t, http.StatusOK, status, body)
			require.NotContains(t, body, "#EXT-X-ENDLIST")
			time.Sleep(time.Second)
		}
		assert.Equal(t, 2, p.site.count())
	})
}

func TestAnUnrelatedRecordingIsRefusedWhileTheSiteIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := true
		p := newPlayer(t, "v.m3u8", func(_, token string, since time.Duration) (int, string) {
			if token == "t1" && since > 20*time.Second {
				return 200, decoy
			}
			return 200, windowTo(100+int(since/(2*time.Second)), token)
		})
		defer p.close()
		fresh := p.site.next
		p.site.next = func() (string, error) {
			if away {
				return "", errors.New("Extraction failed: the site answered 500")
			}
			return fresh()
		}
		status, body := p.watch(mainList, time.Minute)
		assert.Equal(t, http.StatusBadGateway, status)
		assert.Contains(t, body, "an unrelated recording instead of the live stream")
		p.site.mu.Lock()
		away = false
		p.site.mu.Unlock()
		status, body = p.watch(mainList, time.Minute)
		assert.Equal(t, http.StatusOK, status)
		assert.NotContains(t, body, "#EXT-X-ENDLIST")
	})
}

// The next viewer would otherwise see a recording that an expired token returns in place of the multivariant playlist.
func TestARecordingInsteadOfTheMultivariantPlaylistIsNotShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlayer(t, "master.m3u8", func(path, token string, since time.Duration) (int, string) {
			switch {
			case token == "t1" && since > 20*time.Second:
				return 200, decoy
			case path == "master.m3u8":
				return 200, fmt.Sprintf(multivariant, token)
			}
			return 200, windowTo(100+int(since/(2*time.Second)), token)
		})
		defer p.close()
		p.watch("/hls/feed/index.m3u8", 20*time.Second)
		for range 10 {
			time.Sleep(2 * time.Second)
			status, body := p.get("/hls/feed/index.m3u8")
			assert.Equal(t, http.StatusOK, status, body)
			assert.Equal(t, []string{"720p-2000k/index.m3u8"}, lines(body))
		}
		assert.Equal(t, 1, p.site.count())
	})
}

// When a live stream ends, no token is requested, and its last segments stay listed.
func TestAnEndedStreamIsNotRenewed(t *testing.T) {
	for name, tc := range map[string]struct{ last, kept string }{
		"no segments any more":       {"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-ENDLIST\n", "\n109.ts\n"},
		"ENDLIST is added":           {windowTo(110, "t1") + "#EXT-X-ENDLIST\n", "\n110.ts\n"},
		"the last segments":          {windowTo(112, "t1") + "#EXT-X-ENDLIST\n", "\n112.ts\n"},
		"the whole as a recording":   {strings.Replace(windowTo(110, "t1"), "#EXT-X-MEDIA-SEQUENCE:106", "#EXT-X-PLAYLIST-TYPE:VOD", 1) + "#EXT-X-ENDLIST\n", "\n110.ts\n"},
		"long after the last reload": {windowTo(140, "t1") + "#EXT-X-ENDLIST\n", "\n140.ts\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlayer(t, "v.m3u8", func(_, token string, since time.Duration) (int, string) {
					if since > 20*time.Second {
						return 200, tc.last
					}
					return 200, windowTo(100+int(since/(2*time.Second)), token)
				})
				defer p.close()
				p.watch(mainList, 20*time.Second)
				time.Sleep(2 * time.Second)
				before := p.count("v.m3u8")
				status, body := p.watch(mainList, time.Minute)
				assert.Equal(t, http.StatusOK, status)
				assert.Contains(t, body, tc.kept)
				assert.True(t, strings.HasSuffix(body, "#EXT-X-ENDLIST\n"), body)
				assert.Zero(t, p.site.count())
				assert.LessOrEqual(t, p.count("v.m3u8")-before, 8, "an ended playlist is rarely reloaded")
				n, err := p.proxy.Newest(context.Background(), "feed")
				require.NoError(t, err)
				assert.True(t, n.End)
			})
		})
	}
}

// A stream that ends without ENDLIST: its playlist stalls, and then disappears.
func TestAStalledPlaylistThatDisappearsIsNotRenewedInALoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlayer(t, "v.m3u8", func(_, token string, since time.Duration) (int, string) {
			if since > 5*time.Minute {
				return 404, ""
			}
			return 200, windowTo(100+int(min(since, 20*time.Second)/(2*time.Second)), token)
		})
		defer p.close()
		status, _ := p.watch(mainList, 10*time.Minute)
		assert.Equal(t, http.StatusBadGateway, status)
		assert.LessOrEqual(t, p.site.count(), 35, "in ten minutes, five of them refused")
	})
}
