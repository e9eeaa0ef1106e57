package source_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/source"
	"gridwall/backend/stream"
)

func env(name string) (string, bool) {
	v, ok := map[string]string{"COOKIE": "sid=s3cr3t", "EMPTY": "", "BROKEN": "a\r\nX: y"}[name]
	return v, ok
}

func TestEveryKeyOfASourceFileIsRead(t *testing.T) {
	s, err := source.Parse("/home/me/sources/f1.toml", []byte(`
name = "F1 feeds"
kind = "m3u"
enabled = false
allow_private = true
interval = "10m"
timeout = "45s"
proxy = "socks5://127.0.0.1:1080"
cookies = "cookies.txt"
url = "lists/f1.m3u"
match = "(?i)f1"
[headers]
Cookie = "${COOKIE}; x=${EMPTY}$1"
[stream_headers]
Referer = "https://site.test/"
`), env)
	require.NoError(t, err)
	want := source.Source{
		Key: "f1", Name: "F1 feeds", Kind: "m3u", AllowPrivate: true, Interval: 10 * time.Minute, Timeout: 45 * time.Second,
		Proxy: "socks5://127.0.0.1:1080", Cookies: "/home/me/sources/cookies.txt", URL: "lists/f1.m3u", Path: "/home/me/sources/lists/f1.m3u",
		Match: "(?i)f1", File: "/home/me/sources/f1.toml",
		Headers: map[string]string{"Cookie": "sid=s3cr3t; x=$1"}, StreamHeaders: map[string]string{"Referer": "https://site.test/"},
	}
	assert.Equal(t, want, source.WithoutPositions(s))

	s, err = source.Parse("/x/c.toml", []byte("kind = 'command'\nformat = 'yt-dlp'\ncommand = ['yt-dlp', '-J', 'https://x.test/?a=${COOKIE}&b=$HOME']\n"), env)
	require.NoError(t, err)
	assert.Equal(t, []string{"yt-dlp", "-J", "https://x.test/?a=${COOKIE}&b=$HOME"}, s.Command, "nothing is expanded")
	assert.Equal(t, "yt-dlp", s.Format)

	s, err = source.Parse("a.toml", []byte("kind = 'direct'\nkey = 'b-1'\nstream = [{url = 'https://x.test/1'}, {url = 'https://x.test/2', title = 'T', quality = 'HD'}]\n"), nil)
	require.NoError(t, err)
	assert.Equal(t, "b-1", s.Key)
	assert.Equal(t, "b-1", s.Name)
	assert.True(t, s.Enabled)
	assert.Equal(t, []source.Direct{{URL: "https://x.test/1"}, {URL: "https://x.test/2", Title: "T", Quality: "HD"}}, s.Streams)
}

