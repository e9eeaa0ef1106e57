package command

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/unicode"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// script returns a source whose tool is a shell script.
func script(t *testing.T, format, text string) source.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.sh")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755))
	return source.Source{Key: "t", Name: "Tool", Kind: "command", Format: format, Command: []string{path}}
}

func TestStreamsAreFoundBetweenLogLines(t *testing.T) {
	const (
		links = `{"streams":{"best":{"type":"hls","url":"https://c.test/1.m3u8"}}}`
		one   = `{"title":"Tool","url":"https://c.test/1.m3u8","protocol":"m3u8_native"}`
	)
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(links)
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		format, out string
		want        int
	}{
		"streamlink, a line before":      {"streamlink", "[plugins.x][error] Could not find the id\n" + links, 1},
		"streamlink, lines around":       {"streamlink", "[cli][info] a {\n[1234] b\n{not this}\n" + links + "\n[cli][info] Closing\n", 1},
		"streamlink, over several lines": {"streamlink", "[cli][info] Found\r\n{\r\n  \"streams\": {\r\n    \"best\": {\"type\": \"hls\", \"url\": \"https://c.test/1.m3u8\"}\r\n  }\r\n}\r\n", 1},
		"streamlink, a log in JSON":      {"streamlink", "{\"level\":\"info\",\"msg\":\"x\"}\n" + links + "\n", 1},
		"streamlink, a byte order mark":  {"streamlink", "\ufeff" + links, 1},
		"streamlink, UTF-16":             {"streamlink", utf16, 1},
		"yt-dlp, a warning":              {"yt-dlp", "WARNING: [generic] Falling back\n" + one + "\n", 1},
		"yt-dlp, one per line, warnings": {"yt-dlp", "WARNING: a\n" + one + "\nWARNING: [b] {\n" + one + "\n[download] done\n", 2},
		"yt-dlp, a playlist":             {"yt-dlp", "WARNING: a\n" + `{"_type":"playlist","entries":[null,` + one + "," + one + "]}\nDeleted", 2},
		"yt-dlp, NaN":                    {"yt-dlp", `{"title":"x","duration":NaN,"tbr":-Infinity,"formats":[{"url":"https://c.test/1.m3u8"},]}`, 1},
		"yt-dlp, NaN and a warning":      {"yt-dlp", "WARNING: a\n" + `{"title":"x","duration":NaN,"url":"https://c.test/1.m3u8"}`, 1},
		"JSON, text around":              {"json", "Looking …\n[\n  {\"url\":\"https://c.test/1\"},\n  \"https://c.test/2\"\n]\nFound 2 streams.\n", 2},
		"JSON, a log in JSON":            {"json", "{\"level\":\"info\"}\nstarting\n{\"url\":\"https://c.test/1\"}\n", 1},
		"JSON, a guard":                  {"json", ")]}'\n[{\"url\":\"https://c.test/1\"}]", 1},
		"JSON, a call":                   {"json", "cb([{\"url\":\"https://c.test/1\"}]);", 1},
		"lines, UTF-16":                  {"lines", "\xff\xfeh\x00t\x00t\x00p\x00:\x00/\x00/\x00c\x00.\x00t\x00e\x00s\x00t\x00/\x001\x00\n\x00", 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, tooled(t, tc.format, "print", strings.ReplaceAll(tc.out, "\x00", "NUL")))
			if strings.Contains(tc.out, "\x00") {
				// An argument cannot contain a zero byte: a script prints it.
				dir := t.TempDir()
				require.NoError(t, os.WriteFile(filepath.Join(dir, "out"), []byte(tc.out), 0o600))
				r = run(t, script(t, tc.format, "cat "+filepath.Join(dir, "out")))
			}
			require.NoError(t, r.err)
			assert.Len(t, r.found, tc.want)
		})
	}
}

