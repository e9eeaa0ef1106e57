package page

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// If a part of an address is unknown, its other parts must not be used as addresses on the page's own host.
func TestAPartOfAnUnknownAddressIsNotAnAddress(t *testing.T) {
	for name, body := range map[string]string{
		"concat of a product":             `play("https://a.test/".concat(n*2, "/w.m3u8"))`,
		"concat of a call":                `play("https://".concat(host(), "/live/w.m3u8"))`,
		"concat of nothing":               `play("".concat(host, "/live/w.m3u8"))`,
		"concat to a name":                `play(host.concat("/live/w.m3u8"))`,
		"concat to a call":                `play(host(x).concat("/live/w.m3u8"))`,
		"concat to a sum":                 `play(("https://" + host).concat("/w.m3u8"))`,
		"a host for a word":               `play("https://HOST/w.m3u8".replace("HOST", h || "a.test"))`,
		"a host for a regular expression": `play("https://HOST/w.m3u8".replace(/HOST/g, host))`,
		"a host for a lower-case word":    `play("https://host/w.m3u8".replace("host", server()))`,
		"a token for a word":              `play("https://a.test/w.m3u8?t=TOKEN".replace("TOKEN", token()))`,
		"a pattern in a variable":         `var form = "https://a.test/{id}/w.m3u8"; play(form.replace("{id}", id()))`,
		"an escaped bracket":              `var form = "https://a.test/{id}/w.m3u8"; play(form.replace(/\{id\}/g, id()))`,
		"a numbered placeholder":          `play("https://{0}/live/w.m3u8".format(host))`,
		"a known replacement":             `play(page.replace("/embed", "/w.m3u8"))`,
		"a replacement for an unknown":    `play("https://a.test/x".replace(x, "/w.m3u8"))`,
		"a list":                          `play(["https://", host, "/w.m3u8"].join(""))`,
		"a list with slashes":             `play(["https://a.test", id(), "w.m3u8"].join("/"))`,
		"a list over lines":               "play([\n  \"https:/\",\n  host,\n  \"live/w.m3u8\"\n ].join('/'))",
		"relative to an unknown address":  `play(new URL("live/w.m3u8", base))`,
		"the same with href":              `play(new URL("/live/w.m3u8", base()).href)`,
		"a replaced word after a sum":     `play("https://a.test/" + "ID/w.m3u8".replace("ID", id()))`,
	} {
		t.Run(name, func(t *testing.T) {
			page := "<script>" + body + "</script>"
			assert.Empty(t, found(t, page))
			_, packed := playlists(page, &url.URL{Scheme: "https", Host: "site.test"})
			assert.True(t, packed || buildsByScript(page), "the error must name the browser source")
		})
	}
}

func TestAnAddressIsFoundNextToAnUnsupportedCall(t *testing.T) {
	for body, want := range map[string]string{
		`play("https://a.test/".concat("live/w.m3u8?t=", Date.now()))`:                            "https://a.test/live/w.m3u8?t=",
		`play("https://a.test/w.m3u8".concat("?t=", Date.now()))`:                                 "https://a.test/w.m3u8?t=",
		`play(["https://a.test", "live", "w.m3u8", Date.now()].join("/"))`:                        "https://a.test/live/w.m3u8",
		`var h = "https://a.test"; play(h.concat("/live/w.m3u8", query()))`:                       "https://a.test/live/w.m3u8",
		`play("https://HOST/w.m3u8".replace(/HOST/, "a.test"))`:                                   "https://a.test/w.m3u8",
		`var h = "a.test"; play("https://{h}/w.m3u8".replace(/\{h\}/g, h))`:                       "https://a.test/w.m3u8",
		`play("http://a.test/w.m3u8".replace(/^http:/, "https:"))`:                                "http://a.test/w.m3u8",
		`play("https://a.test/w.m3u8".replace("https:", protocol()))`:                             "https://a.test/w.m3u8",
		`play("https://a.test/w.m3u8".replace("zz", n + 1))`:                                      "https://a.test/w.m3u8",
		`var all = "https://a.test/all.m3u8"; play(all); low = all.replace("all", "low" + level)`: "https://a.test/all.m3u8",
		`list = list.concat(["/live/w.m3u8"])`:                                                    "https://site.test/live/w.m3u8",
		`list = ["/live/w.m3u8", other].join(",")`:                                                "https://site.test/live/w.m3u8",
		`list = ["/live/w.m3u8", other]`:                                                          "https://site.test/live/w.m3u8",
		`play(new URL("live/w.m3u8", "https://a.test/"))`:                                         "https://a.test/live/w.m3u8",
		`play(new URL("../w.m3u8?t=1", "https://a.test/live/x/").href + "&x=" + Math.random())`:   "https://a.test/live/w.m3u8?t=1&x=",
		`play(new URL("/live/w.m3u8", location.href).toString())`:                                 "https://site.test/live/w.m3u8",
		`play(new URL("w.m3u8", document.baseURI))`:                                               "https://site.test/watch/w.m3u8",
		`play(new URL("w.m3u8", location))`:                                                       "https://site.test/watch/w.m3u8",
		`setup({file: "https://a.test/w.m3u8", title: "x".concat(n), list: [n, "a"].join("")})`:   "https://a.test/w.m3u8",
		`setup({title: page.replace(/[^a-z]/g, "-"), file: "/live/w.m3u8"})`:                      "https://site.test/live/w.m3u8",
		`x = names.concat(more, "live"); play("/live/w.m3u8")`:                                    "https://site.test/live/w.m3u8",
	} {
		assert.Equal(t, []string{want}, found(t, "<script>"+body+"</script>"), body)
	}
}

func TestPackedScriptsAreUnpackedInEveryForm(t *testing.T) {
	const arguments = `('0("1://2.3/4.5?6=7")',8,8,`
	const words = `'play|https|cdn|example|w|m3u8|st|ab'.split('|')`
	list := "['" + strings.Join(strings.Split("play|https|cdn|example|w|m3u8|st|ab", "|"), "', '") + "']"
	for _, script := range []string{
		`eval((p,a,c,k,e,d)=>{return p}` + arguments + words + `))`,
		`window["eval"](function(p,a,c,k,e,d){return p}` + arguments + words + `,0,{}))`,
		`(0, eval)(function(p,a,c,k,e,r){return p}` + arguments + words + `))`,
		`new Function((function(p,a,c,k,e,d){return p})` + arguments + words + `))()`,
		`eval(function(p,a,c,k,e,d){return p}` + arguments + list + `))`,
	} {
		assert.Equal(t, []string{"https://cdn.example/w.m3u8?st=ab"}, found(t, "<script>"+script+"</script>"), script)
	}
	_, ok := dictionary("['a','b'")
	assert.False(t, ok)
}
