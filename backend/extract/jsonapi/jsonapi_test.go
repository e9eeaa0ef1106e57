package jsonapi

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/upstream"
	"gridwall/backend/weburl"
)

var pageURL = &url.URL{Scheme: "https", Host: "site.test", Path: "/api/feeds", RawQuery: "token=s3cr3t0123456789"}

// query runs a program over a document, without a network.
func query(t testing.TB, ctx context.Context, program, doc string) ([]extract.Found, error) {
	t.Helper()
	src, err := source.Parse("sources/api.toml", []byte("kind = \"json\"\nurl = \"https://site.test/\"\nquery = '''\n"+program+"\n'''\n"), nil)
	require.NoError(t, err)
	code, err := compile(src)
	if err != nil {
		return nil, err
	}
	page := &extract.Page{URL: pageURL, Body: []byte(doc)}
	v, err := decode(page)
	if err != nil {
		return nil, err
	}
	site, err := extract.NewSite(src, upstream.New(), extract.Limits{})
	require.NoError(t, err)
	return run(ctx, code, v, page, site)
}

func TestValuesOfAQueryBecomeStreams(t *testing.T) {
	for name, tc := range map[string]struct {
		query, doc string
		want       []extract.Found
	}{
		"relative":         {`.`, `{"url":"../live/1.m3u8?t=1"}`, []extract.Found{{URL: "https://site.test/live/1.m3u8?t=1"}}},
		"no scheme":        {`.`, `{"url":"//cdn.test/1.m3u8"}`, []extract.Found{{URL: "https://cdn.test/1.m3u8"}}},
		"text":             {`.a`, `{"a":"live/1.m3u8"}`, []extract.Found{{URL: "https://site.test/api/live/1.m3u8"}}},
		"numbers":          {`.`, `{"url":"https://x.test/1","title":44,"quality":720}`, []extract.Found{{URL: "https://x.test/1", Title: "44", Quality: "720"}}},
		"big ids":          {`{url: "https://x.test/\(.id)"}`, `{"id":12345678901234567890}`, []extract.Found{{URL: "https://x.test/12345678901234567890"}}},
		"headers":          {`.`, `{"url":"https://x.test/1","headers":{"Referer":"https://r.test/","X":null}}`, []extract.Found{{URL: "https://x.test/1", Headers: map[string]string{"Referer": "https://r.test/"}}}},
		"not to be set":    {`.`, `{"url":"https://x.test/1","headers":{"Host":"evil.test","Range":"bytes=0-","Connection":"close","accept-encoding":"br","If-None-Match":"x","referer":"https://r.test/"}}`, []extract.Found{{URL: "https://x.test/1", Headers: map[string]string{"Referer": "https://r.test/"}}}},
		"other keys":       {`.`, `{"url":"https://x.test/1","id":1,"a":[]}`, []extract.Found{{URL: "https://x.test/1"}}},
		"halt":             {`{url:"https://x.test/1"}, halt, {url:"https://x.test/2"}`, `1`, []extract.Found{{URL: "https://x.test/1"}}},
		"headers after it": {`.`, `{"url":"https://x.test/1|Referer=https://a.test/&User-Agent=A","headers":{"Referer":"https://r.test/"}}`, []extract.Found{{URL: "https://x.test/1", Headers: map[string]string{"Referer": "https://r.test/", "User-Agent": "A"}}}},
		"one per line":     {`.[]`, "{\"url\":\"https://x.test/1\"}\n{\"url\":\"https://x.test/2\"}\n", []extract.Found{{URL: "https://x.test/1"}, {URL: "https://x.test/2"}}},
		"JSONP":            {`.`, "/**/cb({\"url\":\"https://x.test/1\",});", []extract.Found{{URL: "https://x.test/1"}}},
		"a guard":          {`.`, ")]}'\n{\"url\":\"https://x.test/1\",\"n\":NaN}", []extract.Found{{URL: "https://x.test/1"}}},
		"byte order mark":  {`.`, "\xef\xbb\xbf{\"url\":\"https://x.test/1\"}", []extract.Found{{URL: "https://x.test/1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := query(t, t.Context(), tc.query, tc.doc)
			require.NoError(t, err)
			assert.Equal(t, tc.want, found)
		})
	}
}

func TestTheErrorOfAQuerySaysWhatItYielded(t *testing.T) {
	t.Setenv("GRIDWALL_TEST_SECRET", "s3cr3t0123456789")
	for name, tc := range map[string]struct{ query, doc, want string }{
		"a number":         {`.`, `42`, "the query yielded 42, a number, where {url, title, quality} objects are expected"},
		"a list":           {`.`, `[{"url":"https://x.test"}]`, "the query yielded a list of 1 where {url, title, quality} objects are expected; end the query with .[] to yield the items of the list"},
		"null":             {`.a`, `{}`, "the query yielded null where {url, title, quality} objects are expected"},
		"other object":     {`.`, `{"src":"https://x.test/?s3cr3t0123456789","n":1}`, "the query yielded an object {n: a number, src: a string} where {url, title, quality} objects are expected"},
		"url is a number":  {`.`, `{"url":1}`, "the query yielded an object {url: a number} where {url, title, quality} objects are expected"},
		"a word":           {`.`, `"live"`, `the query yielded the text "live" where {url, title, quality} objects are expected`},
		"a token":          {`.`, `"s3cr3t0123456789s3cr3t0123456789"`, "the query yielded a text of 32 characters where {url, title, quality} objects are expected"},
		"title is a list":  {`.`, `{"url":"https://x.test/","title":["a"]}`, "the query yielded a title that is a list; it must be a string"},
		"headers":          {`.`, `{"url":"https://x.test/","headers":["a"]}`, `the query yielded headers that are a list; they must be an object {"Name": "value"}`},
		"header value":     {`.`, `{"url":"https://x.test/","headers":{"A":"x\ny"}}`, `the query yielded a header "A" that cannot be sent`},
		"a runtime error":  {`.a[] | .b`, `{"a":["s3cr3t0123456789"]}`, `the query fails on the answer of https://site.test/api/feeds?…: expected an object but got: string (…)`},
		"a wrong name":     {`.streams[] | {url}`, `{"feeds":[{"hls":"s3cr3t0123456789"}],"next":null}`, `the query fails on the answer of https://site.test/api/feeds?…: cannot iterate over: null; the answer is an object {feeds: a list, next: null}`},
		"nothing":          {`.streams[]?`, `{"feeds":[]}`, `extractor returned no streams: the query yields nothing for this answer: an object {feeds: a list}`},
		"its own error":    {`error("no https://x.test/?t=s3cr3t0123456789")`, `1`, `the query fails on the answer of https://site.test/api/feeds?…: error: no https://x.test/?…`},
		"environment":      {`$ENV.GRIDWALL_TEST_SECRET, env.GRIDWALL_TEST_SECRET`, `1`, "the query yielded null where {url, title, quality} objects are expected"},
		"further input":    {`input`, `1`, "sources/api.toml:3:1: query is not a jq program: input(s)/0 is not allowed"},
		"not one value":    {`.`, `{} {}`, "https://site.test/api/feeds?… answered more than one JSON value"},
		"broken JSON":      {`.`, `{"a": s3cr3t0123456789`, "https://site.test/api/feeds?… did not answer with JSON: invalid character 's' looking for beginning of value at byte 7"},
		"JSON that breaks": {`.`, `{"a": 1`, "https://site.test/api/feeds?… answered JSON that ends too early"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := query(t, t.Context(), tc.query, tc.doc)
			require.EqualError(t, err, tc.want)
			assert.NotContains(t, err.Error(), "s3cr3t")
		})
	}
}