func TestMistakesInASourceFileAreReportedWithPositionAndCorrection(t *testing.T) {
	const m3u = "kind = \"m3u\"\nurl = \"https://x.test/a.m3u\"\n"
	for name, tc := range map[string]struct{ text, want string }{
		"a line for a shell":   {"kind = \"command\"\nformat = \"lines\"\ncommand = \"yt-dlp -J x\"\n", `sources/x.toml:3:1: command must be a list of the program and its arguments, as in ["yt-dlp", "-J", "https://…"]; no shell is used, so a line is not split`},
		"a number among args":  {"kind = \"command\"\nformat = \"lines\"\ncommand = [\"x\",\n  5]\n", `sources/x.toml:3:1: each argument of command must be a string in quotes, not 5`},
		"no program":           {"kind = \"command\"\nformat = \"lines\"\ncommand = [\n \" \"]\n", `sources/x.toml:3:1: command must begin with the program's name, not with an empty string`},
		"no command":           {"kind = \"command\"\nformat = \"lines\"\ncommand = []\n", `sources/x.toml:1:1: a source of kind command needs command: a program and its arguments, as in ["yt-dlp", "-J", "https://…"]`},
		"no format":            {"kind = \"command\"\ncommand = [\"x\"]\n", `sources/x.toml:1:1: a source of kind command needs format, the form of what the command prints: one of yt-dlp, streamlink, json, lines`},
		"a slip in format":     {"kind = \"command\"\nformat = \"ytdlp\"\ncommand = [\"x\"]\n", `sources/x.toml:2:1: unknown format "ytdlp"; did you mean "yt-dlp"?; known formats are yt-dlp, streamlink, json, lines`},
		"a NUL in an argument": {"kind = \"command\"\nformat = \"lines\"\ncommand = [\"x\", \"a\\u0000b\"]\n", `sources/x.toml:3:1: an argument of command contains a NUL character`},
		"a url of a command":   {"kind = \"command\"\nformat = \"lines\"\nurl = \"https://x.test\"\n", `sources/x.toml:3:1: key "url" belongs to kind m3u, json, page, browser, not to command`},
		"unknown key":          {m3u + "macth = \"a\"\n", `sources/x.toml:3:1: unknown key "macth"; did you mean "match"?`},
		"a key in capitals":    {"kind = \"m3u\"\nURL = \"https://x.test/a.m3u\"\n", `sources/x.toml:2:1: unknown key "URL"; did you mean "url"?`},
		"no near key":          {m3u + "\n[wholly_other]\na = 1\n", `sources/x.toml:4:2: unknown key "wholly_other"`},
		"ulr":                  {"kind = \"m3u\"\n\n\n\n\n\nulr = \"https://x.test\"\n", `sources/x.toml:7:1: unknown key "ulr"; did you mean "url"?`},
		"first of two":         {m3u + "zz = 1\naa = 2\n", `sources/x.toml:3:1: unknown key "zz"`},
		"of another kind":      {m3u + "query = \".\"\n", `sources/x.toml:3:1: key "query" belongs to kind json, not to m3u`},
		"of several kinds":     {"kind = \"demo\"\nurl = \"\"\n", `sources/x.toml:2:1: key "url" belongs to kind m3u, json, page, browser, not to demo`},
		"unknown kind":         {"kind = \"m3u8\"\n", `sources/x.toml:1:1: unknown kind "m3u8"; did you mean "m3u"?; known kinds are direct, m3u, json, page, command, browser, demo`},
		"no kind":              {"name = \"x\"\n", `sources/x.toml: kind is missing; it must be one of direct, m3u, json, page, command, browser, demo`},
		"kind is not text":     {"kind = 3\n", `sources/x.toml:1:1: kind must be a string in quotes, not 3`},
		"bad key":              {m3u + "key = \"F1\"\n", `sources/x.toml:3:1: a key is made of a-z, 0-9, '_' and '-', begins with a letter or digit, and has at most 64 characters, not "F1"`},
		"not TOML":             {m3u + "match = \n", `sources/x.toml:3:9: is not TOML: unexpected character U+000A at start of value`},
		"no closing quote":     {"kind = \"m3u\"\nurl = \"https://x.test/a.m3u\nenabled = true\n", `sources/x.toml:2:28: is not TOML: basic strings cannot have new lines; the closing quote is missing`},
		"no quotes":            {"kind = m3u\n", `sources/x.toml:1:8: is not TOML: unexpected character U+006D 'm' at start of value; put text in quotes, as in name = "Club TV"`},
		"no quotes, URL":       {"kind = \"m3u\"\nurl = https://x.test/a.m3u\n", `sources/x.toml:2:7: is not TOML: unexpected character U+0068 'h' at start of value; put text in quotes, as in name = "Club TV"`},
		"path for url":         {"kind = \"m3u\"\npath = \"a.m3u\"\n", `sources/x.toml:2:1: unknown key "path"; did you mean "url"?`},
		"key twice":            {m3u + "url = \"b\"\n", `sources/x.toml:3:1: is not TOML: key url is already defined`},
		"wrong type":           {m3u + "match = true\n", `sources/x.toml:3:1: match must be a string in quotes, not true`},
		"truth in quotes":      {m3u + "enabled = \"yes\"\n", `sources/x.toml:3:1: enabled must be true or false (without quotes), not "yes"`},
		"duration as int":      {m3u + "timeout = 30\n", `sources/x.toml:3:1: timeout must be a duration in quotes such as "30s" or "10m", not 30`},
		"duration, no unit":    {m3u + "timeout = \"30\"\n", `sources/x.toml:3:1: timeout must be a duration in quotes such as "30s" or "10m", not "30"`},
		"duration too long":    {m3u + "timeout = \"30h\"\n", `sources/x.toml:3:1: timeout must be at least 1s and at most 10m0s, not "30h"`},
		"negative interval":    {m3u + "interval = \"-5m\"\n", `sources/x.toml:3:1: interval must be at least 1s and at most 720h0m0s, not "-5m"`},
		"bad regexp":           {m3u + "match = \"(F1\"\n", "sources/x.toml:3:1: match is not a regular expression (RE2): missing closing ): `(F1`"},
		"lookahead":            {m3u + "match = \"(?!F1)\"\n", "sources/x.toml:3:1: match is not a regular expression (RE2): invalid or unsupported Perl syntax: `(?!`"},
		"file URL":             {"kind = \"m3u\"\nurl = \"file:///etc/passwd\"\n", `sources/x.toml:2:1: url must be http, https or a plain path, not file://…`},
		"rtmp URL":             {"kind = \"m3u\"\nurl = \"rtmp://x.test/a\"\n", `sources/x.toml:2:1: url must be http, https or a plain path, not rtmp://…`},
		"no URL":               {"kind = \"m3u\"\n", `sources/x.toml:1:1: a source of kind m3u needs url = "https://…", or the path of a file`},
		"json, path":           {"kind = \"json\"\nurl = \"/a?token=s3cr3t\"\nquery = \".\"\n", `sources/x.toml:2:1: url must begin with http:// or https://: /a?…`},
		"json, no host":        {"kind = \"json\"\nurl = \"https:///a\"\nquery = \".\"\n", `sources/x.toml:2:1: url has no host: https:///a`},
		"json, ftp":            {"kind = \"json\"\nurl = \"ftp://x.test/a\"\nquery = \".\"\n", `sources/x.toml:2:1: url must be http or https, not ftp`},
		"json, no query":       {"kind = \"json\"\nurl = \"https://x.test/a\"\n", `sources/x.toml:1:1: a source of kind json needs query: a jq program that yields {url, title, quality} objects`},
		"direct, none":         {"kind = \"direct\"\n", `sources/x.toml:1:1: a source of kind direct needs at least one [[stream]] with url = "https://…"`},
		"direct, one":          {"kind = \"direct\"\n[stream]\nurl = \"https://x.test\"\n", `sources/x.toml:2:2: stream must be written in double brackets, once for each stream: [[stream]]`},
		"direct, no url":       {"kind = \"direct\"\n[[stream]]\nurl = \"https://x.test/1\"\n[[stream]]\ntitle = \"a\"\n", `sources/x.toml:4:3: a [[stream]] needs url = "https://…"`},
		"direct, key":          {"kind = \"direct\"\n[[stream]]\nurl = \"https://x.test/1\"\n[[stream]]\nurl = \"https://x.test/2\"\ntitel = \"a\"\n", `sources/x.toml:6:1: unknown key "titel"; did you mean "title"?`},
		"direct, headers":      {"kind = \"direct\"\n[[stream]]\nurl = \"https://x.test/1\"\n[stream.headers]\na = \"b\"\n", `sources/x.toml:4:9: unknown key "headers"; known here are "quality", "title", "url"`},
		"direct, file":         {"kind = \"direct\"\n[[stream]]\nurl = \"file:///x?token=s3cr3t\"\n", `sources/x.toml:3:1: url must be http or https, not file`},
		"headers as text":      {m3u + "headers = \"a: b\"\n", `sources/x.toml:3:1: headers must be a table: write [headers], and a line NAME = "value" for each header`},
		"stream_hosts as text": {m3u + "stream_hosts = \"cdn.example\"\n", `sources/x.toml:3:1: stream_hosts must be a list of host names, as in ["cdn.example"], not "cdn.example"`},
		"stream_hosts, number": {m3u + "stream_hosts = [\n  3]\n", `sources/x.toml:3:1: each entry of stream_hosts must be a host name in quotes, as in "cdn.example", not 3`},
		"stream_hosts, URL":    {m3u + "stream_hosts = [\"cdn.example\", \"https://cdn.example/?t=s3cr3t\"]\n", `sources/x.toml:3:1: stream_hosts: "https://cdn.example/?…" cannot be used: it must be a host name such as cdn.example, not a whole address`},
		"stream_hosts, port":   {m3u + "stream_hosts = [\"cdn.example:8080\"]\n", `sources/x.toml:3:1: stream_hosts: "cdn.example:8080" cannot be used: it must be a host name without a port`},
		"stream_hosts, suffix": {m3u + "stream_hosts = [\"*.co.uk\"]\n", `sources/x.toml:3:1: stream_hosts: "*.co.uk" cannot be used: it is a public suffix, under which anyone can have a domain`},
		"stream_hosts, com":    {m3u + "stream_hosts = [\"com\"]\n", `sources/x.toml:3:1: stream_hosts: "com" cannot be used: it is a public suffix, under which anyone can have a domain`},
		"stream_hosts, star":   {m3u + "stream_hosts = [\"*\"]\n", `sources/x.toml:3:1: stream_hosts: "*" cannot be used: a * is allowed only at the beginning, as in "*.cdn.example"`},
		"stream_hosts, within": {m3u + "stream_hosts = [\"cdn.*.example\"]\n", `sources/x.toml:3:1: stream_hosts: "cdn.*.example" cannot be used: a * is allowed only at the beginning, as in "*.cdn.example"`},
		"stream_hosts, empty":  {m3u + "stream_hosts = [\"\"]\n", `sources/x.toml:3:1: stream_hosts: "" cannot be used: it is not a host name`},
		"port out of range":    {"kind = \"json\"\nurl = \"https://x.test:99999/a?t=s3cr3t\"\nquery = \".\"\n", `sources/x.toml:2:1: url is not a web address: its port is out of range (0 to 65535): https://x.test:99999/a?…`},
		"header name":          {m3u + "[headers]\n\"a b\" = \"x\"\n", `sources/x.toml:4:1: "a b" is not a header name`},
		"header twice":         {m3u + "[headers]\nCookie = \"x\"\ncookie = \"y\"\n", `sources/x.toml:5:1: header cookie is set twice (also as Cookie); case does not matter`},
		"header is a list":     {m3u + "[headers]\nCookie = [\"s3cr3t\"]\n", `sources/x.toml:4:1: header Cookie must be a string in quotes`},
		"unset variable":       {m3u + "[headers]\nCookie = \"a=s3cr3t; b=${NO_SUCH}\"\n", `sources/x.toml:4:1: header Cookie needs the environment variable NO_SUCH, which is not set; set it before Gridwall starts`},
		"bad variable":         {m3u + "[headers]\nCookie = \"${A-B}\"\n", `sources/x.toml:4:1: header Cookie has a ${…} that does not name an environment variable (letters, digits, '_')`},
		"variable, newline":    {m3u + "[headers]\nCookie = \"${BROKEN}\"\n", `sources/x.toml:4:1: the value of header Cookie cannot be sent: it contains a line break or a control character`},
		"proxy":                {m3u + "proxy = \"socks4://me:s3cr3t@127.0.0.1:1\"\n", `sources/x.toml:3:1: proxy must be http, https or socks5, not "socks4"`},
		"proxy, no scheme":     {m3u + "proxy = \"127.0.0.1:1080\"\n", `sources/x.toml:3:1: proxy is not a URL; it looks like "socks5://127.0.0.1:1080"`},
		"huge":                 {m3u + strings.Repeat("# comment\n", 200_000), `sources/x.toml: is larger than 1024 KiB; a source file is short`},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := source.Parse("/home/me/sources/x.toml", []byte(tc.text), env)
			require.EqualError(t, err, tc.want)
			var e *source.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "/home/me/sources/x.toml", e.File)
			assert.NotContains(t, err.Error(), "s3cr3t")
			assert.NotContains(t, err.Error(), "\n")
			assert.Equal(t, tc.want, stream.RedactText(tc.want), "redaction must not hide the mistake")
			assert.NotEmpty(t, s.Key, "a broken source is listed by a key")
		})
	}
}

