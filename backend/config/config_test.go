package config

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const everyKey = `# all of it
[server]
listen = "0.0.0.0:9000"
token = "a-long-secret"
trusted_hosts = ["TV.example.org", "tv.lan:8443", "[::1]:80", "192.168.1.4"]
allow_commands = true
[refresh]
interval = "90s"
[extract]
interval = "1h"
live_interval = "2m30s"
timeout = "45s"
[proxy]
listen = "[::1]:0"
cache = "1.5 GiB"
rewind = "30m"
rewind_size = "10GiB"
[notify]
before = "0s"
preflight = ["5m", "1h", "5m"]

[[schedule]]
kind = "jolpica"
[[schedule]]
kind = "ics"
url = "https://calendar.test/my.ics?key=1"
series = "WEC"
name = "Long races"
color = "Teal"
[[schedule]]
kind = "ics"
url = "webcal://calendar.test/club.ics"
color = "#2F6fde"
[[schedule]]
kind = "ics"
path = "~/club.ics"
`

func TestEveryDocumentedKeyIsRead(t *testing.T) {
	c, err := Parse("config.toml", []byte(everyKey))
	require.NoError(t, err)
	c.set, c.File = nil, ""
	assert.Equal(t, Config{
		Server:  Server{Listen: "0.0.0.0:9000", Token: "a-long-secret", TrustedHosts: []string{"tv.example.org", "tv.lan:8443", "[::1]:80", "192.168.1.4"}, AllowCommands: true},
		Refresh: Refresh{Interval: 90 * time.Second},
		Extract: Extract{Interval: time.Hour, LiveInterval: 150 * time.Second, Timeout: 45 * time.Second},
		Proxy:   Proxy{Listen: "[::1]:0", Cache: 3 << 29, Rewind: 30 * time.Minute, RewindSize: 10 << 30},
		Notify:  Notify{Preflight: []time.Duration{time.Hour, 5 * time.Minute}},
		Schedule: []Schedule{
			{Kind: "jolpica"},
			{Kind: "ics", URL: "https://calendar.test/my.ics?key=1", Series: "WEC", Name: "Long races", Color: "teal"},
			{Kind: "ics", URL: "https://calendar.test/club.ics", Color: "#2f6fde"},
			{Kind: "ics", Path: "~/club.ics"},
		},
	}, c)
}

func TestAMissingFileOrFolderMeansTheDefaults(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Join(dir, "nowhere")} {
		c, err := Load(d)
		require.NoError(t, err)
		assert.Equal(t, filepath.Join(d, FileName), c.File)
		assert.Empty(t, c.FixedKeys())
		assert.False(t, c.Fixed("refresh.interval"))
		assert.Equal(t, 4*time.Minute, c.Refresh.Interval)
		assert.Equal(t, 30*time.Minute, c.Extract.Interval)
		assert.Equal(t, 5*time.Minute, c.Extract.LiveInterval)
		assert.Equal(t, 30*time.Second, c.Extract.Timeout)
		assert.Equal(t, "127.0.0.1:8787", c.Server.Listen)
		assert.Equal(t, "127.0.0.1:8788", c.Proxy.Listen)
		assert.EqualValues(t, 256<<20, c.Proxy.Cache)
		assert.Zero(t, c.Proxy.Rewind, "nothing is written to disk by default")
		assert.EqualValues(t, 4<<30, c.Proxy.RewindSize)
		assert.Equal(t, 15*time.Minute, c.Notify.Before)
		assert.False(t, c.Server.AllowCommands)
	}
}

func TestKeysSetInTheFileAreReportedAsFixed(t *testing.T) {
	c, err := Parse("config.toml", []byte("refresh.interval = \"4m\"\nproxy = {cache = \"64MiB\"}\n[[schedule]]\nkind = \"demo\"\n"))
	require.NoError(t, err)
	assert.Equal(t, []string{"proxy.cache", "refresh.interval", "schedule"}, c.FixedKeys())
	assert.True(t, c.Fixed("refresh.interval"), "set, even if to the default")
	assert.True(t, c.Fixed("proxy"))
	assert.False(t, c.Fixed("proxy.listen"))
	assert.False(t, c.Fixed("prox"))
	assert.Equal(t, 2, c.Line("proxy.cache"))
	assert.Equal(t, 0, c.Line("proxy.listen"))
}

