package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/upstream"
	"gridwall/internal/testkind"
)

func TestCommandConforms(t *testing.T) {
	pool := upstream.New()
	t.Cleanup(pool.Close)
	testkind.Run(t, testkind.Case{
		Kind: "command", Extractor: Extractor{}, Transports: pool, Offline: true,
		Source: func(url string) source.Source {
			return tooled(t, "json", "print", `[{"url":"https://cdn.test/world.m3u8?t=1","title":"World  feed","quality":1080,"headers":{"referer":"https://site.test/","Host":"x"}},
				{"url":null,"title":"not yet"}, "https://cdn.test/b.m3u8", {"url":"rtmp://cdn.test/1"}]`)
		},
		Good: []testkind.Answer{{Name: "a list", Want: []extract.Found{
			{URL: "https://cdn.test/world.m3u8?t=1", Title: "World feed", Quality: "1080", Headers: map[string]string{"Referer": "https://site.test/"}},
			{URL: "https://cdn.test/b.m3u8", Title: "Tool"},
		}}},
	})
}

func TestEachFormatReadsTheOutputOfItsTool(t *testing.T) {
	for name, tc := range map[string]struct {
		format, out string
		want        []extract.Found
	}{
		"JSON lines": {"json", "{\"url\":\"https://a.test/1\",\"title\":\"One\"}\n\n{\"url\":\"https://a.test/2\",\"quality\":\"720p\"}\n", []extract.Found{
			{URL: "https://a.test/1", Title: "One"}, {URL: "https://a.test/2", Title: "Tool", Quality: "720p"}}},
		"lines": {"lines", "\ufeff# a comment\r\nhttps://a.test/1?x=1\r\n\r\nWorld feed\thttps://a.test/2\nrtmp://a.test/3\nDone in 1 s.\n", []extract.Found{
			{URL: "https://a.test/1?x=1", Title: "Tool"}, {URL: "https://a.test/2", Title: "World feed"}}},
		"lines with headers appended": {"lines", "One\thttps://a.test/1.m3u8|User-Agent=A%2F1 (x)&verifypeer=false\nhttps://a.test/2.m3u8|https://b.test/2.m3u8\n", []extract.Found{
			{URL: "https://a.test/1.m3u8", Title: "One", Headers: map[string]string{"User-Agent": "A/1 (x)"}}, {URL: "https://a.test/2.m3u8", Title: "Tool"}}},
		"JSON with headers appended": {"json", `["https://a.test/1.m3u8|Referer=https://r.test/"]`, []extract.Found{{URL: "https://a.test/1.m3u8", Title: "Tool", Headers: map[string]string{"Referer": "https://r.test/"}}}},
		"lines without titles": {"lines", "https://a.test/1\nhttps://a.test/2", []extract.Found{
			{URL: "https://a.test/1", Title: "Tool 1"}, {URL: "https://a.test/2", Title: "Tool 2"}}},
		"streamlink, multivariant playlists": {"streamlink", `{"plugin":"x","metadata":{"title":"Race","author":"A"},"streams":{
			"1080p60":{"type":"hls","url":"https://c.test/1080.m3u8","master":"https://c.test/m.m3u8","headers":{"Referer":"https://s.test/","Accept-Encoding":"gzip","Connection":"keep-alive"}},
			"720p":{"type":"hls","url":"https://c.test/720.m3u8","master":"https://c.test/m.m3u8"},
			"audio":{"type":"http","url":"https://c.test/a.aac"},
			"best":{"type":"hls","url":"https://c.test/1080.m3u8","master":"https://c.test/m.m3u8"}}}`, []extract.Found{
			{URL: "https://c.test/m.m3u8", Title: "Race", Quality: "1080p60", Headers: map[string]string{"Referer": "https://s.test/"}}}},
		"streamlink, the best of many": {"streamlink", `{"metadata":{"title":null},"streams":{
			"480p":{"type":"hls","url":"https://c.test/480.m3u8"},"1080p_alt":{"type":"hls","url":"https://c.test/1080.m3u8"},
			"worst":{"type":"hls","url":"https://c.test/480.m3u8"},"best":{"type":"hls","url":"https://c.test/1080.m3u8"}}}`, []extract.Found{
			{URL: "https://c.test/1080.m3u8", Title: "Tool", Quality: "1080p"}}},
		"streamlink, one selected by its arguments": {"streamlink", `{"plugin":"x","metadata":{},"type":"hls","url":"https://c.test/720.m3u8","headers":{"User-Agent":"S/1"}}`, []extract.Found{
			{URL: "https://c.test/720.m3u8", Title: "Tool", Headers: map[string]string{"User-Agent": "S/1"}}}},
		"yt-dlp, live": {"yt-dlp", `{"_type":"video","title":"Race 2026-11-24 04:05","is_live":true,"http_headers":{"Referer":"https://s.test/"},"formats":[
			{"format_id":"sb0","protocol":"mhtml","url":"https://c.test/sb"},
			{"format_id":"91","protocol":"m3u8_native","url":"https://c.test/144.m3u8","manifest_url":"https://c.test/m.m3u8","height":144,"vcodec":"avc1"},
			{"format_id":"96","protocol":"m3u8_native","url":"https://c.test/1080.m3u8","manifest_url":"https://c.test/m.m3u8","height":1080,"vcodec":"avc1"},
			{"format_id":"audio","protocol":"m3u8_native","url":"https://c.test/a.m3u8","manifest_url":"https://c.test/am.m3u8","vcodec":"none"},
			{"format_id":"137","protocol":"https","url":"https://c.test/v.mp4","height":1080}]}`, []extract.Found{
			{URL: "https://c.test/m.m3u8", Title: "Race", Quality: "1080p", Headers: map[string]string{"Referer": "https://s.test/"}}}},
		"yt-dlp, two CDNs": {"yt-dlp", `{"title":"Race","formats":[
			{"format_id":"hls-akamai-720","protocol":"m3u8","url":"https://a.test/720.m3u8","manifest_url":"https://a.test/m.m3u8","height":720},
			{"format_id":"hls-fastly-720","protocol":"m3u8","url":"https://f.test/720.m3u8","manifest_url":"https://f.test/m.m3u8","height":720}]}`, []extract.Found{
			{URL: "https://a.test/m.m3u8", Title: "Race (hls-akamai)", Quality: "720p"}, {URL: "https://f.test/m.m3u8", Title: "Race (hls-fastly)", Quality: "720p"}}},
		"yt-dlp, a list with a null entry": {"yt-dlp", `{"_type":"playlist","title":"L","entries":[null,
			{"title":"One","url":"https://c.test/1.m3u8","protocol":"m3u8_native","height":null,"http_headers":{"User-Agent":"Y/1","Accept":"*/*","Sec-Fetch-Mode":"navigate"},
			 "cookies":"sid=\"a b\"; Domain=.c.test; Path=/; Secure; Expires=1; other=1; Domain=.o.test; Path=/"},
			{"_type":"playlist","entries":[{"title":"Two","formats":[{"url":"https://c.test/2.m3u8?x","height":360.0}]}]}]}`, []extract.Found{
			{URL: "https://c.test/1.m3u8", Title: "One", Headers: map[string]string{"User-Agent": "Y/1", "Cookie": "sid=a b"}},
			{URL: "https://c.test/2.m3u8?x", Title: "Two", Quality: "360p"}}},
		"yt-dlp, one per line": {"yt-dlp", "{\"title\":\"One\",\"url\":\"https://c.test/1.m3u8\"}\n{\"title\":\"Two\",\"url\":\"https://c.test/2.m3u8\"}\n", []extract.Found{
			{URL: "https://c.test/1.m3u8", Title: "One"}, {URL: "https://c.test/2.m3u8", Title: "Two"}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, tooled(t, tc.format, "print", tc.out))
			require.NoError(t, r.err)
			assert.Equal(t, tc.want, r.found)
			step := r.steps[0]
			for _, st := range r.steps {
				if strings.HasPrefix(st.What, "ran ") {
					step = st
				}
			}
			assert.Contains(t, step.What, "exit status 0")
			assert.Equal(t, len(tc.want), step.Yield)
			assert.EqualValues(t, len(tc.out), step.Bytes)
			assert.NotZero(t, step.Duration)
		})
	}
}

