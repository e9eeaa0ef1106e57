package page

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const built = "https://cdn.example/live/w.m3u8?t=1"

func TestAnAddressConcatenatedFromConstantsIsFound(t *testing.T) {
	for name, body := range map[string]string{
		"two strings":                   `var u = "https://cdn.example/" + "live/w.m3u8?t=1";`,
		"three, with both quotes":       `load('https://' + "cdn.example/live/" + 'w.m3u8?t=1')`,
		"no spaces":                     `p.src="https://cdn"+".example/li"+"ve/w.m3"+"u8?t=1"`,
		"over lines":                    "u = \"https://cdn.example\" +\n  \"/live/w.m3u8\" + \r\n'?t=1';",
		"a variable":                    `const host = "https://cdn.example"; player.load(host + "/live/w.m3u8?t=1");`,
		"variables":                     `let a1="https://",b1="cdn.example",c1="/live/w.m3u8?t=1";go(a1+b1+c1)`,
		"a property":                    `var cfg = {host: "https://cdn.example/", path: "live/w.m3u8"}; play(cfg.host + cfg.path + "?t=1")`,
		"a quoted property":             `var cfg = {"host": "https://cdn.example/", "n": 1}; play(cfg.host + "live/w.m3u8?t=1")`,
		"step by step":                  `var u = "https://cdn.example"; u += "/live"; u = u + "/w.m3u8"; u += "?t=" + 1;`,
		"a template":                    "u = `https://cdn.example/live/w.m3u8?t=1`",
		"a template with parts":         "const h = 'cdn.example'; const p = `live/${'w'}`; u = `https://${h}/${p}.m3u8?t=${1}`",
		"a list":                        `u = ["https://cdn.example", "live", "w.m3u8?t=1"].join("/")`,
		"a list of letters":             `u = ["h","t","t","p","s",":","/","/","cdn.example/live/w.m3u8?t=1"].join("")`,
		"a list in another order":       `u = ["w.m3u8?t=1", "live", "https://cdn.example"].reverse().join("/")`,
		"backwards":                     `u = "` + reversed(built) + `".split("").reverse().join("")`,
		"a lookup table":                `var _0x1a = ["https://cdn.example", "/live/", "w.m3u8?t=1"]; u = _0x1a[0] + _0x1a[0x1] + _0x1a[2];`,
		"a lookup table, joined":        `var parts = ["https://cdn.example", "live"]; u = parts.join("/") + "/w.m3u8?t=1"`,
		"base64":                        `u = atob("` + in64([]byte(built)) + `")`,
		"base64 in parts":               `u = window.atob("` + in64([]byte(built))[:8] + `" + "` + in64([]byte(built))[8:] + `")`,
		"base64 of a part":              `u = "https://cdn.example/" + atob("` + in64([]byte("live/w.m3u8?t=1")) + `")`,
		"percent-encoded":               `u = decodeURIComponent("https%3A%2F%2Fcdn.example%2Flive%2Fw.m3u8%3Ft%3D1")`,
		"percent-encoded in parts":      `u = unescape("https%3A%2F%2Fcdn." + "example%2Flive%2Fw.m3u8%3Ft%3D1")`,
		"escapes":                       `u = "\x68\x74\x74\x70\x73://cdn.example/live/w.\x6d3u8?t=1"`,
		"other escapes":                 `u = "\u0068ttps:\/\/cdn.example\/live\/w.\u006d3u8?t=1"`,
		"escapes in brackets":           `u = "\u{68}ttps://cdn.example/live/w.m3u8?t=1"`,
		"char codes":                    `u = String.fromCharCode(104,116,116,112,115) + "://cdn.example/live/w.m3u8?t=1"`,
		"char codes in a list":          `u = String.fromCharCode.apply(null, [0x68,116,116,112,115]) + "://cdn.example/live/w.m3u8?t=1"`,
		"spread char codes":             `u = String.fromCharCode(...[104,116,116,112,115]) + "://cdn.example/live/w.m3u8?t=1"`,
		"concat":                        `u = "https://cdn.example".concat("/live/", "w.m3u8?t=1")`,
		"replaced":                      `u = "https://HOST/live/w.m3u8?t=1".replace("HOST", "cdn.example")`,
		"ROT13":                         `u = rot13("` + strings.Map(rot13, built) + `")`,
		"in brackets":                   `u = ("https://" + ("cdn.example")) + "/live/w.m3u8?t=1"`,
		"comments between":              `u = "https://cdn.example/" /* the host */ + "live/w.m3u8?t=1"`,
		"after a regular expression":    `x = s.replace(/["']/g, ""); u = "https://cdn.example/" + "live/w.m3u8?t=1"`,
		"a hexadecimal number":          `u = "https://cdn.example/live/w.m3u8?t=" + 0x1`,
		"a comment after":               "h = \"https://cdn.example\" // the host\nu = h + \"/live/w.m3u8?t=1\"",
		"a comment before":              "n = 1; u = /* all of it */ \"https://cdn.example\" + \"/live/w.m3u8?t=\" + n",
		"a line without a semicolon":    "h = \"https://cdn.example\"\n!function(){}()\nu = h + \"/live/w.m3u8?t=1\"",
		"an increment on the next line": "h = \"https://cdn.example\"\n++n\nu = h + \"/live/w.m3u8?t=1\"",
		"an old host in a comment":      `host = "https://cdn.example"; /* host = "https://old.test" */ u = host + "/live/w.m3u8?t=1"`,
		"a choice of two addresses":     `u = x ? "https://cdn.example" + "/live/w.m3u8?t=1" : ""`,
		"a complete fallback":           `u = x || "https://cdn.example" + "/live/w.m3u8?t=1"`,
		"a product after an address":    `n = 2; u = "https://cdn.example/live/" + "w.m3u8?t=1" + n * 2`,
		"after text with a quote":       `</script><p>Don't</p><script>u = 'https://cdn.example/' + 'live/w.m3u8?t=1'`,
		"a number to defeat caches":     `u = "https://cdn.example/live/" + "w.m3u8?t=1" + Date.now()`,
		"a variable at the end":         `u = "https://cdn.example/live/w.m3u8?t=1" + extra`,
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, []string{built}, found(t, "<script>"+body+"</script>"))
		})
	}
	assert.Equal(t, []string{"https://site.test/live/w.m3u8"}, found(t, `<script>tag += '<source src="/live/w.m3u8">'; document.write(tag + "</video>")</script>`))
	assert.Equal(t, []string{"https://site.test/live/w.m3u8"}, found(t, `<script>u = location.protocol + "//" + window.location.host + "/live/w.m3u8"</script>`))
	assert.Equal(t, []string{"https://site.test/live/w.m3u8"}, found(t, `<script>u = location.origin + "/live/w.m3u8"</script>`))
	assert.Equal(t, []string{"https://a.test/1.m3u8", "https://a.test/2.m3u8"}, found(t, `<script>h = "https://a.test/"; one(h + "1.m3u8"); two(h + "2.m3u8")</script>`))
}