func TestAnEndlessQueryIsStopped(t *testing.T) {
	_, err := query(t, t.Context(), `repeat({url: "https://x.test/1"})`, `1`)
	require.ErrorContains(t, err, "the query yields more than 100000 values")
	found, err := query(t, t.Context(), `range(100000) | {url: "https://x.test/1"}`, `1`)
	require.NoError(t, err)
	assert.Len(t, found, MaxYields)
	_, err = query(t, t.Context(), `range(100001) | {url: "https://x.test/1"}`, `1`)
	require.Error(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = query(t, ctx, `def f: f; f`, `1`)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "did not end within the source's timeout")
}

func TestAMistakeInAQueryIsReportedWithItsLineBeforeAnythingIsFetched(t *testing.T) {
	for program, want := range map[string]string{
		".feeds[]\\n| {url: .src,, title}": `sources/a.toml:5:14: query is not a jq program: unexpected token ","`,
		".feeds[":                          `sources/a.toml:4:7: query is not a jq program: unexpected EOF`,
		".feeds | nosuch(1)":               `sources/a.toml:3:1: query is not a jq program: function not defined: nosuch/1`,
		"$x":                               `sources/a.toml:3:1: query is not a jq program: variable not defined: $x`,
		"import \\\"a\\\" as a; .":         `sources/a.toml:3:1: query is not a jq program: cannot load module: "a"`,
	} {
		program = strings.NewReplacer(`\n`, "\n", `\"`, `"`).Replace(program)
		src, err := source.Parse("sources/a.toml", []byte("kind = \"json\"\nurl = \"https://x.test\"\nquery = '''\n"+program+"'''\n"), nil)
		require.NoError(t, err)
		require.EqualError(t, extract.Registry{"json": Extractor{}}.Check(src), want)
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/a.toml", []byte("kind = \"json\"\nurl = \"https://x.test\"\nquery = \"{\"\n"), 0o600))
	d, err := source.New(source.Options{Path: dir, Check: extract.Registry{"json": Extractor{}}.Check})
	require.NoError(t, err)
	_, err = d.Get("a")
	require.ErrorContains(t, err, "a.toml:3:10: query is not a jq program: unexpected EOF")
}

func TestAnAnswerWithoutStreamsIsNotAFailureOfTheQuery(t *testing.T) {
	for _, doc := range []string{`[]`, `[{"url":null}]`, `[{"url":" "}]`, `[{"url":"rtmp://x.test/1"}]`, `[{"url":"http://"}]`} {
		_, err := query(t, t.Context(), ".[]", doc)
		require.ErrorIs(t, err, stream.ErrNoStreams, doc)
	}
}

func FuzzAnswers(f *testing.F) {
	for _, s := range []string{`[{"url":"a/b","title":1}]`, `["//x/y",{"url":"http://x","headers":{"a":"b"}}]`, `{"a":{"b":null}}`, `<html>`, ")]}',\n[{\"url\":\"http://x\"}]", "cb([\"//x/y\",]);", "{\"url\":NaN}\n{}", "<!--[]-->", "\xff\xfe[\x00]\x00", "\x1f\x8b\x08"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		found, err := query(t, t.Context(), ".[]?", string(doc))
		if err != nil {
			assert.NotContains(t, err.Error(), "\n")
			return
		}
		for _, s := range found {
			u, err := weburl.Parse(s.URL)
			require.NoError(t, err)
			assert.Contains(t, []string{"http", "https"}, u.Scheme)
			assert.NotEmpty(t, u.Host)
			assert.NotContains(t, s.Title, "\n")
		}
	})
}
