//go:build !race

package page

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gridwall/internal/testcost"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"github.com/stretchr/testify/assert"
)

// costly returns pages that once cost far more than their length, as pairs of a beginning and a repeated part.
func costly() [][2]string {
	table := `t=["http",` + strings.Repeat(`"`+strings.Repeat("x", 4000)+`",`, 60) + `];`
	long := strings.Repeat("x", 60<<10)
	word := `a="` + strings.Repeat("x", 30<<10) + `";`
	letters := `a="` + strings.Repeat("x", 4000) + `".split("");`
	mark := `a="https://a.test/` + strings.Repeat("x", 30<<10) + `.m3u8";`
	return [][2]string{
		{``, `\"`}, {``, `\'`}, {``, "\\`"}, {``, `\"\'`}, {`"`, `\"`}, {``, `"a":\"b\",`}, {``, `'\"`}, {``, "`\\`${"}, {``, "`${x"},
		{table, `p(t[0]+"1");`}, {table, `u=t[1]+"1";`}, {table, `t[0]+t[1];`}, {``, `["a",`}, {``, `f(["a",`},
		{word, "atob(a);"}, {word, "atob(a"}, {word, `a.split("b");`}, {word, `a.replaceAll("y","z");`}, {word, `a.trim();`}, {word, `a.concat(`},
		{letters, `a.reverse();`}, {letters, `.reverse()`}, {letters, `atob(a);`}, {letters, `a.join(`}, {letters + `b=a.reverse();`, `b=b.concat(a);`},
		{mark, `a+x;`}, {mark, `u=a+x;`}, {mark, "`${a}${x}`;"}, {mark, "`${a}"}, {mark, `u=a;`}, {mark, `a;`}, {mark, `[a,`}, {mark, `a:a,`},
		{"`.m3u8" + long[:30<<10], `${x}`}, {"`", `${x}`}, {"`", "${`"},
		{``, `(/[`}, {``, `;/[a`}, {``, `function `}, {``, `function(a,`}, {``, `function a(b,c,`}, {``, `/*a`}, {``, `a/**/`}, {``, "`/**//*"}, {`:`, "`/**//*"}, {``, `a   `}, {``, `a.`}, {``, `a.b`},
		{``, `n++;`}, {``, `++n`}, {``, `a*`}, {``, `"a"*`}, {``, `a?"b":`}, {``, `a=b=`}, {``, `a="b"=`}, {``, `a=b+b=`}, {``, `a=function(`}, {``, `"a"/**/`}, {``, `"a"     -`}, {``, `(1+`}, {``, `1+`}, {``, `a||=`}, {`a=1`, `+1`},
		{``, `https://x.m3u8,`}, {``, `=https://x.m3u8&mute=;;;;;;;;`}, {``, `=https://x.m3u8,;;;;;;;;;,https://x&mute=`}, {`=https://x.m3u8`, `&`}, {``, `=https://x.m3u8&&&&&&&&&&&&&&&&&&&&&&&&&mute=`}, {``, `/a.m3u8%`}, {``, `https://(https://x.m3u8)`}, {``, `(https://(https://(https://(https://x.m3u8)`},
		{``, `x.m3u8?a,https:/`}, {``, `manifest(a.m3u8(`}, {``, `(format=m3u8`}, {``, `https%3a%2f%2fx.m3u8&`}, {``, `http://http://a.m3u8)`},
		{``, `eval(function(p,a,c,k,e,d)`}, {``, `eval(function(p,a,c,k,e,d)}('`}, {``, `eval(function(p,a,c,k,e,d)}`}, {``, `uggc://`}, {``, `%41`}, {``, `aHR0cA`}, {``, `src:"a",type:`},
	}
}

// ordinary is a script as on most pages with a player.
const ordinary = `var host = "https://cdn.example/"; play(host + "live/w.m3u8?t=1"); `

// The cost is linear, and at most twenty times that of an ordinary page of the same length: scanning a fixed window again at each
// position is linear, but thousands of times too slow.
func TestPagesAreSearchedInLinearTime(t *testing.T) {
	testcost.Rarely(t, 256<<20)
	base := &url.URL{Scheme: "https", Host: "x.test"}
	const size, mostOfOrdinary = 8 << 10, 20
	work := func(head, part string) func(large bool) {
		return func(large bool) {
			n := size
			if large {
				n = testcost.Larger * size
			}
			playlists("<script>x+y;"+head+strings.Repeat(part, n/len(part)), base)
		}
	}
	usual := time.Hour
	for range 5 {
		usual = min(usual, testcost.CPU(func() { work("", ordinary)(true) }))
	}
	for _, c := range costly() {
		ratio, took := testcost.Growth(work(c[0], c[1]), func(ratio float64, took time.Duration) bool {
			return ratio < testcost.MostGrowth && took < mostOfOrdinary*usual
		})
		if ratio >= testcost.MostGrowth || took >= mostOfOrdinary*usual {
			t.Errorf("%.20q, %q over and over: %d times the length took %.1f times as long, %v where an ordinary page takes %v", c[0], c[1], testcost.Larger, ratio, took, usual)
		}
	}
}