const secret = "s3cr3t0123456789"

func TestAToolsErrorIsShownOnOneLineWithoutSecrets(t *testing.T) {
	for name, tc := range map[string]struct {
		format string
		does   []string
		want   string
		is     error
	}{
		"its last line": {"lines", []string{"complain", "warming up\n\x1b[31mERROR:\x1b[0m Unsupported URL: https://x.test/a?token=" + secret + "\n\n", "exit", "1"},
			"Unsupported URL: https://x.test/a?… (exit status 1)", nil},
		"a progress line": {"lines", []string{"complain", "10 %\r100 %\rgave up\r\n", "exit", "3"}, "gave up (exit status 3)", nil},
		"yt-dlp's request to report it": {"yt-dlp", []string{"print", "null", "complain", "ERROR: [generic] None: Unable to download webpage: HTTP Error 404: Not Found; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q= , filling out the template", "exit", "1"},
			"[generic] None: Unable to download webpage: HTTP Error 404: Not Found (exit status 1)", nil},
		"a token in clear":        {"lines", []string{"complain", "login failed: token=" + secret + ", session: " + secret, "exit", "1"}, "login failed: token=…, session: … (exit status 1)", nil},
		"a password among args":   {"lines", []string{"complain", "cannot log in as me/" + secret, "exit", "1", "--password", secret}, "cannot log in as me/… (exit status 1)", nil},
		"streamlink's JSON":       {"streamlink", []string{"print", `{"error": "No plugin can handle URL: https://x.test/?k=` + secret + `"}`, "exit", "1"}, "No plugin can handle URL: https://x.test/?… (exit status 1)", nil},
		"silence":                 {"lines", []string{"exit", "7"}, "failed without a message (exit status 7)", nil},
		"streams, but a failure":  {"lines", []string{"print", "https://x.test/1\n", "complain", "no", "exit", "1"}, "no (exit status 1)", nil},
		"a web page":              {"json", []string{"print", "<!DOCTYPE html><p>log in " + secret}, "printed a web page where JSON was expected", extract.ErrWebPage},
		"a web page for lines":    {"lines", []string{"print", "<html>\n" + secret}, "printed a web page", extract.ErrWebPage},
		"prose":                   {"lines", []string{"print", "Nothing is live: " + secret}, "printed no list of addresses: no line is an address", nil},
		"prose for JSON":          {"yt-dlp", []string{"print", "[download] " + secret}, "printed no JSON of yt-dlp -J: syntax error at byte 2", nil},
		"half a JSON":             {"json", []string{"print", `[{"url":"https://x.test/?t=` + secret}, "ends too early", nil},
		"JSON of another kind":    {"json", []string{"print", `{"token":"` + secret + `"}`}, "an object without url", nil},
		"headers of a wrong type": {"json", []string{"print", `[{"url":"https://x.test/","headers":["` + secret + `"]}]`}, "headers is a array", nil},
		"nothing":                 {"json", nil, "printed nothing", stream.ErrNoStreams},
		"nothing, with a message": {"lines", []string{"complain", "nothing is live\n"}, "its last output: nothing is live", stream.ErrNoStreams},
		"null":                    {"yt-dlp", []string{"print", "null\n"}, "printed no stream", stream.ErrNoStreams},
		"an empty list":           {"json", []string{"print", "[]"}, "printed no stream", stream.ErrNoStreams},
		"no HLS":                  {"yt-dlp", []string{"print", `{"title":"x","formats":[{"protocol":"https","url":"https://x.test/a.mp4"}]}`}, "none of them is HLS", stream.ErrNoStreams},
		"DRM":                     {"yt-dlp", []string{"print", `{"title":"x","formats":[{"protocol":"m3u8_native","url":"https://x.test/a.m3u8","has_drm":true}]}`}, "DRM", stream.ErrNoStreams},
		"a flat list":             {"yt-dlp", []string{"print", `{"_type":"playlist","entries":[{"_type":"url","url":"https://x.test/v"}]}`}, "--flat-playlist", stream.ErrNoStreams},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, tooled(t, tc.format, tc.does...))
			require.Error(t, r.err)
			assert.Empty(t, r.found)
			assert.ErrorContains(t, r.err, tc.want)
			assert.NotContains(t, r.err.Error(), secret)
			assert.NotContains(t, r.err.Error(), "\n")
			assert.NotContains(t, r.err.Error(), "\x1b")
			if tc.is != nil {
				assert.ErrorIs(t, r.err, tc.is)
			}
			for _, step := range r.steps {
				assert.NotContains(t, step.What+step.Error, secret)
			}
		})
	}
}

