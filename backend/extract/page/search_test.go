package page

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
)

const w1 = "https://cdn.example/live/w.m3u8?e=1893456000&st=ab"

// found returns the addresses that are found on a page by a source without find.
func found(t *testing.T, body string) (out []string) {
	t.Helper()
	finder, err := newFinder(source.Source{})
	require.NoError(t, err)
	d := &document{page: &extract.Page{URL: &url.URL{Scheme: "https", Host: "site.test", Path: "/watch/live"}, ContentType: "text/html; charset=utf-8", Body: []byte("<!doctype html>" + body)}}
	require.NoError(t, d.read())
	for _, f := range finder.page(d).found {
		out = append(out, f.URL)
	}
	return out
}

func TestAPlaylistIsFoundInEveryEncoding(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString
	inURL := base64.RawURLEncoding.EncodeToString
	escaped := url.QueryEscape(w1)
	all := func(s string) (out string) {
		for _, c := range []byte(s) {
			out += "%" + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15])
		}
		return out
	}
	for name, body := range map[string]string{
		"plain":                        `<video src="` + w1 + `">`,
		"an entity":                    `<video src="https://cdn.example/live/w.m3u8?e=1893456000&amp;st=ab">`,
		"JSON":                         `<script>x={"u":"https:\/\/cdn.example\/live\/w.m3u8?e=1893456000\u0026st=ab"}</script>`,
		"a backtick":                   "<script>play(`" + w1 + "`)</script>",
		"in prose":                     "<p>See " + w1 + ", or come back.",
		"in brackets":                  "<p>(" + w1 + ")",
		"an iframe's parameter":        `<iframe src="/player.html?autoplay=1&src=` + escaped + `&poster=x.jpg"></iframe>`,
		"the last parameter":           `<iframe src="/player.html?autoplay=1&amp;src=` + escaped + `"></iframe>`,
		"an absolute player":           `<iframe src="https://player.test/e?file=` + escaped + `&poster=https%3A%2F%2Fx.test%2Fa.jpg"></iframe>`,
		"lower-case escapes":           `<iframe src="/p?src=` + strings.ReplaceAll(strings.ReplaceAll(escaped, "%3A", "%3a"), "%2F", "%2f") + `">`,
		"encoded twice":                `<iframe src="/p?src=` + url.QueryEscape(escaped) + `&a=b">`,
		"encoded three times":          `<iframe src="/p?src=` + url.QueryEscape(url.QueryEscape(escaped)) + `&a=b">`,
		"a path":                       `<iframe src="https://player.test/embed/` + escaped + `">`,
		"only its colon encoded":       `<iframe src="/p?src=https%3A//cdn.example/live/w.m3u8%3Fe=1893456000%26st=ab&a=1">`,
		"the same, encoded twice":      `<iframe src="/p?src=https%253A//cdn.example/live/w.m3u8%253Fe=1893456000%2526st=ab&a=1">`,
		"half encoded":                 `<iframe src="/p?src=https:%2F%2Fcdn.example%2Flive%2Fw.m3u8%3Fe%3D1893456000%26st%3Dab">`,
		"flashvars":                    `<embed flashvars="file=` + escaped + `&autostart=true">`,
		"plain flashvars":              `<embed flashvars="file=` + w1 + `&autostart=true&poster=/a.jpg">`,
		"plain in a parameter":         `<iframe src="/p?autoplay=1&src=` + w1 + `">`,
		"encoded JSON":                 `<iframe src="/p?cfg=` + url.QueryEscape(`{"file":"`+w1+`","type":"x"}`) + `">`,
		"encoded JSON with slashes":    `<iframe src="/p?cfg=` + url.QueryEscape(`{"file":"`+strings.ReplaceAll(w1, "/", `\/`)+`"}`) + `&x=1">`,
		"every letter encoded":         `<script>document.write(unescape("` + all(`<video src="`+w1+`">`) + `"))</script>`,
		"a data attribute":             `<div data-src="` + b64([]byte(w1)) + `">`,
		"atob":                         `<script>play(atob("` + b64([]byte(w1)) + `"))</script>`,
		"a parameter in base64":        `<iframe src="/p?url=` + b64([]byte(w1)) + `&x=1">`,
		"padding encoded":              `<iframe src="/p?url=` + url.QueryEscape(b64([]byte(w1+"&z"))) + `&x=1">`,
		"base64 for URLs":              `<iframe src="/p/` + inURL([]byte(w1)) + `/embed">`,
		"JSON in base64":               `<div data-cfg='` + b64([]byte(`{"file":"https:\/\/cdn.example\/live\/w.m3u8?e=1893456000\u0026st=ab"}`)) + `'>`,
		"base64 in base64":             `<div data-x='` + b64([]byte(b64([]byte(w1)))) + `'>`,
		"encoded in base64":            `<div data-x='` + b64([]byte(escaped)) + `'>`,
		"encoded and plain":            `<video src="` + w1 + `"></video><iframe src="/p?src=` + escaped + `&x=1"></iframe><i data-u="` + b64([]byte(w1)) + `">`,
		"twice, the slashes escaped":   `<script>a="` + w1 + `";b="https:\/\/cdn.example\/live\/w.m3u8?e=1893456000&st=ab"</script>`,
		"a source's type":              `<video><source type="application/x-mpegURL" src="` + w1 + `"></video>`,
		"two in a row":                 `<i data-a="` + w1 + `,` + w1 + `">`,
		"an address within an address": `<script>location="https://site.test/go?to=` + w1 + `"</script>`,
	} {
		got := found(t, body)
		if name == "padding encoded" {
			assert.Equal(t, []string{w1 + "&z"}, got, name)
			continue
		}
		assert.Equal(t, []string{w1}, got, name)
	}
}