// Each of these scripts is short, and takes gigabytes unless the length of a string is checked before it is built.
func TestAShortScriptDoesNotFillTheMemory(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "x.test"}
	word := `a="` + strings.Repeat("x", 60<<10) + `";`
	for _, text := range []string{
		word + `b=a.replaceAll("x",a);`,
		word + "b=`" + strings.Repeat("${a}", 4000) + "`;",
		word + `b=[` + strings.Repeat("a,", 4000) + `].join("");`,
		word + `b=["x",` + strings.Repeat(`"x",`, 4000) + `].join(a);`,
		word + `b="".concat(` + strings.Repeat("a,", 4000) + `"");`,
		`a="` + strings.Repeat("x", 4000) + `".split("");b=a.reverse();` + strings.Repeat(`b=b.concat(a);`, 4000),
	} {
		if took := testcost.Allocated(func() { playlists("<script>x+y;"+text, base) }); took > 32<<20 {
			t.Errorf("%.20q … %q: %d KB of memory for %d KB of text", text, text[len(text)-20:], took>>10, len(text)>>10)
		}
	}
}

// Elements are nested: the text of each must not be copied completely.
func TestNestedElementsDoNotFillTheMemory(t *testing.T) {
	const depth, text = 400, 4 << 20
	d, s := parsed(t, strings.Repeat("<div>", depth)+"<b></b>"+strings.Repeat("x", text)), &step{matcher: cascadia.MustCompile("div"), match: regexp.MustCompile(""), url: -1}
	for _, s.Attr = range []string{"", "text"} {
		var n int
		if took := testcost.Allocated(func() { _, n = s.links(d) }); n != depth || took > 256<<20 {
			t.Errorf("attr %q: %d KB of memory for %d elements around a text of %d KB", s.Attr, took>>10, n, text>>10)
		}
	}
}

func TestTheTitleOfAPageWithManyStreamsIsReadOnce(t *testing.T) {
	d := parsed(t, "<title> The \n Race </title>"+strings.Repeat("<p>x</p>", 1000))
	allocs := testing.AllocsPerRun(1, func() {
		for range 1000 {
			if d.name() != "The Race" {
				t.Fatal(d.name())
			}
		}
	})
	if allocs > 1000 {
		t.Errorf("%.0f allocations for a thousand streams", allocs)
	}
}

func parsed(t *testing.T, page string) *document {
	t.Helper()
	html, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return &document{html: html, base: &url.URL{Scheme: "https", Host: "x.test"}}
}

// Allocations are counted, not time: a page full of marks must not be read again for each of them.
func TestAPageFullOfMarksIsReadOnce(t *testing.T) {
	for _, unit := range []string{"a.m3u8,", "https://x.test/", "/a.m3u8?x=", "https%3A%2F%2Fx.m3u8", "=m3u8&format=m3u8", "aHR0cHM6Ly9", `\u0025`, "eval(function(p,a,c,k,e,d)}(' "} {
		text := strings.Repeat(unit, (2<<20)/len(unit))
		allocs := testing.AllocsPerRun(1, func() { playlists(text, &url.URL{Scheme: "https", Host: "x.test"}) })
		assert.Less(t, allocs, float64(len(text)), unit)
	}
}

func TestConcatenationsAreEvaluatedInLinearTime(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "x.test"}
	for _, part := range []string{
		`"a"+`, `["a",`, `("a"+`, `atob(`, "`${", `u+="aaaaaaaa";`, `u=u+u+"a.m3u8";`, `a.b(a.b(`, `x="m3u8"+x;`, `"a".concat(`, `[["a"],`, `"m3u8".split("").join("m3u8").concat(`,
		`/*`, `/[`, `function(`, `"`, `'+`, "`", `a[0][0]`, `"\x68`, `{a:"b",`, `a0.a`, `"a".concat(n,`, `[n,`, `[n,"a"].join("")`, `"a".replace(/b/,`, `URL(n,`, `a.replace(n,"`, `+"/x.m3u8"`,
	} {
		cost := func(n int) float64 {
			text := "<script>" + strings.Repeat(part, n)
			return testing.AllocsPerRun(1, func() { playlists(text, base) })
		}
		assert.Less(t, cost(8000), 6*cost(2000)+2000, "%q", part)
	}
}