func TestAToolsErrorIsFoundOnEitherOutput(t *testing.T) {
	for name, tc := range map[string]struct{ format, text, want, not string }{
		"a log line and JSON with the error": {"streamlink", `echo '[plugins.x][error] Could not find the stream id'
printf '{\n  "error": "No plugin can handle URL: https://site.test/live?token=s3cr3t0123456789"\n}\n'; exit 1`, "t.sh: No plugin can handle URL: https://site.test/live?… (exit status 1)", ""},
		"no playable streams beside an error": {"streamlink", `echo '[plugins.x][error] Could not find the stream id'
printf '{\n  "error": "No playable streams found on this URL: https://site.test/live"\n}\n'; exit 1`, "t.sh: No playable streams found on this URL: https://site.test/live (exit status 1)", ""},
		"a Traceback on standard output": {"streamlink", `printf 'Traceback (most recent call last):\n  File "x", line 1\nrequests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://site.test/x?token=s3cr3t0123456789\n'; exit 1`,
			"requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://site.test/x?… (exit status 1)", ""},
		"a Traceback on standard error":                       {"yt-dlp", `printf 'Traceback (most recent call last):\n  File "x"\nKeyError: streams\n' >&2; exit 1`, "t.sh: KeyError: streams (exit status 1)", ""},
		"an error before other messages":                      {"yt-dlp", `printf 'ERROR: [x] abc: Unsupported\nsee the manual\n' >&2; exit 1`, "t.sh: [x] abc: Unsupported (exit status 1)", "manual"},
		"an error on standard output, a warning on the other": {"yt-dlp", `echo 'ERROR: it broke: password=s3cr3t0123456789'; echo 'WARNING: old' >&2; exit 2`, "t.sh: it broke: password=… (exit status 2)", "old"},
		"a message on standard output only":                   {"lines", `echo 'nobody is here'; exit 3`, "t.sh: nobody is here (exit status 3)", ""},
		"an error with status 0":                              {"streamlink", `echo '[cli][error] Unable to open https://site.test/?token=s3cr3t0123456789'`, "t.sh: [cli][error] Unable to open https://site.test/?…", ""},
		"JSON that is not a list":                             {"json", `echo '{"a":1}'; exit 1`, "failed without a message", ""},
	} {
		r := run(t, script(t, tc.format, tc.text))
		require.Error(t, r.err, name)
		assert.ErrorContains(t, r.err, tc.want, name)
		assert.NotContains(t, r.err.Error(), "s3cr3t", name)
		if tc.not != "" {
			assert.NotContains(t, r.err.Error(), tc.not, name)
		}
		var notYet *stream.NotYetError
		assert.False(t, errors.As(r.err, &notYet), name)
	}
}

func TestAStreamThatHasNotBegunIsNotAFailure(t *testing.T) {
	for name, tc := range map[string]struct {
		format, text, want string
		in                 time.Duration // 0: unknown
	}{
		"in hours":                  {"yt-dlp", `echo 'ERROR: [site] abc: This live event will begin in 2 hours.' >&2; exit 1`, "This live event will begin in 2 hours", 2 * time.Hour},
		"a premiere":                {"yt-dlp", `echo 'ERROR: [youtube] x-1_y: Premieres in 40 minutes' >&2; exit 1`, "Premieres in 40 minutes", 40 * time.Minute},
		"in a few moments":          {"yt-dlp", `echo 'ERROR: [site] abc: This live event will begin in a few moments.' >&2; exit 1`, "This live event will begin in a few moments", aMoment},
		"in days, and a hint":       {"yt-dlp", `printf 'ERROR: [site] abc: This live event will begin in 3 days.\nWARNING: old version\n' >&2; exit 1`, "This live event will begin in 3 days", 72 * time.Hour},
		"hours and minutes":         {"lines", `echo 'The race starts in 1 hour and 5 minutes: https://site.test/?token=s3cr3t0123456789'; exit 1`, "The race starts in 1 hour and 5 minutes: https://site.test/?…", 65 * time.Minute},
		"an hour, with no error":    {"lines", `echo 'Will begin in an hour' >&2`, "Will begin in an hour", time.Hour},
		"Twitch is offline":         {"yt-dlp", `echo 'ERROR: [twitch:stream] somebody: The channel is not currently live' >&2; exit 1`, "The channel is not currently live", 0},
		"the user is offline":       {"yt-dlp", `echo 'ERROR: [x] abc: Room is currently offline' >&2; exit 1`, "Room is currently offline", 0},
		"none, and an announcement": {"streamlink", `echo '[plugins.x][info] The race starts in 40 minutes'; printf '{\n  "error": "No playable streams found on this URL: https://site.test/live"\n}\n'; exit 1`, "[plugins.x][info] The race starts in 40 minutes", 40 * time.Minute},
		"scheduled":                 {"yt-dlp", `echo 'ERROR: [x] abc: The premiere is scheduled to start on Sunday' >&2; exit 1`, "The premiere is scheduled to start on Sunday", 0},
		"not started":               {"yt-dlp", `echo 'ERROR: [x] abc: The event has not started yet' >&2; exit 1`, "The event has not started yet", 0},
	} {
		r := run(t, script(t, tc.format, tc.text))
		var notYet *stream.NotYetError
		require.ErrorAs(t, r.err, &notYet, name)
		assert.Equal(t, tc.want, notYet.Error(), name)
		assert.NotContains(t, r.err.Error(), "s3cr3t", name)
		assert.NotErrorIs(t, r.err, stream.ErrNoStreams, name)
		if tc.in == 0 {
			assert.Zero(t, notYet.At, name)
		} else {
			assert.WithinDuration(t, time.Now().Add(tc.in), notYet.At, 20*time.Second, name)
		}
	}
	at := time.Date(2030, 5, 24, 13, 0, 0, 0, time.UTC)
	for _, out := range []string{
		`{"title":"Race","live_status":"is_upcoming","release_timestamp":1905858000,"formats":[]}`, `{"title":"Race","is_upcoming":true,"release_timestamp":1905858000.0}`,
		`{"_type":"playlist","entries":[{"live_status":"is_upcoming","release_timestamp":1905861600},{"live_status":"is_upcoming","release_timestamp":1905858000},{"live_status":"is_upcoming"}]}`,
	} {
		r := run(t, tooled(t, "yt-dlp", "print", out, "complain", "ERROR: no formats\n", "exit", "1"))
		var notYet *stream.NotYetError
		require.ErrorAs(t, r.err, &notYet, out)
		assert.Equal(t, at, notYet.At, out)
	}
	for _, out := range []string{`{"live_status":"is_upcoming","release_timestamp":null}`, `{"live_status":"is_upcoming","release_timestamp":"soon"}`} {
		r := run(t, tooled(t, "yt-dlp", "print", out))
		var notYet *stream.NotYetError
		require.ErrorAs(t, r.err, &notYet, out)
		assert.Zero(t, notYet.At)
	}
	// If there is a stream, the announcement is ignored; streams that have ended or are restricted are failures.
	r := run(t, tooled(t, "yt-dlp", "print", `{"_type":"playlist","entries":[{"live_status":"is_upcoming"},{"title":"One","url":"https://c.test/1.m3u8"}]}`, "complain", "ERROR: This live event will begin in 2 hours.\n", "exit", "1"))
	require.NoError(t, r.err)
	require.Len(t, r.found, 1)
	for _, words := range []string{"This live event has ended.", "Unable to download webpage: HTTP Error 404: Not Found", "This video is not available in your country; it was scheduled for today", "Private video"} {
		r := run(t, tooled(t, "yt-dlp", "complain", "ERROR: [x] abc: "+words+"\n", "exit", "1"))
		var notYet *stream.NotYetError
		assert.False(t, errors.As(r.err, &notYet), words)
	}
	r = run(t, tooled(t, "yt-dlp", "print", `{"title":"x","description":"The race will begin in 2 hours","formats":[{"protocol":"https","url":"https://x.test/a.mp4"}]}`))
	require.ErrorIs(t, r.err, stream.ErrNoStreams)
}