func TestStreamsCountIfOtherEntriesOfTheListFailed(t *testing.T) {
	r := run(t, tooled(t, "yt-dlp", "print", `{"_type":"playlist","entries":[null,{"title":"One","url":"https://c.test/1.m3u8"}]}`, "complain", "ERROR: private\n", "exit", "1"))
	require.NoError(t, r.err)
	require.Len(t, r.found, 1)
}

func TestAToolGetsOnlyItsArgumentsAndNoShell(t *testing.T) {
	t.Setenv("GRIDWALL_TEST_WORD", "from-ours")
	first := func(does ...string) string {
		src := tooled(t, "lines", does...)
		src.File = filepath.Join(t.TempDir(), "tool.toml")
		r := run(t, src)
		require.NoError(t, r.err)
		return r.found[0].URL
	}
	assert.Equal(t, "https://cdn.test/from-ours", first("env", "GRIDWALL_TEST_WORD"), "it inherits our environment")
	assert.Equal(t, "https://cdn.test/${GRIDWALL_TEST_WORD}$HOME;`x`*", first("print", "https://cdn.test/${GRIDWALL_TEST_WORD}$HOME;`x`*"), "there is no shell")
	assert.Equal(t, "https://cdn.test/0-EOF", first("input"), "its standard input is empty")
	assert.Contains(t, first("folder"), "TestAToolGets", "it runs in the folder of its source's file")
}