func TestAPageIsReadInGzipAndUTF16(t *testing.T) {
	const body = `<!doctype html><video src="/w.m3u8">`
	var packed, wide bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(body))
	require.NoError(t, z.Close())
	for _, c := range []byte(body) {
		wide.Write([]byte{c, 0})
	}
	for _, text := range [][]byte{packed.Bytes(), wide.Bytes(), append([]byte("\xff\xfe"), wide.Bytes()...)} {
		d := &document{page: &extract.Page{URL: &url.URL{Scheme: "https", Host: "site.test"}, ContentType: "text/html", Body: text}}
		require.NoError(t, d.read())
		assert.Equal(t, []string{"https://site.test/w.m3u8"}, playlistsOf(d))
	}
}

func playlistsOf(d *document) []string {
	out, _ := playlists(d.text, d.base)
	return out
}

func TestPlaylistsWithoutTheExtensionAreFound(t *testing.T) {
	for body, want := range map[string]string{
		`<script>u="https://cdn.example/ev.isml/Manifest(format=m3u8-aapl)"</script>`:                                                                         "https://cdn.example/ev.isml/Manifest(format=m3u8-aapl)",
		`<video src="https://cdn.example/ev.ism/manifest(format=m3u8-aapl,filter=hls)?t=1">`:                                                                  "https://cdn.example/ev.ism/manifest(format=m3u8-aapl,filter=hls)?t=1",
		`<video src="/a/QualityLevels(400000)/Manifest(video,format=m3u8-aapl)">`:                                                                             "https://site.test/a/QualityLevels(400000)/Manifest(video,format=m3u8-aapl)",
		`<iframe src="/p?src=https%3A%2F%2Fcdn.example%2Fev.isml%2FManifest(format%3Dm3u8-aapl)%3Ft%3D1&x=1">`:                                                "https://cdn.example/ev.isml/Manifest(format=m3u8-aapl)?t=1",
		`<script>load('https://cdn.example/play?id=1&format=m3u8&t=2')</script>`:                                                                              "https://cdn.example/play?id=1&format=m3u8&t=2",
		`<script>load("/api/play?format=m3u8")</script>`:                                                                                                      "https://site.test/api/play?format=m3u8",
		`<script>load("https://cdn.example/1/manifest/hls?t=1")</script>`:                                                                                     "https://cdn.example/1/manifest/hls?t=1",
		`<video><source src="/stream/7?t=1" type="application/x-mpegURL"></video>`:                                                                            "https://site.test/stream/7?t=1",
		`<source src='/stream/8' type='application/vnd.apple.mpegurl; charset=utf-8'>`:                                                                        "https://site.test/stream/8",
		`<script>player.src({src: "https://cdn.example/play?id=1", type: "application/x-mpegURL"})</script>`:                                                  "https://cdn.example/play?id=1",
		`<script>player.src({"type":"application\/vnd.apple.mpegurl","src":"https:\/\/cdn.example\/play?id=1"})</script>`:                                     "https://cdn.example/play?id=1",
		`<script>jwplayer().setup({file:'https://cdn.example/play/1',type:'hls'})</script>`:                                                                   "https://cdn.example/play/1",
		`<meta property="og:video" content="https://cdn.example/v/1"><meta property="og:video:type" content="application/x-mpegURL">`:                         "https://cdn.example/v/1",
		`<meta property="og:video" content="https://cdn.example/v.m3u8">`:                                                                                     "https://cdn.example/v.m3u8",
		`<script type="application/ld+json">{"@type":"VideoObject","contentUrl":"https://cdn.example/v/1","encodingFormat":"application/x-mpegURL"}</script>`: "https://cdn.example/v/1",
		`<script type="application/ld+json">{"@type":"VideoObject","contentUrl":"https://cdn.example/v.m3u8?a=1"}</script>`:                                   "https://cdn.example/v.m3u8?a=1",
		`<video src="https://cdn.example/live.m3u8?event=Grand Prix&token=abc">`:                                                                              "https://cdn.example/live.m3u8?event=Grand%20Prix&token=abc",
		`<source src="/live/world feed.m3u8">`:                                                                                                                "https://site.test/live/world%20feed.m3u8",
		`<video src=live.m3u8>`:                                                                                                                               "https://site.test/watch/live.m3u8",
		`<script>file:/live/w.m3u8?t=1;</script>`:                                                                                                             "https://site.test/live/w.m3u8?t=1",
		`<iframe src="/p?src=%2Flive%2Fw.m3u8%3Ft%3D1&x=2">`:                                                                                                  "https://site.test/live/w.m3u8?t=1",
		`<iframe src="https://p.test/p?src=/live/w.m3u8">`:                                                                                                    "https://site.test/live/w.m3u8",
		`<i data-u="//cdn.example/hls2/x_,n,h,.urlset/master.m3u8?t=a&s=1">`:                                                                                  "https://cdn.example/hls2/x_,n,h,.urlset/master.m3u8?t=a&s=1",
		`<i data-u="https://proxy.test/hls.m3u8?url=https%3A%2F%2Fcdn.example%2Fw.m3u8">`:                                                                     "https://proxy.test/hls.m3u8?url=https%3A%2F%2Fcdn.example%2Fw.m3u8",
		`<i data-u="https://cdn.test/get.php?file=w.m3u8&t=1">`:                                                                                               "https://cdn.test/get.php?file=w.m3u8&t=1",
		`<i data-u="https://cdn.test/W.M3U8?ref=https%3A%2F%2Fsite.test%2F">`:                                                                                 "https://cdn.test/W.M3U8?ref=https%3A%2F%2Fsite.test%2F",
		`<i data-u="https://cdn.test/100%25/ä.m3u8">`:                                                                                                         "https://cdn.test/100%25/%C3%A4.m3u8",
	} {
		assert.Equal(t, []string{want}, found(t, body), body)
	}
}

