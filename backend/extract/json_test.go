package extract_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"gridwall/backend/extract"
	"gridwall/internal/testkind"
)

func TestJSONIsReadHoweverASiteWrapsIt(t *testing.T) {
	for name, body := range testkind.WrappedJSON(t) {
		page := &extract.Page{Body: []byte(body)}
		doc, err := page.JSONDocument()
		require.NoError(t, err, name)
		assert.Equal(t, map[string]any{"url": "https://x.test/1.m3u8", "n": nil}, doc, name)
	}
	latin, err := charmap.Windows1252.NewEncoder().String(`{"title":"Großer Preis – live"}`)
	require.NoError(t, err)
	page := &extract.Page{Body: []byte(latin)}
	doc, err := page.JSONDocument()
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"title": "Großer Preis – live"}, doc)
	page = &extract.Page{Body: zip(t, []byte(`{"id":12345678901234567890}`))}
	doc, err = page.JSONDocument()
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"id": json.Number("12345678901234567890")}, doc, "numbers keep their digits")
	for _, body := range []string{"\x1e{\"a\":1}\n\x1e{\"a\":2}\n", "{\"a\":1}\n# a comment\n{\"a\":2}\n", "warning: x\n{\"a\":1}\n\nwarning: y\n\n{\"a\":2}", "{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}\r\n\r\n{\"a\":2}", "\ufeff{\"a\":1}\r{\"a\":2}", "{\"a\":1}\n{\"a\":2,}\n", "{\n\"a\":1\n}\n{\n\"a\":2\n}"} {
		page := &extract.Page{Body: []byte(body)}
		doc, err := page.JSONDocument()
		require.NoError(t, err, body)
		assert.Equal(t, []any{map[string]any{"a": json.Number("1")}, map[string]any{"a": json.Number("2")}}, doc, "one value per line is a list: %q", body)
	}
	for body, want := range map[string]string{
		`{} {}`: "more than one JSON value", "": "answered nothing", "  \n": "answered nothing", `{"a": `: "ends too early", "hello": "did not answer with JSON", "cb(": "did not answer with JSON",
		"alert('x'); if (a) {b()}": "did not answer with JSON", "<html><script>x={}</script>": "a web page", `{"a":1} trailing words`: "did not answer with JSON", `for(;;){"a":1}x`: "did not answer with JSON",
		`var a = {}; var b = {};`: "did not answer with JSON", "{\"a\":1}\n{\"a\":": "ends too early", "{\"a\":1}\n# x\n{\"a\":": "did not answer with JSON",
		`{"a":1}<b>x</b>`: "did not answer with JSON",
	} {
		page := &extract.Page{Body: []byte(body)}
		_, err := page.JSONDocument()
		require.Error(t, err, body)
		assert.ErrorContains(t, page.JSONError(err), want, body)
	}
}

func FuzzJSONValues(f *testing.F) {
	for _, body := range testkind.WrappedJSON(f) {
		f.Add([]byte(body))
	}
	f.Add([]byte("{\"a\":\"\\"))
	f.Add([]byte("{'a':'it\\'s', b:None,c:01}"))
	f.Add([]byte("event: x\ndata: {\"a\":1}\n\ndata: [2]\n"))
	f.Add([]byte("<html><body><pre>{&quot;a&quot;:1}</pre>"))
	f.Add([]byte("Warning: x\n[x] y\n\"{\\\"a\\\":1}\"\x00"))
	f.Add([]byte("[1,/*"))
	f.Fuzz(func(t *testing.T, body []byte) {
		values, err := extract.JSONValues(body)
		for _, v := range values {
			assert.True(t, json.Valid(v))
		}
		if err == nil && json.Valid(body) {
			assert.Len(t, values, 1, "valid JSON is not repaired")
			assert.JSONEq(t, strings.TrimSpace(string(body)), string(values[0]))
		}
		page := &extract.Page{Body: body}
		if _, err := page.JSONDocument(); err != nil {
			assert.NotContains(t, page.JSONError(err).Error(), "\n")
		}
	})
}

func zip(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(b)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.Bytes()
}

