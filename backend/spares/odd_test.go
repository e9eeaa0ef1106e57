package spares_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oddities are what upstreams do to their playlists, out of public bug reports: each returns the body to send, and may set headers.
var oddities = map[string]func(h http.Header, text string, request int) []byte{
	"colons in the names of segments": func(_ http.Header, text string, _ int) []byte {
		return []byte(strings.ReplaceAll(text, "\nonly-", "\n./a:b.only-"))
	},
	"names like times": func(_ http.Header, text string, _ int) []byte {
		return []byte(strings.ReplaceAll(text, "\nonly-", "\nT12:00:00.only-"))
	},
	"tags of segments before those of the playlist": func(_ http.Header, text string, _ int) []byte {
		head := regexp.MustCompile(`#EXT-X-TARGETDURATION:\d+\n#EXT-X-MEDIA-SEQUENCE:\d+\n`).FindString(text)
		text = strings.Replace(text, head, "", 1)
		return []byte(strings.Replace(text, "#EXTINF", head+"#EXTINF", 1))
	},
	"no target duration, and two versions": func(_ http.Header, text string, _ int) []byte {
		return []byte(regexp.MustCompile(`#EXT-X-TARGETDURATION:\d+`).ReplaceAllString(text, "#EXT-X-VERSION:3"))
	},
	"no media sequence number": func(_ http.Header, text string, _ int) []byte {
		return []byte(regexp.MustCompile(`#EXT-X-MEDIA-SEQUENCE:\d+\n`).ReplaceAllString(text, ""))
	},
	"the media sequence number twice": func(_ http.Header, text string, _ int) []byte {
		return []byte(regexp.MustCompile(`#EXT-X-MEDIA-SEQUENCE:\d+\n`).ReplaceAllString(text, "$0$0"))
	},
	"a date time for the first segment only": func(_ http.Header, text string, _ int) []byte {
		n := 0
		return []byte(regexp.MustCompile(`#EXT-X-PROGRAM-DATE-TIME:.*\n`).ReplaceAllStringFunc(text, func(tag string) string {
			if n++; n > 1 {
				return ""
			}
			return tag
		}))
	},
	"empty now and then": func(_ http.Header, text string, request int) []byte {
		if request%3 == 2 {
			return nil
		}
		return []byte(text)
	},
	"said to be gzip, but plain": func(h http.Header, text string, _ int) []byte {
		h.Set("Content-Encoding", "gzip")
		return []byte(text)
	},
	"gzip, but not said to be": func(_ http.Header, text string, _ int) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return b.Bytes()
	},
	"a byte order mark and CRLF": func(_ http.Header, text string, _ int) []byte {
		return []byte("\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"))
	},
	"blank lines, comments and a last line without an end": func(_ http.Header, text string, _ int) []byte {
		return []byte(strings.TrimSpace(strings.ReplaceAll(text, "\n#EXTINF", "\n\n## a comment\n#EXTINF")))
	},
}

// A spare with an oddity takes over without a gap.
func TestASpareOfAnOddUpstreamGoesOn(t *testing.T) {
	for name, odd := range oddities {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				alpha, beta := &feed{id: "alpha", first: 30}, &feed{id: "beta", first: 5, odd: odd}
				g := newRig(t, alpha, beta)
				h, text := http.Header{}, beta.playlist("only")
				require.False(t, string(odd(h, text, 2)) == text && len(h) == 0, "the oddity changes nothing")
				p := g.player(only)
				p.play(20 * time.Second)
				alpha.set(func() { alpha.gone = true })
				p.play(30 * time.Second)
				assert.Equal(t, "alpha beta", p.feeds())
				assert.Len(t, p.discontinuities(), 1)
				assert.LessOrEqual(t, p.jumps(), alpha.segment/2+time.Millisecond)
				assert.LessOrEqual(t, p.still, 8*time.Second)
				assert.Empty(t, p.failed)
			})
		})
	}
}

// The same upstream as the feed itself: it plays, its spare takes over when it dies, and a user goes back to it.
func TestAnOddFeedIsReplacedAndComesBack(t *testing.T) {
	for name, odd := range oddities {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				alpha, beta := &feed{id: "alpha", first: 30, odd: odd}, &feed{id: "beta", first: 5}
				g := newRig(t, alpha, beta)
				p := g.player(only)
				p.play(20 * time.Second)
				alpha.set(func() { alpha.gone = true })
				p.play(20 * time.Second)
				alpha.set(func() { alpha.gone = false })
				p.play(20 * time.Second)
				assert.NoError(t, g.spares.Switch(t.Context(), "alpha", to("")))
				p.play(20 * time.Second)
				assert.Equal(t, "alpha beta alpha", p.feeds())
				assert.LessOrEqual(t, p.jumps(), alpha.segment/2+time.Millisecond)
				assert.LessOrEqual(t, p.still, 8*time.Second)
				assert.Empty(t, p.failed)
			})
		})
	}
}

// discontinuities adds one before each segment whose number ends in 0, 4 or 8, without a discontinuity sequence number.
func discontinuities(_ http.Header, text string, _ int) []byte {
	return regexp.MustCompile(`(?m)(^#EXT-X-PROGRAM-DATE-TIME:.*\n)(#EXTINF:.*\nonly-\d*[048]\.ts)$`).ReplaceAll([]byte(text), []byte("#EXT-X-DISCONTINUITY\n$1$2"))
}

// Discontinuities that leave a playlist without a sequence number keep their numbers, before a switch and after it (the player checks it).
func TestDiscontinuitiesWithoutNumbersKeepThemAcrossASwitch(t *testing.T) {
	for name, odd := range map[string][2]func(http.Header, string, int) []byte{
		"of the feed":  {discontinuities, nil},
		"of the spare": {nil, discontinuities},
		"of both":      {discontinuities, discontinuities},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newRig(t, &feed{id: "alpha", first: 30, odd: odd[0]}, &feed{id: "beta", first: 5, odd: odd[1]})
				p := g.player(only)
				p.play(30 * time.Second)
				for _, id := range []string{"beta", "", "beta"} {
					require.NoError(t, g.spares.Switch(t.Context(), "alpha", to(id)))
					p.play(30 * time.Second)
				}
				assert.Equal(t, "alpha beta alpha beta", p.feeds())
				assert.Greater(t, len(p.discontinuities()), 5)
				assert.LessOrEqual(t, p.jumps(), time.Second)
				assert.LessOrEqual(t, p.still, 6*time.Second)
				assert.Empty(t, p.failed)
			})
		})
	}
}