func TestTextThatOnlyLooksLikeAPlaylistIsNotFound(t *testing.T) {
	for _, body := range []string{
		`<a href="/list.m3u8.html">`, `<img src="/poster.m3u8.jpg">`, `<a href="https://site.test/a.m3u8.php?x=1">`, `<a href="/a.m3u8x">`, `<a href="/a.m3u8-old">`,
		`<script>if(/\.m3u8$/.test(u))x=data.m3u8;y=u.endsWith(".m3u8")||cfg.hls.m3u8</script>`, `<p>Open the .m3u8 file`, `<script>a={type:"hls",kind:"m3u8"}</script>`,
		`<script>a="video/mp2t,format=m3u8x"</script>`, `<img src="data:image/png;base64,eyJhIjoiYiIsImMiOiJkZWZnaGkifQ">`, `<i data-t="eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.sig">`,
	} {
		assert.Empty(t, found(t, body), body)
	}
}

const pack62 = `eval(function(p,a,c,k,e,d){e=function(c){return(c<a?'':e(parseInt(c/a)))+((c=c%a)>35?String.fromCharCode(c+29):c.toString(36))};if(!''.replace(/^/,String)){while(c--){d[e(c)]=k[c]||e(c)}k=[function(e){return d[e]}];e=function(){return'\\w+'};c=1};while(c--){if(k[c]){p=p.replace(new RegExp('\\b'+e(c)+'\\b','g'),k[c])}}return p}(`