func TestOneDamagedByteDoesNotGarbleTitles(t *testing.T) {
	for _, p := range []*extract.Page{
		{Body: []byte("<title>Großer Preis – São Paulo \x96 live</title>"), ContentType: "text/html; charset=utf-8"},
		{Body: []byte("<title>Großer Preis – São Paulo \x96 live</title>"), ContentType: "text/html; charset=iso-8859-1"},
	} {
		text, err := p.Text()
		require.NoError(t, err)
		assert.Equal(t, "<title>Großer Preis – São Paulo – live</title>", string(text))
	}
	assert.Equal(t, "Großer Preis – live", string(extract.PlainText([]byte("Gro\xdfer Preis \x96 live"))), "a tool on an old Windows")
}

func TestJSONAsOtherLanguagesWriteItIsRead(t *testing.T) {
	want := map[string]any{"u": "https://x.test/1.m3u8", "t": `it's "live"`, "n": nil, "b": true}
	for name, body := range map[string]string{
		"single quotes":        `{'u':'https://x.test/1.m3u8','t':'it\'s "live"','n':null,'b':true}`,
		"unquoted names":       `{u:"https://x.test/1.m3u8", t : "it's \"live\"",n:null,b:true,}`,
		"Python":               `{'u': 'https://x.test/1.m3u8', 't': "it's \"live\"", 'n': None, 'b': True}`,
		"trailing zero bytes":  `{"u":"https://x.test/1.m3u8","t":"it's \"live\"","n":null,"b":true}` + "\x00\x00",
		"encoded twice":        `"{\"u\":\"https://x.test/1.m3u8\",\"t\":\"it's \\\"live\\\"\",\"n\":null,\"b\":true}"`,
		"an event stream":      "event: state\r\ndata: {\"u\":\"https://x.test/1.m3u8\",\"t\":\"it's \\\"live\\\"\",\"n\":null,\"b\":true}\r\n\r\n",
		"a page that shows it": `<html><head><meta name="color-scheme" content="light dark"></head><body><pre style="x">{"u":"https://x.test/1.m3u8","t":"it's &quot;live&quot;","n":null,"b":true}</pre></body></html>`,
		"warnings before":      "Warning: it isn't there\nNotice: [x]\n" + `{"u":"https://x.test/1.m3u8","t":"it's \"live\"","n":null,"b":true}`,
		"warnings with times":  "[2026-11-26 20:00:01] PHP Warning: x\n[2026-11-26 20:00:02] PHP Notice: y\n[notice] z\n" + `{"u":"https://x.test/1.m3u8","t":"it's \"live\"","n":null,"b":true}`,
		"only brackets":        `({"u":"https://x.test/1.m3u8","t":"it's \"live\"","n":null,"b":true})`,
		"a call with an id":    `cb("a-1", 200, {"u":"https://x.test/1.m3u8","t":"it's \"live\"","n":null,"b":true});`,
		"a call in brackets":   `window.cb(({"u":"https://x.test/1.m3u8","t":"it's \"live\"","n":null,"b":true}));`,
		"a module":             `export default {"u":"https://x.test/1.m3u8","t":"it's \"live\"","n":null,"b":true};`,
		"trailing comments":    `{"u":"https://x.test/1.m3u8","t":"it's \"live\"","n":null,"b":true}` + "\n<!-- 0.01 s -->\n<!-- cached -->\n",
		"a call with a state":  `jQuery1_2({"u":"https://x.test/1.m3u8","t":"it's \"live\"","n":null,"b":true}, "success");`,
	} {
		if name == "a page that shows it" {
			body = strings.ReplaceAll(body, "&quot;", `\&quot;`)
		}
		doc, err := (&extract.Page{Body: []byte(body)}).JSONDocument()
		require.NoError(t, err, name)
		assert.Equal(t, want, doc, name)
	}
	for _, body := range []string{"{don't: 1}", "'a", "{a b: 1}", "{'a': 1x2}", "<pre>none</pre>", "data: x\n", "x\n{\ny\n{"} {
		_, err := (&extract.Page{Body: []byte(body)}).JSONDocument()
		assert.Error(t, err, body)
	}
}

func TestUnclosedQuotesAreRepairedInLinearTime(t *testing.T) {
	for _, part := range []string{`'\'`, `'`, `"'`, `a'b `, `{a:`, `'\\`} {
		text := []byte(strings.Repeat(part, 1<<20))
		out := extract.RepairJSON(text) // quadratic time would be minutes
		assert.LessOrEqual(t, len(out), 8*len(text))
	}
}