func TestMistakesAreReportedWithLineAndCorrection(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"misspelt key":                {"[server]\n\nlistne = \"127.0.0.1:1\"\n", `config.toml:3: unknown key "listne"; did you mean "listen"?`},
		"misspelt section":            {"\n[sever]\nlisten = \"127.0.0.1:1\"\n", `config.toml:2: unknown key "sever"; did you mean "server"?`},
		"key of another section":      {"token = \"x\"\n", `config.toml:1: unknown key "token" here; did you mean "token" in [server]?`},
		"nonsense key":                {"[proxy]\nwombat = 1\n", `config.toml:2: unknown key "wombat"; known here are "cache", "listen", "rewind", "rewind_size"`},
		"dotted key":                  {"[server]\ntoken=\"x\"\n[proxy]\nlisten.port = 1\n", `config.toml:4: proxy.listen must be an address such as "127.0.0.1:8787", not a table`},
		"inline table":                {"refresh = {interval = \"4m\",\n intervall = \"5m\"}\n", `config.toml:2: unknown key "intervall"; did you mean "interval"?`},
		"schedule key":                {"[[schedule]]\nkind = \"demo\"\n[[schedule]]\nkind = \"ics\"\nulr = \"https://a.test\"\n", `config.toml:3: a schedule of the kind "ics" needs a url, or the path of a file`},
		"schedule key alone":          {"[[schedule]]\nkind = \"demo\"\n[[schedule]]\nkind = \"demo\"\nulr = \"https://a.test\"\n", `config.toml:5: unknown key "ulr"; did you mean "url"?`},
		"schedule kind":               {"[[schedule]]\nkind = \"ergast\"\n", `config.toml:2: schedule.kind is "ergast"; it must be one of "jolpica", "f1calendar", "ics", "demo"`},
		"schedule no kind":            {"[[schedule]]\nseries = \"f1\"\n", `config.toml:1: schedule has no kind; add kind = one of "jolpica", "f1calendar", "ics", "demo"`},
		"schedule section":            {"[schedule]\nkind = \"demo\"\n", `config.toml:1: schedule must be written in double brackets: [[schedule]]`},
		"schedule file":               {"[[schedule]]\nkind = \"ics\"\nurl = \"file:///etc/passwd\"\n", `config.toml:3: schedule.url must be an address that begins with http:// or https://`},
		"schedule colour":             {"[[schedule]]\nkind = \"demo\"\n\ncolor = \"mauve\"\n", `config.toml:4: schedule.color is "mauve"; it must be a colour such as "#2f6fde", or one of "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "grey"`},
		"schedule colour type":        {"[[schedule]]\nkind = \"demo\"\ncolor = 0xff0000\n", `config.toml:3: schedule.color must be a colour such as "#2f6fde", or one of "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "grey", not a number`},
		"schedule path of jolpica":    {"[[schedule]]\nkind = \"jolpica\"\npath = \"x.ics\"\n", `config.toml:3: schedule.path is for the kind "ics"; a schedule of the kind "jolpica" has no file`},
		"schedule path and url":       {"[[schedule]]\nkind = \"ics\"\npath = \"x.ics\"\nurl = \"https://a.test/x.ics\"\n", `config.toml:3: schedule has a url and a path; leave one of them out`},
		"schedule path that is a url": {"[[schedule]]\nkind = \"ics\"\npath = \"https://a.test/x.ics\"\n", `config.toml:3: schedule.path must be the path of a file; put an address in url`},
		"inline schedule":             {"schedule = [\n  {kind = \"demo\"},\n  {kind = 1},\n]\n", `config.toml:3: schedule.kind must be one of "jolpica", "f1calendar", "ics", "demo", not a number`},
		"section is a value":          {"server = 1\n", `config.toml:1: server must be a section: [server]`},
		"number for text":             {"[refresh]\ninterval = 4\n", `config.toml:2: refresh.interval must be a duration such as "4m", not a number`},
		"no unit":                     {"[refresh]\ninterval = \"4\"\n", `config.toml:2: refresh.interval is "4"; it must be a duration such as "4m"`},
		"too short":                   {"[refresh]\ninterval = \"4ms\"\n", `config.toml:2: refresh.interval is "4ms"; it must be between 1s and 168h`},
		"negative":                    {"[notify]\nbefore = \"-4m\"\n", `config.toml:2: notify.before is "-4m"; it must be between 0s and 24h`},
		"empty":                       {"[extract]\ntimeout = \"\"\n", `config.toml:2: extract.timeout is empty; it must be a duration such as "30s" (or remove the line)`},
		"text for yes or no":          {"[server]\nallow_commands = \"yes\"\n", `config.toml:2: server.allow_commands must be true or false, without quotes, not a string`},
		"date":                        {"[refresh]\ninterval = 2026-01-01\n", `config.toml:2: refresh.interval must be a duration such as "4m", not a date or time`},
		"size":                        {"[proxy]\ncache = \"lots\"\n", `config.toml:2: proxy.cache is "lots"; it must be a size such as "256MiB"`},
		"size without unit":           {"[proxy]\ncache = \"256\"\n", `config.toml:2: proxy.cache is "256", in bytes; write a unit, as in "256MiB"`},
		"size as number":              {"[proxy]\ncache = 256\n", `config.toml:2: proxy.cache must be a size such as "256MiB", not a number`},
		"address without port":        {"[server]\nlisten = \"127.0.0.1\"\n", `config.toml:2: server.listen is "127.0.0.1"; it must be an address such as "127.0.0.1:8787"`},
		"address with scheme":         {"[server]\nlisten = \"http://127.0.0.1:80\"\n", `config.toml:2: server.listen is "http://127.0.0.1:80"; it must be an address such as "127.0.0.1:8787"`},
		"port too large":              {"[server]\nlisten = \"127.0.0.1:80000\"\n", `config.toml:2: server.listen is "127.0.0.1:80000"; it must be an address such as "127.0.0.1:8787"`},
		"open proxy":                  {"[proxy]\nlisten = \":8788\"\n", `config.toml:2: proxy.listen is ":8788", which other machines can reach; use 127.0.0.1, or set server.token`},
		"host with path":              {"[server]\ntrusted_hosts = [\"a.test\", \"https://b.test/\"]\n", `config.toml:2: server.trusted_hosts contains "https://b.test/"; it must be a list of host names such as ["tv.example.org"], without scheme or path`},
		"hosts as text":               {"[server]\ntrusted_hosts = \"a.test\"\n", `config.toml:2: server.trusted_hosts must be a list of host names such as ["tv.example.org"], not a string`},
		"host wildcard":               {"[server]\ntrusted_hosts = [\"*\"]\n", `config.toml:2: server.trusted_hosts contains "*"; it must be a list of host names such as ["tv.example.org"], without scheme or path`},
		"first of two":                {"[proxy]\ncache = 1\n[server]\nlisten = 2\n", `config.toml:2: proxy.cache must be a size such as "256MiB", not a number`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("config.toml", []byte(tc.in))
			require.Error(t, err)
			assert.Equal(t, tc.want, err.Error())
		})
	}
}