// An output of brackets that never close is read a few times, not once per line.
func TestUnclosedBracketsAreReadInLinearTime(t *testing.T) {
	for _, line := range []string{"[\n", "{\"a\":\n", "[1]x\n", "{}\n[\n"} {
		out := []byte(strings.Repeat(line, 50_000))
		allocated := testing.AllocsPerRun(1, func() { _, _, _ = valuesOf(out) })
		assert.Less(t, allocated, 2e5+4*float64(strings.Count(string(out), "{}")), line)
	}
	values, mixed, err := valuesOf([]byte("a\n{}\n[] x\n[]\n"))
	require.NoError(t, err)
	assert.True(t, mixed)
	assert.Equal(t, []json.RawMessage{json.RawMessage("{}"), json.RawMessage("[]")}, values)
	assert.Equal(t, "x", string(extract.PlainText([]byte("\ufeffx"))))
}

func TestAToolThatCannotStartIsNotAStreamThatHasNotBegun(t *testing.T) {
	for _, format := range []string{"yt-dlp", "streamlink", "lines", "json"} {
		for _, words := range []string{
			"error: failed to start ffmpeg: no such file", "Unable to start Chrome", "proxy is offline", "browser session not started", "The browser session has not started",
			"VPN: tunnel has not started", "No playable streams found on this URL: https://site.test/lve", "Chrome will start in headless mode", "The server is offline",
			"Could not open the page; the event will begin in 2 hours", "connection refused: the stream is offline", "No page at https://site.test/live-in-2/the_stream_is_offline",
			"the encoder starts in 4 threads", "cannot connect: the event has not started yet",
		} {
			for _, text := range []string{"echo '" + words + "' >&2; exit 1", "echo '" + words + "' >&2"} {
				r := run(t, script(t, format, text))
				require.Error(t, r.err, words)
				var notYet *stream.NotYetError
				assert.False(t, errors.As(r.err, &notYet), "%s: %s", format, words)
			}
		}
	}
	for _, format := range []string{"lines", "json"} {
		r := run(t, script(t, format, "echo 'The room is offline' >&2; exit 1"))
		var notYet *stream.NotYetError
		assert.False(t, errors.As(r.err, &notYet), format)
	}
}
