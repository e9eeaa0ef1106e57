package page

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/source"
	"gridwall/backend/weburl"
)

func FuzzFind(f *testing.F) {
	f.Add(`{"a":"https:\/\/x.test\/a.m3u8?b=1\u0026c=2"}`, "json")
	f.Add(`&quot;//x.test/a.m3u8&amp;`, "url")
	f.Add(`aHR0cHM6Ly94LnRlc3QvYS5tM3U4`, "base64")
	f.Add(`<iframe src="/player.html?a=1&src=https%3A%2F%2Fx.test%2Fw.m3u8%3Fe%3D1%26st%3Dab&poster=x.jpg">`, "url")
	f.Add(`flashvars="file=https%253A%252F%252Fx.test%252Fw.m3u8&x" file=http://y.test/b.m3u8?a&autostart=true`, "json")
	f.Add(`eval(function(p,a,c,k,e,d){while(c--)if(k[c])p=p.replace(k[c]);return p}('0("1://2.3/4.5")',62,6,'play|https|cdn|example|w|m3u8'.split('|'),0,{}))`, "hex")
	f.Add(`eval(function(p,a,c,k,e,r){}('\'\u00a1\u00a2',95,9,'|b'.split('|')))`, "base64")
	f.Add(`https://x.test/ev.isml/Manifest(format=m3u8-aapl) {src:"/x?a",type:"hls"} atob("aHR0cHM6Ly94LnRlc3QvYS5tM3U4") ,a.m3u8,a.m3u8 %2Fa%2fb.m3u8 &`, "url")
	f.Fuzz(func(t *testing.T, text, step string) {
		base := &url.URL{Scheme: "https", Host: "site.test", Path: "/a/b"}
		for _, src := range []source.Source{{}, {Find: `(?P<url>\S+)`, Decode: []string{step}}} {
			finder, err := newFinder(src)
			require.NoError(t, err)
			r := finder.find(text, base)
			if r.why != nil {
				assert.NotContains(t, strings.ReplaceAll(r.why.Error(), step, ""), "\n")
			}
			for _, s := range r.found {
				u, err := weburl.Parse(s.URL)
				require.NoError(t, err)
				assert.Contains(t, []string{"http", "https"}, u.Scheme)
				assert.NotEmpty(t, u.Hostname())
			}
		}
	})
}