func TestAFileWhoseNameIsNotAKeyIsReported(t *testing.T) {
	_, err := source.Parse("sources/My Feeds.toml", []byte("kind = \"demo\"\n"), nil)
	require.ErrorContains(t, err, `sources/My Feeds.toml: the file's name gives the key "My Feeds": `)
	require.ErrorContains(t, err, "rename the file, or set key")
	s, err := source.Parse("sources/My Feeds.toml", []byte("kind = \"demo\"\nkey = \"mine\"\n"), nil)
	require.NoError(t, err)
	assert.Equal(t, "mine", s.Key)
}

func TestAMistakeInsideAQueryIsReportedWithItsOwnLine(t *testing.T) {
	s, err := source.Parse("sources/x.toml", []byte("kind = \"json\"\nurl = \"https://x.test/\"\nquery = '''\n.a[]\n| {url\n'''\n"), nil)
	require.NoError(t, err)
	assert.EqualError(t, s.ErrorInside("query", s.Query, strings.Index(s.Query, "{"), "bad"), "sources/x.toml:5:3: bad")
	assert.EqualError(t, s.ErrorInside("query", s.Query, 0, "bad"), "sources/x.toml:4:1: bad")
	s, err = source.Parse("sources/x.toml", []byte("kind = \"json\"\nurl = \"https://x.test/\"\nquery = '.a | {'\n"), nil)
	require.NoError(t, err)
	assert.EqualError(t, s.ErrorInside("query", s.Query, 5, "bad"), "sources/x.toml:3:15: bad")
	assert.EqualError(t, s.ErrorInside("query", s.Query, 99, "bad"), "sources/x.toml:3:1: bad", "an invalid offset")
	s, err = source.Parse("sources/x.toml", []byte("kind = \"json\"\nurl = \"https://x.test/\"\nquery = \".a | \\\"\"\n"), nil)
	require.NoError(t, err)
	assert.EqualError(t, s.ErrorInside("query", s.Query, 5, "bad"), "sources/x.toml:3:1: bad", "with escapes the position is unknown")
}

func FuzzParse(f *testing.F) {
	f.Add("kind = \"direct\"\n[[stream]]\nurl = \"https://x.test/1\"\n[stream.a]\nb = 1\n")
	f.Add("kind = \"m3u\"\nurl = \"a.m3u\"\nmatch = \"(?i)f1\"\nheaders = {Cookie = \"${COOKIE}\"}\n")
	f.Add("kind = \"json\"\nurl = \"https://x.test\"\nquery = '''\n.[]\n'''\ntimeout = \"1s\"\na.b.c.d.e.f = [[{x=1}]]\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := source.Parse("sources/x.toml", []byte(text), env)
		assert.NotEmpty(t, s.Key)
		if err != nil {
			var e *source.Error
			require.ErrorAs(t, err, &e)
			assert.NotContains(t, err.Error(), "\n")
			assert.LessOrEqual(t, e.Line, strings.Count(text, "\n")+1)
			return
		}
		assert.Contains(t, source.Kinds(), s.Kind)
		for _, d := range s.Streams {
			assert.Regexp(t, "^(?i)https?://", d.URL)
		}
	})
}