func TestInvalidTOMLIsReportedWithItsLine(t *testing.T) {
	for name, in := range map[string]string{
		"unclosed string": "[server]\nlisten = \"127\n",
		"twice":           "[proxy]\ncache = \"1MiB\"\ncache = \"2MiB\"\n",
		"no value":        "[proxy]\ncache =\n",
		"not utf-8":       "[proxy]\ncache = \"\xff\"\n",
	} {
		_, err := Parse("config.toml", []byte(in))
		var e *Error
		require.ErrorAs(t, err, &e, name)
		assert.Regexp(t, `^config\.toml:[23]: .`, err.Error(), name)
		assert.NotContains(t, err.Error(), "\n", name)
	}
}

func TestErrorsNeverContainSecretsOfTheFile(t *testing.T) {
	for _, in := range []string{
		"[server]\ntoken = \"s3cr3t s3cr3t\"\n", "[server]\ntoken = \"s3cr3t\\u0007\"\n", "[server]\ntoken = [\"s3cr3t\"]\n",
		"[[schedule]]\nkind = \"ics\"\nurl = \"ftp://a.test/?key=s3cr3t\"\n",
	} {
		_, err := Parse("config.toml", []byte(in))
		require.Error(t, err, in)
		assert.NotContains(t, err.Error(), "s3cr3t")
	}
}

func TestAFileWithAByteOrderMarkIsRead(t *testing.T) {
	c, err := Parse("config.toml", []byte("\ufeff[proxy]\r\ncache = \"2MiB\"\r\n"))
	require.NoError(t, err)
	assert.EqualValues(t, 2<<20, c.Proxy.Cache)
}

// Parse must not panic. An error is one line with the file, and accepted values are within their bounds.
func FuzzParse(f *testing.F) {
	f.Add([]byte(everyKey))
	f.Add([]byte("schedule = [{kind = \"demo\"}, 1]\n"))
	f.Add([]byte("[proxy]\ncache = \"NaN GiB\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse("config.toml", text)
		if err != nil {
			require.Regexp(t, `^config\.toml(:\d+)?: [^\n]+$`, err.Error())
			return
		}
		require.GreaterOrEqual(t, c.Refresh.Interval, minInterval)
		require.GreaterOrEqual(t, c.Extract.Timeout, minInterval)
		require.GreaterOrEqual(t, c.Proxy.Cache, int64(minCache))
		require.LessOrEqual(t, c.Proxy.Cache, int64(maxCache))
		for _, k := range c.FixedKeys() {
			require.True(t, c.Fixed(k))
			require.Positive(t, c.Line(k))
		}
		for _, s := range c.Schedule {
			require.Contains(t, ScheduleKinds, s.Kind)
		}
	})
}

func TestCalendarsSetInTheWindowAreValidatedLikeTheFile(t *testing.T) {
	for _, s := range []Schedule{{Kind: "jolpica"}, {Kind: "f1calendar", Series: "Formula E", Name: "E", Color: "blue"}, {Kind: "ics", URL: "https://a.test/x.ics"}, {Kind: "ics", Path: "x.ics"}} {
		again, err := NewSchedule(s.Keys())
		require.NoError(t, err)
		assert.Equal(t, s, again)
	}
	for want, keys := range map[string]map[string]string{
		"has no kind":           {"series": "f1"},
		"must be one of":        {"kind": "ergast"},
		"needs a url":           {"kind": "ics"},
		"leave one of them out": {"kind": "ics", "url": "https://a.test", "path": "x"},
		`calendar key "secret"`: {"kind": "demo", "secret": "x"},
		"longer than 60":        {"kind": "demo", "name": strings.Repeat("x", 61)},
		"must be a colour":      {"kind": "demo", "color": "#12345"},
		"begins with http://":   {"kind": "ics", "url": "file:///etc/passwd"},
	} {
		_, err := NewSchedule(keys)
		assert.ErrorContains(t, err, want)
	}
}