func TestPackedScriptsAreUnpackedWithoutRunningThem(t *testing.T) {
	for name, tc := range map[string]struct{ script, want string }{
		"radix 6":       {`eval(function(p,a,c,k,e,d){return p}('0("1://2.3/4.5")',6,6,'play|https|cdn|example|w|m3u8'.split('|')))`, "https://cdn.example/w.m3u8"},
		"radix 62":      {pack62 + `'0 A={B:"1://2.3/4.5?C=6&7"};',62,39,'var|https|cdn|example|w|m3u8|e1|st|||||||||||||||||||||||||||||x|file|t'.split('|'),0,{}))`, "https://cdn.example/w.m3u8?t=e1&st"},
		"empty words":   {pack62 + `'play("1://2.3/4.5")',62,6,'|https|cdn|example||m3u8'.split('|'),0,{}))`, "https://cdn.example/4.m3u8"},
		"quotes within": {pack62 + `'0(\'1://2.3/4.5\')',62,6,'play|https|cdn|example|w|m3u8'.split('|'),0,{}))`, "https://cdn.example/w.m3u8"},
		"double quotes": {pack62 + `"0('1://2.3/4.5')",62,6,"play|https|cdn|example|w|m3u8".split("|"),0,{}))`, "https://cdn.example/w.m3u8"},
		"slashes":       {pack62 + `'0("1:\\/\\/2.3\\/4.5")',62,6,'play|https|cdn|example|w|m3u8'.split('|'),0,{}))`, "https://cdn.example/w.m3u8"},
		"radix 95":      {"eval(function(p,a,c,k,e,r){return p}('\u00a1(\"\u00a2://\u00a3.\u00a4/\u00a5.\u00a6\")',95,6,'play|https|cdn|example|w|m3u8'.split('|'),0,{}))", "https://cdn.example/w.m3u8"},
		"in another":    {pack62 + `'1(0(2,3,4,5,6,7){8 2}(\'9("10://11.12/13.14")\',15,15,\'play|||||||||\'.16(\'|\')))',10,10,'function|eval|p|a|c|k|e|d|return|0'.split('|'),0,{}))`, ""},
		"spaces":        {"eval( function ( p , a , c , k , e , d ) { return p } ( '0(\"1://2.3/4.5\")' , 6 , 6 , 'play|https|cdn|example|w|m3u8'.split('|') ) )", "https://cdn.example/w.m3u8"},
		"base64 inside": {pack62 + `'0(1("2"))',62,3,'play|atob|aHR0cHM6Ly9jZG4uZXhhbXBsZS93Lm0zdTg='.split('|'),0,{}))`, "https://cdn.example/w.m3u8"},
	} {
		got := found(t, "<script>"+tc.script+"</script>")
		if tc.want == "" {
			continue
		}
		assert.Equal(t, []string{tc.want}, got, name)
	}
	inner := `eval(function(p,a,c,k,e,d){return p}('0("1://2.3/4.5")',6,6,'play|https|cdn|example|w|m3u8'.split('|')))`
	outer := `eval(function(p,a,c,k,e,d){return p}('` + strings.ReplaceAll(inner, "'", `\'`) + `',62,0,''.split('|')))`
	most := `eval(function(p,a,c,k,e,d){return p}('` + strings.ReplaceAll(strings.ReplaceAll(outer, `\`, `\\`), "'", `\'`) + `',62,0,''.split('|')))`
	assert.Equal(t, []string{"https://cdn.example/w.m3u8"}, found(t, "<script>"+outer+"</script>"))
	assert.Equal(t, []string{"https://cdn.example/w.m3u8"}, found(t, "<script>"+most+"</script>"))

	// Broken scripts, and one that would unpack to gigabytes.
	bomb := `eval(function(p,a,c,k,e,d){}('` + strings.Repeat("0 ", 1<<16) + `',62,1,'` + strings.Repeat("x", 1<<16) + `'.split('|')))`
	for _, script := range []string{inner[:60], strings.Replace(inner, ",6,6,", ",0,6,", 1), strings.Replace(inner, ",6,6,", ",999999999999999999999,6,", 1), strings.Replace(inner, ".split('|')", "", 1), bomb} {
		scripts, any := unpack(script)
		assert.True(t, any)
		for _, s := range scripts {
			assert.LessOrEqual(t, len(s), maxUnpacked)
		}
	}
	assert.Len(t, func() []string { s, _ := unpack(strings.Repeat(bomb, 3)); return s }(), 0)
}

func TestTheErrorOfAPageThatNeedsScriptsNamesTheBrowserKind(t *testing.T) {
	body := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	pool := upstream.New()
	t.Cleanup(pool.Close)
	for _, body = range []string{
		`<html><script>` + pack62 + `'0(1)',62,2,'play|token'.split('|'),0,{}))</script>`, `<html><script>new Hls().loadSource(make(key))</script>`,
		`<html><script>var _0x1a2b=['x'];videojs('p',{})</script>`,
	} {
		src := source.Source{Kind: "page", URL: server.URL, AllowPrivate: true}
		site, err := extract.NewSite(src, pool, extract.Limits{})
		require.NoError(t, err)
		_, err = Extractor{}.Extract(t.Context(), src, site)
		require.ErrorIs(t, err, extract.ErrWebPage)
		require.ErrorContains(t, err, "builds its address by script: use the browser source")
	}
}

func TestARepeatedAddressIsExaminedALimitedNumberOfTimes(t *testing.T) {
	text := strings.Repeat("http://a/x.m3u8,", 2_000_000)
	s := &search{base: &url.URL{Scheme: "https", Host: "x.test"}, seen: map[string]bool{}}
	s.text(text, 0)
	assert.Equal(t, []string{"http://a/x.m3u8"}, s.out)
	assert.Equal(t, maxHits, s.hits)
}