func TestTheErrorForAMissingToolSaysHowToInstallIt(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	dir := t.TempDir()
	script := filepath.Join(dir, "list.sh")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho https://x.test/1\n"), 0o644))
	for name, want := range map[string]string{
		"no-such-tool-of-mine":           "no-such-tool-of-mine was not found: install it, or write its full path into command",
		"./list2.sh":                     "./list2.sh was not found",
		"./list.sh":                      "./list.sh cannot be run: it is not executable (chmod +x)",
		filepath.Join(dir, "streamlink"): "streamlink is not installed: apt install streamlink",
		filepath.Join(dir, "yt-dlp"):     "yt-dlp is not installed: apt install yt-dlp",
	} {
		r := run(t, source.Source{Key: "x", Name: "x", File: filepath.Join(dir, "x.toml"), Format: "lines", Command: []string{name}})
		require.ErrorContains(t, r.err, want)
		assert.NotEmpty(t, r.steps[0].Error)
	}
	require.NoError(t, os.Chmod(script, 0o755))
	r := run(t, source.Source{Key: "x", Name: "x", File: filepath.Join(dir, "x.toml"), Format: "lines", Command: []string{"./list.sh"}})
	require.NoError(t, r.err, "a path is relative to the source's folder")
	assert.Equal(t, "https://x.test/1", r.found[0].URL)
}

func TestAMissingOptionIsReportedBeforeTheToolDownloads(t *testing.T) {
	for _, tc := range []struct {
		format  string
		command []string
		fine    bool
	}{
		{"yt-dlp", []string{"yt-dlp", "https://x.test/"}, false}, {"yt-dlp", []string{"/opt/yt-dlp", "-J", "x"}, true}, {"yt-dlp", []string{"yt-dlp", "-qJ", "x"}, true},
		{"yt-dlp", []string{"yt-dlp", "--dump-single-json", "x"}, true}, {"yt-dlp", []string{"my-wrapper", "x"}, true},
		{"streamlink", []string{"streamlink", "x"}, false}, {"streamlink", []string{"streamlink", "--json", "x"}, true}, {"lines", []string{"yt-dlp", "-g", "x"}, true},
		{"mp3", []string{"x"}, false},
	} {
		err := Extractor{}.Check(source.Source{Format: tc.format, Command: tc.command})
		assert.Equal(t, tc.fine, err == nil, "%v: %v", tc.command, err)
	}
}

func TestCookiesOfYtDlpKeepTheirValues(t *testing.T) {
	for cookies, want := range map[string]string{
		`sess="{\"id\":\"a1\"\054\"t\":2}"; Domain=.c.test; Path=/`:  `sess={"id":"a1","t":2}`,
		`a="b c"; Domain=c.test; Path=/; b=1; Domain=c.test; Path=/`: `a=b c; b=1`,
		`a="\"b\""; Domain=c.test; Path=/`:                           `a="b"`,
		`a=""; Domain=c.test; Path=/`:                                `a=`,
		`a=b"; Domain=c.test; Path=/`:                                `a=b"`,
		`a="; Domain=c.test; Path=/`:                                 `a="`,
		`a=b\054c; Domain=c.test; Path=/`:                            `a=b\054c`,
		`a="\\054\\"; Domain=c.test; Path=/`:                         `a=\054\`,
		`a="\05\"; Domain=c.test; Path=/`:                            `a=05\`,
		`a="b\303\251"; Domain=c.test; Path=/`:                       "a=b\u00e9",
		`a="b\012X: 1"; Domain=c.test; Path=/; b=1; Domain=c.test`:   `b=1`,
		`a=YWI==; Domain=c.test; Path=/`:                             `a=YWI==`,
	} {
		assert.Equal(t, want, cookieHeader(cookies, "https://c.test/w.m3u8"), cookies)
	}
}
