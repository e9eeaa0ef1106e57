package page

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/source"
)

func FuzzFind(f *testing.F) {
	f.Add(`{"a":"https:\/\/x.test\/a.m3u8?b=1\u0026c=2"}`, "json")
	f.Add(`&quot;//x.test/a.m3u8&amp;`, "url")
	f.Add(`aHR0cHM6Ly94LnRlc3QvYS5tM3U4`, "base64")
	f.Fuzz(func(t *testing.T, text, step string) {
		base := &url.URL{Scheme: "https", Host: "site.test", Path: "/a/b"}
		for _, src := range []source.Source{{}, {Find: `(?P<url>\S+)`, Decode: []string{step}}} {
			finder, err := newFinder(src)
			require.NoError(t, err)
			found, _, err := finder.find(text, base)
			if err != nil {
				assert.NotContains(t, strings.ReplaceAll(err.Error(), step, ""), "\n")
			}
			for _, s := range found {
				u, err := url.Parse(s.URL)
				require.NoError(t, err)
				assert.Contains(t, []string{"http", "https"}, u.Scheme)
				assert.NotEmpty(t, u.Hostname())
			}
		}
	})
}
