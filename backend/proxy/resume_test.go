package proxy

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/fetch"
	"gridwall/backend/hls"
	"gridwall/backend/playback"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// A hinted part begins at some byte of a file and has no length yet. After an interruption it is resumed relative to that
// byte, not to the start of the file.
func TestATruncatedHintedPartIsResumed(t *testing.T) {
	const begins, received, size = 1000, 40, 2000
	file := strings.Repeat("\x47", begins) + strings.Repeat("0123456789", (size-begins)/10)
	for name, x := range map[string]struct {
		status int
		header string
		asked  []string
		body   string
		total  int64
	}{
		"the rest comes":          {http.StatusPartialContent, "bytes 1040-1999/2000", []string{"bytes=1040-"}, file[begins+received:], -1},
		"it was already complete": {http.StatusRequestedRangeNotSatisfiable, "bytes */1040", []string{"bytes=1040-"}, "", received},
		"the file has changed":    {http.StatusRequestedRangeNotSatisfiable, "bytes */40", []string{"bytes=1040-", ""}, file[begins+received:], -1},
		"another range is sent":   {http.StatusPartialContent, "bytes 40-1999/2000", []string{"bytes=1040-", ""}, file[begins+received:], -1},
		"the size is omitted":     {http.StatusRequestedRangeNotSatisfiable, "", []string{"bytes=1040-", ""}, file[begins+received:], -1},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			b := blockingBubble(t, answers(func(req *http.Request) (*http.Response, error) {
				asked = append(asked, req.Header.Get("Range"))
				if req.Header.Get("Range") == "" {
					return answer(req, http.StatusOK, size, strings.NewReader(file)), nil
				}
				resp := answer(req, x.status, size-begins-received, strings.NewReader(file[begins+received:]))
				resp.Header.Set("Content-Range", x.header)
				return resp, nil
			}))
			defer b.close()
			f, err := b.proxy.engine.Stream("feed")
			require.NoError(t, err)
			u := &url.URL{Scheme: "http", Host: "127.0.0.1", Path: "/part.ts"}
			o, err := f.Get(t.Context(), b.site.up, u, fetch.Object{Ref: timeline.Ref{Range: hls.ByteRange{Offset: begins, Length: -1}, Hint: true}}, received)
			require.NoError(t, err)
			defer o.Body.Close()
			body, err := io.ReadAll(o.Body)
			require.NoError(t, err)
			assert.Equal(t, x.body, string(body))
			assert.Equal(t, x.asked, asked)
			assert.EqualValues(t, begins, o.Start)
			assert.Equal(t, x.total, o.Total)
		})
	}
}

// After the token expires, the playlist that lists an address is unavailable for a moment. Afterwards the address is looked
// up again, because the known one carries the expired token.
func TestAnAssetAddressIsLookedUpAgainAfterAFailure(t *testing.T) {
	broken := false
	b := blockingBubble(t, answers(func(req *http.Request) (*http.Response, error) {
		if broken {
			return answer(req, http.StatusBadGateway, 0, strings.NewReader("")), nil
		}
		token := req.URL.Query().Get("token")
		text := "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-URI=\"ad.m3u8?token=" + token + "\"\n#EXTINF:2,\ns.ts\n"
		return answer(req, http.StatusOK, int64(len(text)), strings.NewReader(text)), nil
	}))
	defer b.close()
	list := b.get(mainList)
	require.Equal(t, http.StatusOK, list.status, list.body)
	_, name, _ := strings.Cut(attribute(t, list.body, "X-ASSET-URI", 0), "data-")
	name, _, _ = strings.Cut(name, "/")
	name, _, _ = strings.Cut(name, ".")
	f, err := b.proxy.engine.Stream("feed")
	require.NoError(t, err)
	d := playback.AssetObject{Stream: f, Name: name}
	up := stream.Upstream{ID: "feed", URL: "http://127.0.0.1/live/v.m3u8?token=t2", Generation: 2}
	broken = true
	_, _, err = d.Locate(t.Context(), fetch.Attempt{Upstream: up})
	require.Error(t, err)
	broken = false
	e, _, err := d.Locate(t.Context(), fetch.Attempt{Upstream: up})
	require.NoError(t, err)
	assert.Equal(t, "ad.m3u8?token=t2", e.URI)
}