func in64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func reversed(s string) string {
	var b strings.Builder
	for i := len(s) - 1; i >= 0; i-- {
		b.WriteByte(s[i])
	}
	return b.String()
}

// A wrong address is worse than none: then the error says that the page needs a browser.
func TestAnAddressWithUnknownPartsIsNotGuessed(t *testing.T) {
	for name, body := range map[string]string{
		"a host that is fetched":         `fetch("/api").then(r => r.json()).then(d => play(d.host + "/live/w.m3u8"))`,
		"a parameter":                    `function play(host) { video.src = host + "/live/w.m3u8" } play(server())`,
		"letters added in a loop":        `var u = ""; for (i = 0; i < n; i++) u += String.fromCharCode(s[i]); u += "cdn.example:8080/w.m3u8"; hls.loadSource(u)`,
		"a name with two uses":           `var host = "https://a.test"; host = other(); play(host + "/live/" + "w.m3u8")`,
		"two values":                     `if (x) { host = "https://a.test" } else { host = "https://b.test" } play(host + "/live/w.m3u8")`,
		"an unknown in the middle":       `play("https://cdn.example/" + id + "/w.m3u8")`,
		"an unknown in a template":       "play(`https://cdn.example/${id}/w.m3u8`)",
		"a choice":                       `play((x ? "https://a.test" : "https://b.test") + "/live/w.m3u8")`,
		"an unsupported method":          `play("https://cdn.example/".slice(n) + "w.m3u8")`,
		"an unsupported decoder":         `play(unpack("https://cdn.example/") + "/w.m3u8")`,
		"malformed base64":               `play(atob("%%%") + "/w.m3u8")`,
		"a choice in a variable":         `a=1; host = a ? "https://a.test" : "https://b.test"; play(host+"/live/w.m3u8")`,
		"a fallback for an empty string": `h = "" || f(); play(h + "/live/w.m3u8")`,
		"a fallback for null":            `h = null ?? f(); play(h + "/live/w.m3u8")`,
		"a logical and":                  `x = "a"; h = x && y; play(h + "/live/w.m3u8")`,
		"a product":                      `n = 2; h = n * 2; play("https://a.test/" + h + "/w.m3u8")`,
		"a quotient":                     `n = 2; h = n / 2; play("https://a.test/" + h + "/w.m3u8")`,
		"a product in the middle":        `n = 2; play("https://a.test/" + n * 2 + "/w.m3u8")`,
		"a product at the beginning":     `n = 2; play(n * 2 + "/live/w.m3u8")`,
		"a difference at the beginning":  `n = 2; play(9 - n + "/live/w.m3u8")`,
		"a negative number":              `play(-1 + "/live/w.m3u8")`,
		"a comparison":                   `a = "x"; h = a == "x"; play("https://a.test/" + h + "/w.m3u8")`,
		"a comparison with in":           `a = "x"; h = a in hosts; play("https://a.test/" + h + "/w.m3u8")`,
		"an appended choice":             `a = "x"; u = "https://a.test/"; u += a ? "1" : "2"; u += "/w.m3u8"; play(u)`,
		"a choice of a property":         `a = "x"; cfg = {host: a ? "https://a.test" : "https://b.test"}; play(cfg.host + "/live/w.m3u8")`,
		"a sum of numbers":               `n = 1; m = n + 1; play("https://a.test/" + m + "/w.m3u8")`,
		"a sum of numbers in brackets":   `n = 1; play("https://a.test/" + (n + 1) + "/w.m3u8")`,
		"a number with +=":               `n = 1; n += 1; play("https://a.test/" + n + "/w.m3u8")`,
		"a number incremented after":     `n = 1; n++; play("https://a.test/" + n + "/w.m3u8")`,
		"a number incremented before":    `n = 1; play("https://a.test/" + ++n + "/w.m3u8")`,
		"a loop's number":                `for (var i = 1; i < 9; i++) play("https://a.test/" + i + "/w.m3u8")`,
		"a number with *=":               `n = 2; n *= 2; play("https://a.test/" + n + "/w.m3u8")`,
		"a number with an exponent":      `play("https://a.test/" + 1e3 + "/w.m3u8")`,
		"a chain of assignments":         `a = "https://old.test"; h = a = "https://new.test"; play(a + "/live/w.m3u8")`,
		"a function that is a value":     `host = "https://a.test"; play = function(host) { video.src = host + "/live/w.m3u8" }`,
		"an item that is called":         `t = ["https://a.test"]; h = t[0](1); play(h + "/live/w.m3u8")`,
		"an item of a list of choices":   `a = "x"; t = [a ? "https://a.test" : "https://b.test"]; play(t[0] + "/live/w.m3u8")`,
		"a missing item":                 `var a1 = ["https://cdn.example"]; play(a1[7] + "/w.m3u8")`,
	} {
		t.Run(name, func(t *testing.T) {
			assert.Empty(t, found(t, "<script>"+body+"</script>"))
			_, packed := playlists("<script>"+body+"</script>", &url.URL{Scheme: "https", Host: "site.test"})
			assert.True(t, packed || buildsByScript("<script>"+body+"</script>"), "the error must name the browser source")
		})
	}
}

