package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http/httpguts"

	"gridwall/backend/source"
	"gridwall/backend/weburl"
)

// FuzzOutputs reads arbitrary outputs in every format.
func FuzzOutputs(f *testing.F) {
	f.Add([]byte(`{"_type":"playlist","entries":[null,{"title":"a\nb","is_live":true,"formats":[{"format_id":"hls-1","protocol":"m3u8","manifest_url":"https://c.test/m.m3u8?t=1","height":1e9,"cookies":"a=\"b\"; Domain=c.test; ;=;x"}]}]}`))
	f.Add([]byte(`{"metadata":{"title":"x"},"streams":{"best":{"type":"hls","url":"https://c.test/1"},"1080p60_alt":{"type":"hls-multi","master":"http://c.test/m","headers":{"A B":"c\r\nd","Referer":"x"}}}}`))
	f.Add([]byte(`["https://a.test/1",{"url":null},{"url":"http://b.test/2","title":7,"headers":{"Host":"x"}}]`))
	f.Add([]byte("# x\nTitle\twith\ttabs\thttps://a.test/1\nhttps://b.test/2\r\nprose\n"))
	f.Add([]byte(`{"error":"\u001b[31mno https://x.test/?t=1"}`))
	f.Add([]byte("[plugins.x][error] no\n{\"error\":\"No playable streams found on this URL: https://x.test/?t=1\"}\n"))
	f.Add([]byte("WARNING: a\n{\"title\":\"x\",\"tbr\":NaN,\"url\":\"https://c.test/1.m3u8\"}\n[1] b\n{\"live_status\":\"is_upcoming\",\"release_timestamp\":1e300}\n"))
	f.Add([]byte("Traceback (most recent call last):\n[\n{\"a\":\nKeyError: will begin in 9999 months\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		src := source.Source{Name: "Tool", Command: []string{"tool"}}
		tool := newTool(src)
		for name, read := range formats {
			src.Format = name
			r, err := read(out, src)
			if err != nil {
				assert.NotContains(t, tool.clean(err.Error()), "\n")
				continue
			}
			assert.NotContains(t, tool.clean(r.toolError), "\n")
			if state := tool.notYet(result{out: out, errTail: out}, r); state != nil {
				assert.NotContains(t, state.Error(), "\n")
			}
			assert.NotContains(t, tool.failed(result{out: out, status: 1}, "").Error(), "\n")
			for _, s := range r.found {
				u, err := weburl.Parse(s.URL)
				require.NoError(t, err, s.URL)
				assert.Contains(t, []string{"http", "https"}, u.Scheme)
				assert.NotEmpty(t, u.Host)
				assert.False(t, strings.ContainsAny(s.Title+s.Quality, "\r\n"), "%q", s.Title)
				for header, value := range s.Headers {
					assert.True(t, httpguts.ValidHeaderFieldName(header) && httpguts.ValidHeaderFieldValue(value), "%q: %q", header, value)
				}
			}
		}
	})
}