func FuzzScriptConstants(f *testing.F) {
	for _, s := range []string{
		`u="https://a.b/"+"live.m3u8";u+=` + "`${u}`", `String.fromCharCode(104,0x74)+["a",'b'].reverse().join()`, `a={"b":atob("YQ==")};c=a.b[0]+(d`, `"\u{68}"+/["]/+x.m3u8`, "function f(a,b){a+'/x.m3u8'}",
		`"\"\'\"` + "+`\\`${`", `t=["http","://a.b/",'c'];u=t[0]+t[1]+t[2]+"d.m3u8";v=t[0]+x`, `a=["x"];a=a.concat(a,a);b="xx".replaceAll("x",a.join("y"))`,
		`a=b="x";n=1;n++;n*=2;h=a?"x":n-1;h="y"||f();u="https://a.b/"+n*2+"/c.m3u8"+-1+--n+(1+2)`, "a='x'//y\nb=`x`\n(c=>a+'/d.m3u8')(1)in a",
		`"https://a.b/".concat(n,"c.m3u8"),"https://H/c.m3u8".replace(/H/g,h||"d")+["e",f,"/g.m3u8"].join("/")+new URL("h.m3u8",x).href`, `a.concat([{(/)]/,"b.m3u8"])})`,
	} {
		f.Add(s)
	}
	base := &url.URL{Scheme: "https", Host: "x.test"}
	f.Fuzz(func(t *testing.T, text string) {
		built, rest, _ := scriptConstants(text, base)
		require.Len(t, rest, len(text))
		total := 0
		for _, b := range built {
			total += len(b)
		}
		require.LessOrEqual(t, total, 4*len(text)+maxConstant)
	})
}
